# SPDX-License-Identifier: Apache-2.0
"""
Find out where and why a message cannot be decoded.

Generated decoders only notice that something is wrong. This reader goes through the same bytes
field by field, slowly, and keeps nothing but the position.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from rerun_bridge.cdr.definitions import Array, CODES, LENGTH, Nested, Primitive, Sequence, Text
from rerun_bridge.cdr.layout import HEADER_SIZE, minimum_size
from rerun_bridge.errors import CdrError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.cdr.definitions import ByteOrder, Definitions, Element, FieldType


def explain(
    data: bytes | memoryview, *, type_name: str, definitions: Definitions, order: ByteOrder
) -> CdrError:
    """
    Return the error that tells which field goes beyond the end of the data.

    Parameters
    ----------
    data
        The whole message including its header.
    type_name
        Its type.
    definitions
        Checked definitions of the type.
    order
        Its byte order.

    """
    walk = _Walk(data, definitions, order)
    try:
        walk.skip(Nested(type_name), type_name)
    except CdrError as error:
        return error
    return CdrError(f'{type_name}: {len(data)} bytes do not fit the definition; compare the two')


class _Walk:
    def __init__(
        self, data: bytes | memoryview, definitions: Definitions, order: ByteOrder
    ) -> None:
        self._data = data
        self._definitions = definitions
        self._read_length = struct.Struct(order + LENGTH.struct).unpack_from
        self._position = HEADER_SIZE

    def skip(self, kind: FieldType, path: str) -> None:
        self._SKIPPERS[type(kind)](self, kind, path)

    def _align(self, size: int) -> None:
        self._position += (HEADER_SIZE - self._position) % size

    def _need(self, size: int, path: str) -> None:
        left = max(0, len(self._data) - self._position)
        if size > left:
            msg = (
                f'{path} at byte {self._position} needs at least {size} bytes and {left} of '
                f'{len(self._data)} are left; the message is truncated or of another definition'
            )
            raise CdrError(msg)

    def _advance(self, size: int, path: str) -> None:
        self._need(size, path)
        self._position += size

    def _count(self, path: str) -> int:
        self._align(LENGTH.size)
        start = self._position
        self._advance(LENGTH.size, path)
        count: int = self._read_length(self._data, start)[0]
        return count

    def _primitive(self, kind: Primitive, path: str) -> None:
        size = CODES[kind.name].size
        self._align(size)
        self._advance(size, path)

    def _text(self, kind: Text, path: str) -> None:
        self._advance(self._count(path) * kind.unit, path)

    def _nested(self, kind: Nested, path: str) -> None:
        fields = self._definitions[kind.type_name]
        for field in fields:
            self.skip(field.type, f'{path}.{field.name}')
        if not fields:
            self._advance(1, path)

    def _array(self, kind: Array, path: str) -> None:
        self._elements(kind.element, kind.length, path)

    def _sequence(self, kind: Sequence, path: str) -> None:
        self._elements(kind.element, self._count(path), path)

    def _elements(self, kind: Element, count: int, path: str) -> None:
        if isinstance(kind, Primitive):
            size = CODES[kind.name].size
            if count:
                self._align(size)
            self._advance(count * size, path)
            return
        self._need(count * minimum_size(kind, self._definitions), path)
        for number in range(count):
            self.skip(kind, f'{path}[{number}]')

    _SKIPPERS: Mapping[type[FieldType], Callable[..., None]] = {
        Primitive: _primitive,
        Text: _text,
        Nested: _nested,
        Array: _array,
        Sequence: _sequence,
    }
