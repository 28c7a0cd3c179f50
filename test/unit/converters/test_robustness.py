# SPDX-License-Identifier: Apache-2.0
"""Whatever bytes arrive: rows that encode, or ConversionError; nothing else."""

from __future__ import annotations

import math
import random
from typing import Any, TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from rerun_bridge.cdr import Array, FieldType, Nested, Primitive, Sequence
from rerun_bridge.cdr.definitions import CODES
from rerun_bridge.converters import (
    DEFAULT_MAPPINGS,
    load_mappings,
    Shared,
    supported_types,
    TopicOptions,
)
from rerun_bridge.converters.options import KINDS
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    definitions_of,
    HEADER,
    read_batch,
    to_cdr,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows

REFLECTED = ('my_msgs/msg/Things', 'my_msgs/msg/Outline')
MAPPINGS = load_mappings(DEFAULT_MAPPINGS)
TYPES = [*sorted(supported_types()), *sorted(MAPPINGS.type_names), *REFLECTED]

STRANGE_NUMBERS = (0.0, 1.0, -1.0, 1e-30, 1e30, math.nan, math.inf, -math.inf)
TEXTS = ('', 'a', '/a/b', 'rgb8', 'h264', 'embedded://a', 'x' * 1000, 'größer \n')


ALL = TopicOptions(flatten=True)


def convert_one(type_name: str, data: bytes, *, options: TopicOptions = ALL) -> list[Rows]:
    """Convert a message of a type that may be mapped, or else is flattened if nothing is known."""
    converter = topic_converter(type_name, shared=Shared(mappings=MAPPINGS), options=options)
    return converter.convert(data, log_time_nanos=1, publish_time_nanos=1)


def convert_all(type_name: str, data: bytes) -> None:
    try:
        rows = convert_one(type_name, data)
    except ConversionError:
        return
    for each in rows:
        read_batch(each)


def minimal(type_name: str) -> bytes:
    try:
        return to_cdr(type_name, {'header': HEADER})
    except AssertionError:
        return to_cdr(type_name, {})


@pytest.mark.parametrize('type_name', TYPES)
def test_empty_messages(type_name: str) -> None:
    convert_all(type_name, minimal(type_name))


@pytest.mark.parametrize('type_name', TYPES)
def test_truncated_messages(type_name: str) -> None:
    data = minimal(type_name)
    for size in range(0, len(data), max(1, len(data) // 40)):
        convert_all(type_name, data[:size])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), st.data())
def test_damaged_messages(type_name: str, data: st.DataObject) -> None:
    damaged = bytearray(minimal(type_name))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(4, max(4, len(damaged) - 1)))
        damaged[at:at] = data.draw(st.binary(max_size=3))
        damaged[at : at + 1] = data.draw(st.binary(min_size=1, max_size=2))
    convert_all(type_name, bytes(damaged))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TYPES), st.binary(max_size=300))
def test_random_bytes(type_name: str, data: bytes) -> None:
    convert_all(type_name, b'\0\1\0\0' + data)


class Scribbler:
    """Fills messages with whatever their types allow; the same for the same seed."""

    def __init__(self, type_name: str, seed: int) -> None:
        self._definitions = definitions_of(type_name)
        self._random = random.Random(seed)  # noqa: S311 - no secrets

    def message(self, type_name: str) -> dict[str, Any]:
        if type_name == 'std_msgs/msg/Header':
            return HEADER
        if type_name in {'builtin_interfaces/msg/Time', 'builtin_interfaces/msg/Duration'}:
            return {'sec': self._random.choice((0, 1, 2**31 - 1)), 'nanosec': 5}
        return {field.name: self._value(field.type) for field in self._definitions[type_name]}

    def _value(self, field_type: FieldType) -> Any:  # noqa: ANN401
        if isinstance(field_type, Nested):
            return self.message(field_type.type_name)
        if isinstance(field_type, Array):
            return [self._value(field_type.element) for _ in range(field_type.length)]
        if isinstance(field_type, Sequence):
            count = self._random.choice((0, 1, 2, 6))
            return [self._value(field_type.element) for _ in range(count)]
        if isinstance(field_type, Primitive):
            return self._number(field_type.name)
        return self._random.choice(TEXTS)

    def _number(self, name: str) -> float:
        kind = np.dtype(CODES[name].numpy)
        if kind.kind == 'f':
            return self._random.choice(STRANGE_NUMBERS)
        if kind.kind == 'b':
            return self._random.choice((False, True))
        limits = np.iinfo(kind)
        if name == 'byte':  # to rosbags it has a sign in some places
            return self._random.choice((0, 1, 127))
        return self._random.choice((0, 1, 2, 3, int(limits.max), int(limits.min)))


@pytest.mark.parametrize('type_name', TYPES)
def test_strange_contents_in_both_byte_orders(type_name: str) -> None:
    compare_byte_orders(type_name, ALL)


@pytest.mark.parametrize('type_name', [each for types in KINDS.values() for each in types])
def test_strange_contents_with_options(type_name: str) -> None:
    pytest.importorskip('PIL')
    compare_byte_orders(type_name, TopicOptions(color_range=(0.0, 1.0), stride=2, max_points=1))
    compare_byte_orders(type_name, TopicOptions(resize=0.5, jpeg_quality=80, voxel=1e-3))


def compare_byte_orders(type_name: str, options: TopicOptions) -> None:
    for seed in range(40):
        fields = Scribbler(type_name, seed).message(type_name)
        results = []
        for little_endian in (True, False):
            data = to_cdr(type_name, fields, little_endian=little_endian)
            try:
                rows = convert_one(type_name, data, options=options)
                results.append(repr(values_of(rows)))
            except ConversionError as exc:
                assert 'AttributeError' not in str(exc)  # noqa: PT017 - allowed, but not so
                assert 'TypeError' not in str(exc)  # noqa: PT017
                results.append(str(exc))
        assert results[0] == results[1]
