# SPDX-License-Identifier: Apache-2.0
"""Positions on the map of the Earth, beside ``NavSatFix``."""

from __future__ import annotations

import math
from typing import Any

import pytest

from test.unit.converters.ros_messages import (
    convert,
    HEADER,
    LOG_TIME,
    to_cdr,
    topic_converter,
    values_of,
)

HERE = {'latitude': 48.5, 'longitude': 11.25, 'altitude': 500.0}
POSITIONS = '/topic@GeoPoints:positions'


@pytest.mark.parametrize(
    ('type_name', 'fields'),
    [
        ('geographic_msgs/msg/GeoPoint', HERE),
        ('geographic_msgs/msg/GeoPointStamped', {'header': HEADER, 'position': HERE}),
        ('geographic_msgs/msg/GeoPose', {'position': HERE}),
        ('geographic_msgs/msg/GeoPoseStamped', {'header': HEADER, 'pose': {'position': HERE}}),
        ('foxglove_msgs/msg/LocationFix', {'frame_id': 'gps', **HERE}),
        ('gps_msgs/msg/GPSFix', {'header': HEADER, **HERE}),
    ],
)
def test_points(type_name: str, fields: dict[str, Any]) -> None:
    assert values_of(convert(type_name, fields))[POSITIONS] == [[48.5, 11.25]]


def test_points_that_are_nowhere() -> None:
    assert convert('geographic_msgs/msg/GeoPoint', {**HERE, 'latitude': math.nan}) == []


@pytest.mark.parametrize('little_endian', [True, False])
def test_path(*, little_endian: bool) -> None:
    poses = [
        {'pose': {'position': {'latitude': latitude, 'longitude': 1.0}}}
        for latitude in (1.0, math.nan, 2.0)
    ]
    fields = {'header': HEADER, 'poses': poses}
    values = values_of(convert('geographic_msgs/msg/GeoPath', fields, little_endian=little_endian))
    assert values['/topic@GeoLineStrings:line_strings'] == [[[1.0, 1.0], [2.0, 1.0]]]
    values = values_of(convert('geographic_msgs/msg/GeoPath', {}))
    assert values == {'/topic@GeoLineStrings:line_strings': []}


def test_gps() -> None:
    fields = {'header': HEADER, 'status': {'status': 19}, **HERE}
    values = values_of(convert('gps_msgs/msg/GPSFix', fields))
    assert values['/topic/status@StateChange:state'] == ['RTK_FIX']
    assert values['/topic/altitude@Scalars:scalars'] == [500.0]
    values = values_of(convert('gps_msgs/msg/GPSFix', {**fields, 'status': {'status': -1}}))
    assert POSITIONS not in values


def test_frame_and_stamp_of_foxglove() -> None:
    fields = {'timestamp': {'sec': 1_700_000_000}, 'frame_id': 'gps', **HERE}
    rows = convert('foxglove_msgs/msg/LocationFix', fields)
    assert values_of(rows)['/topic@CoordinateFrame:frame'] == ['gps']


def test_trail() -> None:
    type_name = 'sensor_msgs/msg/NavSatFix'
    converter = topic_converter(type_name)
    for i in range(3):
        fields = {**HERE, 'latitude': 48.0 + i * 1e-4}
        rows = converter.convert(
            to_cdr(type_name, fields),
            log_time_nanos=LOG_TIME + i * 10**9,
            publish_time_nanos=0,
        )
        [line] = values_of(rows).get('/topic/trail@GeoLineStrings:line_strings', [None])
        assert (len(line) if line else 0) == (0, 2, 3)[i]
