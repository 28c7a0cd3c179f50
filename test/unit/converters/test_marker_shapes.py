# SPDX-License-Identifier: Apache-2.0
"""What each type of marker looks like; how markers come and go is in another module."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, read_batch, topic_converter, values_of

MARKER = 'visualization_msgs/msg/Marker'
ARROW, CUBE, SPHERE, CYLINDER, LINE_STRIP, LINE_LIST, CUBE_LIST = range(7)
SPHERE_LIST, POINTS, TEXT, MESH, TRIANGLES, ARROW_STRIP = range(7, 13)
RED, GREEN, BLUE = 0xFF0000FF, 0x00FF00FF, 0x0000FF80
ORIGIN = [0.0, 0.0, 0.0]
SQUARE = [{'x': 0.0}, {'x': 1.0}, {'x': 1.0, 'y': 1.0}, {'y': 1.0}]
CORNERS = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
COLORS = [{'r': 1.0, 'a': 1.0}, {'g': 1.0, 'a': 1.0}, {'b': 1.0, 'a': 0.5}, {'r': 1.0, 'a': 1.0}]
PNG = b'\x89PNG\r\n\x1a\n picture'


def shape(marker_type: int, *, little_endian: bool = True, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what is drawn, without pose."""
    marker = {
        'type': marker_type,
        'scale': {'x': 2.0, 'y': 4.0, 'z': 6.0},
        'color': COLORS[0],
        **fields,
    }
    values = values_of(convert(MARKER, marker, little_endian=little_endian))
    return {
        name.partition('@')[2]: value
        for name, value in values.items()
        if 'translations' not in name and 'quaternions' not in name
    }


def test_arrow_along_x() -> None:
    assert shape(ARROW) == {
        'Arrows3D:vectors': [[2.0, 0.0, 0.0]],
        'Arrows3D:origins': [ORIGIN],
        'Arrows3D:radii': [2.0],
        'Arrows3D:colors': [RED],
    }


def test_arrow_between_points() -> None:
    assert shape(ARROW, points=SQUARE[1:3]) == {
        'Arrows3D:vectors': [[0.0, 1.0, 0.0]],
        'Arrows3D:origins': [CORNERS[1]],
        'Arrows3D:radii': [1.0],
        'Arrows3D:colors': [RED],
    }


def test_arrows_from_point_to_point() -> None:
    assert shape(ARROW_STRIP, points=SQUARE, colors=COLORS) == {
        'Arrows3D:vectors': [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]],
        'Arrows3D:origins': CORNERS[:3],
        'Arrows3D:radii': [1.0],
        'Arrows3D:colors': [RED, GREEN, BLUE],
    }


@pytest.mark.parametrize(
    ('marker_type', 'archetype'), [(CUBE, 'Boxes3D'), (SPHERE, 'Ellipsoids3D')]
)
def test_solids(marker_type: int, archetype: str) -> None:
    assert shape(marker_type) == {
        f'{archetype}:half_sizes': [[1.0, 2.0, 3.0]],
        f'{archetype}:centers': [ORIGIN],
        f'{archetype}:colors': [RED],
        f'{archetype}:fill_mode': [3],
    }


@pytest.mark.parametrize(
    ('x', 'y', 'scales'), [(2.0, 2.0, None), (2.0, 4.0, [[1.0, 2.0, 1.0]]), (0.0, 0.0, None)]
)
def test_cylinders(x: float, y: float, scales: list[list[float]] | None) -> None:
    values = shape(CYLINDER, scale={'x': x, 'y': y, 'z': 6.0})
    assert values['Cylinders3D:lengths'] == [6.0]
    assert values['Cylinders3D:radii'] == [x / 2]
    assert values.get('InstancePoses3D:scales') == scales


def test_line_strip() -> None:
    values = shape(LINE_STRIP, points=SQUARE)
    assert values['LineStrips3D:strips'] == [CORNERS]
    assert values['LineStrips3D:radii'] == [1.0]
    assert values['LineStrips3D:colors'] == [RED]


def test_line_strip_of_many_colors() -> None:
    values = shape(LINE_STRIP, points=SQUARE, colors=COLORS)
    assert values['LineStrips3D:strips'] == [CORNERS[0:2], CORNERS[1:3], CORNERS[2:4]]
    assert values['LineStrips3D:colors'] == [RED, GREEN, BLUE]


