# SPDX-License-Identifier: Apache-2.0
"""Messages for the tests of converters: from a few fields to bytes, rows and Arrow values."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from rosbags.typesys import get_typestore, Stores

from rerun_bridge.cdr import (
    Array,
    Definitions,
    definitions_of_store,
    FieldType,
    Nested,
    Primitive,
    Sequence,
)
from rerun_bridge.cdr.definitions import CODES
from rerun_bridge.chunk import encode_chunk, RowGroup, Rows
from rerun_bridge.converters import TopicConverter
from rerun_bridge.log_types import TuidGenerator
from test.unit.converters.foreign_messages import foreign_types

TYPESTORE = get_typestore(Stores.ROS2_KILTED)
TYPESTORE.register(foreign_types())

LOG_TIME = 1_800_000_000_000_000_000
PUBLISH_TIME = LOG_TIME - 1_000_000
SEC, NANOSEC = 1_700_000_000, 5
STAMP = SEC * 1_000_000_000 + NANOSEC
HEADER = {'stamp': {'sec': SEC, 'nanosec': NANOSEC}, 'frame_id': 'base'}

_ids = TuidGenerator(lambda: LOG_TIME)


@cache
def definitions_of(type_name: str) -> Definitions:
    """Return the definitions of a type of ROS."""
    return definitions_of_store(TYPESTORE, type_name)


def message(type_name: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401 - rosbags' classes
    """Make a message; fields that are not given are zero or empty."""
    definitions = definitions_of(type_name)
    unknown = fields.keys() - {field.name for field in definitions[type_name]}
    assert not unknown, f'{type_name} has no {unknown}'
    values = {
        field.name: _value(field.type, fields.get(field.name)) for field in definitions[type_name]
    }
    # rosbags spells messages without fields with one.
    if not values:
        values = {'structure_needs_at_least_one_member': 0}
    return TYPESTORE.types[type_name](**values)


def to_cdr(type_name: str, fields: dict[str, Any], *, little_endian: bool = True) -> bytes:
    """Make the bytes of a message."""
    made = message(type_name, fields)
    return bytes(TYPESTORE.serialize_cdr(made, type_name, little_endian=little_endian))


def topic_converter(type_name: str, topic: str = '/topic', **arguments: Any) -> TopicConverter:  # noqa: ANN401
    """Make a converter of a type of ROS."""
    return TopicConverter(topic, type_name, definitions_of(type_name), **arguments)


def convert(
    type_name: str,
    fields: dict[str, Any],
    *,
    using: TopicConverter | None = None,
    little_endian: bool = True,
    **arguments: Any,  # noqa: ANN401 - of the converter
) -> list[Rows]:
    """Convert one message, by a converter of its own or by that in `using`."""
    converter = using or topic_converter(type_name, **arguments)
    data = to_cdr(type_name, fields, little_endian=little_endian)
    return converter.convert(data, log_time_nanos=LOG_TIME, publish_time_nanos=PUBLISH_TIME)


def values_of(rows: list[Rows]) -> dict[str, Any]:
    """
    Read rows by way of Arrow.

    Returns
    -------
    dict
        From ``/entity@Archetype:field`` to what the last row has: a list of instances.

    """
    return {
        f'{each.entity_path}@{component.name}': batch.column(component.name)[-1].as_py()
        for each, batch in zip(rows, map(read_batch, rows))  # noqa: B905
        for component in each.layout.components
    }


def without_frames(rows: list[Rows]) -> list[Rows]:
    """Leave out the rows that do nothing but name a coordinate frame."""
    return [
        each
        for each in rows
        if [component.name for component in each.layout.components] != ['CoordinateFrame:frame']
    ]


def columns_of(rows: Rows) -> dict[str, list[Any]]:
    """Encode rows as a chunk and return its columns: per row a time or a list of instances."""
    batch = read_batch(rows)
    columns = {}
    for name, column in zip(batch.schema.names, batch.columns):  # noqa: B905
        is_time = pa.types.is_timestamp(column.type) or pa.types.is_duration(column.type)
        columns[name] = (column.cast(pa.int64()) if is_time else column).to_pylist()
    return columns


def read_batch(rows: Rows) -> pa.RecordBatch:
    """Encode rows as a chunk and read that by pyarrow."""
    chunk = encode_chunk(RowGroup([_ids.next().to_int()], [rows]), _ids.next())
    stream = b''.join(bytes(piece) for piece in chunk.pieces)
    batch = pa.ipc.open_stream(stream).read_next_batch()
    batch.validate(full=True)
    return batch


def _value(field_type: FieldType, given: Any) -> Any:  # noqa: ANN401
    if isinstance(field_type, Nested):
        return message(field_type.type_name, given or {})
    if isinstance(field_type, (Array, Sequence)):
        return _values(field_type, given)
    if isinstance(field_type, Primitive):
        return 0 if given is None else given
    return given or ''


def _values(field_type: Array | Sequence, given: Any) -> Any:  # noqa: ANN401
    element = field_type.element
    length = field_type.length if isinstance(field_type, Array) else 0
    if isinstance(element, Primitive):
        dtype = CODES[element.name].numpy
        if isinstance(given, bytes):
            return np.frombuffer(given, dtype)
        return np.zeros(length, dtype) if given is None else np.asarray(given, dtype)
    return [_value(element, each) for each in given or [None] * length]
