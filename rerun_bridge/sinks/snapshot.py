# SPDX-License-Identifier: Apache-2.0
"""The latest data, kept in memory for when somebody finds out that it should have been saved."""

from __future__ import annotations

from collections import deque
import threading
import time
from typing import TYPE_CHECKING

from rerun_bridge.errors import SinkError
from rerun_bridge.sinks.base import Cadence, SinkState, SinkStatus
from rerun_bridge.sinks.file import FileSink

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.base import Replay


class SnapshotBuffer:
    """
    Keeps what was logged within the last seconds.

    Parameters
    ----------
    max_sec
        How long, in seconds.
    max_bytes
        How much at most; above it the oldest goes first.

    """

    cadence = Cadence.ARCHIVE
    resources: frozenset[tuple[str, str]] = frozenset()

    def __init__(self, max_sec: float, max_bytes: int) -> None:
        self.target = f'snapshot:{max_sec:g}s'
        self._max_sec = max_sec
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._messages: deque[tuple[float, LogMsg]] = deque()
        self._num_bytes = 0
        self._state = SinkState.CLOSED
        self._replay: Replay = list

    def open(self, replay: Replay) -> None:
        """Start keeping."""
        self._replay = replay
        self._state = SinkState.OPEN

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Keep messages; static data, which every file begins with, is not kept here."""
        now = time.monotonic()
        with self._lock:
            for message in messages:
                if message.chunk is not None and not message.chunk.is_static:
                    self._messages.append((now, message))
                    self._num_bytes += message.num_bytes
            self._forget(now)

    def flush(self, timeout_sec: float | None) -> None:
        """Do nothing: what was sent is there."""

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._state = SinkState.CLOSED
            self._messages.clear()
            self._num_bytes = 0

    def status(self) -> SinkStatus:
        """Return figures."""
        with self._lock:
            return SinkStatus(
                self.target,
                self._state,
                queued_messages=len(self._messages),
                queued_bytes=self._num_bytes,
            )

    def write(self, path: Path) -> float:
        """
        Write what is kept to a file, which then is a recording like any other.

        Parameters
        ----------
        path
            Created or truncated.

        Returns
        -------
        float
            How many seconds it goes back.

        Raises
        ------
        SinkError
            If it cannot be written.

        """
        needed = self._replay()
        with self._lock:
            now = time.monotonic()
            self._forget(now)
            kept = list(self._messages)
        known = set(needed)
        file = FileSink(path)
        file.open(list)
        file.send([*needed, *(message for _, message in kept if message not in known)])
        file.close()
        if error := file.status().error:
            raise SinkError(error)
        return now - kept[0][0] if kept else 0.0

    def _forget(self, now: float) -> None:
        """Forget what is too old or too much."""
        messages = self._messages
        while messages and (
            messages[0][0] < now - self._max_sec or self._num_bytes > self._max_bytes
        ):
            self._num_bytes -= messages.popleft()[1].num_bytes
