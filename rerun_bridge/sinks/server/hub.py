# SPDX-License-Identifier: Apache-2.0
"""
Hands every message to all receivers of a server.

Messages come in from any thread and cost the same whoever listens: they are added to the history,
and the network loop is woken once. Each receiver takes from there at its own pace and disturbs
nobody; one that is too slow loses its oldest data, which is counted.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import threading
import time
from typing import TYPE_CHECKING

from rerun_bridge.log_encoding import merge_messages
from rerun_bridge.log_types import TuidGenerator
from rerun_bridge.sinks.message_queue import MessageQueue
from rerun_bridge.sinks.network import network_loop
from rerun_bridge.sinks.server.history import History, START

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typing_extensions import Self

    from rerun_bridge.log_encoding import LogMsg

RECEIVER_QUEUE_BYTES = 32 << 20
"""How far a receiver may be behind before it loses data; at least two of the biggest messages."""
_BATCH_BYTES = 1 << 20
_POLL_SEC = 0.01

Totals = tuple[int, int, int]
"""Bytes sent, messages dropped, rows dropped."""


class Hub:
    """
    Feeds all receivers of a server.

    Parameters
    ----------
    max_bytes
        How much is remembered for receivers that come later.

    Attributes
    ----------
    epoch
        Distinguishes this hub's positions from those of any other.
    is_closed
        Whether the streams of all receivers end.

    """

    def __init__(self, max_bytes: int) -> None:
        self.epoch = secrets.token_hex(8)
        self.is_closed = False
        self._of_the_gone = (0, 0, 0)
        self.lock = threading.Lock()
        self.history = History(max_bytes)
        self._subscriptions: set[Subscription] = set()
        self._is_waking = False

    @property
    def subscriptions(self) -> list[Subscription]:
        """Get the receivers; from any thread."""
        with self.lock:
            return list(self._subscriptions)

    def totals(self) -> Totals:
        """Return the figures of all receivers together, those that have gone included."""
        with self.lock:
            now = [subscription.totals() for subscription in self._subscriptions]
            return _sum(self._of_the_gone, *now)

    def publish(self, messages: Sequence[LogMsg]) -> None:
        """Give messages to all receivers; from any thread, never blocks."""
        with self.lock:
            self.history.add(messages)
            if self._is_waking:
                return
            self._is_waking = True
        network_loop().call_soon_threadsafe(self._distribute)

    def subscribe(self, *, after: int = START) -> Subscription:
        """
        Add a receiver; on the loop.

        Parameters
        ----------
        after
            The position that it has reached already.

        Returns
        -------
        Subscription
            To be closed, best by ``with``.

        """
        with self.lock:
            subscription = Subscription(self, after)
            self._subscriptions.add(subscription)
        return subscription

    def remove(self, subscription: Subscription) -> None:
        """Forget a receiver but for its figures."""
        with self.lock:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)
                self._of_the_gone = _sum(self._of_the_gone, subscription.totals())

    def drain(self, timeout_sec: float | None, stall_sec: float) -> bool:
        """
        Wait until all receivers have got everything published so far; not on the loop.

        Parameters
        ----------
        timeout_sec
            The most to wait; None without limit.
        stall_sec
            A receiver that takes nothing for so long is not waited for.

        Returns
        -------
        bool
            Whether all that still move have got it.

        """
        goal = self.history.last
        deadline = None if timeout_sec is None else time.monotonic() + timeout_sec
        progress: dict[Subscription, tuple[int, float]] = {}
        while True:
            now = time.monotonic()
            is_waiting = False
            for subscription in self.subscriptions:
                sent, since = progress.get(subscription, (-1, now))
                if sent != subscription.sent_bytes:
                    sent, since = subscription.sent_bytes, now
                progress[subscription] = sent, since
                is_waiting |= subscription.sent_position < goal and now - since < stall_sec
            if not is_waiting:
                return True
            if deadline is not None and now >= deadline:
                return False
            time.sleep(_POLL_SEC)

    def close(self) -> None:
        """End the streams of all receivers; on the loop."""
        self.is_closed = True
        self._distribute()

    def _distribute(self) -> None:
        with self.lock:
            self._is_waking = False
            for subscription in self._subscriptions:
                subscription.pull()
            if all(subscription.has_pulled for subscription in self._subscriptions):
                self.history.forget_excess()


class Subscription:
    """
    What one receiver is still to get; on the loop only.

    Attributes
    ----------
    position
        Everything up to it has been handed out or dropped.
    sent_position
        Everything up to it has been sent: the receiver has come back for more.
    dropped_messages, dropped_rows
        Given up because the receiver was too slow.
    sent_bytes
        Handed out, without frames.

    """

    def __init__(self, hub: Hub, after: int) -> None:
        history = hub.history
        self._hub = hub
        self._is_closed = False
        self._missed = 0
        self._queue = MessageQueue(RECEIVER_QUEUE_BYTES)
        self._is_condensing = False
        self._ids = TuidGenerator(time.time_ns)
        self._wake = asyncio.Event()
        self._first = history.timeless_after(after)[::-1]
        self._joined_at = self._pulled = history.last
        self.position = self.sent_position = after
        self.sent_bytes = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def dropped_messages(self) -> int:
        """Get how many messages were given up."""
        return self._queue.dropped_messages + self._missed

    @property
    def dropped_rows(self) -> int:
        """Get how many rows were given up, as far as is known."""
        return self._queue.dropped_rows + self._missed

    def totals(self) -> Totals:
        """Return its figures."""
        return self.sent_bytes, self.dropped_messages, self.dropped_rows

    @property
    def has_pulled(self) -> bool:
        """Whether it has taken over everything that came since it is there."""
        return self._pulled == self._hub.history.last

    def close(self) -> None:
        """End the stream; `next` returns nothing more."""
        self._is_closed = True
        self._wake.set()
        self._hub.remove(self)

    async def next(self, max_messages: int = sys.maxsize) -> list[LogMsg]:
        """
        Wait for messages.

        Parameters
        ----------
        max_messages
            At most so many.

        Returns
        -------
        list of LogMsg
            About a megabyte at most, or one bigger message; empty if the stream has ended.

        """
        while not self._is_closed:
            self.sent_position = self.position
            with self._hub.lock:
                messages = self._take(_Batch(max_messages))
            if messages:
                self.sent_bytes += sum(message.num_bytes for message in messages)
                return messages
            self.sent_position = self.position
            if self._hub.is_closed:
                break
            self._wake.clear()
            await self._wake.wait()
        return []

    async def condense(self) -> None:
        """Make few messages of what waits: small ones are merged, of big ones the latest stay."""
        with self._hub.lock:
            past = list(self._past())
            self._joined_at = START

        def condense() -> None:
            for key, message in past:
                if not (message.is_retained and message.is_superseded):
                    self._queue.push(message, key)
            with self._hub.lock:
                self._pull()
            self._queue.condense(lambda messages: merge_messages(messages, self._ids.next()))

        self._is_condensing = True
        try:
            await asyncio.to_thread(condense)
        finally:
            self._is_condensing = False

    def pull(self) -> None:
        """Take over what is new; the caller holds the lock of the hub."""
        if self.position >= self._joined_at and not self._first and not self._is_condensing:
            self._pull()
        self._wake.set()

    def _pull(self) -> None:
        found = 0
        history = self._hub.history
        for key, message in history.after(self._pulled):
            self._queue.push(message, key)
            found += 1
        self._missed += history.last - self._pulled - found
        self._pulled = history.last
        self._queue.max_bytes = max(RECEIVER_QUEUE_BYTES, 2 * history.biggest)
        self._queue.drop_excess()

    def _take(self, batch: _Batch) -> list[LogMsg]:
        """Take what comes next: what holds for all times, then the past, then what is new."""
        while self._first and batch.has_room_for(self._first[-1]):
            batch.add(self._first.pop())
        if self.position < self._joined_at and not self._first:
            self._take_past(batch)
        if batch.messages:
            return batch.messages
        self._pull()
        while self._queue and batch.has_room_for(self._queue.first):
            self.position, message = self._queue.pop_item()
            batch.add(message)
        if not self._queue:
            self.position = self._pulled
        return batch.messages

    def _take_past(self, batch: _Batch) -> None:
        """Take what was there when the receiver came."""
        for key, message in self._past():
            if not batch.has_room_for(message):
                return
            batch.add(message)
            self.position = key
        self.position = self._joined_at

    def _past(self) -> Iterator[tuple[int, LogMsg]]:
        for key, message in self._hub.history.temporal_after(self.position):
            if key > self._joined_at:
                break
            yield key, message


def _sum(*totals: Totals) -> Totals:
    sent, messages, rows = map(sum, zip(*totals, strict=True))
    return sent, messages, rows


class _Batch:
    """Messages that are handed out together."""

    def __init__(self, max_messages: int) -> None:
        self.messages: list[LogMsg] = []
        self._max_messages = max_messages
        self._num_bytes = 0

    def has_room_for(self, message: LogMsg) -> bool:
        """Whether it fits; a big one, which takes long to send, has a batch of its own."""
        if not self.messages:
            return True
        has_bytes = self._num_bytes + message.num_bytes <= _BATCH_BYTES
        return has_bytes and len(self.messages) < self._max_messages

    def add(self, message: LogMsg) -> None:
        self.messages.append(message)
        self._num_bytes += message.num_bytes
