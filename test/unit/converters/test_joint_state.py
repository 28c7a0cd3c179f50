# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, topic_converter, values_of

JOINTS = 'sensor_msgs/msg/JointState'


def test_quantities_are_series_by_name() -> None:
    fields = {'name': ['a', 'b'], 'position': [1.0, 2.0], 'effort': [3.0, 4.0]}
    assert values_of(convert(JOINTS, fields)) == {
        '/topic/position@SeriesLines:names': ['a', 'b'],
        '/topic/position@Scalars:scalars': [1.0, 2.0],
        '/topic/effort@SeriesLines:names': ['a', 'b'],
        '/topic/effort@Scalars:scalars': [3.0, 4.0],
    }


def test_names_are_static_and_logged_once() -> None:
    converter = topic_converter(JOINTS)
    fields = {'name': ['a'], 'position': [1.0]}
    first, second = (convert(JOINTS, fields, using=converter) for _ in range(2))
    assert [bool(each.times) for each in first] == [False, True]
    assert [bool(each.times) for each in second] == [True]


def test_joints_of_several_publishers_do_not_mix() -> None:
    converter = topic_converter(JOINTS)
    arm = {'name': ['a', 'b'], 'position': [1.0, 2.0]}
    gripper = {'name': ['finger'], 'position': [0.5]}
    for _ in range(2):
        values = values_of(convert(JOINTS, arm, using=converter))
        assert values['/topic/position@Scalars:scalars'] == [1.0, 2.0]
        values = values_of(convert(JOINTS, gripper, using=converter))
        assert values['/topic/position/2@Scalars:scalars'] == [0.5]


def test_velocity_that_appears_later() -> None:
    converter = topic_converter(JOINTS)
    convert(JOINTS, {'name': ['a'], 'position': [1.0]}, using=converter)
    values = values_of(
        convert(JOINTS, {'name': ['a'], 'position': [1.0], 'velocity': [7.0]}, using=converter)
    )
    assert values['/topic/velocity@SeriesLines:names'] == ['a']
    assert values['/topic/velocity@Scalars:scalars'] == [7.0]


def test_nothing() -> None:
    assert convert(JOINTS, {}) == []


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ({'name': ['a', 'b'], 'position': [1.0]}, '2 names of joints but 1 numbers of position'),
        ({'name': [], 'velocity': [1.0]}, '0 names of joints but 1 numbers of velocity'),
    ],
)
def test_bad_counts(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(JOINTS, fields)
