# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

GRID = 'nav_msgs/msg/OccupancyGrid'
INFO: dict[str, Any] = {
    'width': 3,
    'height': 2,
    'resolution': 0.5,
    'origin': {'position': {'x': -1.0, 'y': -2.0}, 'orientation': {'z': 1.0}},
}
MAP: dict[str, Any] = {'header': HEADER, 'info': INFO, 'data': [0, 50, 100, -1, 1, 2]}


def test_map() -> None:
    values = values_of(convert(GRID, MAP, topic='/map'))
    assert values == {
        '/map@CoordinateFrame:frame': ['base'],
        '/map@GridMap:data': [[255, 1, 2, 0, 50, 100]],
        '/map@GridMap:format': [
            {
                'width': 3,
                'height': 2,
                'pixel_format': None,
                'color_model': 1,
                'channel_datatype': 6,
            }
        ],
        '/map@GridMap:cell_size': [0.5],
        '/map@GridMap:translation': [[-1.0, -2.0, 0.0]],
        '/map@GridMap:quaternion': [[0.0, 0.0, 1.0, 0.0]],
        '/map@GridMap:colormap': [10],
    }


@pytest.mark.parametrize(
    ('topic', 'draw_order'), [('/global_costmap/costmap', 2.0), ('/local_costmap/costmap', 3.0)]
)
def test_costmaps_lie_over_the_map(topic: str, draw_order: float) -> None:
    values = values_of(convert(GRID, MAP, topic=topic))
    assert values[f'{topic}@GridMap:colormap'] == [11]
    assert values[f'{topic}@GridMap:opacity'] == [0.75]
    assert values[f'{topic}@GridMap:draw_order'] == [draw_order]


def test_latched_maps_are_retained_and_all_logged() -> None:
    converter = topic_converter(GRID, is_latched=True)
    for _ in range(2):
        assert convert(GRID, MAP, using=converter)[-1].is_retained
    assert not convert(GRID, MAP)[-1].is_retained


def test_origin_without_rotation() -> None:
    fields = {**MAP, 'info': {**INFO, 'origin': {'orientation': {'w': 0.0}}}}
    assert values_of(convert(GRID, fields))['/topic@GridMap:quaternion'] == [[0.0, 0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ({}, '0 x 0 cells has 0 bytes'),
        ({**MAP, 'data': [1] * 5}, '3 x 2 cells has 5 bytes'),
        ({**MAP, 'data': [1] * 7}, '3 x 2 cells has 7 bytes'),
        ({**MAP, 'info': {**INFO, 'width': 2**32 - 1}}, 'has 6 bytes'),
        ({**MAP, 'info': {**INFO, 'resolution': 0.0}}, 'are 0.0 m wide'),
        ({**MAP, 'info': {**INFO, 'resolution': math.nan}}, 'are nan m wide'),
        ({**MAP, 'info': {**INFO, 'resolution': math.inf}}, 'are inf m wide'),
    ],
)
def test_bad_maps(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(GRID, fields)


def test_projected_map() -> None:
    rows = convert('map_msgs/msg/ProjectedMap', {'map': MAP, 'max_z': 1.0})
    values = values_of(rows)
    assert values['/topic@GridMap:cell_size'] == [0.5]
    assert values['/topic@CoordinateFrame:frame'] == ['base']
