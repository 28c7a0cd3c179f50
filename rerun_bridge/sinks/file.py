# SPDX-License-Identifier: Apache-2.0
"""
Recordings in files.

A file must open in the viewer whatever kills the process, and the viewer refuses a file that
ends inside a payload. So nothing is buffered in user space, and of every batch the first
message header is written last: until then the file ends, for a reader, where it ended before.

"""

from __future__ import annotations

from contextlib import closing
import logging
import os
from pathlib import Path
import threading
import time
from typing import TYPE_CHECKING

from rerun_bridge.errors import FlushTimeoutError, SinkError, SinkOpenError, UsageError
from rerun_bridge.log_encoding import RrdEncoder
from rerun_bridge.sinks.base import (
    Cadence,
    DEFAULT_QUEUE_BYTES,
    OnFull,
    SinkState,
    SinkStatus,
)
from rerun_bridge.sinks.disk_file import DiskFile
from rerun_bridge.sinks.message_queue import MessageQueue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.base import Replay

_log = logging.getLogger('rerun_bridge.sinks')
_MAX_BATCH_BYTES = 1 << 20
_URGENT_SHARE = 4
"""A queue is emptied as fast as possible once a fourth of it is full."""
_CALM_SEC = 1.0
"""So long after that, or after the beginning, what comes can still be a burst."""


