# SPDX-License-Identifier: Apache-2.0
"""
What a server remembers for those who come later, bounded in bytes; its owner serialises calls.

Messages are numbered as they come. A position is such a number: everything up to it is known.
When there is too much, what has been superseded goes first, then the oldest message of the entity
with the most bytes, so that a camera does not push the plots out. Who is there takes what is new
from here, too; so however little is to be remembered, it stays until they have had the time to.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from rerun_bridge.log_types import StoreKind
from rerun_bridge.sinks.message_queue import MessageQueue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rerun_bridge.log_encoding import LogMsg

START = 0
"""The position of somebody who knows nothing."""

_MIN_KEYS = 1024
_UNTAKEN_BYTES = 16 << 20
"""So much stays in any case until receivers have taken it, or four of the biggest messages."""


class History:
    """
    The latest messages of a recording.

    Parameters
    ----------
    max_bytes
        Above this messages are forgotten, but for those that later ones need.

    Attributes
    ----------
    last
        The position behind everything.
    biggest
        Bytes of the biggest message so far.

    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._queue = MessageQueue(max_bytes)
        self._retained: dict[LogMsg, int] = {}
        self._keys: list[int] = []
        self.last = START
        self.biggest = 0

    @property
    def num_bytes(self) -> int:
        """Get how much is remembered."""
        return self._queue.num_bytes

    def add(self, messages: Sequence[LogMsg]) -> None:
        """Remember messages; a retained one that is known already is not added again."""
        for message in messages:
            if message in self._retained:
                continue
            self.last = self._queue.push(message, self.last + 1)
            self.biggest = max(self.biggest, message.memory_bytes)
            if message.is_retained:
                self._retained[message] = self.last
            if _is_temporal(message):
                self._keys.append(self.last)
        self._cut(max(self._max_bytes, _UNTAKEN_BYTES, 4 * self.biggest))

    def forget_excess(self) -> None:
        """Forget what is too much for those who come later: all others have taken it."""
        self._cut(self._max_bytes)

    def timeless_after(self, position: int) -> list[LogMsg]:
        """
        Return what holds for all times behind a position, but for what is superseded.

        Blueprints come first: a viewer that knows the recording before them arranges it by itself.
        """
        found = [
            message
            for message, key in self._retained.items()
            if key > position and not message.is_superseded and not _is_temporal(message)
        ]
        return sorted(found, key=lambda message: message.store_id.kind != StoreKind.BLUEPRINT)

    def temporal_after(self, position: int) -> Iterator[tuple[int, LogMsg]]:
        """Yield what happened behind a position and is still there, in order."""
        keys = self._keys
        for i in range(bisect_right(keys, position), len(keys)):
            message = self._queue.get(keys[i])
            if message is not None:
                yield keys[i], message

    def after(self, position: int) -> Iterator[tuple[int, LogMsg]]:
        """Yield all messages behind a position that are still there, oldest first."""
        for key in range(position + 1, self.last + 1):
            message = self._queue.get(key)
            if message is not None:
                yield key, message

    def _cut(self, max_bytes: int) -> None:
        self._queue.max_bytes = max_bytes
        if self._queue.is_full:
            self._forget_superseded()
            self._queue.drop_excess()
        if len(self._keys) > _MIN_KEYS + 2 * len(self._queue):
            self._keys = [key for key in self._keys if self._queue.get(key)]

    def _forget_superseded(self) -> None:
        superseded = [message for message in self._retained if message.is_superseded]
        for message in superseded:
            self._queue.drop(self._retained.pop(message))


def _is_temporal(message: LogMsg) -> bool:
    """Whether it is part of what happened over time."""
    return (
        message.chunk is not None
        and not message.chunk.is_static
        and message.store_id.kind == StoreKind.RECORDING
    )
