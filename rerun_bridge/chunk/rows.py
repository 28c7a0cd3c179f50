# SPDX-License-Identifier: Apache-2.0
"""What is logged: rows of one entity, and groups of those that become one chunk."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.encodings import Layout
    from rerun_bridge.log_types import TimelineSet


class Rows(NamedTuple):
    """
    Consecutive rows of one entity, logged together.

    Attributes
    ----------
    entity_path
        Canonical.
    timelines
        What the rows are indexed by; `STATIC` for static rows.
    times
        Per timeline: one number for all rows, or an int64 array with one per row.
    layout
        Which components.
    datas
        Per component: the encoded instances of all rows.
    num_rows
        How many rows.
    lengths
        Per component: instances per row; None where it is one each (or all of them, for a
        single row).
    is_retained
        Whether later rows need this one (static rows always are): it gets a chunk of its own,
        is never dropped and is repeated into every new sink.

    """

    entity_path: str
    timelines: TimelineSet
    times: tuple[Any, ...]
    layout: Layout
    datas: tuple[Any, ...]
    num_rows: int = 1
    lengths: tuple[Sequence[int] | None, ...] | None = None
    is_retained: bool = False

    def num_bytes(self) -> int:
        """Return about how much memory the rows take."""
        _, _, _, layout, datas, num_rows, _, _ = self
        total = 64 * num_rows
        for sizer, data in zip(layout.sizers, datas):  # noqa: B905
            total += sizer(data)
        return total


class RowGroup:
    """
    Rows of the same entity, timelines and components, in the order of logging.

    Parameters
    ----------
    row_ids, rows
        As the attributes.

    Attributes
    ----------
    row_ids
        For each of `rows` the id of the first row, see `Tuid.to_int`; the others follow it.
    rows
        What was logged.
    num_rows, num_bytes
        Of all together.

    """

    __slots__ = ('num_bytes', 'num_rows', 'row_ids', 'rows')

    def __init__(self, row_ids: Sequence[int] = (), rows: Sequence[Rows] = ()) -> None:
        self.row_ids = list(row_ids)
        self.rows = list(rows)
        self.num_rows = sum([each.num_rows for each in rows])
        self.num_bytes = sum([each.num_bytes() for each in rows])

    @property
    def is_single(self) -> bool:
        """Whether all rows were logged one by one."""
        return self.num_rows == len(self.rows)

    def split(self, max_rows: int, max_bytes: int) -> list[RowGroup]:
        """
        Take the group apart; what was logged at once stays together.

        Parameters
        ----------
        max_rows, max_bytes
            Of a part, unless one thing alone is more.

        Returns
        -------
        list
            As few parts as possible, in order.

        """
        if self.num_rows <= max_rows and self.num_bytes <= max_bytes:
            return [self]
        starts = [0]
        num_rows = num_bytes = 0
        for i, rows in enumerate(self.rows):
            size = rows.num_bytes()
            num_rows += rows.num_rows
            num_bytes += size
            if i > starts[-1] and (num_rows > max_rows or num_bytes > max_bytes):
                starts.append(i)
                num_rows, num_bytes = rows.num_rows, size
        return [
            RowGroup(self.row_ids[start:stop], self.rows[start:stop])
            for start, stop in zip(starts, [*starts[1:], len(self.rows)])  # noqa: B905 - as many
        ]
