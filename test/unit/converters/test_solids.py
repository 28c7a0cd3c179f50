# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, topic_converter, values_of

SOLID, MESH, PLANE = (f'shape_msgs/msg/{name}' for name in ('SolidPrimitive', 'Mesh', 'Plane'))
BOX, SPHERE, CYLINDER, CONE, PRISM = range(1, 6)


@pytest.mark.parametrize(
    ('kind', 'sizes', 'expected'),
    [
        (BOX, [2.0, 4.0, 6.0], {'Boxes3D:half_sizes': [[1.0, 2.0, 3.0]]}),
        (SPHERE, [2.0], {'Ellipsoids3D:half_sizes': [[2.0, 2.0, 2.0]]}),
        (CYLINDER, [5.0, 2.0], {'Cylinders3D:lengths': [5.0], 'Cylinders3D:radii': [2.0]}),
    ],
)
def test_solids(kind: int, sizes: list[float], expected: dict[str, Any]) -> None:
    values = values_of(convert(SOLID, {'type': kind, 'dimensions': sizes}))
    assert {name: values[f'/topic@{name}'] for name in expected} == expected


def volume(values: dict[str, Any]) -> float:
    """Return the volume of a closed mesh whose triangles look outwards."""
    vertices = np.array(values['/topic@Mesh3D:vertex_positions'])
    corners = vertices[np.array(values['/topic@Mesh3D:triangle_indices'])]
    return float(np.einsum('ij,ij->', corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))) / 6


def test_cone() -> None:
    values = values_of(convert(SOLID, {'type': CONE, 'dimensions': [3.0, 2.0]}))
    assert volume(values) == pytest.approx(math.pi * 4.0, rel=0.02)


def test_prism() -> None:
    corners = [{'x': 0.0}, {'x': 2.0}, {'x': 2.0, 'y': 3.0}, {'y': 3.0}]
    fields = {'type': PRISM, 'dimensions': [2.0], 'polygon': {'points': corners}}
    assert volume(values_of(convert(SOLID, fields))) == pytest.approx(12.0)


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ({}, 'type 0 do not exist'),
        ({'type': BOX, 'dimensions': [1.0]}, 'has 1 sizes; publish 3'),
        ({'type': PRISM, 'dimensions': [1.0]}, 'has 0 corners'),
    ],
)
def test_impossible_solids(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(SOLID, fields)


def test_change_of_solid() -> None:
    converter = topic_converter(SOLID)
    convert(SOLID, {'type': SPHERE, 'dimensions': [1.0]}, using=converter)
    values = values_of(
        convert(SOLID, {'type': BOX, 'dimensions': [1.0, 1.0, 1.0]}, using=converter)
    )
    assert values['/topic@Ellipsoids3D:half_sizes'] == []


@pytest.mark.parametrize('little_endian', [True, False])
def test_mesh(*, little_endian: bool) -> None:
    fields = {
        'vertices': [{'x': float(i)} for i in range(4)],
        'triangles': [{'vertex_indices': [0, 1, 2]}, {'vertex_indices': [0, 2, 3]}],
    }
    values = values_of(convert(MESH, fields, little_endian=little_endian))
    assert values['/topic@Mesh3D:triangle_indices'] == [[0, 1, 2], [0, 2, 3]]
    assert len(values['/topic@Mesh3D:vertex_positions']) == 4
    with pytest.raises(ConversionError, match='triangle of number 3'):
        convert(MESH, {**fields, 'vertices': []})


def test_plane() -> None:
    values = values_of(convert(PLANE, {'coef': [0.0, 3.0, 4.0, -10.0]}))
    corners = np.array(values['/topic@Mesh3D:vertex_positions'])
    assert np.allclose(corners @ [0.0, 3.0, 4.0], 10.0, atol=1e-5)
    assert np.linalg.norm(corners[1] - corners[0]) == pytest.approx(5.0)


@pytest.mark.parametrize('coef', [[0.0] * 4, [math.nan, 0.0, 0.0, 0.0], [1.0, 0, 0, math.inf]])
def test_planes_without_direction(coef: list[float]) -> None:
    with pytest.raises(ConversionError, match='has no direction'):
        convert(PLANE, {'coef': coef})
