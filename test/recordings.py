# SPDX-License-Identifier: Apache-2.0
"""Reads recordings back, for all kinds of tests."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from rerun_bridge.log_encoding import DecodedMsg, Decoder, MessageKind
from rerun_bridge.log_types import StoreKind

RECEIVED = ('log_time', 'message_log_time', 'message_publish_time')
"""Timelines that tell when something came."""
ROW_ID = 'rerun.controls.RowId'


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


class Row(NamedTuple):
    """
    One value of a component.

    Attributes
    ----------
    times
        By timeline, but for when it was received or published; None if it is static.
    value
        As text, in which NaN is like itself.

    """

    times: dict[str, int] | None
    value: str


def contents(recording: str | Path | bytes) -> dict[tuple[str, str], list[Row]]:
    """
    Return all components of all entities, properties excepted.

    Returns
    -------
    dict
        From entity and component to its rows in the order in which they were logged. What has no
        stamp is at the time of its reception, which is left out.

    """
    found: dict[tuple[str, str], list[tuple[bytes, Row]]] = defaultdict(list)
    for batch in batches(recording):
        entity = entity_of(batch)
        if entity.startswith('/__properties'):
            continue
        times = _times(batch)
        ids = batch.column(ROW_ID).to_pylist()
        for field, values in zip(batch.schema, batch.columns, strict=True):
            if field.metadata.get(b'rerun:kind') == b'data':
                rows = map(Row, times, map(repr, values.to_pylist()))
                found[entity, field.name].extend(zip(ids, rows, strict=True))
    return {key: [row for _, row in sorted(rows)] for key, rows in found.items()}


def _times(batch: pa.RecordBatch) -> list[dict[str, int] | None]:
    """Return the times of each row."""
    columns = {
        field.name: values.cast(pa.int64()).to_pylist()
        for field, values in zip(batch.schema, batch.columns, strict=True)
        if field.metadata.get(b'rerun:kind') == b'index'
    }
    if not columns:
        return [None] * batch.num_rows
    times: list[dict[str, int] | None] = []
    for i in range(batch.num_rows):
        row = {name: values[i] for name, values in columns.items()}
        received = {row.pop(name, None) for name in RECEIVED}
        times.append({name: nanos for name, nanos in row.items() if nanos not in received})
    return times


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
