# SPDX-License-Identifier: Apache-2.0
"""Scan and cloud: their ranges lie on the surfaces of the yard."""

from __future__ import annotations

from dataclasses import replace
import math

import numpy as np
import pytest

from rerun_bridge.node.demo_robot.lidar import Lidar, NOISE, POINT, RANGE_MAX, SCAN_BEAMS
from rerun_bridge.node.demo_robot.robot import LASER
from rerun_bridge.node.demo_robot.trajectory import FigureEight
from rerun_bridge.node.demo_robot.world import YARD

MOTION = FigureEight(60.0).at(9.0)


def lidar(seed: int = 0) -> Lidar:
    return Lidar(YARD, np.random.default_rng(seed))


def test_scan_points_lie_on_surfaces() -> None:
    ranges, intensities = lidar().scan(MOTION)
    assert ranges.shape == intensities.shape == (SCAN_BEAMS,)
    assert ranges.dtype == intensities.dtype == np.float32
    yaws = -math.pi + np.arange(SCAN_BEAMS) * (2 * math.pi / SCAN_BEAMS) + MOTION.yaw
    points = np.stack((MOTION.x + ranges * np.cos(yaws), MOTION.y + ranges * np.sin(yaws)), 1)
    points = points[np.isfinite(ranges)].astype(float)
    walls = np.abs((YARD.half_length, YARD.half_width) - np.abs(points)).min(axis=1)
    cut = [solid for solid in YARD.solids if solid.z_min < LASER.xyz[2] < solid.z_max]
    distances = np.abs([walls, *(solid.distance(points) for solid in cut)]).min(axis=0)
    assert distances.max() < 6 * NOISE
    assert 0.2 * NOISE < distances.mean() < 2 * NOISE
    assert 0 <= intensities.min() < intensities.max() <= 255


def test_out_of_reach_is_infinite() -> None:
    plain = replace(YARD, half_length=50.0, boxes=(), cylinders=())
    ranges, _ = Lidar(plain, np.random.default_rng(0)).scan(MOTION)
    yaws = -math.pi + np.arange(SCAN_BEAMS) * (math.tau / SCAN_BEAMS) + MOTION.yaw
    along_the_walls = np.abs(np.sin(yaws)) < 0.15
    assert np.isinf(ranges[along_the_walls]).all()
    assert (ranges[np.isfinite(ranges)] <= RANGE_MAX).all()


def test_cloud_points_lie_on_surfaces() -> None:
    cloud = lidar().cloud(MOTION)
    assert cloud.dtype == POINT
    assert 10_000 < cloud.size < 20_000
    cos, sin = math.cos(MOTION.yaw), math.sin(MOTION.yaw)
    x = MOTION.x + cos * cloud['x'] - sin * cloud['y']
    y = MOTION.y + sin * cloud['x'] + cos * cloud['y']
    z = LASER.xyz[2] + cloud['z']
    points = np.stack((x, y), axis=1).astype(float)
    candidates = [np.abs(z), *np.abs((YARD.half_length, YARD.half_width) - np.abs(points)).T]
    for solid in YARD.solids:
        above = np.maximum(solid.z_min - z, z - solid.z_max)
        candidates.append(np.abs(np.maximum(solid.distance(points), above)))
    assert np.min(candidates, axis=0).max() < 6 * NOISE


def test_cloud_has_the_colours_of_the_yard() -> None:
    cloud = lidar().cloud(MOTION)
    near = np.hypot(cloud['x'], cloud['y']) < 1.2
    on_floor = cloud['rgb'][near & (cloud['z'] < 0.01 - LASER.xyz[2])]
    assert on_floor.size > 500
    red, blue = on_floor >> 16 & 255, on_floor & 255
    assert (np.abs(red.astype(int) - blue) < 25).all(), 'the floor is grey'
    assert len(np.unique(cloud['rgb'])) > 50
    assert cloud['rgb'].max() < 1 << 24


def test_noise_depends_on_the_seed_alone() -> None:
    first, again, other = (lidar(seed).scan(MOTION)[0] for seed in (3, 3, 4))
    assert first == pytest.approx(again, abs=0)
    assert not np.array_equal(first, other)
