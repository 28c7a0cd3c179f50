# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
import threading
from typing import NamedTuple, TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from rerun_bridge.converters.geometry import interpolated, inverted, rotated
from rerun_bridge.converters.transform_buffer import HISTORY_NANOS, TransformBuffer

if TYPE_CHECKING:
    import numpy.typing as npt

    from rerun_bridge.converters.geometry import Pose, Quaternion

    Matrix = npt.NDArray[np.float64]

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
FRAMES = ('map', 'odom', 'base', 'arm', 'other')
NO_TURN = (0.0, 0.0, 0.0, 1.0)


def at_x(x: float) -> Pose:
    return (x, 0.0, 0.0), NO_TURN


def turned(angle: float) -> Quaternion:
    """Turn around z."""
    return 0.0, 0.0, math.sin(angle / 2), math.cos(angle / 2)


class Sample(NamedTuple):
    child: str
    parent: str
    stamp: int
    pose: Pose


class Reference:
    """Does the same with lists and matrices, as plainly as possible."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def add(self, sample: Sample) -> None:
        key = sample.child, sample.stamp
        self.samples = [each for each in self.samples if (each.child, each.stamp) != key]
        self.samples.append(sample)

    def lookup(self, target: str, source: str, stamp: int) -> tuple[Matrix, int, int] | None:
        mine, theirs = self._path(source, stamp), self._path(target, stamp)
        if target in mine:  # in a loop there are two ways
            return mine[target]
        for frame, (matrix, late, early) in theirs.items():
            if frame in mine:
                other, other_late, other_early = mine[frame]
                gaps = max(late, other_late), max(early, other_early)
                return np.linalg.inv(matrix) @ other, *gaps
        return None

    def _path(self, frame: str, stamp: int) -> dict[str, tuple[Matrix, int, int]]:
        matrix, late, early = np.eye(4), 0, 0
        path = {frame: (matrix, late, early)}
        while (step := self._step(frame, stamp)) is not None and step[0] not in path:
            frame, local, gap = step
            matrix = local @ matrix
            late, early = max(late, gap), max(early, -gap)
            path[frame] = matrix, late, early
        return path

    def _step(self, frame: str, stamp: int) -> tuple[str, Matrix, int] | None:
        known = sorted((each for each in self.samples if each.child == frame), key=_stamp)
        if not known:
            return None
        if stamp <= known[0].stamp or stamp >= known[-1].stamp:
            nearest = known[0] if stamp <= known[0].stamp else known[-1]
            return nearest.parent, matrix_of(nearest.pose), stamp - nearest.stamp
        before = max((each for each in known if each.stamp <= stamp), key=_stamp)
        after = min((each for each in known if each.stamp > stamp), key=_stamp)
        matrix = matrix_of(before.pose)
        if before.parent == after.parent:
            share = (stamp - before.stamp) / (after.stamp - before.stamp)
            other = matrix_of(after.pose)
            turn = power(matrix[:3, :3].T @ other[:3, :3], share)
            position = (1 - share) * matrix[:3, 3] + share * other[:3, 3]
            matrix[:3, :3] = matrix[:3, :3] @ turn
            matrix[:3, 3] = position
        return before.parent, matrix, 0


def _stamp(sample: Sample) -> int:
    return sample.stamp


def power(rotation: Matrix, share: float) -> Matrix:
    """Turn by a share of the angle of a rotation, around the same axis."""
    angle = math.acos(min(1.0, max(-1.0, (np.trace(rotation) - 1) / 2)))
    if angle < 1e-6:
        return np.eye(3)
    cross = (rotation - rotation.T) / (2 * math.sin(angle))
    turn = share * angle
    return np.asarray(np.eye(3) + math.sin(turn) * cross + (1 - math.cos(turn)) * cross @ cross)


def matrix_of(pose: Pose) -> Matrix:
    position, rotation = pose
    length = math.hypot(*rotation)
    unit = tuple(part / length for part in rotation)
    matrix = np.eye(4)
    for i, axis in enumerate(np.eye(3).tolist()):
        matrix[:3, i] = rotated(unit, tuple(axis))  # type: ignore[arg-type]
    matrix[:3, 3] = position
    return matrix


numbers = st.floats(-10, 10)
# Never half a turn apart, where there are two ways.
rotations = st.tuples(*[st.floats(-0.5, 0.5)] * 3, st.floats(0.6, 2))
samples = st.builds(
    Sample,
    st.sampled_from(FRAMES),
    st.sampled_from(FRAMES),
    st.integers(0, 9).map(lambda number: START + number * SECOND // 2),
    st.tuples(st.tuples(numbers, numbers, numbers), rotations),
)


@given(
    st.lists(samples, max_size=20),
    st.sampled_from(FRAMES),
    st.sampled_from(FRAMES),
    st.integers(-SECOND, 6 * SECOND),
)
def test_places_are_those_of_a_plain_reference(
    known: list[Sample], target: str, source: str, offset: int
) -> None:
    buffer, reference = TransformBuffer(), Reference()
    for sample in known:
        buffer.add(sample.parent, sample.child, sample.stamp, sample.pose)
        reference.add(sample)
    found = buffer.lookup(target, source, START + offset)
    expected = reference.lookup(target, source, START + offset)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert matrix_of(found.pose) == pytest.approx(expected[0], abs=1e-6)
    assert (found.late_nanos, found.early_nanos) == expected[1:]


def test_between_two_transforms_it_moves_and_turns_evenly() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', START, ((0, 0, 0), turned(0)))
    buffer.add('map', 'base', START + SECOND, ((4, 2, 0), turned(2)))
    place = buffer.lookup('map', 'base', START + SECOND // 4)
    assert place is not None
    assert place.pose[0] == pytest.approx((1, 0.5, 0))
    assert place.pose[1] == pytest.approx(turned(0.5))


def test_opposite_signs_are_the_same_rotation() -> None:
    first, second = ((0, 0, 0), turned(0.2)), ((0, 0, 0), tuple(-q for q in turned(0.4)))
    _, rotation = interpolated(first, second, 0.5)  # type: ignore[arg-type]
    assert rotation == pytest.approx(turned(0.3))


def test_nothing_is_made_up_after_the_last_transform() -> None:
    buffer = TransformBuffer()
    buffer.add_static('base', 'laser', at_x(1))
    buffer.add('odom', 'base', START, at_x(2))
    buffer.add('map', 'odom', START + SECOND, at_x(4))
    place = buffer.lookup('map', 'laser', START + 3 * SECOND)
    assert place == (((7, 0, 0), NO_TURN), 3 * SECOND, 0)
    place = buffer.lookup('map', 'laser', START - SECOND)
    assert place is not None
    assert (place.late_nanos, place.early_nanos) == (0, 2 * SECOND)
    latest = buffer.lookup('map', 'laser', 0)
    assert latest == (((7, 0, 0), NO_TURN), 0, 0)


def test_what_is_above_the_common_frame_does_not_matter() -> None:
    buffer = TransformBuffer()
    buffer.add_static('base', 'laser', at_x(1))
    buffer.add_static('base', 'camera', at_x(3))
    buffer.add('map', 'base', START, at_x(2))
    place = buffer.lookup('camera', 'laser', START + SECOND)
    assert place == (((-2, 0, 0), NO_TURN), 0, 0)


def test_trees_that_are_not_connected() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', START, at_x(1))
    buffer.add('world', 'arm', START, at_x(1))
    assert buffer.lookup('map', 'arm', START) is None
    assert buffer.lookup('map', 'nobody', START) is None
    assert buffer.lookup('nobody', 'map', START) is None
    assert buffer.lookup('nobody', 'nobody', START) == (((0, 0, 0), NO_TURN), 0, 0)


def test_loops_end() -> None:
    buffer = TransformBuffer()
    buffer.add('a', 'b', START, at_x(1))
    buffer.add('b', 'a', START, at_x(1))
    buffer.add('c', 'c', START, at_x(1))
    assert buffer.lookup('map', 'a', START) is None
    assert buffer.lookup('map', 'c', START) is None
    place = buffer.lookup('a', 'b', START)
    assert place == (((1, 0, 0), NO_TURN), 0, 0)


def test_new_parent_counts_from_its_first_transform_on() -> None:
    buffer = TransformBuffer()
    buffer.add_static('map', 'table', at_x(10))
    buffer.add_static('map', 'hand', at_x(20))
    buffer.add('table', 'cup', START, at_x(1))
    buffer.add('hand', 'cup', START + SECOND, at_x(2))
    before = buffer.lookup('map', 'cup', START + SECOND - 1)
    after = buffer.lookup('map', 'cup', START + SECOND)
    assert before == (((11, 0, 0), NO_TURN), 0, 0)
    assert after == (((22, 0, 0), NO_TURN), 0, 0)


def test_who_moves_is_not_static() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', START, at_x(1))
    buffer.add_static('map', 'base', at_x(2))
    assert buffer.lookup('map', 'base', START) == (((1, 0, 0), NO_TURN), 0, 0)
    buffer.add_static('map', 'other', at_x(3))
    buffer.remove_static('other')
    buffer.remove_static('base')
    assert buffer.lookup('map', 'other', START) is None


@pytest.mark.parametrize(
    'pose',
    [
        ((math.nan, 0, 0), NO_TURN),
        ((0, math.inf, 0), NO_TURN),
        ((0, 0, 0), (0, 0, 0, 0)),
        ((0, 0, 0), (0, math.nan, 0, 1)),
        ((1e308, 1e308, 0), NO_TURN),
    ],
)
def test_what_is_no_pose_is_left_out(pose: Pose) -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', START, at_x(1))
    version = buffer.version
    buffer.add('map', 'base', START + SECOND, pose)
    buffer.add_static('map', 'laser', pose)
    assert buffer.version == version
    place = buffer.lookup('map', 'base', START + SECOND)
    assert place is not None
    assert place.late_nanos == SECOND
    assert buffer.lookup('map', 'laser', START) is None


def test_rotations_need_not_be_of_length_one() -> None:
    buffer = TransformBuffer()
    buffer.add_static('map', 'base', ((0, 0, 0), (0, 0, 3, 3)))
    buffer.add_static('base', 'laser', at_x(1))
    place = buffer.lookup('map', 'laser', START)
    assert place is not None
    assert place.pose[0] == pytest.approx((0, 1, 0))


def test_history_is_bounded_in_time_and_number() -> None:
    buffer = TransformBuffer()
    for number in range(2000):
        buffer.add('map', 'base', START + number * SECOND // 50, at_x(number))
    end = START + 1999 * SECOND // 50
    kept = buffer.lookup('map', 'base', end - HISTORY_NANOS)
    assert kept == (((1499, 0, 0), NO_TURN), 0, 0)
    gone = buffer.lookup('map', 'base', START)
    assert gone is not None
    assert HISTORY_NANOS <= 1999 * SECOND // 50 - gone.early_nanos <= HISTORY_NANOS + SECOND
    for number in range(50_000):
        buffer.add('map', 'fast', START + number, at_x(number))
    gone = buffer.lookup('map', 'fast', START)
    assert gone is not None
    assert gone.early_nanos >= 30_000


def test_clock_that_is_set_back_starts_anew() -> None:
    buffer = TransformBuffer()
    buffer.add('map', 'base', START + 100 * SECOND, at_x(1))
    buffer.add('map', 'base', START, at_x(2))
    assert buffer.lookup('map', 'base', START) == (((2, 0, 0), NO_TURN), 0, 0)
    place = buffer.lookup('map', 'base', START + 100 * SECOND)
    assert place is not None
    assert place.late_nanos == 100 * SECOND


def test_version_tells_of_news() -> None:
    buffer = TransformBuffer()
    versions = [buffer.version]
    buffer.add('map', 'base', START, at_x(1))
    versions.append(buffer.version)
    buffer.add_static('base', 'laser', at_x(1))
    versions.append(buffer.version)
    buffer.reset()
    versions.append(buffer.version)
    assert len(set(versions)) == 4
    assert buffer.lookup('map', 'base', START) is None


def test_inverse_leads_back() -> None:
    pose = (1.0, 2.0, 3.0), turned(0.7)
    assert matrix_of(inverted(pose)) == pytest.approx(np.linalg.inv(matrix_of(pose)))


def test_threads_may_look_up_while_others_add() -> None:
    buffer = TransformBuffer()
    is_over = threading.Event()

    def add() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            buffer.add('map', 'base', START + number * SECOND // 10, at_x(number))

    buffer.add('map', 'base', START, at_x(0))
    thread = threading.Thread(target=add)
    thread.start()
    try:
        for _ in range(2000):
            place = buffer.lookup('map', 'base', 0)
            assert place is not None
            stamp = START + int(place.pose[0][0]) * SECOND // 10
            again = buffer.lookup('map', 'base', stamp)
            assert again is not None
            assert again.early_nanos or again.pose == place.pose
    finally:
        is_over.set()
        thread.join()
