# SPDX-License-Identifier: Apache-2.0
"""The facts of a chunk that was read, for the index of a file that others wrote."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.chunk import Chunk
from rerun_bridge.encodings import Arrow, Component, Layout
from rerun_bridge.errors import DecodeError, UsageError
from rerun_bridge.log_types import TimeKind, Timeline, TimelineSet, Tuid

if TYPE_CHECKING:
    from rerun_bridge.log_encoding.decoder import DecodedMsg

_ID_DIGITS = 32
_ROW_ID_TYPE = pa.binary(16)
_ROW_ID_KINDS, _DATA_KINDS = {'control', 'row_id'}, {None, 'data', 'component'}
_ANY_ID = b'0' * _ID_DIGITS
"""Stands in for that of a chunk, so that schemas which differ in it alone are read once."""
_MAX_TIME = (1 << 63) - 1
_ANY_TIME = (-_MAX_TIME, _MAX_TIME)
"""The times of no rows, as the official SDK writes them."""
_TIME_KINDS = {
    pa.int64(): TimeKind.SEQUENCE,
    pa.timestamp('ns'): TimeKind.TIMESTAMP,
    pa.timestamp('ns', 'UTC'): TimeKind.TIMESTAMP,
    pa.duration('ns'): TimeKind.DURATION,
}


class _Columns(NamedTuple):
    """What a schema tells; `places` are those of the timelines' columns."""

    entity_path: str
    timelines: TimelineSet
    places: tuple[int, ...]
    layout: Layout


def chunk_facts(message: DecodedMsg) -> Chunk:
    """
    Read the facts of a chunk.

    Parameters
    ----------
    message
        An Arrow message.

    Returns
    -------
    Chunk
        Without the pieces of its content.

    Raises
    ------
    DecodeError
        If the message holds no chunk.

    """
    batch = message.batch()
    metadata = batch.schema.metadata or {}
    digits = metadata.get(b'rerun:id', b'').rpartition(b'_')[2]
    try:
        if len(digits) != _ID_DIGITS:
            raise ValueError(digits)  # noqa: TRY301
        chunk_id = Tuid(*divmod(int(digits, 16), 1 << 64))
        columns = _columns(_schema_message(message.payload).replace(digits, _ANY_ID))
        ranges = tuple(_time_range(batch.column(place)) for place in columns.places)
    except (KeyError, ValueError, OSError, UsageError, pa.ArrowException) as exc:
        msg = f'the payload is not a chunk: {type(exc).__name__} {exc}'
        raise DecodeError(msg) from exc
    return Chunk(
        chunk_id,
        columns.entity_path,
        columns.timelines,
        columns.layout,
        batch.num_rows,
        ranges,
        [],
        len(message.payload),
        0,
    )


@lru_cache(maxsize=1024)
def _encoding(arrow_type: pa.DataType) -> Arrow:
    return Arrow(arrow_type)


def _schema_message(stream: bytes) -> bytes:
    """Return the first message of an Arrow IPC stream: `ffffffff`, its length, its content."""
    return stream[: 8 + int.from_bytes(stream[4:8], 'little')]


@lru_cache(maxsize=1024)
def _columns(schema_message: bytes) -> _Columns:
    schema = pa.ipc.read_schema(pa.py_buffer(schema_message))
    timelines: list[tuple[Timeline, int]] = []
    components = []
    num_row_ids = 0
    for place, field in enumerate(schema):
        metadata = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
        kind = metadata.get('rerun:kind')
        if kind == 'index':
            name = metadata.get('rerun:index_name', field.name)
            timelines.append((Timeline(name, _TIME_KINDS[field.type]), place))
        elif kind in _ROW_ID_KINDS:
            num_row_ids += field.type == _ROW_ID_TYPE
        elif kind not in _DATA_KINDS:
            raise ValueError(kind)
        else:
            is_list = pa.types.is_list(field.type)
            components.append(
                Component(
                    metadata.get('rerun:component', field.name),
                    metadata.get('rerun:archetype'),
                    metadata.get('rerun:component_type'),
                    _encoding(field.type.value_type if is_list else field.type),
                )
            )
    if num_row_ids != 1:
        msg = 'no column of row ids'
        raise ValueError(msg)
    timelines.sort(key=lambda timeline: timeline[0].name)
    return _Columns(
        schema.metadata[b'rerun:entity_path'].decode(),
        TimelineSet.of(timeline for timeline, _ in timelines),
        tuple(place for _, place in timelines),
        Layout.of(components),
    )


def _time_range(column: pa.Array) -> tuple[int, int]:
    if not len(column):
        return _ANY_TIME
    times = np.asarray(column.view(pa.int64()))
    return int(times.min()), int(times.max())
