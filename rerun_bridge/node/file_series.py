# SPDX-License-Identifier: Apache-2.0
"""
Files that continue each other.

A recording is split by a switch from one file to the next, like any switch of sinks: every row
lands in exactly one of them, and each begins with what holds for all times. All have the same
recording id, so a viewer that opens several shows one recording.
"""

from __future__ import annotations

import logging
import time
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.sinks import FileSink, SinkState

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.sinks import Replay

_log = logging.getLogger('rerun_bridge.node')
_RETRY_SEC = 10.0


class FileLimits(NamedTuple):
    """
    How much is written; 0 means no limit.

    Attributes
    ----------
    max_bytes
        Size of a file from which on the next one is begun.
    max_sec
        How long one is written.
    max_files
        How many are kept.

    """

    max_bytes: int = 0
    max_sec: float = 0.0
    max_files: int = 0


class FileSeries:
    """
    The files of one request to save.

    Parameters
    ----------
    path
        Of the first; the others have a number behind it.
    limits
        When the next one is begun, and how many are kept.
    max_queue_bytes
        The most that one may queue.

    """

    def __init__(self, path: Path, limits: FileLimits, max_queue_bytes: int) -> None:
        self._path = path
        self._limits = limits
        self._max_queue_bytes = max_queue_bytes
        self._files: list[Path] = []
        self._number = 0
        self._due_at = self._retry_at = 0.0

    def next_file(self) -> SeriesFile:
        """Make the sink of the next file; it replaces none, but for the first."""
        path = self._path
        if self._files:
            path = self._numbered_path()
            while path.exists():
                path = self._numbered_path()
        return SeriesFile(path, self, self._max_queue_bytes)

    def begin(self, path: Path) -> None:
        """Note that a file is there, and delete the oldest ones that are too many."""
        self._files.append(path)
        self._due_at = time.monotonic() + self._limits.max_sec
        while 0 < self._limits.max_files < len(self._files):
            oldest = self._files.pop(0)
            try:
                oldest.unlink(missing_ok=True)
            except OSError as exc:
                _log.warning('cannot delete %s (%s); delete it yourself', oldest, exc.strerror)

    def postpone(self) -> None:
        """Go on with the present file for a while, because the next one cannot be opened."""
        self._retry_at = time.monotonic() + _RETRY_SEC

    def is_due(self, num_bytes: int) -> bool:
        """Tell whether a file of this size, the last one, must be followed by another."""
        now, limits = time.monotonic(), self._limits
        is_late = limits.max_sec > 0 and self._due_at <= now
        return self._retry_at <= now and (is_late or 0 < limits.max_bytes <= num_bytes)

    def _numbered_path(self) -> Path:
        self._number += 1
        return self._path.with_name(f'{self._path.stem}_{self._number}{self._path.suffix}')


class SeriesFile(FileSink):
    """
    Writes one file of a series.

    Parameters
    ----------
    path
        See `FileSink`.
    series
        Which it is of.
    max_queue_bytes
        See `FileSink`; above it the oldest data is dropped.

    """

    def __init__(self, path: Path, series: FileSeries, max_queue_bytes: int) -> None:
        super().__init__(path, on_full='drop', max_queue_bytes=max_queue_bytes)
        self.series = series

    def open(self, replay: Replay) -> None:
        """Create the file; raises as `FileSink` does."""
        super().open(replay)
        self.series.begin(self.path)

    @property
    def is_due(self) -> bool:
        """Whether the next file must be begun."""
        status = self.status()
        num_bytes = status.sent_bytes + status.queued_bytes
        return status.state is SinkState.OPEN and self.series.is_due(num_bytes)
