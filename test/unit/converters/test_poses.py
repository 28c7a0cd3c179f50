# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from test.unit.converters.ros_messages import (
    convert,
    HEADER,
    LOG_TIME,
    to_cdr,
    topic_converter,
    values_of,
)

ROTATION = {'x': 0.5, 'y': 0.5, 'z': 0.5, 'w': -0.5}
AXES = [pytest.approx(0.3)]


def pose(x: float) -> dict[str, Any]:
    return {'position': {'x': x, 'y': 2.0, 'z': 3.0}, 'orientation': ROTATION}


def test_pose() -> None:
    values = values_of(
        convert('geometry_msgs/msg/PoseStamped', {'header': HEADER, 'pose': pose(1.0)})
    )
    assert values == {
        '/topic@CoordinateFrame:frame': ['base'],
        '/topic@TransformAxes3D:axis_length': AXES,
        '/topic@InstancePoses3D:translations': [[1.0, 2.0, 3.0]],
        '/topic@InstancePoses3D:quaternions': [[0.5, 0.5, 0.5, -0.5]],
    }


def test_pose_without_rotation() -> None:
    values = values_of(convert('geometry_msgs/msg/PoseStamped', {}))
    assert values['/topic@InstancePoses3D:quaternions'] == [[0.0, 0.0, 0.0, 1.0]]


def test_odometry() -> None:
    fields = {
        'header': HEADER,
        'child_frame_id': 'robot',
        'pose': {'pose': pose(1.0)},
        'twist': {'twist': {'linear': {'x': 4.0}, 'angular': {'z': 5.0}}},
    }
    values = values_of(convert('nav_msgs/msg/Odometry', fields))
    assert values['/topic@InstancePoses3D:translations'] == [[1.0, 2.0, 3.0]]
    assert values['/topic/twist/linear@Scalars:scalars'] == [4.0, 0.0, 0.0]
    assert values['/topic/twist/angular@Scalars:scalars'] == [0.0, 0.0, 5.0]
    assert values['/topic/twist/linear@SeriesLines:names'] == ['x [m/s]', 'y [m/s]', 'z [m/s]']
    assert not any('Transform3D' in name for name in values)


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('count', [0, 1, 50])
def test_pose_array(count: int, *, little_endian: bool) -> None:
    poses: list[dict[str, Any]] = [pose(i) for i in range(count)]
    if poses:
        poses[-1]['orientation'] = {'w': 0.0}
    values = values_of(
        convert(
            'geometry_msgs/msg/PoseArray',
            {'header': HEADER, 'poses': poses},
            little_endian=little_endian,
        )
    )
    assert values['/topic@InstancePoses3D:translations'] == [[i, 2.0, 3.0] for i in range(count)]
    rotations = [[0.5, 0.5, 0.5, -0.5]] * (count - 1) + [[0.0, 0.0, 0.0, 1.0]] * (count > 0)
    assert values['/topic@InstancePoses3D:quaternions'] == rotations
    assert values['/topic@TransformAxes3D:axis_length'] == AXES


@pytest.mark.parametrize(('spread', 'length'), [(0.0, 0.05), (1.0, 0.1), (50.0, 0.3)])
def test_axes_of_many_poses_are_as_small_as_they_are_close(spread: float, length: float) -> None:
    poses = [{'position': {'x': x}} for x in (0.0, spread / 2, spread, math.nan)]
    values = values_of(convert('geometry_msgs/msg/PoseArray', {'poses': poses}))
    assert values['/topic@TransformAxes3D:axis_length'] == pytest.approx([length])


@pytest.mark.parametrize('frame_ids', [['map'] * 20, ['a', 'longer', '']])
def test_path(frame_ids: list[str]) -> None:
    poses = [
        {'header': {'frame_id': frame_id}, 'pose': pose(i)} for i, frame_id in enumerate(frame_ids)
    ]
    values = values_of(convert('nav_msgs/msg/Path', {'header': HEADER, 'poses': poses}))
    expected = [[i, 2.0, 3.0] for i in range(len(frame_ids))]
    assert values['/topic@LineStrips3D:strips'] == [expected]


