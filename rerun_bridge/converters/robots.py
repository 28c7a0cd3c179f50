# SPDX-License-Identifier: Apache-2.0
"""
The robots whose descriptions have come: what joint states move.

A namespace belongs to a robot and all that is in it, unless a namespace within has one of its own.
"""

from __future__ import annotations

import threading
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from rerun_bridge.converters.kinematics import Kinematics


class KnownRobot(NamedTuple):
    """
    A robot whose description has come.

    Attributes
    ----------
    topic
        That it came on.
    entity_path
        Where it is logged.
    kinematics
        Its joints.

    """

    topic: str
    entity_path: str
    kinematics: Kinematics

    @property
    def namespace(self) -> str:
        """Get that of the topic, ending in a slash."""
        return f'{self.topic.rpartition("/")[0]}/'

    @property
    def joints_path(self) -> str:
        """Get where the transforms of its joints are logged."""
        return f'{self.entity_path}/joints'


class Robots:
    """
    The robots of a recording; shared by the converters of all its topics.

    Attributes
    ----------
    version
        Another number whenever a description has changed something.

    """

    def __init__(self) -> None:
        self.version = 0
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        with self._lock:
            self._robots: dict[str, KnownRobot] = {}
            self._owners: dict[str, str] = {}
            self.version += 1

    def add(self, robot: KnownRobot) -> None:
        """
        Note a robot, in place of the one that came on the same topic.

        Parameters
        ----------
        robot
            If frames of it are those of another one, that one keeps them.

        """
        with self._lock:
            self._robots[robot.topic] = robot
            self._owners = {
                frame: topic for frame, topic in self._owners.items() if topic != robot.topic
            }
            for frame in robot.kinematics.children:
                self._owners.setdefault(frame, robot.topic)
            self.version += 1

    def is_taken(self, entity_path: str, topic: str) -> bool:
        """Tell whether another topic's robot is logged on an entity."""
        robots = list(self._robots.values())
        return any(robot.entity_path == entity_path and robot.topic != topic for robot in robots)

    def owns(self, topic: str, frame: str) -> bool:
        """Tell whether a frame is one of the robot of a topic, and of no other before it."""
        return self._owners.get(frame) == topic

    def moved_by(self, topic: str) -> list[KnownRobot]:
        """
        Find the robots that joint states are of.

        Parameters
        ----------
        topic
            Of the joint states.

        Returns
        -------
        list of KnownRobot
            Those of the innermost namespace around the topic; all if there is none.

        """
        robots = list(self._robots.values())
        around = [robot.namespace for robot in robots if topic.startswith(robot.namespace)]
        innermost = max(around, key=len, default=None)
        return [robot for robot in robots if innermost in (None, robot.namespace)]
