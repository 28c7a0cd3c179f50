# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, values_of

DYNAMIC = 'control_msgs/msg/DynamicJointState'


def test_interfaces_of_joints() -> None:
    fields = {
        'joint_names': ['a', 'b'],
        'interface_values': [
            {'interface_names': ['position', 'gpio/led'], 'values': [1.0, 2.0]},
            {'interface_names': ['position'], 'values': [3.0]},
        ],
    }
    assert values_of(convert(DYNAMIC, fields)) == {
        '/topic/position@SeriesLines:names': ['a', 'b'],
        '/topic/position@Scalars:scalars': [1.0, 3.0],
        '/topic/gpio/led@SeriesLines:names': ['a'],
        '/topic/gpio/led@Scalars:scalars': [2.0],
    }


def test_interfaces_of_groups() -> None:
    fields = {
        'interface_groups': ['arm', 'base'],
        'interface_values': [
            {'interface_names': ['vacuum'], 'values': [1.0]},
            {'interface_names': ['vacuum'], 'values': [0.0]},
        ],
    }
    values = values_of(convert('control_msgs/msg/DynamicInterfaceGroupValues', fields))
    assert values == {
        '/topic/vacuum@SeriesLines:names': ['arm', 'base'],
        '/topic/vacuum@Scalars:scalars': [1.0, 0.0],
    }


def test_interfaces_without_values() -> None:
    fields = {'joint_names': ['a'], 'interface_values': [{'interface_names': ['x', 'y']}]}
    with pytest.raises(ConversionError, match="'a' has 2 interfaces but 0"):
        convert(DYNAMIC, fields)


def test_state_of_controller() -> None:
    fields = {
        'joint_names': ['a', 'b'],
        'reference': {'positions': [1.0, 2.0]},
        'feedback': {'positions': [0.5, 1.5], 'velocities': [0.0, 0.0]},
        'error': {'positions': [0.5, 0.5]},
    }
    values = values_of(convert('control_msgs/msg/JointTrajectoryControllerState', fields))
    assert values['/topic/reference/positions@SeriesLines:names'] == ['a', 'b']
    scalars = {name: value for name, value in values.items() if 'Scalars' in name}
    assert scalars == {
        '/topic/reference/positions@Scalars:scalars': [1.0, 2.0],
        '/topic/feedback/positions@Scalars:scalars': [0.5, 1.5],
        '/topic/feedback/velocities@Scalars:scalars': [0.0, 0.0],
        '/topic/error/positions@Scalars:scalars': [0.5, 0.5],
    }


def test_numbers() -> None:
    values = values_of(convert('control_msgs/msg/PidState', {'error': 0.5, 'output': 2.0}))
    names = values['/topic@SeriesLines:names']
    found = dict(zip(names, values['/topic@Scalars:scalars'], strict=True))
    assert found == {**dict.fromkeys(names, 0.0), 'error': 0.5, 'output': 2.0}
