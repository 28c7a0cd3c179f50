# SPDX-License-Identifier: Apache-2.0
"""Sinks that keep messages in memory: for reading them out, or until a real sink is opened."""

from __future__ import annotations

from collections import deque
import logging
import threading
from typing import TYPE_CHECKING

from rerun_bridge.log_encoding import MessageKind, RrdEncoder
from rerun_bridge.sinks.base import Cadence, DEFAULT_QUEUE_BYTES, SinkState, SinkStatus
from rerun_bridge.sinks.message_queue import MessageQueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.log_types import StoreKind
    from rerun_bridge.sinks.base import Replay

_log = logging.getLogger('rerun_bridge.sinks')


class MemorySink:
    """Keeps every message until it is taken."""

    cadence = Cadence.ARCHIVE
    target = 'memory'
    resources: frozenset[tuple[str, str]] = frozenset()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[LogMsg] = deque()
        self._state = SinkState.CLOSED

    def open(self, replay: Replay) -> None:  # noqa: ARG002 - nobody joins later
        """Start accepting."""
        self._state = SinkState.OPEN

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Keep messages."""
        with self._lock:
            self._messages.extend(messages)

    def flush(self, timeout_sec: float | None) -> None:
        """Do nothing: what was sent is there."""

    def close(self) -> None:
        """Stop accepting; what was collected stays."""
        self._state = SinkState.CLOSED

    def status(self) -> SinkStatus:
        """Return figures."""
        with self._lock:
            size = sum(message.num_bytes for message in self._messages)
            return SinkStatus(
                self.target, self._state, sent_messages=len(self._messages), sent_bytes=size
            )

    def messages(self) -> list[LogMsg]:
        """Return what was collected."""
        with self._lock:
            return list(self._messages)

    def take(self) -> list[LogMsg]:
        """Remove and return what was collected."""
        with self._lock:
            taken = list(self._messages)
            self._messages.clear()
            return taken

    def discard(self, kind: StoreKind) -> None:
        """Forget the data of the recording or of its blueprint; the store info stays."""
        with self._lock:
            self._messages = deque(
                message
                for message in self._messages
                if message.store_id.kind != kind or message.kind == MessageKind.SET_STORE_INFO
            )


class BufferedSink:
    """
    Holds what is logged while no sink is open, for the next one.

    Parameters
    ----------
    max_bytes
        When the oldest data is dropped, with one warning.

    """

    cadence = Cadence.ARCHIVE
    target = 'buffer'
    resources: frozenset[tuple[str, str]] = frozenset()

    def __init__(self, max_bytes: int = DEFAULT_QUEUE_BYTES) -> None:
        self._lock = threading.Lock()
        self._queue = MessageQueue(max_bytes)

    def open(self, replay: Replay) -> None:
        """Do nothing."""

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Hold messages; what every sink gets first anyway is not held."""
        with self._lock:
            dropped_before = self._queue.dropped_messages
            for message in messages:
                if message.chunk is not None and not message.chunk.is_static:
                    self._queue.push(message)
            self._queue.drop_excess()
            dropped = self._queue.dropped_messages
        if dropped and not dropped_before:
            _log.warning(
                'no sink is open and the buffer of %d MiB is full: the oldest data is being '
                'dropped; call connect, save or another sink',
                self._queue.max_bytes >> 20,
            )

    def flush(self, timeout_sec: float | None) -> None:
        """Do nothing: the data waits for a sink."""

    def close(self) -> None:
        """Drop what nobody took, with a warning."""
        with self._lock:
            dropped = self._queue.drop_all()
        if dropped:
            _log.warning('dropping %d buffered messages: no sink was opened for them', dropped)

    def status(self) -> SinkStatus:
        """Return figures."""
        with self._lock:
            return SinkStatus(
                self.target,
                SinkState.OPEN,
                queued_messages=len(self._queue),
                queued_bytes=self._queue.num_bytes,
                dropped_messages=self._queue.dropped_messages,
                dropped_rows=self._queue.dropped_rows,
            )

    def take(self) -> list[LogMsg]:
        """Remove and return what is held."""
        with self._lock:
            return [self._queue.pop() for _ in range(len(self._queue))]


def to_rrd(messages: Iterable[LogMsg]) -> bytes:
    """
    Make a complete RRD stream.

    Parameters
    ----------
    messages
        In order.

    Returns
    -------
    bytes
        The same as a file with these messages holds; such streams may be concatenated.

    """
    encoder = RrdEncoder(write_footer=True)
    pieces: list[Bytes] = [encoder.start()]
    for message in messages:
        pieces += encoder.add(message)
    return b''.join((*pieces, encoder.end()))
