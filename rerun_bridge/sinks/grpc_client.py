# SPDX-License-Identifier: Apache-2.0
"""
A viewer or server on the network, over gRPC.

The server answers a ``WriteMessages`` call only after it has consumed everything, so ending a
call is the one true acknowledgement. A call is ended whenever somebody flushes, and often
enough that what is unacknowledged stays small. After a lost link the unacknowledged messages
are sent again, behind what a new server needs to know first; a server that had some of them
drops the duplicates by their chunk ids.

Pictures and clouds have a call of their own, beside that of all others: a picture takes long to
send, and joint states do not wait for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
import logging
import threading
import time
from typing import TYPE_CHECKING

from rerun_bridge.errors import FlushTimeoutError, UsageError
from rerun_bridge.log_encoding import grpc_pieces
from rerun_bridge.sinks.address import parse_address
from rerun_bridge.sinks.base import Cadence, DEFAULT_QUEUE_BYTES, SinkState, SinkStatus
from rerun_bridge.sinks.grpc_link import GrpcLink, open_link
from rerun_bridge.sinks.message_queue import BIG_BYTES, MessageQueue
from rerun_bridge.sinks.network import network_loop, submit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.base import Replay

_log = logging.getLogger('rerun_bridge.sinks')
_METHOD = '/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages'
_CONNECT_TIMEOUT_SEC = 5.0
_RETRY_SEC, _MAX_RETRY_SEC = 0.1, 1.0
_WARN_AT_ATTEMPT = 3
_MAX_UNACKNOWLEDGED_BYTES = 32 << 20
_MAX_CALL_SEC = 1.0
_POLL_SEC = 0.05
_BATCH_BYTES = 256 << 10


class _Lane:
    """Messages that travel in order; those of another lane may overtake them."""

    def __init__(self) -> None:
        self.queue = MessageQueue(0)
        self.num_accepted = 0
        self.unacknowledged: deque[LogMsg] = deque()
        self.unacknowledged_bytes = 0
        self.wake = asyncio.Event()

    @property
    def num_bytes(self) -> int:
        """Get how much is not acknowledged yet."""
        return self.queue.num_bytes + self.unacknowledged_bytes

    @property
    def num_messages(self) -> int:
        """Get how many are not acknowledged yet."""
        return len(self.queue) + len(self.unacknowledged)

    @property
    def num_settled(self) -> int:
        """Get how many of the accepted ones are acknowledged or dropped."""
        return self.num_accepted - self.num_messages

    def push(self, message: LogMsg) -> None:
        """Queue a message."""
        self.queue.push(message)
        self.num_accepted += 1

    def take(self) -> list[LogMsg]:
        """Take some messages to send."""
        batch: list[LogMsg] = []
        num_bytes = 0
        while self.queue and num_bytes < _BATCH_BYTES:
            batch.append(self.queue.pop())
            num_bytes += batch[-1].num_bytes
        self.unacknowledged += batch
        self.unacknowledged_bytes += num_bytes
        return batch

    def take_back(self) -> None:
        """Queue again what is not acknowledged."""
        self.queue.push_front(self.unacknowledged)
        self.forget()

    def forget(self) -> None:
        """Forget what is not acknowledged."""
        self.unacknowledged.clear()
        self.unacknowledged_bytes = 0


class GrpcSink:
    """
    Streams to a viewer; connects in the background and reconnects for ever.

    Parameters
    ----------
    url
        ``rerun+http://host:port/proxy``, ``host:port`` or None for a viewer on this machine.
    flush_timeout_sec
        How long a flush or close waits without any progress before it gives up; None for ever.
    max_queue_bytes
        Above this the oldest data is dropped and counted.

    """

    cadence = Cadence.LIVE

    def __init__(
        self,
        url: str | None = None,
        *,
        flush_timeout_sec: float | None = 2.0,
        max_queue_bytes: int = DEFAULT_QUEUE_BYTES,
    ) -> None:
        if flush_timeout_sec is not None and not flush_timeout_sec >= 0:
            msg = f'flush_timeout_sec must be None or at least 0, not {flush_timeout_sec}'
            raise UsageError(msg)
        self.address = parse_address(url)
        self.target = f'connect:{self.address.url}'
        self.resources: frozenset[tuple[str, str]] = frozenset()
        self._flush_timeout_sec = flush_timeout_sec
        self._replay: Replay = list
        # Guards all below; the loop and the callers both change them.
        self._changed = threading.Condition()
        self._max_queue_bytes = max_queue_bytes
        self._ordered, self._bulk = self._lanes = _Lane(), _Lane()
        self._is_waking = False
        self._state = SinkState.CLOSED
        self._error = ''
        self._told = ''
        self._sent_messages = self._sent_bytes = 0
        self._reconnects = 0
        # Since the last acknowledgement.
        self._attempts = 0
        self._is_doubtful = False
        self._num_flushing = 0
        self._is_closing = False
        self._progress_at = time.monotonic()
        self._task: Future[None] | None = None

    def open(self, replay: Replay) -> None:
        """Start connecting; never blocks."""
        if self._task is not None:
            msg = f'this sink has been open before; make a new one, to {self.address.url}'
            raise UsageError(msg)
        self._replay = replay
        self._state = SinkState.CONNECTING
        self._progress_at = time.monotonic()
        self._task = submit(self._run())

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Queue messages; never blocks."""
        with self._changed:
            for message in messages:
                (self._bulk if _is_bulk(message) else self._ordered).push(message)
            for lane, other in (self._lanes[::-1], self._lanes):
                lane.queue.max_bytes = self._max_queue_bytes - other.queue.num_bytes
                lane.queue.drop_excess()
        self._wake_up()

    def flush(self, timeout_sec: float | None) -> None:
        """Wait until the server has acknowledged everything, or nothing moves any more."""
        deadline = None if timeout_sec is None else time.monotonic() + timeout_sec
        with self._changed:
            goals = [(lane, lane.num_accepted) for lane in self._lanes]
            if self._state is SinkState.OPEN:
                self._progress_at = time.monotonic()
            self._num_flushing += 1
            self._wake_up()
            try:
                while (missing := _missing(goals)) and self._state is not SinkState.CLOSED:
                    if self._has_given_up() or (deadline and time.monotonic() > deadline):
                        msg = f'{missing} messages did not reach the viewer; is it running? '
                        raise FlushTimeoutError(msg + self.address.url)
                    self._changed.wait(_POLL_SEC)
            finally:
                self._num_flushing -= 1

    def close(self) -> None:
        """Flush, then drop what could not be delivered."""
        if self._task is None or self._state is SinkState.CLOSED:
            return
        try:
            self.flush(None)
        except FlushTimeoutError:
            with self._changed:
                self._take_back()
                dropped = sum(lane.queue.drop_all() for lane in self._lanes)
            _log.warning('dropping %d messages that did not reach %s', dropped, self.address.url)
        self._is_closing = True
        self._task.cancel()
        with self._changed:
            self._changed.wait_for(lambda: self._state is SinkState.CLOSED, 1.0)
            self._state = SinkState.CLOSED

    def status(self) -> SinkStatus:
        """Return figures."""
        with self._changed:
            return SinkStatus(
                self.target,
                self._state,
                queued_messages=sum(lane.num_messages for lane in self._lanes),
                queued_bytes=sum(lane.num_bytes for lane in self._lanes),
                sent_messages=self._sent_messages,
                sent_bytes=self._sent_bytes,
                dropped_messages=sum(lane.queue.dropped_messages for lane in self._lanes),
                dropped_rows=sum(lane.queue.dropped_rows for lane in self._lanes),
                reconnects=self._reconnects,
                error=self._error,
            )

    def _has_given_up(self) -> bool:
        """Whether nothing has moved for the flush timeout."""
        timeout = self._flush_timeout_sec
        if timeout is None:
            return False
        tried = self._attempts > 0 or self._state is SinkState.OPEN
        return tried and time.monotonic() - self._progress_at > timeout

    def _wake_up(self) -> None:
        if not self._is_waking:
            self._is_waking = True
            network_loop().call_soon_threadsafe(self._wake_lanes)

    def _wake_lanes(self) -> None:
        self._is_waking = False
        for lane in self._lanes:
            if lane.queue or self._num_flushing:
                lane.wake.set()

    async def _run(self) -> None:
        try:
            while not self._is_closing:
                try:
                    await self._connect_and_stream()
                except Exception as exc:  # noqa: BLE001, PERF203 - for ever, and nobody waits for this
                    self._disconnected(exc)
                    await asyncio.sleep(min(_MAX_RETRY_SEC, _RETRY_SEC * self._attempts))
        finally:
            with self._changed:
                self._state = SinkState.CLOSED
                self._changed.notify_all()

    async def _connect_and_stream(self) -> None:
        opening = open_link(self.address, _METHOD, self._progressed)
        link = await asyncio.wait_for(opening, _CONNECT_TIMEOUT_SEC)
        if self._is_closing:  # until Python 3.12 `wait_for` may forget that it was cancelled
            link.close()
            return
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._connected()
            is_known = asyncio.Event()
            works = [link.watch(), *(self._stream(link, lane, is_known) for lane in self._lanes)]
            tasks += [asyncio.create_task(work) for work in works]
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            link.close()

    async def _stream(self, link: GrpcLink, lane: _Lane, is_known: asyncio.Event) -> None:
        """Send a lane for ever; bulk waits until the server knows what it belongs to."""
        if lane is self._bulk:
            await is_known.wait()
        while True:
            await self._call(link, lane, is_short=not is_known.is_set())
            is_known.set()

    async def _call(self, link: GrpcLink, lane: _Lane, *, is_short: bool = False) -> None:
        """Send messages of a lane until an acknowledgement is due."""
        while not lane.queue:
            await lane.wake.wait()
            lane.wake.clear()
        call = link.open_call()
        ends_at = time.monotonic() + _MAX_CALL_SEC
        timer = network_loop().call_later(_MAX_CALL_SEC, lane.wake.set)
        while True:
            lane.wake.clear()
            with self._changed:
                is_over = (
                    time.monotonic() > ends_at
                    or lane.unacknowledged_bytes > _MAX_UNACKNOWLEDGED_BYTES
                )
                is_wanted = is_short or self._num_flushing
                if is_over or (is_wanted and not lane.queue):
                    break
                batch = lane.take()
            if batch:
                await link.send(call, map(grpc_pieces, batch))
            else:
                await lane.wake.wait()
        timer.cancel()
        await link.finish(call)
        self._acknowledged(lane)

    def _progressed(self) -> None:
        # To a server that never acknowledges anything, everything is sent again and again.
        if not self._is_doubtful:
            self._progress_at = time.monotonic()

    async def _connected(self) -> None:
        needed: list[LogMsg] | None = None
        if self._state is SinkState.RECONNECTING:
            # Without the lock and not here: whoever answers may be waiting for it in `send`, or
            # for a disk, and the loop is that of all sinks.
            needed = await asyncio.to_thread(self._replay)
        with self._changed:
            if needed is not None:
                self._reconnects += 1
                self._queue_first(needed)
            self._state = SinkState.OPEN
            self._error = ''
            self._progressed()

    def _disconnected(self, exc: Exception) -> None:
        url, reason = self.address.url, str(exc) or 'no answer'
        is_expected = isinstance(exc, (OSError, UnicodeError, asyncio.TimeoutError))
        # Our own errors say what is wrong; what the system raises is of a class below theirs.
        is_silence = is_expected and type(exc) is not ConnectionError
        with self._changed:
            if self._state is SinkState.OPEN:
                self._state = SinkState.RECONNECTING
                self._take_back()
                self._progressed()
                self._is_doubtful = self._attempts > 0
                if not self._attempts:
                    _log.warning('lost %s: %s; reconnecting', url, reason)
            self._attempts += 1
            self._error = (
                f'nothing answers at {url}; start a viewer there'
                if is_silence
                else f'cannot send to {url}: {reason}'
            )
            if self._attempts >= _WARN_AT_ATTEMPT and self._error != self._told:
                self._told = self._error
                _log.warning(
                    '%s (%s); still trying', self._error, reason, exc_info=not is_expected
                )
            self._changed.notify_all()

    def _take_back(self) -> None:
        for lane in self._lanes:
            lane.take_back()

    def _queue_first(self, needed: list[LogMsg]) -> None:
        """Queue what a new server needs to know before everything else."""
        known = {id(message) for message in needed}
        queue = self._ordered.queue
        waiting = [queue.pop() for _ in range(len(queue))]
        others = [message for message in waiting if id(message) not in known]
        queue.push_front([*needed, *others])

    def _acknowledged(self, lane: _Lane) -> None:
        with self._changed:
            self._sent_messages += len(lane.unacknowledged)
            self._sent_bytes += lane.unacknowledged_bytes
            lane.forget()
            self._attempts, self._is_doubtful, self._told = 0, False, ''
            self._progressed()
            self._changed.notify_all()


def _missing(goals: list[tuple[_Lane, int]]) -> int:
    """Count what is not settled yet."""
    return sum(max(0, goal - lane.num_settled) for lane, goal in goals)


def _is_bulk(message: LogMsg) -> bool:
    """Whether it is a picture or a cloud; what others need keeps its place among them."""
    is_disposable = message.chunk is not None and not message.is_retained
    return is_disposable and message.num_bytes >= BIG_BYTES
