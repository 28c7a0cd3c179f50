# SPDX-License-Identifier: Apache-2.0
"""
Fixtures of the CDR tests: messages to decode, and what they should become.

Two independent writers make the bytes: that of rosbags for the types of a ROS distribution, and
a plain one below for any definition.
"""

from __future__ import annotations

from importlib.util import find_spec
import operator
import struct
from typing import Any, Protocol, TYPE_CHECKING, TypeAlias

import numpy as np
import pytest

from rerun_bridge.cdr import (
    Array,
    decoder_for,
    definitions_of_store,
    Nested,
    Primitive,
    Sequence,
    StructSequence,
    Text,
)
from rerun_bridge.cdr.definitions import CODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rosbags.typesys.store import Typestore

    from rerun_bridge.cdr import Definitions, FieldType, Message

Value: TypeAlias = Any
"""A number, a text, an array or list, or a message."""
collect_ignore_glob = [] if find_spec('rosbags') else ['test_*.py']

HEADERS = {'<': b'\x00\x01\x00\x00', '>': b'\x00\x00\x00\x00'}
ALPHABET = [*'abcdefghij_/0123456789', 'ä', 'µ', '猫', '😀']


class RandomMessage(Protocol):
    """What the fixture `random_message` gives."""

    def __call__(self, type_name: str, rng: np.random.Generator) -> Value:
        """Make a rosbags message with random content."""


class WriteCdr(Protocol):
    """What the fixture `write_cdr` gives."""

    def __call__(
        self, type_name: str, definitions: Definitions, value: dict[str, Any], *, order: str
    ) -> bytes:
        """Write a message given as nested dicts and lists."""


@pytest.fixture(scope='session')
def typestore() -> Typestore:
    """Give the messages of ROS 2 Jazzy."""
    from rosbags.typesys import get_typestore, Stores  # noqa: PLC0415  # see collect_ignore_glob

    return get_typestore(Stores.ROS2_JAZZY)


@pytest.fixture(scope='session')
def decode_as(typestore: Typestore) -> Callable[[bytes | memoryview, str], Message]:
    """Give a function that decodes bytes as a type of ROS 2 Jazzy."""

    def decode(data: bytes | memoryview, type_name: str) -> Message:
        return decoder_for(type_name, definitions_of_store(typestore, type_name))(data)

    return decode


@pytest.fixture(scope='session')
def random_message(typestore: Typestore) -> RandomMessage:
    """Give a function that fills a message of any type of ROS 2 Jazzy."""

    def make(type_name: str, rng: np.random.Generator) -> Value:
        _, fields = typestore.fielddefs[type_name]
        return typestore.types[type_name](*(value(kind, rng) for _, kind in fields))

    def value(kind: Value, rng: np.random.Generator) -> Value:
        node, argument = kind
        if node.name == 'BASE':
            return random_element(argument[0], rng)
        if node.name == 'NAME':
            return make(argument, rng)
        element, size = argument
        count = size if node.name == 'ARRAY' else int(rng.integers(0, min(size or 5, 5)))
        if element[0].name == 'BASE' and element[1][0] != 'string':
            return random_numbers(element[1][0], count, rng)
        return [value(element, rng) for _ in range(count)]

    return make


def random_numbers(name: str, count: int, rng: np.random.Generator) -> Value:
    dtype = np.dtype(CODES[name].numpy)
    if name == 'bool':
        return rng.integers(0, 2, count).astype(bool)
    if dtype.kind == 'f':
        return rng.normal(size=count).astype(dtype)
    return np.frombuffer(rng.bytes(count * dtype.itemsize), dtype)


def random_element(name: str, rng: np.random.Generator) -> Value:
    if name == 'string':
        return ''.join(rng.choice(ALPHABET, rng.integers(0, 9)))
    number = random_numbers(name, 1, rng)[0].item()
    # rosbags takes a single byte for signed.
    return number % 128 if name == 'byte' else number


@pytest.fixture(scope='session')
def assert_same() -> Callable[[Value, Value], None]:
    """Give a function that compares a decoded value with what was written."""
    return _assert_same


def _assert_same(decoded: Value, expected: Value) -> None:
    if hasattr(decoded, 'ros_type'):
        for name in decoded.__slots__:
            wanted = expected[name] if isinstance(expected, dict) else getattr(expected, name)
            _assert_same(getattr(decoded, name), wanted)
    elif isinstance(decoded, (StructSequence, list)):
        assert len(decoded) == len(expected)
        for one, other in zip(decoded, expected, strict=True):
            _assert_same(one, other)
    elif isinstance(decoded, np.ndarray):
        other = np.asarray(expected, decoded.dtype.newbyteorder('='))
        np.testing.assert_array_equal(decoded, other)
    else:
        assert type(decoded) is type(expected)
        assert decoded == expected


@pytest.fixture(scope='session')
def write_cdr() -> WriteCdr:
    """Give a plain writer of CDR, which pads with garbage as Fast DDS does."""

    def write(
        type_name: str, definitions: Definitions, value: dict[str, Any], *, order: str
    ) -> bytes:
        writer = CdrWriter(definitions, order)
        writer.write(Nested(type_name), value)
        return HEADERS[order] + bytes(writer.body)

    return write


class CdrWriter:
    """Write values one after another, with no cleverness at all."""

    def __init__(self, definitions: Definitions, order: str) -> None:
        self.body = bytearray()
        self._definitions = definitions
        self._order = order

    def write(self, kind: FieldType, value: Value) -> None:
        if isinstance(kind, Primitive):
            self._number(kind.name, value)
        elif isinstance(kind, Text):
            self._text(kind, value)
        elif isinstance(kind, Nested):
            fields = self._definitions[kind.type_name]
            for field in fields:
                self.write(field.type, value[field.name])
            if not fields:
                self.body += b'\xaa'
        else:
            if isinstance(kind, Sequence):
                self._number('uint32', len(value))
            else:
                assert isinstance(kind, Array)
                assert operator.length_hint(value) == kind.length
            for element in value:
                self.write(kind.element, element)

    def _number(self, name: str, value: Value) -> None:
        code = CODES[name]
        while len(self.body) % code.size:
            self.body += b'\x55'
        self.body += struct.pack(self._order + code.struct, value)

    def _text(self, kind: Text, value: str) -> None:
        if kind.wide:
            units = value.encode('utf-16-le')
            self._number('uint32', len(units) // 2)
            for (unit,) in struct.iter_unpack('<H', units):
                self._number('uint32', unit)
        else:
            raw = value.encode() + b'\0'
            self._number('uint32', len(raw))
            self.body += raw
