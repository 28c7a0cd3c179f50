# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import columns_of, convert, HEADER, values_of

PLAN = 'trajectory_msgs/msg/JointTrajectory'
MULTI_PLAN = 'trajectory_msgs/msg/MultiDOFJointTrajectory'
MULTI_STATE = 'sensor_msgs/msg/MultiDOFJointState'


def point(sec: int, *positions: float, **others: list[float]) -> dict[str, Any]:
    return {'time_from_start': {'sec': sec}, 'positions': positions, **others}


@pytest.mark.parametrize('count', [1, 3, 1000])
def test_plan_is_on_a_timeline_of_its_own(count: int) -> None:
    points = [point(i, i, -i, velocities=[0.5, 0.25]) for i in range(count)]
    rows = convert(PLAN, {'header': HEADER, 'joint_names': ['a', 'b/c'], 'points': points})
    columns = {each.entity_path: columns_of(each) for each in rows}
    assert set(columns) == {
        f'/topic/{joint}/{quantity}'
        for joint in ('a', 'b\\/c')
        for quantity in ('positions', 'velocities')
    }
    found = columns['/topic/b\\/c/positions']
    assert found['trajectory_time'] == [i * 10**9 for i in range(count)]
    assert found['Scalars:scalars'] == [[-i] for i in range(count)]
    assert not any('log_time' in name for name in found)


def test_plans_without_points_or_of_wrong_size() -> None:
    assert convert(PLAN, {'joint_names': ['a']}) == []
    with pytest.raises(ConversionError, match='another number of positions'):
        convert(PLAN, {'joint_names': ['a'], 'points': [point(0, 1.0), point(1)]})


def test_single_point() -> None:
    values = values_of(convert('trajectory_msgs/msg/JointTrajectoryPoint', point(0, 1.0, 2.0)))
    assert values == {'/topic/positions@Scalars:scalars': [1.0, 2.0]}


def transform(x: float) -> dict[str, Any]:
    return {'translation': {'x': x}}


def test_plan_of_poses() -> None:
    points = [{'transforms': [transform(i), transform(-i)]} for i in range(3)]
    fields = {'header': HEADER, 'joint_names': ['a', 'b'], 'points': points}
    values = values_of(convert(MULTI_PLAN, fields))
    line = [[-float(i), 0.0, 0.0] for i in range(3)]
    assert values['/topic/b@InstancePoses3D:translations'] == line
    assert values['/topic/b@InstancePoses3D:quaternions'] == [[0.0, 0.0, 0.0, 1.0]] * 3
    assert values['/topic/b/line@LineStrips3D:strips'] == [line]
    assert values['/topic/b/line@CoordinateFrame:frame'] == ['base']
    values = values_of(convert(MULTI_PLAN, {'joint_names': ['a']}))
    assert values['/topic/a/line@LineStrips3D:strips'] == []


@pytest.mark.parametrize('count', [0, 1, 3])
def test_joints_of_many_degrees(count: int) -> None:
    fields = {
        'header': HEADER,
        'joint_names': [f'j{i}' for i in range(count)],
        'transforms': [transform(i) for i in range(count)],
    }
    rows = convert(MULTI_STATE, fields)
    if not count:
        assert rows == []
        return
    columns = columns_of(rows[0])
    assert columns['Transform3D:parent_frame'] == [['base']] * count
    assert columns['Transform3D:child_frame'] == [[f'j{i}'] for i in range(count)]
    assert columns['Transform3D:translation'] == [[[i, 0.0, 0.0]] for i in range(count)]


def test_joints_without_transforms() -> None:
    with pytest.raises(ConversionError, match='1 joints but 0'):
        convert(MULTI_STATE, {'joint_names': ['a']})


def test_plan_of_poses_of_wrong_size() -> None:
    fields = {'joint_names': ['a', 'b'], 'points': [{'transforms': [transform(1)]}]}
    with pytest.raises(ConversionError, match='2 joints has points of another number'):
        convert(MULTI_PLAN, fields)
