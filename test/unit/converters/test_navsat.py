# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

FIX = 'sensor_msgs/msg/NavSatFix'
POSITION: dict[str, Any] = {
    'header': HEADER,
    'latitude': 48.5,
    'longitude': 11.25,
    'altitude': 500.0,
}


def covariance(east: float, north: float) -> dict[str, Any]:
    return {
        'position_covariance': [east, 0, 0, 0, north, 0, 0, 0, 99],
        'position_covariance_type': 2,
    }


def test_fix() -> None:
    values = values_of(convert(FIX, {**POSITION, **covariance(4.0, 9.0)}))
    assert values == {
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@GeoPoints:positions': [[48.5, 11.25]],
        '/topic@GeoPoints:radii': [-7.0],
        '/topic/accuracy@GeoPoints:positions': [[48.5, 11.25]],
        '/topic/accuracy@GeoPoints:radii': [3.0],
        '/topic/accuracy@GeoPoints:colors': [0x3388FF50],
        '/topic@altitude': [500.0],
        '/topic/altitude@SeriesLines:names': ['altitude [m]'],
        '/topic/altitude@Scalars:scalars': [500.0],
        '/topic/status@StateChange:state': ['FIX'],
    }


@pytest.mark.parametrize(
    'accuracy',
    [
        {},
        {**covariance(4.0, 9.0), 'position_covariance_type': 0},
        covariance(0.0, 0.0),
        covariance(-1.0, math.nan),
        covariance(math.inf, 1.0),
    ],
)
def test_unknown_accuracy(accuracy: dict[str, Any]) -> None:
    values = values_of(convert(FIX, {**POSITION, **accuracy}))
    assert '/topic@GeoPoints:positions' in values
    assert not any('accuracy' in name for name in values)


def test_accuracy_that_is_lost_is_cleared() -> None:
    converter = topic_converter(FIX)
    convert(FIX, {**POSITION, **covariance(4.0, 9.0)}, using=converter)
    values = values_of(convert(FIX, {**POSITION, 'altitude': math.nan}, using=converter))
    assert values['/topic/accuracy@GeoPoints:positions'] == []
    assert values['/topic/accuracy@GeoPoints:radii'] == []
    assert values['/topic@altitude'] == []


@pytest.mark.parametrize(
    'changes',
    [
        {'status': {'status': -1}},
        {'latitude': math.nan},
        {'longitude': math.nan},
        {'latitude': math.inf},
    ],
)
def test_no_position_without_fix(changes: dict[str, Any]) -> None:
    values = values_of(convert(FIX, {**POSITION, **changes}))
    assert set(values) == {'/topic@CoordinateFrame:frame', '/topic/status@StateChange:state'}


def test_unknown_altitude() -> None:
    values = values_of(convert(FIX, {**POSITION, 'altitude': math.nan}))
    assert values['/topic@GeoPoints:positions'] == [[48.5, 11.25]]
    assert not any('altitude' in name for name in values)


@pytest.mark.parametrize(
    ('status', 'name'),
    [(-2, 'UNKNOWN'), (-1, 'NO_FIX'), (0, 'FIX'), (1, 'SBAS_FIX'), (2, 'GBAS_FIX'), (77, '77')],
)
def test_status(status: int, name: str) -> None:
    values = values_of(convert(FIX, {**POSITION, 'status': {'status': status}}))
    assert values['/topic/status@StateChange:state'] == [name]
