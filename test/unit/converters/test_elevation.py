# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, values_of

GRID_MAP = 'grid_map_msgs/msg/GridMap'
HEIGHTS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
"""By x, then y, both falling."""


def layer(matrix: Any, *, is_row_major: bool = False) -> dict[str, Any]:  # noqa: ANN401
    array = np.asarray(matrix)
    labels = ('row_index', 'column_index')
    stored = array if is_row_major else array.T
    labels = labels if is_row_major else labels[::-1]
    dim = [
        {'label': label, 'size': size} for label, size in zip(labels, stored.shape, strict=True)
    ]
    return {'layout': {'dim': dim}, 'data': stored.reshape(-1)}


def grid_map(start: tuple[int, int] = (0, 0), **layers: dict[str, Any]) -> dict[str, Any]:
    return {
        'header': HEADER,
        'info': {'resolution': 0.5, 'pose': {'position': {'x': 10.0, 'y': 20.0}}},
        'layers': list(layers),
        'data': list(layers.values()),
        'outer_start_index': start[0],
        'inner_start_index': start[1],
    }


def vertices(values: dict[str, Any]) -> dict[tuple[float, float], float]:
    """Return heights by position in the map's own frame."""
    return {(x, y): z for x, y, z in values['/topic@Mesh3D:vertex_positions']}


EXPECTED = {
    (0.5, 0.25): 1.0,
    (0.5, -0.25): 2.0,
    (0.0, 0.25): 3.0,
    (0.0, -0.25): 4.0,
    (-0.5, 0.25): 5.0,
    (-0.5, -0.25): 6.0,
}


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('is_row_major', [False, True])
def test_surface(*, is_row_major: bool, little_endian: bool) -> None:
    fields = grid_map(elevation=layer(HEIGHTS, is_row_major=is_row_major))
    values = values_of(convert(GRID_MAP, fields, little_endian=little_endian))
    assert vertices(values) == EXPECTED
    assert len(values['/topic@Mesh3D:triangle_indices']) == 4
    assert values['/topic@InstancePoses3D:translations'] == [[10.0, 20.0, 0.0]]
    assert values['/topic@CoordinateFrame:frame'] == ['base']


def test_buffers_go_round() -> None:
    turned = np.roll(HEIGHTS, (2, 1), axis=(0, 1))
    values = values_of(convert(GRID_MAP, grid_map((2, 1), elevation=layer(turned))))
    assert vertices(values) == EXPECTED


def test_holes() -> None:
    heights = HEIGHTS.copy()
    heights[0, 0] = math.nan
    values = values_of(convert(GRID_MAP, grid_map(elevation=layer(heights), x=layer(heights))))
    assert len(values['/topic@Mesh3D:triangle_indices']) == 2
    pixels = np.array(values['/topic/x@GridMap:data'][0]).reshape(2, 3, 4)
    assert pixels[0, 2].tolist() == [0, 0, 0, 0]
    assert (pixels[:, :, 3] == 255).sum() == 5


def test_layers_are_pictures() -> None:
    values = values_of(convert(GRID_MAP, grid_map(cost=layer(HEIGHTS))))
    assert '/topic@Mesh3D:vertex_positions' not in values
    assert values['/topic/cost@GridMap:translation'] == [[9.25, 19.5, 0.0]]
    assert values['/topic/cost@GridMap:cell_size'] == [0.5]
    assert values['/topic/cost@GridMap:format'][0]['width'] == 3
    assert values['/topic/cost@CoordinateFrame:frame'] == ['base']
    # The largest y is the first row, the smallest x the first column; colors grow with numbers.
    pixels = np.array(values['/topic/cost@GridMap:data'][0]).reshape(2, 3, 4)
    blues = {tuple(pixel) for pixel in pixels.reshape(-1, 4).tolist()}
    assert len(blues) == 6
    assert pixels[1, 0, 0] > pixels[0, 2, 0], 'the largest is redder than the smallest'


def test_basic_layers_have_the_height() -> None:
    fields = {**grid_map(ground=layer(HEIGHTS)), 'basic_layers': ['ground']}
    assert vertices(values_of(convert(GRID_MAP, fields))) == EXPECTED


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'layers': []}, '0 names of layers but 1'),
        ({'info': {}}, 'are 0.0 m wide'),
        ({'data': [{'data': [1.0]}]}, 'has 1 numbers'),
    ],
)
def test_bad_maps(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(GRID_MAP, {**grid_map(elevation=layer(HEIGHTS)), **change})
