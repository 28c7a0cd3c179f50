# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

IMU = 'sensor_msgs/msg/Imu'
G = 9.80665
MAGNETIC = 'sensor_msgs/msg/MagneticField'
MOTION: dict[str, Any] = {
    'header': HEADER,
    'angular_velocity': {'x': 1.0, 'y': 2.0, 'z': 3.0},
    'linear_acceleration': {'x': 4.0, 'y': 5.0, 'z': 6.0},
    'orientation': {'x': 0.5, 'y': -0.5, 'z': 0.5, 'w': 0.5},
}


@pytest.mark.parametrize('little_endian', [True, False])
def test_imu(*, little_endian: bool) -> None:
    values = values_of(convert(IMU, MOTION, little_endian=little_endian))
    assert values == {
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@SeriesLines:names': [
            'gyroscope/x',
            'gyroscope/y',
            'gyroscope/z',
            'accelerometer/x',
            'accelerometer/y',
            'accelerometer/z',
        ],
        '/topic@Scalars:scalars': [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        '/topic@Arrows3D:vectors': [pytest.approx([4 / G, 5 / G, 6 / G])],
        '/topic@sensor_msgs.msg.Imu:orientation': [0.5, -0.5, 0.5, 0.5],
        '/topic/orientation@CoordinateFrame:frame': ['base'],
        '/topic/orientation@TransformAxes3D:axis_length': [pytest.approx(0.3)],
        '/topic/orientation@InstancePoses3D:quaternions': [[0.5, -0.5, 0.5, 0.5]],
    }


def test_only_data_repeats() -> None:
    converter = topic_converter(IMU)
    convert(IMU, MOTION, using=converter)
    rows = convert(IMU, MOTION, using=converter)
    assert [(each.entity_path, each.num_rows) for each in rows] == [
        ('/topic', 1),
        ('/topic/orientation', 1),
    ]


def test_device_without_orientation() -> None:
    values = values_of(convert(IMU, {**MOTION, 'orientation_covariance': [-1.0] + [0.0] * 8}))
    assert not any('orientation' in name for name in values)
    assert values['/topic@Scalars:scalars'] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_orientation_that_was_not_set() -> None:
    values = values_of(convert(IMU, {**MOTION, 'orientation': {'w': 0.0}}))
    assert values['/topic/orientation@InstancePoses3D:quaternions'] == [[0.0, 0.0, 0.0, 1.0]]


def test_numbers_that_are_not_finite_stay_so() -> None:
    acceleration = {'x': math.nan, 'y': math.inf, 'z': 1e300}
    values = values_of(convert(IMU, {**MOTION, 'linear_acceleration': acceleration}))
    scalars = values['/topic@Scalars:scalars'][3:]
    assert math.isnan(scalars[0])
    assert scalars[1:] == [math.inf, 1e300]


@pytest.mark.parametrize(
    ('field', 'arrow'),
    [
        ({'x': 3e-5, 'y': 0.0, 'z': -4e-5}, [0.6, 0.0, -0.8]),
        ({'x': 0.0, 'y': 0.0, 'z': 0.0}, [0.0, 0.0, 0.0]),
    ],
)
def test_magnetic_field(field: dict[str, float], arrow: list[float]) -> None:
    values = values_of(convert(MAGNETIC, {'header': HEADER, 'magnetic_field': field}))
    assert values['/topic@Scalars:scalars'] == list(field.values())
    assert values['/topic@Arrows3D:vectors'] == [pytest.approx(arrow)]
    assert values['/topic@SeriesLines:names'] == ['x [T]', 'y [T]', 'z [T]']
