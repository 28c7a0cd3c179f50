# SPDX-License-Identifier: Apache-2.0
"""What the small sensors of the robot read: inertial unit, compass, GPS, battery, weather."""

from __future__ import annotations

import math
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.node.demo_robot.robot import GPS

if TYPE_CHECKING:
    import numpy as np

    from rerun_bridge.node.demo_robot.trajectory import Motion

Vector = tuple[float, float, float]

GRAVITY = 9.80665
GYRO_NOISE, ACCELERATION_NOISE, MAGNETIC_NOISE, GPS_NOISE = 0.002, 0.03, 2e-7, 0.02
ORIENTATION_NOISE = 0.005
# Where frame map lies on the Earth: x points east, y north.
LATITUDE, LONGITUDE, ALTITUDE = 48.17295, 11.59348, 512.0
# Metres per degree on the WGS 84 ellipsoid at that latitude.
_METRES_PER_DEGREE = (74_383.0, 111_194.0)
# Tesla; east, north, up.
_EARTH_FIELD = (1.3e-6, 21.2e-6, -43.6e-6)
CELLS = 6
BATTERY_CAPACITY = 10.0
_BATTERY_LIFE_SEC = 900.0
_FULL_VOLTS, _EMPTY_VOLTS = 25.0, 19.8


class Inertia(NamedTuple):
    """Angular velocity in rad/s and acceleration in m/s2 as an inertial unit feels them."""

    angular_velocity: Vector
    linear_acceleration: Vector
    yaw: float


class Battery(NamedTuple):
    """State of the battery; current in ampere is negative while it is drained."""

    percentage: float
    voltage: float
    current: float
    temperature: float


class Weather(NamedTuple):
    """Degrees Celsius, pascal, 0..1, lux, and the wind's speed in frame ``map`` in m/s."""

    temperature: float
    pressure: float
    humidity: float
    illuminance: float
    wind: Vector


def inertia(motion: Motion, generator: np.random.Generator) -> Inertia:
    """Read the inertial unit: gravity, the robot's own acceleration and noise."""
    noise = generator.standard_normal(7).tolist()
    gyro = [GYRO_NOISE * value for value in noise[:3]]
    shake = [ACCELERATION_NOISE * value for value in noise[3:6]]
    return Inertia(
        (gyro[0], gyro[1], motion.yaw_rate + gyro[2]),
        (
            motion.acceleration + shake[0],
            motion.speed * motion.yaw_rate + shake[1],
            GRAVITY + shake[2],
        ),
        motion.yaw + ORIENTATION_NOISE * noise[6],
    )


def magnetic_field(motion: Motion, generator: np.random.Generator) -> Vector:
    """Read the compass: the Earth's field, turned into the robot's frame, in tesla."""
    cos, sin = math.cos(motion.yaw), math.sin(motion.yaw)
    east, north, up = _EARTH_FIELD
    noise = (MAGNETIC_NOISE * generator.standard_normal(3)).tolist()
    return (
        cos * east + sin * north + noise[0],
        cos * north - sin * east + noise[1],
        up + noise[2],
    )


def gps_fix(motion: Motion, generator: np.random.Generator) -> Vector:
    """Read latitude and longitude in degrees and altitude in metres of the antenna."""
    noise = (GPS_NOISE * generator.standard_normal(3)).tolist()
    back, _, up = GPS.xyz
    east = motion.x + back * math.cos(motion.yaw) + noise[0]
    north = motion.y + back * math.sin(motion.yaw) + noise[1]
    return (
        LATITUDE + north / _METRES_PER_DEGREE[1],
        LONGITUDE + east / _METRES_PER_DEGREE[0],
        ALTITUDE + up + noise[2],
    )


def battery(time_sec: float, motion: Motion) -> Battery:
    """Read the battery, which is swapped for a full one when it is nearly empty."""
    percentage = 0.95 - 0.85 * (time_sec % _BATTERY_LIFE_SEC) / _BATTERY_LIFE_SEC
    current = 1.1 + 3.2 * abs(motion.speed) + 1.5 * abs(motion.yaw_rate)
    current += 4.0 * max(motion.acceleration, 0.0)
    resting_volts = _EMPTY_VOLTS + (_FULL_VOLTS - _EMPTY_VOLTS) * percentage
    return Battery(percentage, resting_volts - 0.05 * current, -current, 24.0 + 2.0 * current)


def motor_temperature(time_sec: float) -> float:
    """Degrees Celsius; it swings far enough to leave its healthy range now and then."""
    return 55.0 - 13.0 * math.cos(2 * math.pi * time_sec / 40.0)


def weather(time_sec: float) -> Weather:
    """Read the weather station: slow swings, a passing cloud every half minute."""
    slow = math.sin(2 * math.pi * time_sec / 180.0)
    cloud = max(0.0, math.sin(2 * math.pi * time_sec / 31.0)) ** 4
    gust = 2.2 + 0.9 * math.sin(time_sec / 3.1) + 0.5 * math.sin(time_sec / 1.3)
    heading = 0.7 + 0.4 * math.sin(time_sec / 11.0)
    return Weather(
        temperature=21.5 + 1.5 * slow,
        pressure=95_320.0 + 40.0 * slow,
        humidity=0.46 - 0.05 * slow,
        illuminance=42_000.0 * (1 - 0.6 * cloud),
        wind=(gust * math.cos(heading), gust * math.sin(heading), 0.0),
    )
