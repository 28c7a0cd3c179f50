# SPDX-License-Identifier: Apache-2.0
"""
A viewer or server on the network, over gRPC.

The server answers a ``WriteMessages`` call only after it has consumed everything, so ending a
call is the one true acknowledgement. A call is ended whenever somebody flushes, and often
enough that what is unacknowledged stays small. After a lost link the unacknowledged messages
are sent again, behind what a new server needs to know first; a server that had some of them
drops the duplicates by their chunk ids.
"""

from __future__ import annotations

import asyncio
from collections import deque
import logging
import threading
import time
from typing import Any, TYPE_CHECKING

from rerun_bridge.errors import FlushTimeoutError, UsageError
from rerun_bridge.log_encoding import grpc_message
from rerun_bridge.sinks.address import parse_address
from rerun_bridge.sinks.base import Cadence, DEFAULT_QUEUE_BYTES, SinkState, SinkStatus
from rerun_bridge.sinks.message_queue import MessageQueue
from rerun_bridge.sinks.network import network_loop, submit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.base import Replay

_log = logging.getLogger('rerun_bridge.sinks')
_METHOD = '/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages'
_CHANNEL_OPTIONS = (
    ('grpc.max_send_message_length', -1),
    ('grpc.max_receive_message_length', -1),
    ('grpc.initial_reconnect_backoff_ms', 100),
    ('grpc.min_reconnect_backoff_ms', 100),
    ('grpc.max_reconnect_backoff_ms', 3000),
    ('grpc.enable_retries', 0),
    ('grpc.enable_http_proxy', 0),
    ('grpc.use_local_subchannel_pool', 1),
)
_CONNECT_TIMEOUT_SEC = 5.0
_RETRY_SEC = 0.1
_WARN_AT_ATTEMPT = 3
_MAX_UNACKNOWLEDGED_BYTES = 32 << 20
_MAX_CALL_SEC = 1.0
_POLL_SEC = 0.05


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
        self._queue = MessageQueue(max_queue_bytes)
        self._unacknowledged: deque[LogMsg] = deque()
        self._unacknowledged_bytes = 0
        self._state = SinkState.CLOSED
        self._error = ''
        self._accepted = self._delivered = 0
        self._sent_bytes = 0
        self._reconnects = 0
        self._attempts = 0
        self._wants_acknowledgement = False
        self._progress_at = time.monotonic()
        # Only used on the loop.
        self._wake = asyncio.Event()
        self._task: Future[None] | None = None

    def open(self, replay: Replay) -> None:
        """Start connecting; never blocks."""
        self._replay = replay
        self._state = SinkState.CONNECTING
        self._progress_at = time.monotonic()
        self._task = submit(self._run())

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Queue messages; never blocks."""
        with self._changed:
            for message in messages:
                self._queue.push(message)
            self._accepted += len(messages)
            before = self._queue.dropped_messages
            self._queue.drop_excess()
            self._delivered += self._queue.dropped_messages - before
        self._wake_up()

    def flush(self, timeout_sec: float | None) -> None:
        """Wait until the server has acknowledged everything, or nothing moves any more."""
        deadline = None if timeout_sec is None else time.monotonic() + timeout_sec
        with self._changed:
            goal = self._accepted
            if self._state is SinkState.OPEN:
                self._progress_at = time.monotonic()
            while self._delivered < goal and self._state is not SinkState.CLOSED:
                self._wants_acknowledgement = True
                self._wake_up()
                if self._has_given_up() or (deadline and time.monotonic() > deadline):
                    missing = goal - self._delivered
                    msg = f'{missing} messages did not reach the viewer; is it running? '
                    raise FlushTimeoutError(msg + self.address.url)
                self._changed.wait(_POLL_SEC)

    def close(self) -> None:
        """Flush, then drop what could not be delivered."""
        if self._task is None or self._state is SinkState.CLOSED:
            return
        try:
            self.flush(None)
        except FlushTimeoutError:
            with self._changed:
                self._take_back()
                dropped = self._queue.drop_all()
            _log.warning('dropping %d messages: nothing listens at %s', dropped, self.address.url)
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
                queued_messages=self._accepted - self._delivered,
                queued_bytes=self._queue.num_bytes + self._unacknowledged_bytes,
                sent_messages=self._delivered - self._queue.dropped_messages,
                sent_bytes=self._sent_bytes,
                dropped_messages=self._queue.dropped_messages,
                dropped_rows=self._queue.dropped_rows,
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
        network_loop().call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        import grpc  # noqa: PLC0415 - costs 0.1 s, only needed with a viewer

        options = list(_CHANNEL_OPTIONS)
        channel = (
            grpc.aio.secure_channel(self.address.target, grpc.ssl_channel_credentials(), options)
            if self.address.is_encrypted
            else grpc.aio.insecure_channel(self.address.target, options)
        )
        failures = (grpc.aio.AioRpcError, asyncio.TimeoutError, asyncio.InvalidStateError)
        try:
            while True:
                try:
                    await asyncio.wait_for(
                        _wait_until_ready(channel, grpc.ChannelConnectivity), _CONNECT_TIMEOUT_SEC
                    )
                    self._connected()
                    await self._stream(channel.stream_unary(_METHOD))
                except (OSError, *failures) as exc:  # noqa: PERF203 - for ever
                    self._disconnected(exc)
                    await asyncio.sleep(_RETRY_SEC)
        finally:
            await channel.close()
            with self._changed:
                self._state = SinkState.CLOSED
                self._changed.notify_all()

    async def _stream(self, write_messages: Any) -> None:  # noqa: ANN401 - grpc has no types
        while True:
            await self._wait_for_messages()
            call = write_messages()
            ends_at = time.monotonic() + _MAX_CALL_SEC
            while (message := self._take(ends_at)) is not None:
                await call.write(grpc_message(message))
                self._progressed()
                if not self._queue and not self._wants_acknowledgement:
                    await self._wait_for_messages(max(0.0, ends_at - time.monotonic()))
            await call.done_writing()
            await call
            self._acknowledged()

    async def _wait_for_messages(self, timeout_sec: float | None = None) -> None:
        while not self._queue:
            self._wake.clear()
            if self._queue or (timeout_sec is not None and self._wants_acknowledgement):
                return
            try:
                await asyncio.wait_for(self._wake.wait(), timeout_sec)
            except asyncio.TimeoutError:
                return

    def _take(self, ends_at: float) -> LogMsg | None:
        with self._changed:
            if (
                not self._queue
                or self._unacknowledged_bytes > _MAX_UNACKNOWLEDGED_BYTES
                or time.monotonic() > ends_at
            ):
                return None
            message = self._queue.pop()
            self._unacknowledged.append(message)
            self._unacknowledged_bytes += message.num_bytes
            return message

    def _progressed(self) -> None:
        self._progress_at = time.monotonic()

    def _connected(self) -> None:
        # Asked for without the lock: whoever answers may be waiting for it in `send`.
        needed = self._replay() if self._state is SinkState.RECONNECTING else None
        with self._changed:
            if needed is not None:
                self._reconnects += 1
                self._queue_first(needed)
            self._state = SinkState.OPEN
            self._error = ''
            self._attempts = 0
            self._progressed()

    def _disconnected(self, exc: Exception) -> None:
        reason = exc.details() if hasattr(exc, 'details') else str(exc) or 'no answer'
        with self._changed:
            if self._state is SinkState.OPEN:
                self._state = SinkState.RECONNECTING
                self._take_back()
                self._progressed()
                _log.warning('lost %s: %s; reconnecting', self.address.url, reason)
            self._attempts += 1
            self._error = f'nothing answers at {self.address.url}; start a viewer there'
            if self._attempts == _WARN_AT_ATTEMPT:
                _log.warning('%s (%s); still trying', self._error, reason)
            self._changed.notify_all()

    def _take_back(self) -> None:
        self._queue.push_front(self._unacknowledged)
        self._unacknowledged.clear()
        self._unacknowledged_bytes = 0

    def _queue_first(self, needed: list[LogMsg]) -> None:
        """Queue what a new server needs to know before everything else."""
        known = {id(message) for message in needed}
        waiting = [self._queue.pop() for _ in range(len(self._queue))]
        others = [message for message in waiting if id(message) not in known]
        self._accepted += len(needed) - (len(waiting) - len(others))
        self._queue.push_front([*needed, *others])

    def _acknowledged(self) -> None:
        with self._changed:
            self._delivered += len(self._unacknowledged)
            self._sent_bytes += self._unacknowledged_bytes
            self._unacknowledged.clear()
            self._unacknowledged_bytes = 0
            self._progressed()
            if not self._queue:
                self._wants_acknowledgement = False
            self._changed.notify_all()


async def _wait_until_ready(channel: Any, states: Any) -> None:  # noqa: ANN401 - grpc has no types
    """Wait for a connection; raise as soon as an attempt has failed (gRPC tries again)."""
    state = channel.get_state(try_to_connect=True)
    while state is not states.READY:
        await channel.wait_for_state_change(state)
        state = channel.get_state(try_to_connect=True)
        if state is states.TRANSIENT_FAILURE:
            msg = 'connection refused or lost'
            raise ConnectionError(msg)
