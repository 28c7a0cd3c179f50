# SPDX-License-Identifier: Apache-2.0
"""
The queues between the intake, which must never wait, and the conversion.

There is one per topic. Those of images and point clouds keep the latest few messages; the
others keep all. What all of them hold together is bounded in bytes; above the bound the oldest
message of the biggest image or cloud queue goes, and only when there is none, that of another.
"""

from __future__ import annotations

from collections import deque
import threading
from typing import Generic, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rerun_bridge.node.sample import Sample

HEAVY_DEPTH = 10
"""How many messages the queue of an image or cloud topic keeps."""
_BATCH_MESSAGES = 64
_BATCH_BYTES = 4 << 20

OwnerT = TypeVar('OwnerT')


class TopicQueue(Generic[OwnerT]):
    """
    The waiting messages of one topic; only its `QueueSet` changes it.

    Attributes
    ----------
    owner
        What the caller wants to find again when it takes messages.
    is_heavy
        Whether only the latest messages matter.
    num_bytes
        Of the waiting messages.
    num_accepted, num_finished
        Messages that were put, and of these the ones that were dropped or are done.
    dropped
        How many messages were given up.

    """

    __slots__ = (
        'dropped',
        'is_heavy',
        'is_scheduled',
        'num_accepted',
        'num_bytes',
        'num_finished',
        'owner',
        'samples',
    )

    def __init__(self, owner: OwnerT, *, is_heavy: bool) -> None:
        self.owner = owner
        self.is_heavy = is_heavy
        self.is_scheduled = False
        self.num_bytes = self.num_accepted = self.num_finished = self.dropped = 0
        self.samples: deque[Sample] = deque()

    def __len__(self) -> int:
        """Return the number of waiting messages."""
        return len(self.samples)


class QueueSet(Generic[OwnerT]):
    """
    All queues, served in turn.

    Parameters
    ----------
    max_bytes
        What they may hold together.

    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.num_bytes = 0
        self._queues: list[TopicQueue[OwnerT]] = []
        self._ready: dict[bool, deque[TopicQueue[OwnerT]]] = {False: deque(), True: deque()}
        self._is_closed = False
        lock = threading.Lock()
        self._is_ready = threading.Condition(lock)
        self._is_finished = threading.Condition(lock)
        self._is_pressing = threading.Condition(lock)
        self._num_waiting = 0

    def add(self, owner: OwnerT, *, is_heavy: bool) -> TopicQueue[OwnerT]:
        """
        Make a queue.

        Parameters
        ----------
        owner
            Kept as an attribute of the queue.
        is_heavy
            Whether only the latest messages matter.

        Returns
        -------
        TopicQueue
            Empty.

        """
        queue = TopicQueue(owner, is_heavy=is_heavy)
        with self._is_ready:
            self._queues.append(queue)
        return queue

    def remove(self, queue: TopicQueue[OwnerT]) -> bool:
        """Forget a queue that nobody puts into any more; return False if it is in use."""
        with self._is_ready:
            is_idle = not (queue.samples or queue.is_scheduled)
            if is_idle:
                self._queues.remove(queue)
            return is_idle

    def put(self, queue: TopicQueue[OwnerT], sample: Sample) -> None:
        """
        Append a message; never waits.

        Parameters
        ----------
        queue
            Of this set.
        sample
            What arrived.

        """
        num_bytes = len(sample.data)
        with self._is_ready:
            queue.samples.append(sample)
            queue.num_accepted += 1
            queue.num_bytes += num_bytes
            self.num_bytes += num_bytes
            if self.num_bytes > self.max_bytes // 2:
                self._is_pressing.notify_all()
            if queue.is_heavy and len(queue.samples) > HEAVY_DEPTH // 2:
                self._is_pressing.notify_all()
                if len(queue.samples) > HEAVY_DEPTH:
                    self._drop_oldest(queue)
            while self.num_bytes > self.max_bytes and self._shed():
                pass
            if not queue.is_scheduled:
                self._schedule(queue)

    def wait(self) -> bool:
        """
        Wait for messages.

        Returns
        -------
        bool
            Whether there may be some to take; False once the set is closed and none is left.

        """
        with self._is_ready:
            self._num_waiting += 1
            self._is_ready.wait_for(lambda: any(self._ready.values()) or self._is_closed)
            self._num_waiting -= 1
            return any(self._ready.values())

    def pause(self, seconds: float) -> None:
        """Let messages come together, but no more than there is room for."""
        with self._is_pressing:
            if seconds > 0 and not self._is_closed:
                self._is_pressing.wait(seconds)

    def take(self, *, is_heavy: bool) -> tuple[TopicQueue[OwnerT], list[Sample]] | None:
        """
        Take messages.

        Parameters
        ----------
        is_heavy
            Of which queues.

        Returns
        -------
        tuple or None
            A queue and its oldest messages, which are this caller's until it calls `done`: no
            other gets messages of this queue before. None if nothing waits.

        """
        with self._is_ready:
            ready = self._ready[is_heavy]
            while ready:
                queue = ready.popleft()
                batch = self._take_batch(queue)
                if batch:
                    return queue, batch
                queue.is_scheduled = False
            return None

    def done(self, queue: TopicQueue[OwnerT], num_messages: int) -> None:
        """
        Give a queue back.

        Parameters
        ----------
        queue
            From `take`.
        num_messages
            How many were taken.

        """
        with self._is_ready:
            queue.num_finished += num_messages
            queue.is_scheduled = False
            if queue.samples:
                self._schedule(queue)
            self._is_finished.notify_all()

    def wait_until_finished(self, timeout_sec: float) -> bool:
        """
        Wait for everything that has been put until now.

        Parameters
        ----------
        timeout_sec
            How long at most.

        Returns
        -------
        bool
            Whether all of it was taken and done, or dropped.

        """
        with self._is_finished:
            goals = [(queue, queue.num_accepted) for queue in self._queues]
            return self._is_finished.wait_for(lambda: _are_reached(goals), timeout_sec)

    def close(self) -> None:
        """Let `wait` return False once nothing is left."""
        with self._is_ready:
            self._is_closed = True
            self._is_ready.notify_all()
            self._is_pressing.notify_all()

    def _schedule(self, queue: TopicQueue[OwnerT]) -> None:
        queue.is_scheduled = True
        self._ready[queue.is_heavy].append(queue)
        if self._num_waiting:
            self._is_ready.notify()

    def _take_batch(self, queue: TopicQueue[OwnerT]) -> list[Sample]:
        batch: list[Sample] = []
        num_bytes = 0
        while queue.samples and len(batch) < _BATCH_MESSAGES and num_bytes < _BATCH_BYTES:
            batch.append(queue.samples.popleft())
            num_bytes += len(batch[-1].data)
        queue.num_bytes -= num_bytes
        self.num_bytes -= num_bytes
        return batch

    def _shed(self) -> bool:
        waiting = [queue for queue in self._queues if queue.samples]
        if sum(map(len, waiting)) <= 1:
            return False
        heaviest = max(waiting, key=lambda queue: (queue.is_heavy, queue.num_bytes))
        self._drop_oldest(heaviest)
        return True

    def _drop_oldest(self, queue: TopicQueue[OwnerT]) -> None:
        num_bytes = len(queue.samples.popleft().data)
        queue.num_bytes -= num_bytes
        self.num_bytes -= num_bytes
        queue.num_finished += 1
        queue.dropped += 1


def _are_reached(goals: Iterable[tuple[TopicQueue[OwnerT], int]]) -> bool:
    return all(queue.num_finished >= goal for queue, goal in goals)
