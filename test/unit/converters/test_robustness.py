# SPDX-License-Identifier: Apache-2.0
"""
Whatever bytes arrive: rows that encode, or ConversionError; nothing else.

All types, each with messages that are empty, cut off, padded, of the other byte order, and full of
huge numbers, and of numbers that are none.
"""

from __future__ import annotations

from contextlib import suppress
import math
import re
import resource
import struct
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge.converters import Shared, TopicConverter, TopicOptions
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
from test.unit.converters.samples import MAPPINGS, samples, TYPES
from test.unit.converters.scribbler import Filler, Scribbler

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows

ALL = TopicOptions(flatten=True)
NUM_CUTS, NUM_SEEDS = 10, 12
MAX_KIB = 100 << 10
NO_NUMBERS = (math.nan, math.inf, -math.inf)
each_type = pytest.mark.parametrize('type_name', TYPES)


def new_converter(type_name: str, options: TopicOptions = ALL) -> TopicConverter:
    """Convert a type that may be mapped, or else is flattened if nothing is known."""
    return topic_converter(type_name, shared=Shared(mappings=MAPPINGS), options=options)


def convert_one(type_name: str, data: bytes, *, using: TopicConverter | None = None) -> list[Rows]:
    converter = using or new_converter(type_name)
    return converter.convert(data, log_time_nanos=1, publish_time_nanos=1)


def convert_all(type_name: str, data: bytes) -> None:
    try:
        rows = convert_one(type_name, data)
    except ConversionError:
        return
    for each in rows:
        read_batch(each)


def result(type_name: str, data: bytes, *, using: TopicConverter | None = None) -> str:
    """Return what can be compared: values, or an error that is not about our own code."""
    try:
        return repr(values_of(convert_one(type_name, data, using=using)))
    except ConversionError as exc:
        assert 'AttributeError' not in str(exc)  # noqa: PT017 - allowed, but not so
        assert 'TypeError' not in str(exc)  # noqa: PT017
        return str(exc)


def minimal(type_name: str) -> bytes:
    try:
        return to_cdr(type_name, {'header': HEADER})
    except AssertionError:
        return to_cdr(type_name, {})


def sensible(type_name: str) -> bytes:
    sample, *_ = samples(type_name)
    return to_cdr(type_name, sample.fields or Filler(type_name, 1).message(type_name))


@each_type
def test_empty_messages(type_name: str) -> None:
    convert_all(type_name, minimal(type_name))


@each_type
def test_truncated_messages_cost_nothing_else(type_name: str) -> None:
    data = sensible(type_name)
    has_fields = bool(definitions_of(type_name)[type_name])
    converter, undisturbed = new_converter(type_name), new_converter(type_name)
    result(type_name, data, using=converter)
    result(type_name, data, using=undisturbed)
    for i in range(NUM_CUTS):
        with pytest.raises(ConversionError) if has_fields else suppress(ConversionError):
            convert_one(type_name, data[: len(data) * i // NUM_CUTS], using=converter)
    after = result(type_name, data, using=converter)
    assert after == result(type_name, data, using=undisturbed)


@each_type
def test_padded_messages(type_name: str) -> None:
    data = sensible(type_name)
    expected = result(type_name, data)
    for padding in (b'\0', bytes(3), bytes(8)):
        assert result(type_name, data + padding) == expected


@each_type
def test_huge_numbers(type_name: str) -> None:
    data = sensible(type_name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for offset in range(4, len(data) - 3, max(4, len(data) // NUM_CUTS // 4 * 4)):
        for number in (0x7FFF_FFFF, 0xFFFF_FFFF):
            convert_all(type_name, data[:offset] + struct.pack('<I', number) + data[offset + 4 :])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + MAX_KIB


@each_type
def test_numbers_that_are_none(type_name: str) -> None:
    for number in NO_NUMBERS:
        filler = Filler(type_name, 1)
        filler.floats = (number,)
        data = to_cdr(type_name, filler.message(type_name))
        result(type_name, data)
        convert_all(type_name, data)


@each_type
def test_fixed_frames_change_nothing_but_places(type_name: str) -> None:
    data = sensible(type_name)
    placed, expected = (
        drawn(type_name, data, Shared(mappings=MAPPINGS, fixed_frame=frame))
        for frame in ('map', '')
    )
    assert placed == expected


def drawn(type_name: str, data: bytes, shared: Shared) -> dict[str, str]:
    """Convert a message; leave out where it is."""
    converter = topic_converter(type_name, shared=shared, options=ALL)
    rows = convert_one(type_name, data, using=converter) + converter.advance(2, is_end=True)
    return {
        name: repr(value)
        for name, value in values_of(rows).items()
        if not name.startswith('/@') and not re.search('@(CoordinateFrame|Transform3D):', name)
    }


@each_type
def test_strange_contents_in_both_byte_orders(type_name: str) -> None:
    compare_byte_orders(type_name, ALL)


@pytest.mark.parametrize('type_name', [each for types in KINDS.values() for each in types])
def test_strange_contents_with_options(type_name: str) -> None:
    pytest.importorskip('PIL')
    compare_byte_orders(type_name, TopicOptions(color_range=(0.0, 1.0), stride=2, max_points=1))
    compare_byte_orders(type_name, TopicOptions(resize=0.5, jpeg_quality=80, voxel=1e-3))


def compare_byte_orders(type_name: str, options: TopicOptions) -> None:
    for seed in range(NUM_SEEDS):
        fields = Scribbler(type_name, seed).message(type_name)
        little, big = (
            result(
                type_name,
                to_cdr(type_name, fields, little_endian=little_endian),
                using=new_converter(type_name, options),
            )
            for little_endian in (True, False)
        )
        assert little == big


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
