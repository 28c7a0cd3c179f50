# SPDX-License-Identifier: Apache-2.0
"""Turn generated source into functions from CDR bytes to messages."""

from __future__ import annotations

from functools import lru_cache, partial
import struct
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr.definitions import closure, LENGTH, Nested
from rerun_bridge.cdr.diagnosis import explain
from rerun_bridge.cdr.layout import ElementShape, HEADER_SIZE
from rerun_bridge.cdr.message import message_class
from rerun_bridge.cdr.source import generate
from rerun_bridge.cdr.struct_reader import struct_reader
from rerun_bridge.cdr.struct_sequence import ElementReader
from rerun_bridge.cdr.text import narrow_text, wide_text_big, wide_text_little
from rerun_bridge.errors import CdrError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.cdr.definitions import ByteOrder, Definitions, Field
    from rerun_bridge.cdr.message import Message

_ORDERS: Mapping[int, ByteOrder] = {0: '>', 1: '<'}
"""Second byte of the encapsulation header to byte order."""
_LITTLE_ENDIAN = 1
_WIDE_TEXTS = {'<': wide_text_little, '>': wide_text_big}
_MAX_NUMBER_SIZE = 8
_FAULTS = (struct.error, IndexError, ValueError)


def decoder_for(
    type_name: str, definitions: Definitions
) -> Callable[[bytes | memoryview], Message]:
    """
    Return the function that decodes messages of one type.

    Parameters
    ----------
    type_name
        The type, ``pkg/msg/Type``.
    definitions
        Its definition and those of the types it contains.

    Returns
    -------
    callable
        From the CDR bytes including the encapsulation header, as ``bytes`` or a contiguous
        buffer, to the message. Views in the message keep the bytes alive. Raises CdrError for
        bytes that do not fit. The same function for equal definitions.

    Raises
    ------
    UnsupportedTypeError
        The definitions are incomplete or not those of a ROS message.

    """
    return _compiled(type_name, frozenset(closure(type_name, definitions).items()))


@lru_cache(maxsize=1024)
def _compiled(
    type_name: str, definitions: frozenset[tuple[str, tuple[Field, ...]]]
) -> Callable[[bytes | memoryview], Message]:
    return _Program(type_name, dict(definitions)).variant(bytes, _LITTLE_ENDIAN)


class _Program:
    """A generated decoder, instantiated for each buffer type and byte order when first met."""

    def __init__(self, type_name: str, definitions: dict[str, tuple[Field, ...]]) -> None:
        self._type_name = type_name
        self._definitions = definitions
        self._source = generate(type_name, definitions)
        self._code = compile(self._source.text, f'<decoder of {type_name}>', 'exec')
        self._classes = {
            name: message_class(each, definitions[each])
            for each, name in self._source.classes.items()
        }
        self._shapes = {
            name: ElementShape(element.type_name, definitions)
            for element, name in self._source.loops.items()
            if isinstance(element, Nested)
        }
        self._variants: dict[tuple[type, int], Callable[[bytes | memoryview], Message]] = {}

    def variant(self, kind: type, mark: int) -> Callable[[bytes | memoryview], Message]:
        """Return the decoder for a buffer type and the second byte of the header."""
        if (kind, mark) not in self._variants:
            namespace = self._namespace(kind, mark)
            exec(self._code, namespace)  # noqa: S102  # own source; closure() checked all names
            self._add_readers(namespace, _ORDERS[mark])
            self._variants[kind, mark] = namespace['decode']
        return self._variants[kind, mark]

    def _decode_other(self, data: bytes | memoryview) -> Message:
        if type(data) is not bytes:
            data = memoryview(data).toreadonly().cast('B')
        header = bytes(data[:HEADER_SIZE])
        if len(header) < HEADER_SIZE:
            msg = (
                f'{self._type_name}: the encapsulation header at byte 0 has {len(header)} of '
                f'{HEADER_SIZE} bytes; the message is truncated'
            )
            raise CdrError(msg)
        if header[0] or header[1] not in _ORDERS:
            msg = (
                f'{self._type_name}: the encapsulation header at byte 0 is {header[:2].hex()}, '
                'but only plain CDR (0000 or 0001) can be read; write the message with XCDR1'
            )
            raise CdrError(msg)
        return self.variant(type(data), header[1])(data)

    def _namespace(self, kind: type, mark: int) -> dict[str, Any]:
        order = _ORDERS[mark]
        views = {
            name: np.dtype(letter).newbyteorder(order)
            for letter, name in self._source.views.items()
        }
        nothing = bytes(_MAX_NUMBER_SIZE)
        empties = {f'E{name}': np.frombuffer(nothing, view)[:0] for name, view in views.items()}
        return {
            'KIND': kind,
            'MARK': mark,
            'OTHER': self._decode_other,
            'FAULTS': _FAULTS,
            'EXPLAIN': partial(
                explain,
                type_name=self._type_name,
                definitions=self._definitions,
                order=order,
            ),
            'VIEW': np.frombuffer,
            'TEXT': bytes.decode if kind is bytes else str,
            'WIDE': _WIDE_TEXTS[order],
            **{
                name: struct.Struct(order + code).unpack_from
                for code, name in self._source.structs.items()
            },
            **self._classes,
            **views,
            **empties,
        }

    def _add_readers(self, namespace: dict[str, Any], order: ByteOrder) -> None:
        for loop, shape in self._shapes.items():
            namespace[f'R{loop}'] = struct_reader(
                ElementReader(
                    shape=shape,
                    order=order,
                    read_all=namespace[loop],
                    read_length=struct.Struct(order + LENGTH.struct).unpack_from,
                    texts=(narrow_text, _WIDE_TEXTS[order]),
                )
            )
