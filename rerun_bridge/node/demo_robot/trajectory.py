# SPDX-License-Identifier: Apache-2.0
"""
The robot's motion as a pure function of time.

The path is a figure eight, ``x = a sin(p), y = b sin(2 p)``. Its phase p runs evenly but for one
short stop per loop, where the robot also starts from rest. Pose and twist are exact derivatives
of each other, so the robot is a unicycle: it never slips sideways.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rerun_bridge.node.demo_robot.robot import WHEEL_RADIUS, WHEEL_SEPARATION

_TABLE_SIZE = 4096
_HALF_LENGTH, _HALF_WIDTH = 4.0, 2.0
"""a and b of the figure, metres."""
_ODOMETRY_SCALE = 1.03
"""Wheels that are a little smaller than believed make odometry run ahead by this factor."""
_TWO_PI = 2 * math.pi
# The phase runs at a rate of 1 - cos(c / 2)**16, c the angle of the loop's clock; written as a
# Fourier series so that it can be integrated. The higher the power, the shorter the stop.
_POWER = 16
_MEAN = math.comb(_POWER, _POWER // 2) / 2**_POWER
_HARMONICS = tuple(
    (k, 2 * math.comb(_POWER, _POWER // 2 - k) / (2**_POWER * k))
    for k in range(1, _POWER // 2 + 1)
)


class Motion(NamedTuple):
    """
    Where the robot is and how it moves, in SI units.

    Attributes
    ----------
    x, y, yaw
        True pose of ``base_link`` in frame ``map``.
    speed, acceleration
        Along the robot's x axis.
    yaw_rate
        About its z axis.
    distance, turned
        Length driven and angle turned since the start.

    """

    x: float
    y: float
    yaw: float
    speed: float
    acceleration: float
    yaw_rate: float
    distance: float
    turned: float


class Odometry(NamedTuple):
    """
    What the wheels report.

    Attributes
    ----------
    x, y, yaw
        Pose of ``base_link`` in frame ``odom``, which starts where the robot starts.
    speed, yaw_rate
        Twist in ``base_link``, the exact derivative of the pose.
    wheel_angles, wheel_rates
        Left, right; rad and rad/s.

    """

    x: float
    y: float
    yaw: float
    speed: float
    yaw_rate: float
    wheel_angles: tuple[float, float]
    wheel_rates: tuple[float, float]


class FigureEight:
    """
    A closed loop through the yard.

    Parameters
    ----------
    loop_sec
        Time for one loop.

    """

    def __init__(self, loop_sec: float) -> None:
        self.loop_sec = loop_sec
        self._rate = _TWO_PI / loop_sec
        self._phases = np.linspace(0, _TWO_PI, _TABLE_SIZE + 1)
        dx, dy = _HALF_LENGTH * np.cos(self._phases), 2 * _HALF_WIDTH * np.cos(2 * self._phases)
        lengths = np.hypot(dx, dy)
        steps = (lengths[1:] + lengths[:-1]) * (self._phases[1] / 2)
        self._lengths = np.concatenate(([0.0], np.cumsum(steps)))
        self._yaws = np.unwrap(np.arctan2(dy, dx))

    @property
    def start_yaw(self) -> float:
        """Heading at the start, which is how frame ``odom`` is turned in ``map``."""
        return float(self._yaws[0])

    def at(self, time_sec: float) -> Motion:
        """Give the motion so many seconds after the start."""
        loops, rest_sec = divmod(time_sec, self.loop_sec)
        clock = rest_sec * self._rate
        phase, phase_rate, phase_acceleration = _phase(clock, self._rate)
        a, b = _HALF_LENGTH, _HALF_WIDTH
        dx, dy = a * math.cos(phase), 2 * b * math.cos(2 * phase)
        ddx, ddy = -a * math.sin(phase), -4 * b * math.sin(2 * phase)
        length = math.hypot(dx, dy)
        turned = float(np.interp(phase, self._phases, self._yaws)) - self.start_yaw
        turned += loops * float(self._yaws[-1] - self._yaws[0])
        driven = float(np.interp(phase, self._phases, self._lengths))
        return Motion(
            x=a * math.sin(phase),
            y=b * math.sin(2 * phase),
            yaw=math.atan2(dy, dx),
            speed=length * phase_rate,
            acceleration=(dx * ddx + dy * ddy) / length * phase_rate**2
            + length * phase_acceleration,
            yaw_rate=(dx * ddy - dy * ddx) / length**2 * phase_rate,
            distance=driven + loops * float(self._lengths[-1]),
            turned=turned,
        )

    def odometry(self, motion: Motion) -> Odometry:
        """Give what the wheels of the robot report for a motion."""
        scale, start = _ODOMETRY_SCALE, self.start_yaw
        cos, sin = math.cos(start), math.sin(start)
        speed, driven = motion.speed * scale, motion.distance * scale
        half = WHEEL_SEPARATION / 2
        left, right = driven - half * motion.turned, driven + half * motion.turned
        left_rate, right_rate = speed - half * motion.yaw_rate, speed + half * motion.yaw_rate
        return Odometry(
            x=scale * (cos * motion.x + sin * motion.y),
            y=scale * (cos * motion.y - sin * motion.x),
            yaw=math.remainder(motion.yaw - start, _TWO_PI),
            speed=speed,
            yaw_rate=motion.yaw_rate,
            wheel_angles=(left / WHEEL_RADIUS, right / WHEEL_RADIUS),
            wheel_rates=(left_rate / WHEEL_RADIUS, right_rate / WHEEL_RADIUS),
        )

    def odom_in_map(self, motion: Motion) -> tuple[float, float, float]:
        """Give x, y, yaw of frame ``odom`` in ``map``: the drift that localisation has found."""
        drift = 1 - _ODOMETRY_SCALE
        return drift * motion.x, drift * motion.y, self.start_yaw

    def fraction(self, time_sec: float) -> float:
        """Give how much of the present loop, by phase, is done; 0 to below 1."""
        phase, _, _ = _phase(time_sec % self.loop_sec * self._rate, self._rate)
        return min(max(phase / _TWO_PI, 0.0), 1 - 1e-9)

    def waypoints(self, count: int) -> list[tuple[float, float, float]]:
        """Give count poses x, y, yaw along the loop, the last equal to the first."""
        a, b = _HALF_LENGTH, _HALF_WIDTH
        phases = np.linspace(0, _TWO_PI, count)
        yaws = np.interp(phases, self._phases, self._yaws)
        xs, ys = a * np.sin(phases), b * np.sin(2 * phases)
        return list(zip(xs.tolist(), ys.tolist(), yaws.tolist(), strict=True))


def _phase(clock: float, rate: float) -> tuple[float, float, float]:
    """Phase of the path and its first two derivatives in time."""
    braking = sum(weight * math.sin(k * clock) for k, weight in _HARMONICS)
    cos, sin = math.cos(clock / 2), math.sin(clock / 2)
    return (
        clock - braking / (1 - _MEAN),
        rate * (1 - cos**_POWER) / (1 - _MEAN),
        rate**2 * (_POWER / 2) * cos ** (_POWER - 1) * sin / (1 - _MEAN),
    )
