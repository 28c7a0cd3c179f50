# SPDX-License-Identifier: Apache-2.0
"""
Forward kinematics: from the positions of joints to the transforms of links.

Each link is told in the frame of its parent, so there is no chain to follow. Sine and cosine
apart, a transform is linear in the position: the quaternion of a joint that turns, the translation
of one that slides. All else is computed once, and a message in arrays with a row for each joint.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Columns, Transform3D
from rerun_bridge.converters.geometry import multiplied, rotated
from rerun_bridge.converters.transforms import TRANSFORMS
from rerun_bridge.converters.urdf import SLIDING, TURNING
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    import numpy.typing as npt

    from rerun_bridge.converters.urdf import Joint, Robot

    Floats = npt.NDArray[np.float64]
    Poses = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

_TRANSLATION, _QUATERNION = (Transform3D.FIELDS[name] for name in ('translation', 'quaternion'))


class _Drive(NamedTuple):
    """Where a joint gets its position from: ``multiplier * given + offset``."""

    source: int
    multiplier: float = 1.0
    offset: float = 0.0


class _Constants(NamedTuple):
    """What does not depend on positions, a row for each joint."""

    lower: Floats
    upper: Floats
    translations: Floats
    slides: Floats
    halves: Floats
    quaternions: Floats
    turned: Floats


class Kinematics:
    """
    The joints of a robot.

    Parameters
    ----------
    robot
        With its joints.
    frame_prefix
        What the name of a frame has before that of its link.

    Attributes
    ----------
    root
        The frame of the root link.
    parents, children
        The frames of each joint.

    """

    def __init__(self, robot: Robot, frame_prefix: str) -> None:
        joints = robot.joints
        self.root = frame_prefix + robot.root
        self.parents = [frame_prefix + joint.parent for joint in joints]
        self.children = [frame_prefix + joint.child for joint in joints]
        self._joints = joints
        self._numbers = {joint.name: i for i, joint in enumerate(joints)}
        limits = _array([joint.limits or (-np.inf, np.inf) for joint in joints], 2)
        self._constants = _Constants(
            limits[:, 0],
            limits[:, 1],
            _array([joint.origin[0] for joint in joints], 3),
            _array([_slide(joint) for joint in joints], 3),
            _array([0.5 * (joint.kind in TURNING) for joint in joints], 1).reshape(-1),
            _array([joint.origin[1] for joint in joints], 4),
            _array([multiplied(joint.origin[1], (*joint.axis, 0.0)) for joint in joints], 4),
        )

    def at_rest(self) -> Poses:
        """
        Compute where each position is 0, or as near to it as limits allow.

        Returns
        -------
        translations, quaternions
            See `Motion.poses`; a row for each joint.

        """
        free = {i: i for i, joint in enumerate(self._joints) if joint.mimic is None}
        drives = [self._drive(i, free) or _Drive(i) for i in range(len(self._joints))]
        motion = Motion(self._constants, drives, self.parents, self.children)
        positions = np.zeros(len(drives)).clip(self._constants.lower, self._constants.upper)
        return motion.poses(positions)

    def motion(self, names: Sequence[str], is_wanted: Callable[[str], bool]) -> Motion | None:
        """
        Prepare for the positions of some joints.

        Parameters
        ----------
        names
            Of joints; the robot need not have them all.
        is_wanted
            Whether to move a frame.

        Returns
        -------
        Motion or None
            Of these joints and those that follow them; None if there is nothing to move.

        """
        given = {self._numbers[name]: i for i, name in enumerate(names) if name in self._numbers}
        drives = {
            i: drive
            for i, joint in enumerate(self._joints)
            if joint.kind in TURNING | SLIDING
            and (drive := self._drive(i, given)) is not None
            and is_wanted(self.children[i])
        }
        if not drives:
            return None
        numbers = list(drives)
        return Motion(
            _Constants(*(array[numbers] for array in self._constants)),
            drives.values(),
            [self.parents[i] for i in numbers],
            [self.children[i] for i in numbers],
        )

    def _drive(self, number: int, given: Mapping[int, int]) -> _Drive | None:
        """Follow a joint to one whose position is given."""
        multiplier, offset = 1.0, 0.0
        for _ in self._joints:
            if number in given:
                return _Drive(given[number], multiplier, offset)
            mimic = self._joints[number].mimic
            if mimic is None or mimic.joint not in self._numbers:
                break
            offset += multiplier * mimic.offset
            multiplier *= mimic.multiplier
            number = self._numbers[mimic.joint]
        return None


class Motion:
    """
    Some joints of a robot, whose positions come together; see `Kinematics.motion`.

    Parameters
    ----------
    constants, drives, parents, children
        Of each joint.

    Attributes
    ----------
    num_rows
        How many joints.
    parents, children
        Their frames.

    """

    def __init__(
        self,
        constants: _Constants,
        drives: Iterable[_Drive],
        parents: Sequence[str],
        children: Sequence[str],
    ) -> None:
        drives = list(drives)
        self.num_rows = len(drives)
        self.parents, self.children = parents, children
        self._constants = constants
        self._sources = np.array([drive.source for drive in drives], np.intp)
        self._multipliers = np.array([drive.multiplier for drive in drives])
        self._offsets = np.array([drive.offset for drive in drives])
        # The names of frames are encoded here, once.
        frames = TRANSFORMS(np.zeros((0, 3)), np.zeros((0, 4)), parents, children)
        self._layout, self._datas = frames.layout, list(frames.datas)
        self._translation = self._layout.components.index(_TRANSLATION)
        self._quaternion = self._layout.components.index(_QUATERNION)

    def columns(self, positions: npt.NDArray[Any]) -> Columns:
        """
        Compute the transforms.

        Parameters
        ----------
        positions
            In the order of the names that the motion is for, finite.

        Returns
        -------
        Columns
            `Transform3D` with a row for each joint.

        """
        datas = self._datas.copy()
        datas[self._translation], datas[self._quaternion] = self.poses(positions)
        return Columns(self._layout, tuple(datas))

    def poses(self, positions: npt.NDArray[Any]) -> Poses:
        """
        Compute the transforms as numbers.

        Parameters
        ----------
        positions
            See `columns`.

        Returns
        -------
        translations : numpy.ndarray
            Shape (n, 3).
        quaternions : numpy.ndarray
            x, y, z and w, shape (n, 4).

        """
        lower, upper, translations, slides, halves, quaternions, turned = self._constants
        values = positions[self._sources] * self._multipliers + self._offsets
        values = np.minimum(np.maximum(values, lower), upper)
        angles = (values * halves)[:, None]
        rotations = np.cos(angles) * quaternions + np.sin(angles) * turned
        moved = translations + values[:, None] * slides
        return owned(moved.astype(np.float32)), owned(rotations.astype(np.float32))


def _slide(joint: Joint) -> tuple[float, float, float]:
    """Return how far a joint moves per meter, in the frame of its parent."""
    return rotated(joint.origin[1], joint.axis) if joint.kind in SLIDING else (0.0, 0.0, 0.0)


def _array(rows: Sequence[Any], width: int) -> Floats:
    return np.array(rows, np.float64).reshape(-1, width)
