# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    LOG_TIME,
    topic_converter,
    values_of,
    without_frames,
)

SCENE = 'foxglove_msgs/msg/SceneUpdate'
RED, GREEN, BLUE = {'r': 1.0, 'a': 1.0}, {'g': 1.0, 'a': 1.0}, {'b': 1.0, 'a': 1.0}
POSE = {'position': {'x': 1.0}}
SIZE = {'x': 2.0, 'y': 4.0, 'z': 6.0}
POINTS = [{'x': 0.0}, {'x': 1.0}, {'y': 1.0}, {'z': 1.0}]
CORNERS = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def entity(name: str = 'car', /, **shapes: Any) -> dict[str, Any]:  # noqa: ANN401
    stamp = {'sec': 1_700_000_000}
    return {'timestamp': stamp, 'frame_id': '/map', 'id': name, **shapes}


def scene(*entities: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {'entities': list(entities), **fields}


@pytest.mark.parametrize(
    ('group', 'fields', 'expected'),
    [
        ('cubes', {'size': SIZE}, {'Boxes3D:half_sizes': [[1.0, 2.0, 3.0]]}),
        ('spheres', {'size': SIZE}, {'Ellipsoids3D:half_sizes': [[1.0, 2.0, 3.0]]}),
        (
            'cylinders',
            {'size': SIZE, 'bottom_scale': 1.0, 'top_scale': 0.0},
            {'Cylinders3D:lengths': [6.0], 'Cylinders3D:radii': [2.0]},
        ),
        (
            'arrows',
            {'shaft_length': 2.0, 'head_length': 1.0, 'shaft_diameter': 0.5},
            {'Arrows3D:vectors': [[3.0, 0.0, 0.0]], 'Arrows3D:radii': [0.25]},
        ),
        ('texts', {'text': 'hm'}, {'Points3D:labels': ['hm']}),
    ],
)
@pytest.mark.parametrize('little_endian', [True, False])
def test_shapes(
    group: str, fields: dict[str, Any], expected: dict[str, Any], *, little_endian: bool
) -> None:
    shapes = {group: [{'pose': POSE, 'color': RED, **fields}]}
    rows = convert(SCENE, scene(entity(**shapes)), little_endian=little_endian)
    values = values_of(rows)
    assert {name: values[f'/topic/car/{group}@{name}'] for name in expected} == expected
    archetype = next(iter(expected)).partition(':')[0]
    assert values[f'/topic/car/{group}@{archetype}:colors'] == [0xFF0000FF]
    assert values[f'/topic/car/{group}@CoordinateFrame:frame'] == ['map']
    assert columns_of(rows[0])['ros2_timestamp'] == [1_700_000_000 * 10**9]


@pytest.mark.parametrize(
    ('fields', 'strips', 'radius'),
    [
        ({'type': 0}, [CORNERS], 0.5),
        ({'type': 1}, [[*CORNERS, CORNERS[0]]], 0.5),
        ({'type': 2}, [CORNERS[:2], CORNERS[2:]], 0.5),
        ({'type': 0, 'indices': [3, 0]}, [[CORNERS[3], CORNERS[0]]], 0.5),
        ({'type': 0, 'scale_invariant': True}, [CORNERS], -0.5),
        (
            {'type': 0, 'colors': [RED, GREEN, BLUE, RED]},
            [CORNERS[0:2], CORNERS[1:3], CORNERS[2:4]],
            0.5,
        ),
    ],
)
def test_lines(fields: dict[str, Any], strips: list[Any], radius: float) -> None:
    line = {'thickness': 1.0, 'points': POINTS, 'pose': POSE, **fields}
    values = values_of(convert(SCENE, scene(entity(lines=[line]))))
    assert values['/topic/car/lines/0@LineStrips3D:strips'] == strips
    assert values['/topic/car/lines/0@LineStrips3D:radii'] == [radius]
    assert values['/topic/car/lines/0@InstancePoses3D:translations'] == [[1.0, 0.0, 0.0]]


def test_triangles() -> None:
    shape = {'points': POINTS, 'colors': [RED, GREEN, BLUE, RED], 'indices': [0, 1, 2, 0, 2, 3]}
    values = values_of(convert(SCENE, scene(entity(triangles=[shape]))))
    assert values['/topic/car/triangles/0@Mesh3D:vertex_positions'] == CORNERS
    assert values['/topic/car/triangles/0@Mesh3D:triangle_indices'] == [[0, 1, 2], [0, 2, 3]]
    assert len(values['/topic/car/triangles/0@Mesh3D:vertex_colors']) == 4
    values = values_of(convert(SCENE, scene(entity(triangles=[{'points': POINTS}]))))
    assert values['/topic/car/triangles/0@Mesh3D:vertex_positions'] == CORNERS[:3]


@pytest.mark.parametrize('group', ['lines', 'triangles'])
def test_indices_that_do_not_fit(group: str) -> None:
    with pytest.raises(ConversionError, match='of 4 points has index 4'):
        convert(SCENE, scene(entity(**{group: [{'points': POINTS, 'indices': [4]}]})))


def test_models_are_logged_once() -> None:
    model = {'data': b'glTF', 'media_type': 'model/gltf-binary', 'scale': SIZE, 'pose': POSE}
    converter = topic_converter(SCENE)
    values = values_of(convert(SCENE, scene(entity(models=[model])), using=converter))
    assert values['/topic/car/models/0@Asset3D:blob'] == [list(b'glTF')]
    assert values['/topic/car/models/0@Asset3D:media_type'] == ['model/gltf-binary']
    assert values['/topic/car/models/0@InstancePoses3D:scales'] == [[2.0, 4.0, 6.0]]
    values = values_of(convert(SCENE, scene(entity(models=[model])), using=converter))
    assert '/topic/car/models/0@Asset3D:blob' not in values


CUBE = {'size': SIZE}


def test_entities_replace_those_before() -> None:
    converter = topic_converter(SCENE)
    first = scene(entity(cubes=[CUBE], spheres=[CUBE]), entity('bus', cubes=[CUBE]))
    convert(SCENE, first, using=converter)
    values = values_of(convert(SCENE, scene(entity(cubes=[CUBE])), using=converter))
    ended = {name.partition('@')[0] for name in values if 'Clear' in name}
    assert ended == {'/topic/car/spheres'}


@pytest.mark.parametrize(
    ('deletion', 'ended'),
    [
        ({'id': 'car'}, {'/topic/car/cubes'}),
        ({'type': 1}, {'/topic'}),
        ({'id': 'ca'}, set()),
    ],
)
def test_deletions(deletion: dict[str, Any], ended: set[str]) -> None:
    converter = topic_converter(SCENE)
    both = scene(entity(cubes=[CUBE]), entity('cart', cubes=[CUBE]))
    convert(SCENE, both, using=converter)
    rows = convert(SCENE, scene(deletions=[deletion]), using=converter)
    assert {each.entity_path for each in without_frames(rows)} == ended


def test_lifetime() -> None:
    converter = topic_converter(SCENE)
    convert(SCENE, scene(entity(cubes=[CUBE], lifetime={'sec': 1})), using=converter)
    [row, _] = converter.advance(LOG_TIME + 10**9)
    assert row.entity_path == '/topic/car/cubes'
    assert columns_of(row)['ros2_timestamp'] == [1_700_000_001 * 10**9]
