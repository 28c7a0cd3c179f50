# SPDX-License-Identifier: Apache-2.0
"""
Joint states move the robot where no transforms do.

Usually a ``robot_state_publisher`` sends transforms, and then there is nothing to do here. Nobody
says so beforehand, so the first joint states are kept for a while before they are used.
"""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.converters.base import Entry
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.converters.timelines import Moment
from rerun_bridge.converters.transforms import note_transforms

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Topic
    from rerun_bridge.converters.kinematics import Motion
    from rerun_bridge.converters.robots import KnownRobot

GRACE_NANOS = 2_000_000_000
"""How long transforms may take to come."""
_AUTO, _ON = 'auto', 'on'
_USUAL_NAMES = ('joint_states', 'joint_state')
_RELEASE = 'release'
_MAX_POSITION = 1e9
_MAX_WAITING = 4096
_MAX_MOTIONS = 256


class _JointState(NamedTuple):
    names: tuple[str, ...]
    positions: npt.NDArray[np.float64]
    moment: Moment


class RobotMotion:
    """
    Moves the robots that the joint states of a topic are of.

    Parameters
    ----------
    topic
        Of the joint states.

    """

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._schedule = topic.schedule
        self._robots, self._frames = topic.shared.robots, topic.shared.frames
        mode = topic.options.joint_states_fk
        self._is_auto = mode == _AUTO
        # Joint states with other names may be commands.
        is_usual = topic.name.rpartition('/')[2] in _USUAL_NAMES
        self._is_on = mode == _ON or (self._is_auto and is_usual)
        self._is_restamped = topic.options.restamp
        self._versions = 0, 0
        self._moved_robots: list[KnownRobot] = []
        self._motions: dict[tuple[str, ...], list[tuple[str, Motion]]] = {}
        self._waiting: deque[_JointState] = deque(maxlen=_MAX_WAITING)

    def entries(self, message: Message, names: tuple[str, ...]) -> Iterator[Entry]:
        """
        Move joints; those that are not named stay where they are.

        Parameters
        ----------
        message
            A ``JointState`` with positions.
        names
            Of its joints.

        Yields
        ------
        Entry
            Transforms of links.

        """
        if not self.moves(names):
            return
        is_waiting = _RELEASE in self._schedule
        positions = np.asarray(message.position)
        is_usable = np.abs(positions) < _MAX_POSITION
        if not is_usable.all():
            names = tuple([name if good else '' for name, good in zip(names, is_usable)])  # noqa: B905
        if is_waiting:
            now_nanos = self._schedule.now_nanos
            moment = Moment(self._stamp_of(message), now_nanos, now_nanos)
            self._waiting.append(_JointState(names, positions, moment))
        else:
            yield from self._transforms(names, positions, self._stamp_of(message))

    def moves(self, names: tuple[str, ...]) -> bool:
        """Tell whether states of these joints move something, or may turn out to do so."""
        if not self._is_on:
            return False
        self._notice_changes()
        return _RELEASE in self._schedule or bool(self._motions_of(names))

    def _notice_changes(self) -> None:
        versions = self._robots.version, self._frames.version
        if versions == self._versions:
            return
        self._versions = versions
        self._motions.clear()
        moved = self._robots.moved_by(self._topic.name)
        if moved != self._moved_robots:
            self._moved_robots = moved
            if moved and self._is_auto:
                self._schedule.after(GRACE_NANOS, _RELEASE, self._release, is_due_at_end=True)

    def _release(self) -> Iterator[Entry]:
        self._notice_changes()
        while self._waiting and _RELEASE not in self._schedule:
            names, positions, moment = self._waiting.popleft()
            for entry in self._transforms(names, positions, moment.stamp):
                yield entry._replace(moment=moment)

    def _transforms(
        self, names: tuple[str, ...], positions: npt.NDArray[np.float64], stamp: int
    ) -> Iterator[Entry]:
        for path, motion in self._motions_of(names):
            columns = motion.columns(positions)
            if self._topic.shared.fixed_frame is not None:
                poses = (each.tolist() for each in motion.poses(positions))
                values = zip(*poses, motion.parents, motion.children)  # noqa: B905
                note_transforms(self._topic, values, repeat(stamp))
            yield Entry(columns, path, is_absolute=True, num_rows=motion.num_rows)

    def _stamp_of(self, message: Message) -> int:
        return 0 if self._is_restamped else stamp_nanos(message.header.stamp)

    def _motions_of(self, names: tuple[str, ...]) -> list[tuple[str, Motion]]:
        motions = self._motions.get(names)
        if motions is None:
            if len(self._motions) >= _MAX_MOTIONS:
                self._motions.clear()
            motions = self._motions[names] = list(self._find_motions(names))
        return motions

    def _find_motions(self, names: tuple[str, ...]) -> Iterator[tuple[str, Motion]]:
        robots, frames = self._robots, self._frames
        for robot in self._moved_robots:
            topic = robot.topic

            def is_wanted(frame: str, topic: str = topic) -> bool:
                has_transform = self._is_auto and frames.has_transform(frame)
                return robots.owns(topic, frame) and not has_transform

            motion = robot.kinematics.motion(names, is_wanted)
            if motion is not None:
                yield robot.joints_path, motion
