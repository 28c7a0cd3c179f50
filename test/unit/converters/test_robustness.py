# SPDX-License-Identifier: Apache-2.0
"""Whatever bytes arrive: rows that encode, or ConversionError; nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge.converters import supported_types
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import HEADER, read_batch, to_cdr, topic_converter

REFLECTED = ('visualization_msgs/msg/MarkerArray', 'geometry_msgs/msg/PolygonStamped')
TYPES = [*sorted(supported_types()), *REFLECTED]


def convert_all(type_name: str, data: bytes) -> None:
    try:
        rows = topic_converter(type_name).convert(data, log_time_nanos=1, publish_time_nanos=1)
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
