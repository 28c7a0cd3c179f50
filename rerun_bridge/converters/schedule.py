# SPDX-License-Identifier: Apache-2.0
"""
What a topic has to log later, though no message says so then: the end of a marker's lifetime.

There is no clock in here. Whoever feeds a converter tells it the time, and so the same messages
make the same rows, live and from a recording.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from rerun_bridge.converters.base import Entry

    MakeEntries: TypeAlias = Callable[[], Iterable[Entry]]


class Task(NamedTuple):
    """
    Something to log later.

    Attributes
    ----------
    due_nanos
        When, as a time of reception.
    make_entries
        Called then.
    is_due_at_end
        Whether it is due when nothing more can come, too.

    """

    due_nanos: int
    make_entries: MakeEntries
    is_due_at_end: bool = False


class Schedule:
    """
    The tasks of one topic.

    Attributes
    ----------
    now_nanos
        When the message at hand was received, in nanoseconds since the Unix epoch.
    next_due_nanos
        When to ask for due tasks again; None for never.

    """

    def __init__(self) -> None:
        self.now_nanos = 0
        self.next_due_nanos: int | None = None
        self._tasks: dict[Hashable, Task] = {}
        self._queue: list[tuple[int, int, Hashable]] = []
        self._num_added = 0

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether a task waits under this key."""
        return key in self._tasks

    def after(
        self,
        delay_nanos: int,
        key: Hashable,
        make_entries: MakeEntries,
        *,
        is_due_at_end: bool = False,
    ) -> None:
        """
        Add a task, counted from the message at hand.

        Parameters
        ----------
        delay_nanos
            How much later.
        key
            Names the task; replaces the one of the same name.
        make_entries
            Returns what to log then.
        is_due_at_end
            Whether to log it at the end of a recording, if that comes first.

        """
        due_nanos = self.now_nanos + delay_nanos
        self._tasks[key] = Task(due_nanos, make_entries, is_due_at_end)
        self._num_added += 1
        heappush(self._queue, (due_nanos, self._num_added, key))
        self.next_due_nanos = self._queue[0][0]

    def cancel(self, key: Hashable) -> None:
        """Forget a task, if it is there."""
        self._tasks.pop(key, None)

    def clear(self) -> None:
        """Forget all tasks."""
        self._tasks.clear()
        self._queue.clear()
        self.next_due_nanos = None

    def take_due(self, now_nanos: int) -> Iterator[Task]:
        """
        Take the tasks whose time has come.

        Parameters
        ----------
        now_nanos
            The time.

        Yields
        ------
        Task
            In the order of their times.

        """
        queue = self._queue
        while queue and queue[0][0] <= now_nanos:
            due_nanos, _, key = heappop(queue)
            self.next_due_nanos = queue[0][0] if queue else None
            task = self._tasks.get(key)
            # Replaced and canceled tasks stay in the queue until their time comes.
            if task is not None and task.due_nanos == due_nanos:
                del self._tasks[key]
                self.now_nanos = due_nanos
                yield task

    def take_last(self, end_nanos: int) -> Iterator[Task]:
        """
        Take what is due because nothing more comes; the rest is forgotten.

        Parameters
        ----------
        end_nanos
            The time, after `take_due`.

        Yields
        ------
        Task
            In the order of their times.

        """
        tasks = sorted(self._tasks.values(), key=lambda task: task.due_nanos)
        self.clear()
        self.now_nanos = end_nanos
        for task in tasks:
            if task.is_due_at_end:
                yield task._replace(due_nanos=end_nanos)
