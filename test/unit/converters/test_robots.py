# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from rerun_bridge.converters.kinematics import Kinematics
from rerun_bridge.converters.robots import KnownRobot, Robots
from rerun_bridge.converters.urdf_reader import read_urdf
from test.unit.converters.robot_messages import urdf


def known(topic: str, prefix: str = '') -> KnownRobot:
    return KnownRobot(topic, f'{topic}/robi', Kinematics(read_urdf(urdf()), prefix))


@pytest.mark.parametrize(
    ('topic', 'descriptions', 'moved'),
    [
        ('/joint_states', ['/robot_description'], [0]),
        ('/arm/joint_states', ['/robot_description'], [0]),
        ('/joint_states', ['/a/robot_description', '/b/robot_description'], [0, 1]),
        ('/a/joint_states', ['/a/robot_description', '/b/robot_description'], [0]),
        ('/a/joint_states', ['/robot_description', '/a/robot_description'], [1]),
        ('/joint_states', ['/robot_description', '/a/robot_description'], [0]),
        ('/ab/joint_states', ['/a/robot_description', '/robot_description'], [1]),
        ('/a/joint_states', ['/a/robot_description', '/a/robot_description_2'], [0, 1]),
        ('joint_states', ['robot_description'], [0]),
        ('/joint_states', [], []),
    ],
)
def test_joint_states_are_of_the_innermost_namespace(
    topic: str, descriptions: list[str], moved: list[int]
) -> None:
    robots = Robots()
    for description in descriptions:
        robots.add(known(description))
    assert [each.topic for each in robots.moved_by(topic)] == [descriptions[i] for i in moved]


def test_frames_are_those_of_the_first_robot() -> None:
    robots = Robots()
    robots.add(known('/a'))
    version = robots.version
    robots.add(known('/b'))
    assert robots.version == version + 1
    assert (robots.owns('/a', 'arm'), robots.owns('/b', 'arm')) == (True, False)
    assert not robots.owns('/a', 'unheard')
    robots.add(known('/a', 'prefix/'))
    assert robots.owns('/a', 'prefix/arm')
    assert not robots.owns('/a', 'arm')
    robots.add(known('/b'))
    assert robots.owns('/b', 'arm')


def test_entities_are_taken_by_others_only() -> None:
    robots = Robots()
    robots.add(known('/a'))
    assert robots.is_taken('/a/robi', '/b')
    assert not robots.is_taken('/a/robi', '/a')
    assert not robots.is_taken('/b/robi', '/b')
    robots.reset()
    assert not robots.is_taken('/a/robi', '/b')