class FileSink:
    """
    Writes an RRD file.

    Parameters
    ----------
    path
        Created or truncated when the sink is opened.
    write_footer
        Whether to end the file with an index, which speeds up opening big files.
    on_full
        What a full queue does: make the caller ``wait``, or ``drop`` and count.
    max_queue_bytes
        When the queue is full.

    """

    cadence = Cadence.ARCHIVE

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        write_footer: bool = True,
        on_full: OnFull = 'wait',
        max_queue_bytes: int = DEFAULT_QUEUE_BYTES,
    ) -> None:
        self.path = Path(path)
        self.target = f'save:{self.path}'
        file = os.path.realpath(self.path)
        is_device = self.path.exists() and not self.path.is_file()
        self.resources = frozenset() if is_device else frozenset({('file', file)})
        self._write_footer = write_footer
        self._drops_when_full = on_full == 'drop'
        self._queue = MessageQueue(max_queue_bytes)
        self._changed = threading.Condition()
        self._in_hand: int | None = None
        self._is_closing = False
        self._num_flushing = 0
        self._calm_at = 0.0
        self._state = SinkState.CLOSED
        self._error = ''
        self._sent_messages = 0
        self._sent_bytes = 0
        self._thread: threading.Thread | None = None

    def open(self, replay: Replay) -> None:  # noqa: ARG002 - a file meets no new receivers
        """Create the file and write its header."""
        if self._thread is not None:
            msg = f'this sink has been open before; make a new one, to another file: {self.path}'
            raise UsageError(msg)
        self._encoder = RrdEncoder(write_footer=self._write_footer)
        try:
            file = DiskFile(self.path)
            self._begin(file)
        except OSError as exc:
            msg = (
                f'cannot create the recording: {exc.strerror}; choose a writable file in an '
                f'existing folder with free space: {self.path}'
            )
            raise SinkOpenError(msg) from exc
        self._state = SinkState.OPEN
        self._thread = threading.Thread(
            target=self._run, args=(file,), name='rerun-file', daemon=True
        )
        self._thread.start()

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Queue messages; wait for space or drop, as `on_full` says."""
        with self._changed:
            for message in messages:
                while self._queue.is_full and not self._drops_when_full and self._accepts:
                    self._changed.notify_all()
                    self._changed.wait()
                self._queue.push(message)
            if not self._accepts:
                self._queue.drop_all()
            elif self._drops_when_full:
                self._queue.drop_excess()
            self._changed.notify_all()

    def flush(self, timeout_sec: float | None) -> None:
        """Wait until everything is handed to the operating system."""
        with self._changed:
            self._num_flushing += 1
            goal = self._queue.next_key
            done = self._changed.wait_for(
                lambda: not self._accepts or self._first_open >= goal, timeout_sec
            )
            self._num_flushing -= 1
            if self._state is SinkState.FAILED:
                raise SinkError(self._error)
        if not done:
            msg = f'the file was not written within {timeout_sec} s; is the disk slow? {self.path}'
            raise FlushTimeoutError(msg)

    def close(self) -> None:
        """Write what is queued and the footer, then close the file."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join()

    def status(self) -> SinkStatus:
        """Return figures."""
        with self._changed:
            return SinkStatus(
                self.target,
                self._state,
                queued_messages=len(self._queue),
                queued_bytes=self._queue.num_bytes,
                sent_messages=self._sent_messages,
                sent_bytes=self._sent_bytes,
                dropped_messages=self._queue.dropped_messages,
                dropped_rows=self._queue.dropped_rows,
                error=self._error,
            )

    @property
    def _accepts(self) -> bool:
        return self._state is SinkState.OPEN

    @property
    def _first_open(self) -> int:
        """Get the number of the oldest message neither written nor dropped, else the next."""
        return self._queue.first_key if self._in_hand is None else self._in_hand

    @property
    def _is_urgent(self) -> bool:
        """Whether much waits to be written, or somebody for that."""
        return self._is_closing or self._num_flushing > 0 or time.monotonic() < self._calm_at

    def _begin(self, file: DiskFile) -> None:
        try:
            file.write([self._encoder.start()], 0)
        except OSError:
            file.close()
            raise
        self._sent_bytes = self._encoder.num_bytes
        if not self._drops_when_full:  # nobody waits
            self._calm_at = time.monotonic() + _CALM_SEC

    def _run(self, file: DiskFile) -> None:
        batch: list[LogMsg] = []
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._queue or self._is_closing)
                    batch = self._take_batch()
                    if not batch:
                        break
                self._write_batch(file, batch)
                with self._changed:
                    self._in_hand = None
                    self._sent_messages += len(batch)
                    batch = []
                    self._changed.notify_all()
            if self._write_footer:
                file.write([self._encoder.end()], self._sent_bytes)
            file.close()
            self._finish(SinkState.CLOSED, '')
        except Exception as exc:  # noqa: BLE001 - nobody else would tell that nothing is written
            self._fail(file, exc, batch)

    def _take_batch(self) -> list[LogMsg]:
        if self._queue.num_bytes > self._queue.max_bytes // _URGENT_SHARE:
            self._calm_at = time.monotonic() + _CALM_SEC
        self._in_hand = self._queue.first_key
        batch: list[LogMsg] = []
        num_bytes = 0
        while self._queue and num_bytes < _MAX_BATCH_BYTES:
            batch.append(self._queue.pop())
            num_bytes += batch[-1].num_bytes
        return batch

    def _write_batch(self, file: DiskFile, batch: list[LogMsg]) -> None:
        start = self._sent_bytes
        header, *rest = [piece for message in batch for piece in self._encoder.add(message)]
        file.write(rest, start + len(header), is_urgent=self._is_urgent)
        file.write([header], start)
        self._sent_bytes = self._encoder.num_bytes

    def _fail(self, file: DiskFile, exc: Exception, batch: list[LogMsg]) -> None:
        try:
            with closing(file):
                file.truncate(self._sent_bytes)
        except OSError:
            _log.warning('cannot cut the recording back to its last message: %s', self.path)
        told = exc.strerror if isinstance(exc, OSError) else None
        reason = told or f'{type(exc).__name__}: {exc}'
        msg = (
            f'writing the recording failed: {reason}; what was written before is valid, '
            f'make space and save to a new file: {self.path}'
        )
        with self._changed:
            self._queue.push_front(batch)  # to be counted as dropped
        self._finish(SinkState.FAILED, msg)
        _log.error(msg, exc_info=None if told else exc)

    def _finish(self, state: SinkState, error: str) -> None:
        with self._changed:
            self._state = state
            self._error = error
            self._queue.drop_all()
            self._changed.notify_all()
