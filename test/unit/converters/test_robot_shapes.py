# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.chunk import Rows
from rerun_bridge.converters import Resources
from rerun_bridge.converters.robot_shapes import RobotShapes
from rerun_bridge.converters.urdf import (
    Box,
    Capsule,
    Cylinder,
    Geometry,
    Material,
    Mesh,
    Shape,
    Sphere,
    Unknown,
)
from rerun_bridge.errors import ConversionError
from rerun_bridge.log_types import STATIC
from test.unit.converters.ros_messages import values_of

POSE = ((1.0, 2.0, 3.0), (0.5, 0.5, 0.5, 0.5))
WHITE = 0xFFFFFFFF
PLACE = {
    'CoordinateFrame:frame': ['base'],
    'InstancePoses3D:quaternions': [list(POSE[1])],
    'InstancePoses3D:translations': [list(POSE[0])],
}


def echo(uri: str) -> bytes:
    """Stand in for files whose contents are their names."""
    if 'missing' in uri:
        msg = f'there is no {uri}'
        raise ConversionError(msg)
    return uri.encode()


def drawn(
    shape: Shape,
    color: tuple[float, float, float, float] | None = None,
    *,
    is_solid: bool = True,
    using: RobotShapes | None = None,
    folder: str = '',
) -> dict[str, Any]:
    shapes = using or RobotShapes(Resources(echo), folder)
    material = None if color is None else Material(color, '')
    geometry = Geometry('', POSE, shape, material)
    columns = shapes.columns(geometry, 'base', is_solid=is_solid)
    values = values_of([Rows('/a', STATIC, (), columns.layout, columns.datas)])
    return {name.removeprefix('/a@'): value for name, value in values.items()}


@pytest.mark.parametrize(
    ('shape', 'expected'),
    [
        (Box((1.0, 2.0, 3.0)), {'Boxes3D:half_sizes': [[0.5, 1.0, 1.5]]}),
        (Sphere(0.5), {'Ellipsoids3D:half_sizes': [[0.5, 0.5, 0.5]]}),
        (Cylinder(0.5, 2.0), {'Cylinders3D:radii': [0.5], 'Cylinders3D:lengths': [2.0]}),
        (
            Capsule(0.5, 2.0),
            {
                'Capsules3D:radii': [0.5],
                'Capsules3D:lengths': [2.0],
                'Capsules3D:translations': [[0.0, 0.0, -1.0]],
            },
        ),
    ],
)
def test_solids(shape: Shape, expected: dict[str, Any]) -> None:
    archetype = next(iter(expected)).partition(':')[0]
    look = {f'{archetype}:colors': [WHITE], f'{archetype}:fill_mode': [3]}
    assert drawn(shape) == {**PLACE, **expected, **look}
    assert f'{archetype}:fill_mode' not in drawn(shape, is_solid=False)


@pytest.mark.parametrize(
    ('color', 'expected'),
    [
        ((0.95, 0.45, 0.1, 1.0), 0xF9B359FF),
        ((0.0, 1.0, 0.001, 0.5), 0x00FF0380),
        ((2.0, -1.0, 1.0, 7.0), 0xFF00FFFF),
    ],
)
def test_colors_are_linear(color: tuple[float, float, float, float], expected: int) -> None:
    assert drawn(Sphere(1.0), color)['Ellipsoids3D:colors'] == [expected]
    assert drawn(Mesh('/a.stl', None), color)['Asset3D:albedo_factor'] == [expected]


def test_mesh() -> None:
    values = drawn(Mesh('file:///a.STL', (1.0, -2.0, 3.0)))
    assert values == {
        **PLACE,
        'InstancePoses3D:scales': [[1.0, -2.0, 3.0]],
        'Asset3D:blob': [list(b'file:///a.STL')],
        'Asset3D:media_type': ['model/stl'],
    }
    assert 'InstancePoses3D:scales' not in drawn(Mesh('file:///a.STL', None))


@pytest.mark.parametrize(
    ('suffix', 'media_type'),
    [
        ('dae', 'model/vnd.collada+xml'),
        ('glb', 'model/gltf-binary'),
        ('gltf', 'model/gltf+json'),
        ('obj', 'model/obj'),
        ('ply', 'application/x-ply'),
        ('stl', 'model/stl'),
    ],
)
def test_kinds_of_files(suffix: str, media_type: str) -> None:
    values = drawn(Mesh(f'package://robot/arm.{suffix}', None))
    assert values['Asset3D:media_type'] == [media_type]


@pytest.mark.parametrize(
    ('folder', 'uri'),
    [
        ('/opt/meshes', '/opt/meshes/arm/a b.stl'),
        ('package://robot/meshes/', 'package://robot/meshes/arm/a b.stl'),
    ],
)
def test_relative_names_are_in_the_folder(folder: str, uri: str) -> None:
    values = drawn(Mesh('arm/a b.stl', None), folder=folder)
    assert values['Asset3D:blob'] == [list(uri.encode())]
    values = drawn(Mesh('file:///a.stl', None), folder=folder)
    assert values['Asset3D:blob'] == [list(b'file:///a.stl')]


@pytest.mark.parametrize(
    ('unit', 'scale', 'expected'),
    [
        ('<unit name="inch" meter="0.25"/>', None, [[0.25] * 3]),
        ("<unit meter = '0.5' name='x'/>", (2.0, 1.0, -1.0), [[1.0, 0.5, -0.5]]),
        ('<unit meter="1"/>', None, None),
        ('<unit meter="0"/>', None, None),
        ('<unit meter="x"/>', None, None),
        ('', None, None),
    ],
)
def test_units_of_collada(
    unit: str, scale: tuple[float, float, float] | None, expected: list[list[float]] | None
) -> None:
    text = f'<COLLADA><asset>{unit}</asset></COLLADA>'.encode()
    using = RobotShapes(Resources(lambda _: text), '')
    values = drawn(Mesh('/arm.dae', scale), using=using)
    assert values.get('InstancePoses3D:scales') == expected
    assert 'InstancePoses3D:scales' not in drawn(Mesh('/arm.stl', None), using=using)


@pytest.mark.parametrize(
    ('shape', 'message'),
    [
        (Mesh('http://a.org/b.stl', None), 'not fetched from the network.*b.stl'),
        (Mesh('https://a.org/b.stl', None), 'not fetched from the network'),
        (Mesh('b.stl', None), "'b.stl' has no folder.*mesh_folder"),
        (Mesh('//[b.stl', None), r'no mesh|//\[b.stl cannot be read'),
        (Mesh('file:///missing.stl', None), 'there is no file:///missing'),
        (Unknown('cone'), "no shape 'cone'; use box"),
        (Unknown(''), "no shape ''"),
    ],
)
def test_what_cannot_be_drawn(shape: Shape, message: str) -> None:
    using = RobotShapes(Resources(), '') if '[' in repr(shape) else None
    with pytest.raises(ConversionError, match=message):
        drawn(shape, using=using)