@pytest.mark.parametrize('little_endian', [True, False])
def test_line_list(*, little_endian: bool) -> None:
    values = shape(LINE_LIST, points=SQUARE, colors=COLORS, little_endian=little_endian)
    assert values['LineStrips3D:strips'] == [CORNERS[:2], CORNERS[2:]]
    assert values['LineStrips3D:colors'] == [RED, BLUE]
    assert shape(LINE_LIST, points=SQUARE)['LineStrips3D:colors'] == [RED]


@pytest.mark.parametrize('little_endian', [True, False])
def test_cube_list(*, little_endian: bool) -> None:
    values = shape(CUBE_LIST, points=SQUARE, colors=COLORS, little_endian=little_endian)
    assert values['Boxes3D:half_sizes'] == [[1.0, 2.0, 3.0]] * 4
    assert values['Boxes3D:centers'] == CORNERS
    assert values['Boxes3D:colors'] == [RED, GREEN, BLUE, RED]


def test_sphere_list() -> None:
    values = shape(SPHERE_LIST, points=SQUARE, scale={'x': 2.0, 'y': 2.0, 'z': 2.0})
    assert values['Points3D:positions'] == CORNERS
    assert values['Points3D:radii'] == [1.0]
    assert shape(SPHERE_LIST, points=SQUARE)['Ellipsoids3D:half_sizes'] == [[1.0, 2.0, 3.0]] * 4


def test_points() -> None:
    values = shape(POINTS, points=SQUARE)
    assert values['Points3D:positions'] == CORNERS
    assert values['Points3D:radii'] == [2.0]
    assert values['Points3D:colors'] == [RED]


def test_as_many_colors_as_points_or_none() -> None:
    assert shape(POINTS, points=SQUARE, colors=COLORS[1:])['Points3D:colors'] == [RED]


def test_text() -> None:
    values = shape(TEXT, text='höhe 3 m')
    assert values['Points3D:labels'] == ['höhe 3 m']
    assert values['Points3D:show_labels'] == [True]
    assert values['Points3D:radii'] == [0.0]


@pytest.mark.parametrize(
    ('colors', 'expected'),
    [
        (COLORS[:3], {'Mesh3D:vertex_colors': [RED, GREEN, BLUE]}),
        (COLORS[1:2], {'Mesh3D:vertex_colors': [GREEN] * 3}),
        ([], {'Mesh3D:albedo_factor': [RED]}),
        (COLORS[:2], {'Mesh3D:albedo_factor': [RED]}),
    ],
)
def test_triangles(colors: list[dict[str, float]], expected: dict[str, Any]) -> None:
    assert shape(TRIANGLES, points=SQUARE[:3], colors=colors) == {
        'Mesh3D:vertex_positions': CORNERS[:3],
        'InstancePoses3D:scales': [[2.0, 4.0, 6.0]],
        **expected,
    }


@pytest.mark.parametrize('marker_type', [LINE_STRIP, LINE_LIST, CUBE_LIST, POINTS, TRIANGLES])
def test_lists_without_points(marker_type: int) -> None:
    values = shape(marker_type)
    required = ('strips', 'half_sizes', 'positions', 'vertex_positions')
    assert [value for name, value in values.items() if name.endswith(required)] == [[]]


