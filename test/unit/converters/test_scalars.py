# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, HEADER, values_of


@pytest.mark.parametrize(
    ('name', 'number'),
    [
        ('Int8', -128),
        ('UInt8', 255),
        ('Int16', -32768),
        ('UInt16', 65535),
        ('Int32', -(2**31)),
        ('UInt32', 2**32 - 1),
        ('Int64', -(2**53)),
        ('UInt64', 2**53),
        ('Float32', 0.5),
        ('Float64', 1e300),
        ('Byte', 7),
        ('Char', 65),
    ],
)
def test_numbers(name: str, number: float) -> None:
    values = values_of(convert(f'std_msgs/msg/{name}', {'data': number}))
    assert values == {'/topic@Scalars:scalars': [float(number)]}


@pytest.mark.parametrize('value', [True, False])
def test_truth(*, value: bool) -> None:
    values = values_of(convert('std_msgs/msg/Bool', {'data': value}))
    assert values == {'/topic@StateChange:state': [str(value).lower()]}


@pytest.mark.parametrize('name', ['Float32MultiArray', 'Float64MultiArray'])
@pytest.mark.parametrize('little_endian', [True, False])
def test_arrays(name: str, *, little_endian: bool) -> None:
    fields = {'data': [1.5, -2.0]}
    values = values_of(convert(f'std_msgs/msg/{name}', fields, little_endian=little_endian))
    assert values == {'/topic@Scalars:scalars': [1.5, -2.0]}


def test_joystick() -> None:
    values = values_of(convert('sensor_msgs/msg/Joy', {'axes': [0.5, -0.5], 'buttons': [1, 0]}))
    assert values == {
        '/topic/axes@Scalars:scalars': [0.5, -0.5],
        '/topic/buttons@Scalars:scalars': [1.0, 0.0],
    }


def test_range() -> None:
    fields: dict[str, Any] = {'header': HEADER, 'range': 1.5, 'min_range': 0.25, 'max_range': 4.0}
    values = values_of(convert('sensor_msgs/msg/Range', fields))
    assert values['/topic@Scalars:scalars'] == [1.5, 0.25, 4.0]
    assert values['/topic@SeriesLines:names'] == ['range', 'min_range', 'max_range']
