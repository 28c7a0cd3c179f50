# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.converters.geometry import quaternion_of
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, values_of

BOX = {'m': 5.0, 'com': {'x': 1.0}, 'ixx': 13.0, 'iyy': 10.0, 'izz': 5.0}
POINTS = [{'x': 1.0}, {'y': 1.0}, {'z': 1.0}]
CLOSED = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]


@pytest.mark.parametrize('is_stamped', [False, True])
def test_inertia(*, is_stamped: bool) -> None:
    type_name = 'geometry_msgs/msg/Inertia' + 'Stamped' * is_stamped
    fields: dict[str, Any] = {'header': HEADER, 'inertia': BOX} if is_stamped else BOX
    values = values_of(convert(type_name, fields))
    assert values['/topic@Ellipsoids3D:centers'] == [[1.0, 0.0, 0.0]]
    # An ellipsoid with these half axes has these moments.
    a, b, c = sorted(values['/topic@Ellipsoids3D:half_sizes'][0])
    assert [a * a + b * b, a * a + c * c, b * b + c * c] == pytest.approx([5.0, 10.0, 13.0])


@pytest.mark.parametrize('change', [{'m': 0.0}, {'m': math.nan}, {'ixx': math.inf}])
def test_impossible_inertia(change: dict[str, float]) -> None:
    with pytest.raises(ConversionError, match='has no inertia'):
        convert('geometry_msgs/msg/Inertia', {**BOX, **change})


@pytest.mark.parametrize(
    ('type_name', 'fields'),
    [
        ('Polygon', {'points': POINTS}),
        ('PolygonStamped', {'polygon': {'points': POINTS}}),
        ('PolygonInstance', {'polygon': {'points': POINTS}, 'id': 3}),
        ('PolygonInstanceStamped', {'polygon': {'polygon': {'points': POINTS}}}),
    ],
)
def test_polygons(type_name: str, fields: dict[str, Any]) -> None:
    values = values_of(convert(f'geometry_msgs/msg/{type_name}', fields))
    assert values == {'/topic@LineStrips3D:strips': [CLOSED]}


@pytest.mark.parametrize('little_endian', [True, False])
def test_polygon_of_many_points(*, little_endian: bool) -> None:
    points = [{'x': float(i), 'y': math.nan} for i in range(10_000)]
    rows = convert('geometry_msgs/msg/Polygon', {'points': points}, little_endian=little_endian)
    [strip] = values_of(rows)['/topic@LineStrips3D:strips']
    assert [point[0] for point in strip] == [*range(10_000), 0]


def test_empty_polygon_ends_the_one_before() -> None:
    assert values_of(convert('geometry_msgs/msg/Polygon', {})) == {
        '/topic@LineStrips3D:strips': []
    }


@pytest.mark.parametrize('axis', [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 2, 3), (-3, 1, 0.1)])
@pytest.mark.parametrize('angle', [0.0, 0.3, 2.0, math.pi, 4.0, -1.0])
def test_quaternions_of_matrices(axis: tuple[float, ...], angle: float) -> None:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    matrix = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
    found = np.array(quaternion_of(matrix))
    expected = np.array([*(math.sin(angle / 2) * np.array([x, y, z])), math.cos(angle / 2)])
    assert abs(found @ expected) == pytest.approx(1.0)
    assert np.linalg.norm(found) == pytest.approx(1.0)
