# SPDX-License-Identifier: Apache-2.0
"""From rows to chunks: many rows of one kind become one Arrow table."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.chunk.template import chunk_template
from rerun_bridge.encodings import offsets_of, raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rerun_bridge.chunk.rows import RowGroup
    from rerun_bridge.encodings import Bytes, Component, Layout
    from rerun_bridge.log_types import TimelineSet, Tuid

    Index = tuple[Bytes, tuple[int, int], bool]

MAX_CHUNK_ROWS = 1 << 16
MAX_CHUNK_BYTES = 16 << 20
ROW_ID_BYTES = 16
_COUNTER = (1 << 64) - 1
_FEW_ROWS = 64
"""Up to here Python's own numbers are faster than arrays."""


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


def encode_group(group: RowGroup, new_chunk_id: Callable[[], Tuid]) -> Iterator[Chunk]:
    """
    Encode rows of one kind.

    Parameters
    ----------
    group
        At least one row.
    new_chunk_id
        Makes chunk ids.

    Yields
    ------
    Chunk
        As few as the size limits allow.

    """
    for part in group.split(MAX_CHUNK_ROWS, MAX_CHUNK_BYTES):
        yield encode_chunk(part, new_chunk_id())


def encode_chunk(group: RowGroup, chunk_id: Tuid) -> Chunk:
    """
    Encode rows as one chunk.

    Parameters
    ----------
    group
        At least one row.
    chunk_id
        For the new chunk.

    Returns
    -------
    Chunk
        Its big buffers are those of the rows.

    """
    entity_path, timelines, _, layout, *_ = group.rows[0]
    num_rows = group.num_rows
    is_short = num_rows <= _FEW_ROWS
    nodes: list[int] = [num_rows, 0]
    buffers: list[Any] = [None, _short_row_ids(group) if is_short else _long_row_ids(group)]
    ranges = []
    is_sorted = True
    index = _short_index if is_short else _long_index
    for i in range(len(timelines.timelines)):
        column, time_range, is_ascending = index(group, i)
        is_sorted = is_sorted and is_ascending
        ranges.append(time_range)
        nodes += (num_rows, 0)
        buffers += (None, column)
    for i, component in enumerate(layout.components):
        datas = [rows.datas[i] for rows in group.rows]
        array = component.encoding.join(datas)
        nodes += (num_rows, 0, *array.nodes)
        buffers += (None, offsets_of(_lengths(group, i, component, datas)), *array.buffers)
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


def _short_row_ids(group: RowGroup) -> bytes:
    return b''.join(
        [
            row_id.to_bytes(ROW_ID_BYTES, 'big')
            for first, rows in zip(group.row_ids, group.rows)  # noqa: B905 - as many
            for row_id in range(first, first + rows.num_rows)
        ]
    )


def _long_row_ids(group: RowGroup) -> bytes:
    ids = np.empty((len(group.rows), 2), 'u8')
    ids[:, 0] = [row_id >> 64 for row_id in group.row_ids]
    ids[:, 1] = [row_id & _COUNTER for row_id in group.row_ids]
    if not group.is_single:
        counts = [rows.num_rows for rows in group.rows]
        starts = np.repeat(np.cumsum(counts) - counts, counts)
        ids = np.repeat(ids, counts, axis=0)
        counters = ids[:, 1] + (np.arange(len(ids)) - starts).astype('u8')
        ids[:, 0] += counters < ids[:, 1]  # the carry
        ids[:, 1] = counters
    return ids.astype('>u8').tobytes()


def _short_index(group: RowGroup, i: int) -> Index:
    """Return the times on a timeline, their range, and whether they ascend."""
    times: list[int] = []
    for rows in group.rows:
        given = rows.times[i]
        if isinstance(given, np.ndarray):
            times += given.tolist()
        else:
            times += [given] * rows.num_rows
    ordered = sorted(times)
    column = struct.pack(f'<{len(times)}q', *times)
    return column, (ordered[0], ordered[-1]), times == ordered


def _long_index(group: RowGroup, i: int) -> Index:
    times = [rows.times[i] for rows in group.rows]
    if group.is_single:
        column = np.array(times, '<i8')
    else:
        column = np.empty(group.num_rows, '<i8')
        at = 0
        for given, rows in zip(times, group.rows):  # noqa: B905 - as many
            column[at : at + rows.num_rows] = given
            at += rows.num_rows
    is_ascending = bool((column[1:] >= column[:-1]).all())
    return raw(column), (int(column.min()), int(column.max())), is_ascending


def _lengths(group: RowGroup, i: int, component: Component, datas: Sequence[Any]) -> list[int]:
    """Return how many instances of a component are in each row."""
    lengths: list[int] = []
    count = component.encoding.count
    for rows, data in zip(group.rows, datas):  # noqa: B905 - as many
        given = rows.lengths[i] if rows.lengths else None
        if given is not None:
            lengths.extend(given)
        elif rows.num_rows == 1:
            lengths.append(count(data))
        else:
            lengths.extend([1] * rows.num_rows)
    return lengths
