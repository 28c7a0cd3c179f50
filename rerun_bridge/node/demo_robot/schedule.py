# SPDX-License-Identifier: Apache-2.0
"""Says what is due when; knows no clock of its own."""

from __future__ import annotations

import heapq
from typing import Generic, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Task = TypeVar('Task')


class Schedule(Generic[Task]):
    """
    Periodic tasks on one time axis of whole nanoseconds.

    Tasks whose periods divide each other fall on exactly the same times, again and again.

    Parameters
    ----------
    tasks
        Pairs of a task and its period in nanoseconds; all are due for the first time at 0.
    max_lag_ns
        How much time is made up for; what was due earlier than that is left out.

    """

    def __init__(self, tasks: Iterable[tuple[Task, int]], *, max_lag_ns: int) -> None:
        self._max_lag_ns = max_lag_ns
        self._queue = [
            (0, index, period_ns, task) for index, (task, period_ns) in enumerate(tasks)
        ]

    @property
    def next_ns(self) -> int:
        """When the next task is due."""
        return self._queue[0][0]

    def due(self, now_ns: int) -> Iterator[tuple[Task, int]]:
        """Give what is due, the oldest first: the task and the time it should have run."""
        while self.next_ns <= now_ns:
            due_ns, index, period_ns, task = self._queue[0]
            excess_ns = now_ns - due_ns - self._max_lag_ns
            due_ns += max(excess_ns // period_ns, 0) * period_ns
            heapq.heapreplace(self._queue, (due_ns + period_ns, index, period_ns, task))
            yield task, due_ns
