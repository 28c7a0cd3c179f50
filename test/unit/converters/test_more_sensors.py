# SPDX-License-Identifier: Apache-2.0
"""Sensors that are rare: echoes, clouds of old, disparities, what joysticks do back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.converters.palette import turbo
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, values_of

ECHOES, CLOUD = 'sensor_msgs/msg/MultiEchoLaserScan', 'sensor_msgs/msg/PointCloud'
DISPARITIES = 'stereo_msgs/msg/DisparityImage'


def scan(*beams: list[float], intensities: tuple[list[float], ...] = ()) -> dict[str, Any]:
    return {
        'header': HEADER,
        'angle_increment': math.pi / 2,
        'range_min': 0.5,
        'range_max': 10.0,
        'ranges': [{'echoes': beam} for beam in beams],
        'intensities': [{'echoes': beam} for beam in intensities],
    }


@pytest.mark.parametrize('little_endian', [True, False])
def test_echoes(*, little_endian: bool) -> None:
    fields = scan([1.0, 2.0], [], [3.0, 99.0, math.nan])
    values = values_of(convert(ECHOES, fields, little_endian=little_endian))
    positions = np.array(values['/topic@Points3D:positions'])
    assert np.allclose(positions, np.array([[1, 0, 0], [2, 0, 0], [-3, 0, 0]]), atol=1e-6)
    first, second, third = values['/topic@Points3D:colors']
    assert first == third != second


def test_echoes_with_intensities() -> None:
    values = values_of(convert(ECHOES, scan([1.0, 2.0], [3.0], intensities=([5.0, 7.0], [7.0]))))
    first, second, third = values['/topic@Points3D:colors']
    assert first != second == third


def test_one_echo_of_each_cube() -> None:
    options = TopicOptions(voxel=20.0)
    values = values_of(convert(ECHOES, scan([1.0, 2.0], [3.0, 4.0]), options=options))
    positions = np.array(values['/topic@Points3D:positions'])
    assert np.allclose(positions, [[1, 0, 0], [0, 3, 0]][: len(positions)], atol=1e-6)
    assert 1 <= len(positions) == len(values['/topic@Points3D:colors']) <= 2


def test_nothing_echoes() -> None:
    assert values_of(convert(ECHOES, scan()))['/topic@Points3D:positions'] == []


def cloud(**channels: list[float]) -> dict[str, Any]:
    points = [{'x': 1.0, 'z': 5.0}, {'y': 2.0, 'z': 6.0}, {'x': math.nan}]
    return {
        'header': HEADER,
        'points': points,
        'channels': [{'name': name, 'values': values} for name, values in channels.items()],
    }


def packed(*colors: int) -> list[float]:
    return [float(value) for value in np.array(colors, '<u4').view('<f4')]


@pytest.mark.parametrize('little_endian', [True, False])
def test_clouds_of_old(*, little_endian: bool) -> None:
    fields = cloud(rgb=packed(0x102030, 0x405060, 0))
    values = values_of(convert(CLOUD, fields, little_endian=little_endian))
    assert values['/topic@Points3D:positions'] == [[1.0, 0.0, 5.0], [0.0, 2.0, 6.0]]
    assert values['/topic@Points3D:colors'] == [0x102030FF, 0x405060FF]


def test_channels_of_colors() -> None:
    fields = cloud(r=[1.0, 0.0, 0.0], g=[0.0, 1.0, 0.0], b=[0.0, math.nan, 0.0])
    values = values_of(convert(CLOUD, fields))
    assert values['/topic@Points3D:colors'] == [0xFF0000FF, 0x00FF00FF]


@pytest.mark.parametrize(
    ('color_by', 'channels', 'num_colors'),
    [
        ('auto', {'intensity': [1.0, 2.0, 3.0]}, 2),
        ('auto', {'intensity': [1.0]}, 2),
        ('auto', {}, 2),
        ('x', {}, 2),
        ('speed', {'speed': [3.0, 3.0, 3.0]}, 1),
        ('flat', {'intensity': [1.0, 2.0, 3.0]}, 0),
    ],
)
def test_colors_of_old_clouds(
    color_by: str, channels: dict[str, list[float]], num_colors: int
) -> None:
    options = TopicOptions(color_by=color_by)
    values = values_of(convert(CLOUD, cloud(**channels), options=options))
    assert len(set(values.get('/topic@Points3D:colors', ()))) == num_colors


def test_channels_follow_the_points_that_stay() -> None:
    fields = cloud(speed=[1.0, 2.0, 3.0])
    fields['points'].append({'x': 9.0, 'z': 9.0})
    fields['channels'][0]['values'].append(4.0)
    options = TopicOptions(color_by='speed', stride=2, color_range=(0.0, 4.0))
    values = values_of(convert(CLOUD, fields, options=options))
    assert values['/topic@Points3D:positions'] == [[1.0, 0.0, 5.0], [9.0, 0.0, 9.0]]
    expected = turbo(np.array([1.0, 4.0]), (0.0, 4.0)).tolist()
    assert values['/topic@Points3D:colors'] == expected


def disparities(**change: Any) -> dict[str, Any]:  # noqa: ANN401
    image = {
        'width': 3,
        'height': 1,
        'encoding': '32FC1',
        'step': 12,
        'data': np.array([2.0, -1.0, math.nan], '<f4').tobytes(),
    }
    calibration = {'f': 100.0, 't': 0.1, 'min_disparity': 1.0, 'max_disparity': 10.0}
    return {'header': HEADER, 'image': {**image, **change}, **calibration}


def test_disparities_are_depths() -> None:
    values = values_of(convert(DISPARITIES, disparities()))
    depths = np.frombuffer(bytes(values['/topic@DepthImage:buffer'][0]), '<f4')
    assert depths.tolist() == [5.0, 0.0, 0.0]
    assert values['/topic@DepthImage:meter'] == [1.0]
    assert values['/topic@DepthImage:depth_range'] == [pytest.approx([1.0, 10.0])]
    assert values['/topic@CoordinateFrame:frame'] == ['base_image_plane']


def test_bad_disparities() -> None:
    with pytest.raises(ConversionError, match="'mono8' cannot be read"):
        convert(DISPARITIES, disparities(encoding='mono8'))
    with pytest.raises(ConversionError, match='there are 4 bytes'):
        convert(DISPARITIES, disparities(data=bytes(4)))


def test_feedback_of_joysticks() -> None:
    fields = [{'type': 1, 'id': 2, 'intensity': 0.5}, {'type': 9, 'intensity': 1.0}]
    values = values_of(convert('sensor_msgs/msg/JoyFeedbackArray', {'array': fields}))
    assert values == {
        '/topic/rumble/2@Scalars:scalars': [0.5],
        '/topic/9/0@Scalars:scalars': [1.0],
    }
    assert values_of(convert('sensor_msgs/msg/JoyFeedback', fields[0])) == {
        '/topic/rumble/2@Scalars:scalars': [0.5]
    }


def test_other_clocks() -> None:
    fields = {'header': {'stamp': {'sec': 10}}, 'time_ref': {'sec': 8, 'nanosec': 500_000_000}}
    values = values_of(convert('sensor_msgs/msg/TimeReference', fields))
    assert values['/topic@Scalars:scalars'] == [1.5]


def test_events_and_headers() -> None:
    assert values_of(convert('std_msgs/msg/Empty', {}))['/topic@TextLog:text'] == ['event']
    values = values_of(convert('std_msgs/msg/Header', {'frame_id': '/map'}))
    assert values == {'/topic@CoordinateFrame:frame': ['map']}


@pytest.mark.parametrize(
    ('fields', 'text', 'level'),
    [
        ({}, 'NO_ERROR', 'INFO'),
        ({'error': 3, 'error_string': 'too old'}, 'EXTRAPOLATION_ERROR: too old', 'ERROR'),
        ({'error': 99}, '99', 'ERROR'),
    ],
)
def test_errors_of_transforms(fields: dict[str, Any], text: str, level: str) -> None:
    values = values_of(convert('tf2_msgs/msg/TF2Error', fields))
    assert values['/topic@TextLog:text'] == [text]
    assert values['/topic@TextLog:level'] == [level]