def test_empty_path_ends_the_one_before() -> None:
    type_name = 'nav_msgs/msg/Path'
    converter = topic_converter(type_name)
    convert(type_name, {'poses': [{'pose': pose(1.0)}]}, using=converter)
    [rows] = convert(type_name, {}, using=converter)
    assert values_of([rows]) == {'/topic@LineStrips3D:strips': []}


@pytest.mark.parametrize('type_name', ['Pose', 'PoseWithCovariance'])
def test_poses_without_frame(type_name: str) -> None:
    fields = pose(1.0) if type_name == 'Pose' else {'pose': pose(1.0)}
    assert values_of(convert(f'geometry_msgs/msg/{type_name}', fields)) == {
        '/topic@TransformAxes3D:axis_length': AXES,
        '/topic@InstancePoses3D:translations': [[1.0, 2.0, 3.0]],
        '/topic@InstancePoses3D:quaternions': [[0.5, 0.5, 0.5, -0.5]],
    }


@pytest.mark.parametrize(
    ('theta', 'quaternion'),
    [(math.pi, [0.0, 0.0, 1.0, pytest.approx(0.0, abs=1e-6)]), (math.nan, [0.0, 0.0, 0.0, 1.0])],
)
def test_pose_in_the_plane(theta: float, quaternion: list[Any]) -> None:
    values = values_of(convert('geometry_msgs/msg/Pose2D', {'x': 1.0, 'y': 2.0, 'theta': theta}))
    assert values['/topic@InstancePoses3D:translations'] == [[1.0, 2.0, 0.0]]
    assert values['/topic@InstancePoses3D:quaternions'] == [quaternion]


POINT = {'x': 1.0, 'y': 2.0, 'z': 3.0}


@pytest.mark.parametrize(
    ('type_name', 'fields', 'component', 'value'),
    [
        ('Point', POINT, 'Points3D:positions', [1.0, 2.0, 3.0]),
        ('Point32', POINT, 'Points3D:positions', [1.0, 2.0, 3.0]),
        ('PointStamped', {'point': POINT}, 'Points3D:positions', [1.0, 2.0, 3.0]),
        ('Quaternion', ROTATION, 'InstancePoses3D:quaternions', [0.5, 0.5, 0.5, -0.5]),
        ('Quaternion', {}, 'InstancePoses3D:quaternions', [0.0, 0.0, 0.0, 1.0]),
        (
            'QuaternionStamped',
            {'quaternion': ROTATION},
            'InstancePoses3D:quaternions',
            [0.5, 0.5, 0.5, -0.5],
        ),
        (
            'Transform',
            {'translation': POINT, 'rotation': ROTATION},
            'InstancePoses3D:translations',
            [1.0, 2.0, 3.0],
        ),
    ],
)
def test_single_things(
    type_name: str, fields: dict[str, Any], component: str, value: list[float]
) -> None:
    values = values_of(convert(f'geometry_msgs/msg/{type_name}', fields))
    assert values[f'/topic@{component}'] == [value]


def covariance(*rows: tuple[float, float, float]) -> list[float]:
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = rows
    return [float(value) for value in matrix.reshape(-1)]


UNCERTAIN = 'geometry_msgs/msg/PoseWithCovarianceStamped'
HALF_SIZES = '/topic/covariance@Ellipsoids3D:half_sizes'


def uncertain(*rows: tuple[float, float, float]) -> dict[str, Any]:
    return {'header': HEADER, 'pose': {'pose': pose(1.0), 'covariance': covariance(*rows)}}


def test_covariance_is_an_ellipsoid() -> None:
    # A circle of radius 2 and 1, turned by 45 degrees.
    values = values_of(
        convert(UNCERTAIN, uncertain((2.5, 1.5, 0.0), (1.5, 2.5, 0.0), (0.0, 0.0, 9.0)))
    )
    assert values['/topic/covariance@CoordinateFrame:frame'] == ['base']
    assert values['/topic/covariance@Ellipsoids3D:centers'] == [[1.0, 2.0, 3.0]]
    [half_sizes] = values[HALF_SIZES]
    [quaternion] = values['/topic/covariance@Ellipsoids3D:quaternions']
    matrix = rotation_matrix(quaternion)
    variances = matrix @ np.diag(np.square(half_sizes) / 4) @ matrix.T
    assert np.allclose(variances, np.array([[2.5, 1.5, 0], [1.5, 2.5, 0], [0, 0, 9]]), atol=1e-5)


