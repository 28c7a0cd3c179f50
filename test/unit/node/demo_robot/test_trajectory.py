# SPDX-License-Identifier: Apache-2.0
"""The motion keeps clear of everything and is the exact derivative of itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rerun_bridge.node.demo_robot.robot import (
    HEIGHT,
    WHEEL_RADIUS,
    WHEEL_SEPARATION,
)
from rerun_bridge.node.demo_robot.trajectory import FigureEight
from rerun_bridge.node.demo_robot.world import YARD

LOOPS = (12.0, 60.0)
CLEARANCE_RADIUS = 0.36
STEP = 1e-4


def wrapped(angle: float) -> float:
    return math.remainder(angle, math.tau)


def test_keeps_clear_of_the_world() -> None:
    path = FigureEight(60.0)
    places = [path.at(t) for t in np.arange(0.0, 60.0, 0.05)]
    points = np.array([(place.x, place.y) for place in places])
    to_walls = ((YARD.half_length, YARD.half_width) - np.abs(points)).min()
    in_the_way = [solid for solid in YARD.solids if solid.z_min < HEIGHT]
    gaps = [solid.distance(points).min() for solid in in_the_way]
    assert min(to_walls, *gaps) > CLEARANCE_RADIUS


@pytest.mark.parametrize('loop_sec', LOOPS)
def test_closes(loop_sec: float) -> None:
    path = FigureEight(loop_sec)
    start, end = path.at(0.0), path.at(loop_sec - 1e-9)
    assert (end.x, end.y) == pytest.approx((start.x, start.y), abs=1e-6)
    assert wrapped(end.yaw - start.yaw) == pytest.approx(0.0, abs=1e-6)
    assert start.speed == pytest.approx(0.0, abs=1e-9)
    later = path.at(loop_sec + 3.0)
    assert (later.x, later.y) == pytest.approx((path.at(3.0).x, path.at(3.0).y))
    assert later.distance > path.at(3.0).distance + 20.0


@pytest.mark.parametrize('loop_sec', LOOPS)
def test_twist_is_the_derivative_of_the_pose(loop_sec: float) -> None:
    path = FigureEight(loop_sec)
    for time_sec in np.linspace(0.01, 1.99 * loop_sec, 97):
        before, now, after = (path.at(time_sec + dt) for dt in (-STEP, 0.0, STEP))
        dx, dy = (after.x - before.x) / (2 * STEP), (after.y - before.y) / (2 * STEP)
        cos, sin = math.cos(now.yaw), math.sin(now.yaw)
        assert cos * dx + sin * dy == pytest.approx(now.speed, abs=1e-5)
        assert cos * dy - sin * dx == pytest.approx(0.0, abs=1e-5), 'slips'
        turn = wrapped(after.yaw - before.yaw) / (2 * STEP)
        assert turn == pytest.approx(now.yaw_rate, abs=1e-5)
        surge = (after.speed - before.speed) / (2 * STEP)
        assert surge == pytest.approx(now.acceleration, abs=1e-4)


def test_odometry_is_consistent() -> None:
    path = FigureEight(30.0)
    for time_sec in np.linspace(0.01, 59.0, 61):
        before, now, after = (path.odometry(path.at(time_sec + dt)) for dt in (-STEP, 0.0, STEP))
        dx, dy = (after.x - before.x) / (2 * STEP), (after.y - before.y) / (2 * STEP)
        cos, sin = math.cos(now.yaw), math.sin(now.yaw)
        assert cos * dx + sin * dy == pytest.approx(now.speed, abs=1e-5)
        assert cos * dy - sin * dx == pytest.approx(0.0, abs=1e-5)
        left, right = (rate * WHEEL_RADIUS for rate in now.wheel_rates)
        assert (left + right) / 2 == pytest.approx(now.speed)
        assert (right - left) / WHEEL_SEPARATION == pytest.approx(now.yaw_rate)
        for index in (0, 1):
            rate = (after.wheel_angles[index] - before.wheel_angles[index]) / (2 * STEP)
            assert rate == pytest.approx(now.wheel_rates[index], abs=0.02)


def test_odom_frame_leads_back_to_the_true_pose() -> None:
    path = FigureEight(30.0)
    drifts = []
    for time_sec in np.linspace(0.0, 45.0, 91):
        motion = path.at(time_sec)
        odometry = path.odometry(motion)
        x, y, yaw = path.odom_in_map(motion)
        cos, sin = math.cos(yaw), math.sin(yaw)
        assert x + cos * odometry.x - sin * odometry.y == pytest.approx(motion.x, abs=1e-9)
        assert y + sin * odometry.x + cos * odometry.y == pytest.approx(motion.y, abs=1e-9)
        assert wrapped(yaw + odometry.yaw - motion.yaw) == pytest.approx(0.0, abs=1e-9)
        drifts.append((x, y))
    assert 0.05 < np.ptp(drifts, axis=0).max() < 0.5


def test_starts_at_the_origin_of_odom() -> None:
    path = FigureEight(30.0)
    odometry = path.odometry(path.at(0.0))
    start = (odometry.x, odometry.y, odometry.yaw, *odometry.wheel_angles)
    assert start == pytest.approx([0.0] * 5, abs=1e-9)


def test_waypoints_lie_on_the_path() -> None:
    path = FigureEight(60.0)
    track = np.array([(p.x, p.y) for p in (path.at(t) for t in np.arange(0.0, 60.0, 0.01))])
    waypoints = path.waypoints(9)
    assert waypoints[0][:2] == pytest.approx(waypoints[-1][:2], abs=1e-9)
    for x, y, _ in waypoints:
        assert np.hypot(*(track - (x, y)).T).min() < 0.02


def test_fraction_grows_from_zero_to_one() -> None:
    path = FigureEight(60.0)
    fractions = [path.fraction(t) for t in np.arange(0.0, 60.0, 0.1)]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == pytest.approx((0.0, 1.0), abs=0.01)
    assert path.fraction(60.0) < 0.01
