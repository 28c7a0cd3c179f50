# SPDX-License-Identifier: Apache-2.0
"""
Rows to chunks.

Rows of the same entity, timelines and components are collected until the owner takes them and
encodes them, many rows to a chunk. A batcher has no lock and no clock of its own.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.chunk.template import chunk_template
from rerun_bridge.encodings import Bytes, Layout, offsets_of, raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rerun_bridge.log_types import TimelineSet, Tuid

MAX_CHUNK_ROWS = 1 << 16
MAX_CHUNK_BYTES = 16 << 20
ROW_ID_BYTES = 16
_FEW_ROWS = 64
"""Up to here Python's own numbers are faster than arrays."""


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
        total = 64 * self.num_rows
        for sizer, data in zip(self.layout.sizers, self.datas):  # noqa: B905
            total += sizer(data)
        return total


class Chunk(NamedTuple):
    """
    One encoded chunk: an Arrow IPC stream and the facts that indexes need.

    Attributes
    ----------
    id
        Unique; receivers drop a chunk whose id they have seen.
    entity_path, timelines, layout
        Its columns.
    num_rows
        How many rows.
    time_ranges
        Per timeline: smallest and greatest time.
    pieces
        The IPC stream.
    num_bytes
        Length of the IPC stream.
    num_shared_bytes
        How many of them are the very same objects in all chunks of this kind.

    """

    id: Tuid
    entity_path: str
    timelines: TimelineSet
    layout: Layout
    num_rows: int
    time_ranges: tuple[tuple[int, int], ...]
    pieces: list[Bytes]
    num_bytes: int
    num_shared_bytes: int

    @property
    def is_static(self) -> bool:
        """Whether the rows are on no timeline."""
        return not self.timelines.timelines


class _Group:
    """Rows of one entity, timelines and components."""

    __slots__ = ('ids', 'num_bytes', 'rows')

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.rows: list[Rows] = []
        self.num_bytes = 0

    def pairs(self) -> list[tuple[int, Rows]]:
        """Return them with their ids."""
        return list(zip(self.ids, self.rows))  # noqa: B905 - as many


