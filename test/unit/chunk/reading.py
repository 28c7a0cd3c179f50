# SPDX-License-Identifier: Apache-2.0
"""What pyarrow reads in chunks."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from rerun_bridge.chunk import Chunk


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
