# SPDX-License-Identifier: Apache-2.0
"""Merged messages hold the rows of all, as a viewer reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import rerun_bridge as rr
from rerun_bridge.chunk import Rows
from rerun_bridge.log_encoding import decode, merge_messages
from rerun_bridge.log_types import STATIC
from test.unit.samples import message_of, new_id, points_rows, scalar_rows, STORE, TIMELINES

if TYPE_CHECKING:
    import pyarrow as pa

    from rerun_bridge.archetypes import Archetype
    from rerun_bridge.log_encoding import LogMsg


def batch_of(message: LogMsg) -> pa.RecordBatch:
    return decode(message.kind, b''.join(message.pieces)).batch()


def row_of(archetype: Archetype, frame: int) -> Rows:
    return Rows('/a', TIMELINES, (frame, frame), archetype.layout, archetype.datas)


@pytest.mark.parametrize(
    'archetypes',
    [
        [rr.Scalars([1.0, 2.0]), rr.Scalars([]), rr.Scalars(3.0)],
        [rr.Points3D(np.ones((n, 3)), labels=['a', 'ü'][:n], colors=[1] * n) for n in range(3)],
        [rr.EncodedImage(contents=bytes(n), media_type='image/png') for n in range(3)],
        [rr.LineStrips3D([np.ones((n, 3))] * n) for n in (1, 2)],
        [rr.BarChart(np.arange(3, dtype=np.float32)), rr.BarChart(np.arange(2, dtype=np.uint8))],
        [rr.Tensor(np.ones((2, 3), np.float64)), rr.Tensor(np.ones((4, 1), np.int16))],
        [rr.Image(np.zeros((2, 2, 3), np.uint8)), rr.Image(np.zeros((1, 2, 3), np.uint8))],
        [rr.Clear(recursive=True), rr.Clear(recursive=False)],
    ],
    ids=lambda archetypes: type(archetypes[0]).__name__,
)
def test_rows_are_those_of_the_parts(archetypes: list[Archetype]) -> None:
    messages = [message_of(row_of(each, i)) for i, each in enumerate(archetypes)]
    merged = merge_messages(messages, new_id())
    parts = [batch_of(message) for message in messages]
    whole = batch_of(merged)
    assert whole.schema.equals(parts[0].schema)
    rows = [part.slice(i, 1) for part in parts for i in range(part.num_rows)]
    assert [whole.slice(i, 1) for i in range(whole.num_rows)] == rows
    assert merged.chunk
    assert merged.chunk.time_ranges == ((0, len(archetypes) - 1),) * 2
    assert merged.chunk.num_rows == len(archetypes)


def test_parts_may_be_compressed_and_merged_themselves() -> None:
    parts = [message_of(scalar_rows(i), scalar_rows(i + 1), compress=True) for i in (0, 2)]
    merged = merge_messages(
        [merge_messages(parts, new_id()), message_of(scalar_rows(4))], new_id()
    )
    assert batch_of(merged).column('frame').to_pylist() == [0, 1, 2, 3, 4]
    assert merged.store_id == STORE


def test_identity_and_order_are_told() -> None:
    chunk_id = new_id()
    merged = merge_messages([message_of(scalar_rows(i)) for i in (5, 3)], chunk_id)
    schema = batch_of(merged).schema
    assert schema.metadata[b'rerun:id'] == b'chunk_' + chunk_id.to_hex()
    assert b'rerun:is_sorted' not in schema.field('frame').metadata
    assert merged.chunk
    assert merged.chunk.time_ranges[0] == (3, 5)
    ascending = merge_messages([message_of(scalar_rows(i)) for i in (3, 5)], new_id())
    assert b'rerun:is_sorted' in batch_of(ascending).schema.field('frame').metadata


def test_static_rows() -> None:
    rows = scalar_rows(1, static=True)
    assert rows.timelines is STATIC
    merged = merge_messages([message_of(rows), message_of(rows)], new_id())
    assert merged.chunk
    assert merged.chunk.is_static
    assert batch_of(merged).num_rows == 2


def test_labels_and_points() -> None:
    merged = merge_messages([message_of(points_rows(n, n)) for n in (3, 0, 1000)], new_id())
    labels = batch_of(merged).column('Points3D:labels').to_pylist()
    assert [len(each) for each in labels] == [3, 0, 1000]
