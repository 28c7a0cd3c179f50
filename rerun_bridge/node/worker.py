# SPDX-License-Identifier: Apache-2.0
"""The threads that convert."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.node.topic import RowLog, Topic
    from rerun_bridge.node.topic_queue import QueueSet

DEFAULT_MAX_ROUND_SEC = 0.25


class ConvertWorkers:
    """
    Take messages from the queues, convert and log them; those of one topic in order.

    They go in rounds: waking up for each message costs more than converting it, messages of a
    topic that came together cost less still, and so do their rows in one chunk. A round takes a
    tick, and ends it for those who watch, so that its rows need not wait for one more. Pictures
    and clouds come last in it, and what is small need not wait for them either.

    Parameters
    ----------
    queues
        Where messages wait.
    recording
        Where rows go.
    num_threads
        How many; more than one help where conversions leave Python, as decoding pictures does.
    max_round_sec
        How long a round is at most, in seconds.

    """

    def __init__(
        self,
        queues: QueueSet[Topic],
        recording: RowLog,
        num_threads: int = 1,
        max_round_sec: float = DEFAULT_MAX_ROUND_SEC,
    ) -> None:
        self._max_round_sec = max_round_sec
        self._queues = queues
        self._recording = recording
        self._threads = [
            threading.Thread(target=self._run, name=f'rerun-convert-{i}', daemon=True)
            for i in range(num_threads)
        ]

    @property
    def round_sec(self) -> float:
        """Get how long messages wait for others before they are converted, in seconds."""
        return min(self._recording.tick_sec, self._max_round_sec)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_sec: float) -> bool:
        """
        Convert what waits, then end.

        Parameters
        ----------
        timeout_sec
            How long at most.

        Returns
        -------
        bool
            Whether all was converted.

        """
        self._queues.close()
        deadline = time.monotonic() + timeout_sec
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        round_at = 0.0
        while self._queues.wait():
            self._queues.pause(round_at - time.monotonic())
            round_sec = self.round_sec
            round_at = time.monotonic() + round_sec
            for is_heavy in (False, True):
                if self._convert(is_heavy=is_heavy) and round_sec >= self._recording.tick_sec:
                    self._recording.end_tick()

    def _convert(self, *, is_heavy: bool) -> bool:
        """Convert what waits in the queues of one kind, for a round; return whether any did."""
        ends_at = time.monotonic() + self.round_sec
        has_found = False
        while (taken := self._queues.take(is_heavy=is_heavy)) is not None:
            queue, samples = taken
            queue.owner.process(samples, self._recording)
            self._queues.done(queue, len(samples))
            has_found = True
            if time.monotonic() > ends_at:  # what never ends must not keep the others waiting
                break
        return has_found
