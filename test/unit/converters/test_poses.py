# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

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
    assert values['/topic/twist/linear@SeriesLines:names'] == ['x', 'y', 'z']
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
