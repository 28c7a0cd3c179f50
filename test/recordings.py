# SPDX-License-Identifier: Apache-2.0
"""Reads recordings back, for all kinds of tests."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from rerun_bridge.log_encoding import DecodedMsg, Decoder, MessageKind
from rerun_bridge.log_types import StoreKind


def messages(recording: str | Path | bytes) -> list[DecodedMsg]:
    """Decode all messages of a file or stream; it must be whole."""
    content = recording if isinstance(recording, bytes) else Path(recording).read_bytes()
    decoder = Decoder()
    found = list(decoder.feed(content))
    assert decoder.num_bytes == len(content)
    return found


def batches(recording: str | Path | bytes) -> list[pa.RecordBatch]:
    """Read the chunks of the recording (not of its blueprint)."""
    return [
        message.batch()
        for message in messages(recording)
        if message.kind is MessageKind.ARROW_MSG and message.store_id.kind is StoreKind.RECORDING
    ]


def entity_of(batch: pa.RecordBatch) -> str:
    """Return where a chunk lives."""
    path: str = batch.schema.metadata[b'rerun:entity_path'].decode()
    return path


def num_rows(recording: str | Path | bytes) -> Counter[str]:
    """Count rows per entity, properties excepted."""
    counts: Counter[str] = Counter()
    for batch in batches(recording):
        if not entity_of(batch).startswith('/__properties'):
            counts[entity_of(batch)] += batch.num_rows
    return counts


def column(recording: str | Path | bytes, entity: str, name: str) -> list[Any]:
    """Return a column of an entity over all of its chunks that have it; times as numbers."""
    values: list[Any] = []
    for batch in batches(recording):
        index = batch.schema.get_field_index(name)
        if entity_of(batch) == entity and index >= 0:
            found = batch.column(index)
            if pa.types.is_timestamp(found.type) or pa.types.is_duration(found.type):
                found = found.cast(pa.int64())
            values.extend(found.to_pylist())
    return values


def scalars(recording: str | Path | bytes, entity: str) -> list[float]:
    """Return the first scalar of each row of an entity."""
    return [row[0] for row in column(recording, entity, 'Scalars:scalars')]
