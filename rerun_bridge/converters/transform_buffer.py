# SPDX-License-Identifier: Apache-2.0
"""
Where frames were at any time of the last seconds.

Each frame has its own history, the transforms to its parent. Between two of them it is
interpolated, beyond the last one nothing is made up: whoever asks is told by how much the history
falls short. Plain numbers, since arrays of three and four cost more than they save.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
import math
import threading
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.converters.geometry import chained, interpolated, inverted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.converters.geometry import Pose

HISTORY_NANOS = 10_000_000_000
"""What is older than this, seen from the latest transform of a frame, is forgotten."""
_SPARE_NANOS = 1_000_000_000
"""So much more is kept, in order to forget many at once."""
_MAX_SAMPLES = 20_000
"""Of a frame, whatever its stamps are."""
_POSE_SIZE = 7
IDENTITY: Pose = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
_SHORTEST = 1e-6
"""Length of a quaternion that still tells a direction."""


class Placement(NamedTuple):
    """
    Where a frame was in another one.

    Attributes
    ----------
    pose
        Position and rotation.
    late_nanos
        By how much the wanted time is after the latest transform that was used instead; 0 if all
        are known.
    early_nanos
        The same before the earliest one.

    """

    pose: Pose
    late_nanos: int
    early_nanos: int


class _Step(NamedTuple):
    """A frame in the frame that it hangs on."""

    parent: str
    placement: Placement


class _Ancestor(NamedTuple):
    """Where it all begins, in one of the frames above."""

    frame: str
    placement: Placement


class TransformBuffer:
    """
    Transforms by the frame that they place; may be used by several threads.

    Attributes
    ----------
    version
        Another number whenever something has come.

    """

    def __init__(self) -> None:
        self.version = 0
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        with self._lock:
            self._static: dict[str, _Step] = {}
            self._histories: dict[str, _History] = {}
            self.version += 1

    def add(self, parent: str, child: str, stamp: int, pose: Pose) -> None:
        """
        Note where a frame was.

        Parameters
        ----------
        parent, child
            Names of frames.
        stamp
            When, in nanoseconds.
        pose
            Of the child in its parent. What is no pose, such as a NaN, is left out.

        """
        usable = _normalized(pose)
        if usable is None:
            return
        with self._lock:
            history = self._histories.get(child)
            if history is None:
                history = self._histories[child] = _History()
            history.add(parent, stamp, usable)
            self.version += 1

    def add_static(self, parent: str, child: str, pose: Pose) -> None:
        """Note where a frame always is, unless it turns out to move."""
        usable = _normalized(pose)
        if usable is None:
            return
        with self._lock:
            self._static[child] = _Step(parent, Placement(usable, 0, 0))
            self.version += 1

    def remove_static(self, child: str) -> None:
        """Forget what `add_static` told about a frame."""
        with self._lock:
            self._static.pop(child, None)

    def lookup(self, target: str, source: str, stamp: int) -> Placement | None:
        """
        Find where a frame was.

        Parameters
        ----------
        target
            In which frame.
        source
            Which frame.
        stamp
            When, in nanoseconds; 0 for the latest that is known.

        Returns
        -------
        Placement or None
            None if nothing connects the two.

        """
        with self._lock:
            passed = {}
            for frame, placement in self._ancestors(source, stamp):
                if frame == target:
                    return placement
                passed[frame] = placement
            for frame, (pose, late_nanos, early_nanos) in self._ancestors(target, stamp):
                found = passed.get(frame)
                if found is not None:
                    return Placement(
                        chained(inverted(pose), found.pose),
                        max(late_nanos, found.late_nanos),
                        max(early_nanos, found.early_nanos),
                    )
        return None

    def _ancestors(self, frame: str, stamp: int) -> Iterator[_Ancestor]:
        """Climb from a frame to the root of its tree; a loop ends where it closes."""
        pose, late_nanos, early_nanos = placement = Placement(IDENTITY, 0, 0)
        seen: set[str] = set()
        while True:
            yield _Ancestor(frame, placement)
            seen.add(frame)
            step = self._step(frame, stamp)
            if step is None or step.parent in seen:
                return
            frame, (offset, late, early) = step
            pose = chained(offset, pose)
            late_nanos, early_nanos = max(late_nanos, late), max(early_nanos, early)
            placement = Placement(pose, late_nanos, early_nanos)

    def _step(self, frame: str, stamp: int) -> _Step | None:
        history = self._histories.get(frame)
        return self._static.get(frame) if history is None else history.at(stamp)


class _History:
    """The poses of one frame, never empty once one was added; by their stamps."""

    def __init__(self) -> None:
        self._parents: list[str] = []
        self._stamps = array('q')
        self._poses = array('d')

    def add(self, parent: str, stamp: int, pose: Pose) -> None:
        stamps = self._stamps
        if stamps and stamp < stamps[-1] - HISTORY_NANOS:
            # The clock was set back, or had been wrong.
            self._forget(len(stamps))
        at = len(stamps)
        if stamps and stamp <= stamps[-1]:
            at = bisect_left(stamps, stamp)
            if stamps[at] == stamp:
                self._parents[at] = parent
                self._poses[at * _POSE_SIZE : (at + 1) * _POSE_SIZE] = _packed(pose)
                return
        self._parents.insert(at, parent)
        stamps.insert(at, stamp)
        self._poses[at * _POSE_SIZE : at * _POSE_SIZE] = _packed(pose)
        oldest = stamps[-1] - HISTORY_NANOS
        if stamps[0] < oldest - _SPARE_NANOS:
            self._forget(bisect_left(stamps, oldest))
        elif len(stamps) > _MAX_SAMPLES:
            self._forget(_MAX_SAMPLES // 2)

    def at(self, stamp: int) -> _Step:
        stamps = self._stamps
        after = bisect_right(stamps, stamp) if stamp else len(stamps)
        before = max(after - 1, 0)
        parent, pose = self._parents[before], self._pose(before)
        if after in {0, len(stamps)}:
            gap_nanos = stamp - stamps[before] if stamp else 0
            return _Step(parent, Placement(pose, max(0, gap_nanos), max(0, -gap_nanos)))
        start, end = stamps[before], stamps[after]
        # From one parent to the other there is no way in between.
        if stamp > start and self._parents[after] == parent:
            pose = interpolated(pose, self._pose(after), (stamp - start) / (end - start))
        return _Step(parent, Placement(pose, 0, 0))

    def _pose(self, number: int) -> Pose:
        at = number * _POSE_SIZE
        x, y, z, qx, qy, qz, qw = self._poses[at : at + _POSE_SIZE]
        return (x, y, z), (qx, qy, qz, qw)

    def _forget(self, count: int) -> None:
        del self._parents[:count]
        del self._stamps[:count]
        del self._poses[: count * _POSE_SIZE]


def _packed(pose: Pose) -> array[float]:
    position, rotation = pose
    return array('d', (*position, *rotation))


def _normalized(pose: Pose) -> Pose | None:
    (x, y, z), (qx, qy, qz, qw) = pose
    length = math.hypot(qx, qy, qz, qw)
    # Sums of numbers that are not finite are not, either.
    if not math.isfinite(x + y + z + length) or length < _SHORTEST:
        return None
    return (x, y, z), (qx / length, qy / length, qz / length, qw / length)
