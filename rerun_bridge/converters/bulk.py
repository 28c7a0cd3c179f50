# SPDX-License-Identifier: Apache-2.0
"""
Many messages of a topic at once, where they differ in their numbers alone.

Some converters can do that (`BulkConvert`). They are asked when a message has been converted by
itself: whatever is logged once was logged then, so that only what is new with each message is
left. Messages that turn out to be different are converted one by one.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.cdr import MessageShape
from rerun_bridge.converters.stamps import stamps_nanos
from rerun_bridge.converters.timelines import is_undated, Moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from rerun_bridge.cdr import Message, MessageTable
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters.base import Entry, Topic
    from rerun_bridge.converters.row_maker import RowMaker
    from rerun_bridge.converters.timelines import Moment

    ConvertTable: TypeAlias = Callable[[MessageTable], Iterable[Entry] | None]

_MAX_BYTES = 16 << 10
"""Of a message; in bigger ones its fields are not what takes time."""
_MAX_MISSES = 8


@runtime_checkable
class BulkConvert(Protocol):
    """A `Convert` that can do more."""

    def __call__(self, message: Message) -> Iterable[Entry]:
        """Convert one message."""

    def bulk(self, message: Message) -> ConvertTable | None:
        """
        Prepare to convert messages that differ from this one in their numbers alone.

        Parameters
        ----------
        message
            Converted before.

        Returns
        -------
        callable or None
            Makes the entries that every message has, with a row or several for each; returns None
            where the numbers ask for something else. None if these are not for it.

        """


class _Reference(NamedTuple):
    data: bytes | memoryview
    message: Message
    moment: Moment


class Bulk:
    """
    Converts messages that are like the last one.

    Parameters
    ----------
    topic
        Theirs.
    convert
        The converter.
    row_maker
        Makes the rows.
    stamp_path
        Of the field with their stamp; empty if they have none, or it does not count.

    """

    def __init__(
        self, topic: Topic, convert: BulkConvert, row_maker: RowMaker, stamp_path: str
    ) -> None:
        self._topic = topic
        self._converter = convert
        self._row_maker = row_maker
        self._stamp_path = stamp_path
        self._reference: _Reference | None = None
        self._shape: MessageShape | None = None
        self._convert: ConvertTable | None = None
        self._misses = 0

    def follow(self, data: bytes | memoryview, message: Message, moment: Moment) -> None:
        """Take a message as the one that others are like, unless it is like the one so far."""
        known = self._reference
        if (
            known is not None
            and self._shape is not None
            and known.moment.stamp <= moment.stamp
            and is_undated(known.moment.stamp) == is_undated(moment.stamp)
            and self._shape.table([data]) is not None
        ):
            return
        self._reference = _Reference(data, message, moment)
        self._shape = None

    def convert(
        self,
        datas: Sequence[bytes | memoryview],
        received: Sequence[int],
        published: Sequence[int],
    ) -> list[Rows] | None:
        """
        Convert messages.

        Parameters
        ----------
        datas
            CDR bytes; a single one gains nothing.
        received, published
            As `Moment` has them.

        Returns
        -------
        list of Rows or None
            None if the messages must be converted one by one.

        """
        if self._reference is None or self._misses > _MAX_MISSES or len(datas) <= 1:
            return None
        if self._shape is None:
            self._prepare(self._reference)
        rows = self._rows(datas, received, published)
        if rows is None:
            self._shape = None
            self._misses += 1
        else:
            self._misses = 0
        return rows

    def _prepare(self, reference: _Reference) -> None:
        self._convert = None
        if len(reference.data) <= _MAX_BYTES:
            self._convert = self._converter.bulk(reference.message)
        if self._convert is None:
            self._reference = None
            return
        type_name, definitions = self._topic.type_name, self._topic.definitions
        self._shape = MessageShape(type_name, definitions, reference.data)

    def _rows(
        self,
        datas: Sequence[bytes | memoryview],
        received: Sequence[int],
        published: Sequence[int],
    ) -> list[Rows] | None:
        if self._reference is None or self._shape is None or self._convert is None:
            return None
        table = self._shape.table(datas)
        if table is None:
            return None
        stamps = self._stamps(table)
        if stamps is None or not _holds_for(self._reference.moment.stamp, stamps):
            return None
        entries = self._convert(table)
        if entries is None:
            return None
        moments = Moments(stamps, np.array(received, np.int64), np.array(published, np.int64))
        return self._row_maker.make_many(entries, moments)

    def _stamps(self, table: MessageTable) -> npt.NDArray[np.int64] | None:
        if not self._stamp_path:
            return np.zeros(len(table), np.int64)
        return stamps_nanos(table, self._stamp_path)


def _holds_for(first: int, stamps: npt.NDArray[np.int64]) -> bool:
    """Whether what was logged once at the first stamp is seen at all others."""
    low, high = int(stamps.min()), int(stamps.max())
    return first <= low and is_undated(first) == is_undated(high)