class Batcher:
    """Collects rows until they are taken."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, TimelineSet, Layout], _Group] = {}
        self.num_bytes = 0
        self.num_rows = 0

    def append(self, first_row_id: int, rows: Rows, num_bytes: int) -> None:
        """
        Add rows.

        Parameters
        ----------
        first_row_id
            Id of the first row, see `Tuid.to_int`; the others follow it.
        rows
            What was logged.
        num_bytes
            Their size, `Rows.num_bytes`.

        """
        key = (rows.entity_path, rows.timelines, rows.layout)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group()
        group.ids.append(first_row_id)
        group.rows.append(rows)
        group.num_bytes += num_bytes
        self.num_bytes += num_bytes
        self.num_rows += rows.num_rows

    def take(self) -> list[list[tuple[int, Rows]]]:
        """
        Empty the batcher.

        Returns
        -------
        list
            Groups of rows for `encode_group`.

        """
        groups = [group.pairs() for group in self._groups.values()]
        self._groups = {}
        self.num_bytes = self.num_rows = 0
        return groups

    def split_big(self, min_bytes: int) -> Batcher:
        """
        Move the big groups, such as those of images, into another batcher.

        Parameters
        ----------
        min_bytes
            How big.

        Returns
        -------
        Batcher
            With these; small ones can wait for more rows.

        """
        other = Batcher()
        for key, group in list(self._groups.items()):
            if group.num_bytes >= min_bytes:
                other._groups[key] = self._groups.pop(key)
                other.num_bytes += group.num_bytes
                other.num_rows += sum(rows.num_rows for rows in group.rows)
        self.num_bytes -= other.num_bytes
        self.num_rows -= other.num_rows
        return other


def encode_group(
    group: list[tuple[int, Rows]], new_chunk_id: Callable[[], Tuid]
) -> Iterator[Chunk]:
    """
    Encode rows of the same entity, timelines and components.

    Parameters
    ----------
    group
        First row id and rows, in the order of logging.
    new_chunk_id
        Makes chunk ids.

    Yields
    ------
    Chunk
        As few as the size limits allow.

    """
    if len(group) == 1:
        yield encode_chunk(group, new_chunk_id())
        return
    start = num_rows = num_bytes = 0
    for i, (_, rows) in enumerate(group):
        size = rows.num_bytes()
        if i > start and (
            num_rows + rows.num_rows > MAX_CHUNK_ROWS or num_bytes + size > MAX_CHUNK_BYTES
        ):
            yield encode_chunk(group[start:i], new_chunk_id())
            start, num_rows, num_bytes = i, 0, 0
        num_rows += rows.num_rows
        num_bytes += size
    yield encode_chunk(group[start:], new_chunk_id())


def encode_chunk(group: list[tuple[int, Rows]], chunk_id: Tuid) -> Chunk:
    """
    Encode rows as one chunk.

    Parameters
    ----------
    group
        At least one; all of the same entity, timelines and components.
    chunk_id
        For the new chunk.

    Returns
    -------
    Chunk
        Its big buffers are those of the rows.

    """
    entity_path, timelines, _, layout, *_ = group[0][1]
    num_rows = sum(rows.num_rows for _, rows in group)
    nodes: list[int] = [num_rows, 0]
    buffers: list[Any] = [None, _row_ids(group, num_rows)]
    ranges = []
    is_sorted = True
    index = _short_index if num_rows <= _FEW_ROWS else _long_index
    for i in range(len(timelines.timelines)):
        column, time_range, is_ascending = index(group, i)
        is_sorted = is_sorted and is_ascending
        ranges.append(time_range)
        nodes += (num_rows, 0)
        buffers += (None, column)
    for i, component in enumerate(layout.components):
        array = component.encoding.join([rows.datas[i] for _, rows in group])
        nodes += (num_rows, 0, *array.nodes)
        buffers += (None, offsets_of(_lengths(group, i)), *array.buffers)
    template = chunk_template(entity_path, timelines, layout, is_sorted=is_sorted)
    pieces, num_bytes = template.render(chunk_id, num_rows, nodes, buffers)
    return Chunk(
        chunk_id,
        entity_path,
        timelines,
        layout,
        num_rows,
        tuple(ranges),
        pieces,
        num_bytes,
        template.num_shared_bytes,
    )


def _row_ids(group: list[tuple[int, Rows]], num_rows: int) -> bytes:
    if num_rows <= _FEW_ROWS or num_rows == len(group):
        return b''.join(
            [
                row_id.to_bytes(ROW_ID_BYTES, 'big')
                for first, rows in group
                for row_id in range(first, first + rows.num_rows)
            ]
        )
    ids = np.empty((num_rows, 2), '>u8')
    at = 0
    for first, rows in group:
        time_nanos, counter = divmod(first, 1 << 64)
        ids[at : at + rows.num_rows, 0] = time_nanos
        numbers = np.arange(rows.num_rows, dtype='u8')
        ids[at : at + rows.num_rows, 1] = numbers + np.uint64(counter)
        at += rows.num_rows
    return ids.tobytes()


def _short_index(group: list[tuple[int, Rows]], i: int) -> tuple[Bytes, tuple[int, int], bool]:
    """Return the times on a timeline, their range, and whether they ascend."""
    times: list[int] = []
    for _, rows in group:
        given = rows.times[i]
        if isinstance(given, np.ndarray):
            times += given.tolist()
        else:
            times += [given] * rows.num_rows
    ordered = sorted(times)
    column = struct.pack(f'<{len(times)}q', *times)
    return column, (ordered[0], ordered[-1]), times == ordered


def _long_index(group: list[tuple[int, Rows]], i: int) -> tuple[Bytes, tuple[int, int], bool]:
    if all(rows.num_rows == 1 for _, rows in group):
        column = np.fromiter((rows.times[i] for _, rows in group), '<i8', len(group))
    else:
        column = np.concatenate(
            [np.broadcast_to(np.asarray(rows.times[i], '<i8'), rows.num_rows) for _, rows in group]
        )
    is_ascending = bool((column[1:] >= column[:-1]).all())
    return raw(column), (int(column.min()), int(column.max())), is_ascending


def _lengths(group: list[tuple[int, Rows]], i: int) -> list[int]:
    lengths: list[int] = []
    for _, rows in group:
        given = rows.lengths[i] if rows.lengths else None
        if given is not None:
            lengths.extend(given)
        elif rows.num_rows == 1:
            lengths.append(rows.layout.components[i].encoding.count(rows.datas[i]))
        else:
            lengths.extend([1] * rows.num_rows)
    return lengths
