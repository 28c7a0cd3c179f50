# SPDX-License-Identifier: Apache-2.0
"""Small sensors: physics that can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rerun_bridge.node.demo_robot import readings
from rerun_bridge.node.demo_robot.trajectory import FigureEight

PATH = FigureEight(60.0)
TIMES = np.arange(0.0, 60.0, 0.05)


def test_inertia_is_gravity_and_own_motion_on_average() -> None:
    random = np.random.default_rng(0)
    motion = PATH.at(12.0)
    felt = [readings.inertia(motion, random) for _ in range(500)]
    rates = np.mean([each.angular_velocity for each in felt], axis=0)
    accelerations = np.mean([each.linear_acceleration for each in felt], axis=0)
    assert rates == pytest.approx((0.0, 0.0, motion.yaw_rate), abs=5e-4)
    expected = (motion.acceleration, motion.speed * motion.yaw_rate, readings.GRAVITY)
    assert accelerations == pytest.approx(expected, abs=8e-3)


def test_compass_points_north() -> None:
    random = np.random.default_rng(0)
    for time_sec in (3.0, 14.0, 40.0):
        motion = PATH.at(time_sec)
        x, y, z = readings.magnetic_field(motion, random)
        north = motion.yaw + math.atan2(y, x)
        assert math.remainder(north - math.pi / 2, math.tau) == pytest.approx(0.0, abs=0.1)
        assert math.hypot(x, y, z) == pytest.approx(48.5e-6, rel=0.05)


def test_gps_moves_as_the_robot_does() -> None:
    random = np.random.default_rng(0)
    fixes = np.array([readings.gps_fix(PATH.at(t), random) for t in TIMES])
    true = np.array([(p.x, p.y) for p in map(PATH.at, TIMES)])
    radius = 6_371_000.0
    east = np.radians(fixes[:, 1] - readings.LONGITUDE) * radius
    east *= math.cos(math.radians(readings.LATITUDE))
    north = np.radians(fixes[:, 0] - readings.LATITUDE) * radius
    errors = np.hypot(east - true[:, 0], north - true[:, 1])
    assert errors.max() < 0.35, 'antenna offset, noise, and a sphere for an ellipsoid'


def test_battery_drains_and_is_swapped() -> None:
    motion = PATH.at(10.0)
    states = [readings.battery(t, motion) for t in np.arange(0.0, 1800.0, 10.0)]
    charges = np.array([state.percentage for state in states])
    assert 0.0 < charges.min() < 0.15
    assert charges.max() == pytest.approx(0.95)
    assert np.count_nonzero(np.diff(charges) > 0) == 1
    assert all(state.current < 0 for state in states)
    assert all(18.0 < state.voltage < 25.2 for state in states)


def test_weather_stays_plausible() -> None:
    for time_sec in np.arange(0.0, 400.0, 1.0):
        now = readings.weather(time_sec)
        assert 10 < now.temperature < 35
        assert 90_000 < now.pressure < 105_000
        assert 0 < now.humidity < 1
        assert 0 < now.illuminance < 100_000
        assert math.hypot(*now.wind) < 5