def rotation_matrix(quaternion: list[float]) -> Any:  # noqa: ANN401
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_huge_variance_means_unknown() -> None:
    values = values_of(
        convert(UNCERTAIN, uncertain((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1e6)))
    )
    assert sorted(values[HALF_SIZES][0]) == [pytest.approx(1e-3), 2.0, 2.0]


@pytest.mark.parametrize('variance', [0.0, math.nan, math.inf])
def test_ellipsoid_ends_when_nothing_is_known(variance: float) -> None:
    known = uncertain((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    unknown = uncertain((variance, 0.0, 0.0), (0.0, variance, 0.0), (0.0, 0.0, variance))
    converter = topic_converter(UNCERTAIN)
    assert HALF_SIZES not in values_of(convert(UNCERTAIN, unknown, using=converter))
    assert HALF_SIZES in values_of(convert(UNCERTAIN, known, using=converter))
    assert values_of(convert(UNCERTAIN, unknown, using=converter))[HALF_SIZES] == []
    assert HALF_SIZES not in values_of(convert(UNCERTAIN, unknown, using=converter))


class Walk:
    """Odometry, and its trail."""

    def __init__(self) -> None:
        self._converter = topic_converter('nav_msgs/msg/Odometry')

    def to(self, x: float, sec: float, frame_id: str = 'odom') -> list[float] | None:
        fields = {'header': {'frame_id': frame_id}, 'pose': {'pose': {'position': {'x': x}}}}
        rows = self._converter.convert(
            to_cdr('nav_msgs/msg/Odometry', fields),
            log_time_nanos=LOG_TIME + round(sec * 1e9),
            publish_time_nanos=0,
        )
        strips = values_of(rows).get('/topic/trail@LineStrips3D:strips')
        return None if strips is None else [point[0] for point in strips[0]]


def test_trail() -> None:
    walk = Walk()
    assert walk.to(0.0, 0) is None
    assert walk.to(1.0, 1) == [0.0, 1.0]
    assert walk.to(2.0, 1.1) is None, 'too soon'
    assert walk.to(2.02, 2) == pytest.approx([0.0, 1.0, 2.0, 2.02]), 'ends where it is'
    assert walk.to(2.04, 2.5) is None, 'too near to the last point'
    assert walk.to(math.nan, 4) is None
    assert walk.to(3.0, 5) == [0.0, 1.0, 2.0, 3.0]
    assert walk.to(7.0, 6, 'map') is None
    assert walk.to(8.0, 7, 'map') == [7.0, 8.0]


def test_trail_is_bounded() -> None:
    walk = Walk()
    trails = [walk.to(0.1 * i, i) for i in range(3000)]
    last = [trail for trail in trails if trail][-1]
    assert len(last) <= 1000
    assert last[0] == 0.0
    assert last[-1] == pytest.approx(299.9, abs=1.0)


def test_trajectory() -> None:
    fields = {'header': HEADER, 'points': [{'pose': pose(i)} for i in range(3)]}
    values = values_of(convert('nav_msgs/msg/Trajectory', fields))
    points = [[i, 2.0, 3.0] for i in range(3)]
    assert values['/topic@LineStrips3D:strips'] == [points]
    assert values['/topic/poses@InstancePoses3D:translations'] == points
    assert values['/topic/poses@CoordinateFrame:frame'] == ['base']
    values = values_of(convert('nav_msgs/msg/Trajectory', {}))
    assert values['/topic@LineStrips3D:strips'] == []


def test_trajectory_point() -> None:
    fields = {'pose': pose(1.0), 'velocity': {'linear': {'x': 0.5}}}
    values = values_of(convert('nav_msgs/msg/TrajectoryPoint', fields))
    assert values['/topic@InstancePoses3D:translations'] == [[1.0, 2.0, 3.0]]
    assert values['/topic/velocity/linear@Scalars:scalars'] == [0.5, 0.0, 0.0]


def test_goals() -> None:
    fields = {'header': HEADER, 'goals': [{'pose': pose(i)} for i in range(3)]}
    values = values_of(convert('nav_msgs/msg/Goals', fields))
    assert values['/topic@InstancePoses3D:translations'] == [[i, 2.0, 3.0] for i in range(3)]
