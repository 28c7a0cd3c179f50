# SPDX-License-Identifier: Apache-2.0
"""Rows become Arrow tables that pyarrow reads back."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
import numpy as np

from rerun_bridge.chunk import encode_chunk, encode_group, RowGroup, Rows
from rerun_bridge.chunk.chunk_encoder import MAX_CHUNK_BYTES
from rerun_bridge.encodings import Layout
from rerun_bridge.log_types import Tuid
from test.unit.chunk.reading import column, read
from test.unit.samples import (
    blob_rows,
    chunk_of,
    group_of,
    new_id,
    points_rows,
    scalar_rows,
    SCALARS,
    TIMELINES,
)


def test_one_row() -> None:
    batch = read(chunk_of(scalar_rows(7)))
    assert column(batch, 'frame') == [7]
    assert column(batch, 'stamp') == [7000]
    assert column(batch, 'Scalars:scalars') == [[7.0]]
    assert batch.schema.metadata[b'rerun:entity_path'] == b'/scalar'
    assert batch.schema.metadata[b'sorbet:version'] == b'0.1.4'


def test_chunk_id_is_written() -> None:
    chunk = chunk_of(scalar_rows(1))
    assert read(chunk).schema.metadata[b'rerun:id'] == b'chunk_' + chunk.id.to_hex()


def test_many_rows_of_many_instances() -> None:
    chunk = chunk_of(points_rows(2), points_rows(0, 1), points_rows(3, 2))
    batch = read(chunk)
    assert [len(row) for row in column(batch, 'Points3D:positions')] == [2, 0, 3]
    assert column(batch, 'Points3D:labels') == [['p0', 'p1'], [], ['p0', 'p1', 'p2']]
    assert chunk.time_ranges == ((0, 2), (0, 0))


def test_static_rows_have_no_index() -> None:
    chunk = chunk_of(scalar_rows(1, static=True))
    assert chunk.is_static
    assert read(chunk).schema.names == ['rerun.controls.RowId', 'Scalars:scalars']


def test_unsorted_rows_are_not_called_sorted() -> None:
    sorted_batch = read(chunk_of(scalar_rows(1), scalar_rows(2)))
    unsorted = chunk_of(scalar_rows(2), scalar_rows(1))
    assert sorted_batch.schema.field('frame').metadata[b'rerun:is_sorted'] == b'true'
    assert b'rerun:is_sorted' not in read(unsorted).schema.field('frame').metadata
    assert unsorted.time_ranges[0] == (1, 2)


def test_columns_of_many_rows() -> None:
    times = np.array([3, 4, 5])
    layout, datas = Layout.of([SCALARS]), (np.arange(6.0),)
    rows = Rows('/s', TIMELINES, (times, 9), layout, datas, 3, ([1, 2, 3],))
    first = new_id()
    batch = read(encode_chunk(RowGroup([first.to_int()], [rows]), new_id()))
    assert column(batch, 'frame') == [3, 4, 5]
    assert column(batch, 'stamp') == [9, 9, 9]
    assert column(batch, 'Scalars:scalars') == [[0.0], [1.0, 2.0], [3.0, 4.0, 5.0]]
    row_ids = column(batch, 'rerun.controls.RowId')
    assert row_ids[0] == first.to_bytes()
    assert row_ids == sorted(set(row_ids))


def test_big_buffers_are_not_copied() -> None:
    blob = bytes(100_000)
    assert any(piece is blob for piece in chunk_of(blob_rows(blob)).pieces)


def test_big_groups_are_split() -> None:
    blob = bytes(MAX_CHUNK_BYTES // 2)
    group = group_of(*(blob_rows(blob, i) for i in range(5)))
    chunks = list(encode_group(group, new_id))
    assert [chunk.num_rows for chunk in chunks] == [1, 1, 1, 1, 1]
    assert len({chunk.id for chunk in chunks}) == 5


def test_big_arrays_of_many_rows_are_not_copied() -> None:
    numbers = [np.full(10_000, i, '<f8') for i in range(3)]
    layout = Layout.of([SCALARS])
    group = group_of(*(Rows('/s', TIMELINES, (i, i), layout, (numbers[i],)) for i in range(3)))
    chunk = encode_chunk(group, new_id())
    assert column(read(chunk), 'Scalars:scalars') == [each.tolist() for each in numbers]
    places = {np.frombuffer(piece, np.uint8).ctypes.data for piece in chunk.pieces}
    assert {each.ctypes.data for each in numbers} <= places


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=30),
    st.sampled_from([3, -3]),
    st.integers(-(1 << 62), 1 << 62),
    st.integers(0, (1 << 127) - 1),
)
@example(counts=[1, 24, 40], step=3, start=0, first_id=(1 << 64) - 64)
def test_any_number_of_rows_is_written_alike(
    counts: list[int], step: int, start: int, first_id: int
) -> None:
    """Short and long columns, of rows that were logged one by one or many at once."""
    layout = Layout.of([SCALARS])
    rows: list[Rows] = []
    row_ids: list[int] = []
    ids: list[int] = []
    times: list[int] = []
    for count in counts:
        row_ids.append(first_id + len(ids))
        here = [start + step * (len(ids) + i) for i in range(count)]
        ids += range(row_ids[-1], row_ids[-1] + count)
        times += here
        given_times = np.array(here, np.int64) if count > 1 else here[0]
        rows.append(Rows('/s', TIMELINES, (given_times, 9), layout, (np.zeros(count),), count))
    chunk = encode_chunk(RowGroup(row_ids, rows), new_id())
    batch = read(chunk)
    assert column(batch, 'frame') == times
    assert column(batch, 'stamp') == [9] * len(times)
    assert chunk.time_ranges == ((min(times), max(times)), (9, 9))
    assert (b'rerun:is_sorted' in batch.schema.field('stamp').metadata) == (times == sorted(times))
    assert column(batch, 'rerun.controls.RowId') == [
        Tuid(each >> 64, each & (1 << 64) - 1).to_bytes() for each in ids
    ]