@pytest.mark.parametrize(
    ('marker_type', 'num_points', 'message'),
    [
        (ARROW, 1, 'an arrow has 1 points'),
        (ARROW, 3, 'an arrow has 3 points'),
        (LINE_LIST, 3, 'a list of lines has 3 points'),
        (TRIANGLES, 4, 'a list of triangles has 4 points'),
        (13, 0, 'type 13'),
        (-1, 0, 'type -1'),
    ],
)
def test_impossible_markers(marker_type: int, num_points: int, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        shape(marker_type, points=SQUARE[:num_points])


@pytest.mark.parametrize('marker_type', [*range(10), TRIANGLES, ARROW_STRIP])
@pytest.mark.parametrize('number', [math.nan, math.inf, -math.inf, 1e300])
def test_strange_numbers(marker_type: int, number: float) -> None:
    strange = dict.fromkeys('xyz', number)
    color = {name: math.nan if math.isnan(number) else 2.0 for name in 'rgba'}
    marker = {
        'type': marker_type,
        'scale': strange,
        'color': color,
        'pose': {'position': strange, 'orientation': strange},
        'points': [strange] * (2 if marker_type == ARROW else 6),
        'colors': [color] * (2 if marker_type == ARROW else 6),
    }
    for rows in convert(MARKER, marker):
        read_batch(rows)


@pytest.mark.parametrize('marker_type', [LINE_STRIP, LINE_LIST, CUBE_LIST, SPHERE_LIST, POINTS])
def test_many_points(marker_type: int) -> None:
    count = 20_000
    values = shape(marker_type, points=SQUARE * (count // 4), colors=COLORS * (count // 4))
    [positions] = [
        value
        for name, value in values.items()
        if name.endswith(('strips', 'centers', 'positions'))
    ]
    assert len(positions) == {LINE_STRIP: count - 1, LINE_LIST: count // 2}.get(marker_type, count)


def test_mesh_in_the_message() -> None:
    file = {'filename': 'arm.glb', 'data': b'glTF file'}
    values = shape(MESH, mesh_resource='embedded://arm.glb', mesh_file=file)
    assert values['Asset3D:blob'] == [list(b'glTF file')]
    assert values['Asset3D:media_type'] == ['model/gltf-binary']


def test_mesh_that_was_sent_before() -> None:
    converter = topic_converter(MARKER)
    file = {'filename': 'arm.stl', 'data': b'solid'}
    mesh = {'type': MESH, 'mesh_resource': 'embedded://arm.stl'}
    convert(MARKER, {**mesh, 'mesh_file': file}, using=converter)
    values = values_of(convert(MARKER, {**mesh, 'id': 1}, using=converter))
    assert values['/topic/1@Asset3D:blob'] == [list(b'solid')]
    with pytest.raises(ConversionError, match='no bytes'):
        convert(MARKER, {**mesh, 'mesh_resource': 'embedded://other'}, using=converter)


@pytest.mark.parametrize(
    ('is_own', 'color'), [(False, [RED]), (True, None)], ids=['colored', 'own materials']
)
def test_color_of_mesh(color: list[int] | None, *, is_own: bool) -> None:
    file = {'filename': 'arm.stl', 'data': b'solid'}
    values = shape(MESH, mesh_file=file, mesh_use_embedded_materials=is_own)
    assert values.get('Asset3D:albedo_factor') == color


def test_missing_mesh() -> None:
    with pytest.raises(ConversionError, match='no mesh'):
        shape(MESH, mesh_resource='package://nowhere/arm.stl')


def textured(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        'points': SQUARE[:3],
        'uv_coordinates': [{'u': 0.0, 'v': 1.0}, {'u': 1.0, 'v': 1.0}, {'u': 1.0}],
        'texture_resource': 'embedded://logo',
        'texture': {'data': PNG},
        **fields,
    }


def test_textured_triangles_are_a_file() -> None:
    values = shape(TRIANGLES, **textured())
    assert values['Asset3D:media_type'] == ['model/gltf-binary']
    file = bytes(values['Asset3D:blob'][0])
    magic, version, size, json_size, kind = struct.unpack_from('<4sII I4s', file)
    assert (magic, version, size, kind) == (b'glTF', 2, len(file), b'JSON')
    document = json.loads(file[20 : 20 + json_size])
    binary = file[20 + json_size + 8 :]
    assert document['buffers'][0]['byteLength'] == len(binary)
    blocks = [
        binary[view['byteOffset'] : view['byteOffset'] + view['byteLength']]
        for view in document['bufferViews']
    ]
    assert np.frombuffer(blocks[0], '<f4').reshape(-1, 3).tolist() == CORNERS[:3]
    assert np.frombuffer(blocks[1], '<f4').tolist() == [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert np.frombuffer(blocks[2], '<u4').tolist() == [0, 1, 2]
    assert blocks[3] == PNG
    assert document['images'] == [{'bufferView': 3, 'mimeType': 'image/png'}]


def test_texture_that_was_sent_before() -> None:
    converter = topic_converter(MARKER)
    convert(MARKER, {'type': TRIANGLES, **textured()}, using=converter)
    values = values_of(
        convert(MARKER, {'type': TRIANGLES, 'id': 1, **textured(texture={})}, using=converter)
    )
    assert '/topic/1@Asset3D:blob' in values


def test_triangles_without_texture() -> None:
    assert 'Mesh3D:vertex_positions' in shape(TRIANGLES, **textured(texture={}))
    assert 'Mesh3D:vertex_positions' in shape(TRIANGLES, **textured(uv_coordinates=[]))
    with pytest.raises(ConversionError, match='publish PNG or JPEG'):
        shape(TRIANGLES, **textured(texture={'data': b'BMP file'}))
