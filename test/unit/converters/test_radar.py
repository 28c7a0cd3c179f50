# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from test.unit.converters.ros_messages import convert, HEADER, values_of


@pytest.mark.parametrize('little_endian', [True, False])
def test_reflections(*, little_endian: bool) -> None:
    returns = [
        {'range': 2.0, 'azimuth': math.pi / 2, 'doppler_velocity': -1.0},
        {'range': 3.0, 'elevation': math.pi / 2, 'doppler_velocity': 4.0},
        {'range': math.nan},
    ]
    fields = {'header': HEADER, 'returns': returns}
    values = values_of(convert('radar_msgs/msg/RadarScan', fields, little_endian=little_endian))
    positions = np.array(values['/topic@Points3D:positions'])
    assert np.allclose(positions, np.array([[0, 2, 0], [0, 0, 3]]), atol=1e-6)
    velocities = np.array(values['/topic/velocity@Arrows3D:vectors'])
    assert np.allclose(velocities, np.array([[0, -1, 0], [0, 0, 4]]), atol=1e-6)
    first, second = values['/topic@Points3D:colors']
    assert first != second
    assert values['/topic/velocity@CoordinateFrame:frame'] == ['base']


def test_tracks() -> None:
    track = {
        'uuid': {'uuid': [0xAB, 0xCD] + [0] * 14},
        'position': {'x': 1.0},
        'velocity': {'y': 2.0},
        'size': {'x': 4.0},
        'classification': 2,
    }
    values = values_of(
        convert('radar_msgs/msg/RadarTracks', {'header': HEADER, 'tracks': [track]})
    )
    assert values['/topic@Boxes3D:centers'] == [[1.0, 0.0, 0.0]]
    assert values['/topic@Boxes3D:half_sizes'] == [[2.0, pytest.approx(0.1), pytest.approx(0.1)]]
    assert values['/topic@Boxes3D:labels'] == ['abcd']
    assert values['/topic@Boxes3D:class_ids'] == [2]
    assert values['/topic/velocity@Arrows3D:vectors'] == [[0.0, 2.0, 0.0]]


@pytest.mark.parametrize('name', ['RadarScan', 'RadarTracks'])
def test_nothing(name: str) -> None:
    values = values_of(convert(f'radar_msgs/msg/{name}', {}))
    assert values['/topic/velocity@Arrows3D:vectors'] == []
