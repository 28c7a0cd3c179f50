# SPDX-License-Identifier: Apache-2.0
"""
Any type at all: the message as a struct, and if the user wants it, its numbers as series.

The names are those of the official importer for recorded messages, so that blueprints and lenses
made for it fit. Fields are never null; neither are numbers and texts in lists, but structs are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.archetypes import Columns
from rerun_bridge.cdr import Array, Nested, Primitive, Sequence
from rerun_bridge.converters.base import Entry
from rerun_bridge.converters.flattening import DEFAULT_LENGTH, flattened
from rerun_bridge.converters.service_events import event_texts
from rerun_bridge.encodings import Arrow, Component, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rerun_bridge.cdr import Definitions, FieldType, Message
    from rerun_bridge.converters.base import Convert, Topic

_EMPTY = 'structure_needs_at_least_one_member'
_ARROW_TYPES = {
    'bool': pa.bool_(),
    'byte': pa.uint8(),
    'octet': pa.uint8(),
    'char': pa.uint8(),
    'float32': pa.float32(),
    'float64': pa.float64(),
    **{
        f'{sign}int{bits}': getattr(pa, f'{sign}int{bits}')()
        for sign in ('', 'u')
        for bits in (8, 16, 32, 64)
    },
}


class _Builder(NamedTuple):
    """Makes an Arrow array of a list of values."""

    arrow_type: pa.DataType
    build: Callable[[list[Any]], pa.Array]


def reflect(topic: Topic) -> Convert:
    """
    Make one struct of each message.

    Parameters
    ----------
    topic
        Of any type.

    Returns
    -------
    callable
        From a message to the entry with its struct, those of the option `flatten`, and the text
        of a service event.

    """
    builder = _struct_builder(topic.type_name, topic.definitions)
    layout = _layout(topic.type_name.replace('/', '.'), builder.arrow_type)
    extras = [extra for extra in (_plots(topic), event_texts(topic)) if extra is not None]

    def convert(message: Message) -> Iterator[Entry]:
        yield Entry(Columns(layout, (builder.build([message]),)))
        for extra in extras:
            yield from extra(message)

    return convert


def _plots(topic: Topic) -> Convert | None:
    flatten = topic.options.flatten
    if not flatten:
        return None
    max_length = DEFAULT_LENGTH if flatten is True else int(flatten)
    return flattened(topic.type_name, topic.definitions, max_length)


@lru_cache(maxsize=1024)
def _layout(name: str, arrow_type: pa.DataType) -> Layout:
    return Layout.of([Component(f'{name}:message', name, None, Arrow(arrow_type))])


def _builder(field_type: FieldType, definitions: Definitions) -> _Builder:
    if isinstance(field_type, Nested):
        return _struct_builder(field_type.type_name, definitions)
    if isinstance(field_type, (Array, Sequence)):
        return _list_builder(field_type, definitions)
    arrow_type = _ARROW_TYPES[field_type.name] if isinstance(field_type, Primitive) else pa.utf8()
    return _Builder(arrow_type, lambda values: pa.array(values, arrow_type))


def _struct_builder(type_name: str, definitions: Definitions) -> _Builder:
    names = [field.name for field in definitions[type_name]]
    builders = [_builder(field.type, definitions) for field in definitions[type_name]]
    fields = [
        pa.field(name, builder.arrow_type, nullable=False)
        for name, builder in zip(names, builders)  # noqa: B905
    ]
    if not fields:
        fields = [pa.field(_EMPTY, pa.uint8(), nullable=False)]
        return _Builder(
            pa.struct(fields),
            lambda values: pa.StructArray.from_arrays(
                [pa.array(bytes(len(values)), pa.uint8())], fields=fields
            ),
        )

    def build(values: list[Any]) -> pa.Array:
        columns = [
            builder.build([getattr(value, name) for value in values])
            for name, builder in zip(names, builders)  # noqa: B905
        ]
        return pa.StructArray.from_arrays(columns, fields=fields)

    return _Builder(pa.struct(fields), build)


def _list_builder(field_type: Array | Sequence, definitions: Definitions) -> _Builder:
    element = _builder(field_type.element, definitions)
    is_struct = isinstance(field_type.element, Nested)
    arrow_type = pa.list_(pa.field('item', element.arrow_type, nullable=is_struct))
    is_number = isinstance(field_type.element, Primitive)

    def build(values: list[Any]) -> pa.Array:
        offsets = np.zeros(len(values) + 1, np.int32)
        np.cumsum([len(value) for value in values], out=offsets[1:])
        if is_number:
            numbers = np.concatenate(values) if values else np.empty(0)
            native = numbers.astype(numbers.dtype.newbyteorder('='), copy=False)
            items = pa.array(native, element.arrow_type)
        else:
            items = element.build([item for value in values for item in value])
        return pa.ListArray.from_arrays(pa.array(offsets), items, type=arrow_type)

    return _Builder(arrow_type, build)
