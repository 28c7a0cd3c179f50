# SPDX-License-Identifier: Apache-2.0
"""The numbers of record batch messages stand where `read_batch_layout` says."""

from __future__ import annotations

import struct

import pyarrow as pa
import pytest

from rerun_bridge.encodings import read_batch_layout


@pytest.mark.parametrize('num_rows', [1, 7, 1000])
def test_numbers_are_found(num_rows: int) -> None:
    texts = pa.array([['x'] * (i % 3) for i in range(num_rows)], pa.list_(pa.utf8()))
    batch = pa.record_batch([pa.array(range(num_rows)), texts], ['a', 'b'])
    message = batch.serialize().to_pybytes()
    layout = read_batch_layout(message)
    assert struct.unpack_from('<q', message, layout.num_rows_at) == (num_rows,)
    body_length = struct.unpack_from('<q', message, layout.body_length_at)[0]
    assert layout.metadata_end + body_length == len(message)
    num_texts = len(texts.flatten())
    nodes = struct.unpack_from(f'<{2 * layout.num_nodes}q', message, layout.nodes_at)
    assert nodes == (num_rows, 0, num_rows, 0, num_texts, 0)
    buffers = struct.unpack_from(f'<{2 * layout.num_buffers}q', message, layout.buffers_at)
    assert layout.num_buffers == 7
    assert buffers[3] == 8 * num_rows
    numbers = message[layout.metadata_end + buffers[2] :][: buffers[3]]
    assert numbers == struct.pack(f'<{num_rows}q', *range(num_rows))
