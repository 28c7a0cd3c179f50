# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, HEADER, values_of

TWIST = {'linear': {'x': 1.0, 'y': 2.0, 'z': 3.0}, 'angular': {'x': 4.0, 'y': 5.0, 'z': 6.0}}


def series(**units: str) -> dict[str, list[Any]]:
    """Return the series of two parts, which have the numbers 1 to 6."""
    found: dict[str, list[Any]] = {}
    for number, (part, unit) in enumerate(units.items()):
        found[f'/topic/{part}@SeriesLines:names'] = [f'{axis} [{unit}]' for axis in 'xyz']
        found[f'/topic/{part}@Scalars:scalars'] = [3.0 * number + i for i in (1, 2, 3)]
    return found


VELOCITIES = series(linear='m/s', angular='rad/s')
ACCELERATIONS = series(linear='m/s²', angular='rad/s²')


def test_twist() -> None:
    assert values_of(convert('geometry_msgs/msg/Twist', TWIST)) == VELOCITIES


def test_twist_with_frame() -> None:
    fields = {'header': HEADER, 'twist': TWIST}
    assert values_of(convert('geometry_msgs/msg/TwistStamped', fields)) == {
        **VELOCITIES,
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@Arrows3D:vectors': [[1.0, 2.0, 3.0]],
    }


def test_vector() -> None:
    fields = {'header': HEADER, 'vector': TWIST['linear']}
    assert values_of(convert('geometry_msgs/msg/Vector3Stamped', fields)) == {
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@SeriesLines:names': ['x', 'y', 'z'],
        '/topic@Scalars:scalars': [1.0, 2.0, 3.0],
        '/topic@Arrows3D:vectors': [[1.0, 2.0, 3.0]],
    }


LINEAR, ANGULAR = TWIST['linear'], TWIST['angular']


@pytest.mark.parametrize(
    ('type_name', 'fields'),
    [
        ('TwistWithCovariance', {'twist': TWIST}),
        ('Accel', TWIST),
        ('AccelWithCovariance', {'accel': TWIST}),
    ],
)
def test_pairs_without_frame(type_name: str, fields: dict[str, object]) -> None:
    expected = ACCELERATIONS if 'Accel' in type_name else VELOCITIES
    assert values_of(convert(f'geometry_msgs/msg/{type_name}', fields)) == expected


@pytest.mark.parametrize(
    ('type_name', 'fields'),
    [
        ('TwistWithCovarianceStamped', {'twist': {'twist': TWIST}}),
        ('VelocityStamped', {'velocity': TWIST}),
        ('AccelStamped', {'accel': TWIST}),
        ('AccelWithCovarianceStamped', {'accel': {'accel': TWIST}}),
    ],
)
def test_pairs_with_frame(type_name: str, fields: dict[str, object]) -> None:
    values = values_of(convert(f'geometry_msgs/msg/{type_name}', {'header': HEADER, **fields}))
    assert values == {
        **(ACCELERATIONS if 'Accel' in type_name else VELOCITIES),
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@Arrows3D:vectors': [[1.0, 2.0, 3.0]],
    }


def test_wrenches() -> None:
    wrench = {'force': LINEAR, 'torque': ANGULAR}
    forces = series(force='N', torque='N·m')
    assert values_of(convert('geometry_msgs/msg/Wrench', wrench)) == forces
    values = values_of(
        convert('geometry_msgs/msg/WrenchStamped', {'header': HEADER, 'wrench': wrench})
    )
    assert {name: value for name, value in values.items() if name in forces} == forces
    vectors = values['/topic@Arrows3D:vectors']
    assert [each for vector in vectors for each in vector] == pytest.approx(
        [0.02 * i for i in range(1, 7)]
    )


def test_vector_without_frame() -> None:
    values = values_of(convert('geometry_msgs/msg/Vector3', LINEAR))
    assert values['/topic@Scalars:scalars'] == [1.0, 2.0, 3.0]
    assert values['/topic@Arrows3D:vectors'] == [[1.0, 2.0, 3.0]]
