# SPDX-License-Identifier: Apache-2.0
"""
A queue of messages bounded in bytes; its owner serialises calls.

When it is full the oldest message of the entity with the most bytes in it goes, so that big
frames cannot starve small states. Messages that later ones need are never dropped.
"""

from __future__ import annotations

from collections import deque, OrderedDict
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from typing import TypeAlias

    from rerun_bridge.log_encoding import LogMsg

    Merge: TypeAlias = Callable[[list[LogMsg]], LogMsg]

BIG_BYTES = 64 << 10
"""From here on a message is a picture or a cloud, of which only the latest is worth the time."""
_MERGED_BYTES = 256 << 10


class MessageQueue:
    """
    Messages on their way to one sink.

    Parameters
    ----------
    max_bytes
        Above this `drop_excess` drops.

    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.num_bytes = 0
        self.dropped_messages = 0
        self.dropped_rows = 0
        self._messages: OrderedDict[int, LogMsg] = OrderedDict()
        self._entities: dict[str, deque[int]] = {}
        self._entity_bytes: dict[str, int] = {}
        # A heap of weights of entities, some of them outdated; for all entities but those that
        # have grown since there is one that sorts no later than the entity's own.
        self._weights: list[tuple[int, int, str]] = []
        self._grown: set[str] = set()
        self._first = 0
        self._next = 0

    def __len__(self) -> int:
        """Return the number of messages."""
        return len(self._messages)

    @property
    def is_full(self) -> bool:
        """Whether more than the bound is queued."""
        return self.num_bytes > self.max_bytes

    @property
    def first_key(self) -> int:
        """Get the number of the oldest message; the next one if there is none."""
        return next(iter(self._messages), self._next)

    @property
    def next_key(self) -> int:
        """Get the number that the next message gets."""
        return self._next

    @property
    def first(self) -> LogMsg:
        """Get the oldest message; there must be one."""
        return next(iter(self._messages.values()))

    def push(self, message: LogMsg, key: int | None = None) -> int:
        """
        Append a message.

        Parameters
        ----------
        message
            Any message.
        key
            Its number, above that of all others; None for the next one.

        Returns
        -------
        int
            Its number.

        """
        key = self._next if key is None else key
        self._insert(key, message)
        self._next = key + 1
        return key

    def get(self, key: int) -> LogMsg | None:
        """Return the message with a number; None if it was taken or dropped."""
        return self._messages.get(key)

    def push_front(self, messages: Iterable[LogMsg]) -> None:
        """Put messages back, before all others and in the given order."""
        for message in reversed(list(messages)):
            self._first -= 1
            self._insert(self._first, message)
            self._messages.move_to_end(self._first, last=False)

    def pop(self) -> LogMsg:
        """Remove the oldest message."""
        return self.pop_item()[1]

    def pop_item(self) -> tuple[int, LogMsg]:
        """Remove the oldest message; return its number and the message."""
        key = next(iter(self._messages))
        return key, self._remove(key)

    def drop(self, key: int) -> None:
        """Drop a message: the oldest of its entity, or one that is superseded."""
        self._count_drop(self._remove(key))

    def drop_excess(self) -> None:
        """Drop messages until the bound holds or only needed ones are left."""
        while self.is_full and self._entity_bytes:
            self._count_drop(self._remove(self._entities[self._heaviest()][0]))
        if self.is_full:
            superseded = [key for key, msg in self._messages.items() if msg.is_superseded]
            for key in superseded:
                self.drop(key)

    def condense(self, merge: Merge) -> None:
        """
        Leave few messages of each entity: small ones are merged, of big ones the latest remains.

        What remains takes the place of the oldest one, so that the entities take turns. Needed
        messages stay as they are.

        Parameters
        ----------
        merge
            Makes one message of several of the same components.

        """
        for entity, keys in self._entities.items():
            remaining = []
            for part in _parts([(key, self._messages[key]) for key in keys]):
                if len(part) > 1:
                    self._replace(entity, part, merge)
                remaining.append(next(iter(part)))
            self._entities[entity] = deque(sorted(remaining))
        self._grown.update(self._entities)

    def drop_all(self) -> int:
        """
        Drop everything.

        Returns
        -------
        int
            How many messages there were.

        """
        num_messages = len(self._messages)
        while self._messages:
            self._count_drop(self.pop())
        return num_messages

    def _heaviest(self) -> str:
        """Return the entity with the most bytes; among equals that with the oldest message."""
        weights = self._weights
        for entity in self._grown:
            heappush(weights, self._weight(entity))
        self._grown.clear()
        if len(weights) > 2 * len(self._entities):
            weights[:] = map(self._weight, self._entities)
            heapify(weights)
        while True:
            entity = weights[0][2]
            if entity not in self._entities:
                heappop(weights)
            elif weights[0] != (weight := self._weight(entity)):
                heapreplace(weights, weight)
            else:
                return entity

    def _weight(self, entity: str) -> tuple[int, int, str]:
        """Return what sorts the heaviest first."""
        return -self._entity_bytes[entity], self._entities[entity][0], entity

    def _replace(self, entity: str, part: dict[int, LogMsg], merge: Merge) -> None:
        """Put one message in the place of several."""
        first, *others = part
        *dropped, message = part.values()
        if _is_big(message):
            for each in dropped:
                self._count_drop(each)
        else:
            message = merge([*dropped, message])
        more_bytes = message.memory_bytes - sum(each.memory_bytes for each in part.values())
        self.num_bytes += more_bytes
        self._entity_bytes[entity] += more_bytes
        self._messages[first] = message
        for key in others:
            del self._messages[key]

    def _count_drop(self, message: LogMsg) -> None:
        self.dropped_messages += 1
        self.dropped_rows += message.chunk.num_rows if message.chunk else 0

    def _insert(self, key: int, message: LogMsg) -> None:
        self._messages[key] = message
        self.num_bytes += message.memory_bytes
        if message.chunk is None or message.is_retained:
            return
        entity = message.chunk.entity_path
        keys = self._entities.setdefault(entity, deque())
        if keys and key < keys[0]:
            keys.appendleft(key)
        else:
            keys.append(key)
        self._entity_bytes[entity] = self._entity_bytes.get(entity, 0) + message.memory_bytes
        self._grown.add(entity)

    def _remove(self, key: int) -> LogMsg:
        message = self._messages.pop(key)
        self.num_bytes -= message.memory_bytes
        if message.chunk is None or message.is_retained:
            return message
        entity = message.chunk.entity_path
        self._entities[entity].popleft()
        self._entity_bytes[entity] -= message.memory_bytes
        if not self._entities[entity]:
            del self._entities[entity], self._entity_bytes[entity]
            self._grown.discard(entity)
        return message


def _is_big(message: LogMsg) -> bool:
    return message.num_bytes >= BIG_BYTES


def _parts(items: Iterable[tuple[int, LogMsg]]) -> list[dict[int, LogMsg]]:
    """Group the messages of an entity that one message can stand for."""
    parts: list[dict[int, LogMsg]] = []
    latest: dict[Hashable, tuple[dict[int, LogMsg], int]] = {}
    for key, message in items:
        chunk = message.chunk
        kind = chunk and (chunk.layout, chunk.timelines), _is_big(message)
        part, num_bytes = latest.get(kind, ({}, 0))
        num_bytes += message.num_bytes
        if not part or (num_bytes > _MERGED_BYTES and not _is_big(message)):
            part, num_bytes = {}, message.num_bytes
            parts.append(part)
        part[key] = message
        latest[kind] = part, num_bytes
    return parts
