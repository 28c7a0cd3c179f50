# SPDX-License-Identifier: Apache-2.0
"""Rows become Arrow tables that pyarrow reads back."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pyarrow as pa

from rerun_bridge.chunk import Batcher, Chunk, encode_chunk, encode_group, Rows
from rerun_bridge.chunk.batcher import MAX_CHUNK_BYTES
from rerun_bridge.encodings import Layout
from rerun_bridge.log_types import STATIC
from test.unit.samples import (
    blob_rows,
    chunk_of,
    new_id,
    points_rows,
    scalar_rows,
    SCALARS,
    TIMELINES,
)


def read(chunk: Chunk) -> pa.RecordBatch:
    """Read a chunk with pyarrow."""
    content = b''.join(chunk.pieces)
    assert len(content) == chunk.num_bytes
    batch = pa.ipc.open_stream(content).read_next_batch()
    batch.validate(full=True)
    return batch


def column(batch: pa.RecordBatch, name: str) -> list[Any]:
    """Return a column as a list; times as numbers."""
    found = batch.column(batch.schema.get_field_index(name))
    if pa.types.is_timestamp(found.type):
        found = found.cast(pa.int64())
    return list(found.to_pylist())


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
    batch = read(encode_chunk([(first.to_int(), rows)], new_id()))
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
    group = [(new_id().to_int(), blob_rows(blob, i)) for i in range(5)]
    chunks = list(encode_group(group, new_id))
    assert [chunk.num_rows for chunk in chunks] == [1, 1, 1, 1, 1]
    assert len({chunk.id for chunk in chunks}) == 5


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(['/a', '/b']), st.booleans(), st.integers(0, 99))))
def test_never_loses_or_reorders_rows(logged: list[tuple[str, bool, int]]) -> None:
    batcher = Batcher()
    for path, static, i in logged:
        rows = scalar_rows(i, entity_path=path, static=static)
        batcher.append(new_id().to_int(), rows, rows.num_bytes())
    assert batcher.num_rows == len(logged)
    seen: dict[tuple[str, bool], list[float]] = {}
    for group in batcher.take():
        for chunk in encode_group(group, new_id):
            values = [row[0] for row in column(read(chunk), 'Scalars:scalars')]
            seen.setdefault((chunk.entity_path, chunk.timelines is STATIC), []).extend(values)
    for key, values in seen.items():
        assert values == [i for path, static, i in logged if (path, static) == key]
    assert sum(map(len, seen.values())) == len(logged)
    assert batcher.num_rows == 0
    assert batcher.take() == []


def test_big_groups_can_be_taken_alone() -> None:
    batcher = Batcher()
    images = [blob_rows(bytes(600), i) for i in range(2)]
    scalars = [scalar_rows(i) for i in range(3)]
    for i, rows in enumerate((*scalars, *images)):
        batcher.append(i, rows, rows.num_bytes())
    total = batcher.num_bytes
    big = batcher.split_big(1000)
    assert (big.num_rows, batcher.num_rows) == (2, 3)
    assert big.num_bytes + batcher.num_bytes == total
    assert big.take() == [[(3, images[0]), (4, images[1])]]
    assert batcher.take() == [[(0, scalars[0]), (1, scalars[1]), (2, scalars[2])]]
