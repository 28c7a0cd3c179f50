# SPDX-License-Identifier: Apache-2.0
"""The camera's picture and depth, and that they agree with the lidar."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rerun_bridge.node.demo_robot.camera import Camera
from rerun_bridge.node.demo_robot.lidar import Lidar, SCAN_BEAMS
from rerun_bridge.node.demo_robot.robot import CAMERA, LASER
from rerun_bridge.node.demo_robot.trajectory import FigureEight, Motion
from rerun_bridge.node.demo_robot.world import YARD

PATH = FigureEight(60.0)


def standing(x: float, y: float, yaw: float) -> Motion:
    return Motion(x, y, yaw, speed=0, acceleration=0, yaw_rate=0, distance=0, turned=0)


def test_shapes_and_types() -> None:
    frame = Camera(64, 48).shoot(YARD, PATH.at(5.0))
    assert frame.rgb.shape == (48, 64, 3)
    assert frame.rgb.dtype == np.dtype(np.uint8)
    assert frame.depth_mm.shape == (48, 64)
    assert frame.depth_mm.dtype == np.dtype(np.uint16)


@pytest.mark.parametrize(('width', 'height'), [(64, 48), (161, 97), (640, 480)])
def test_depth_of_a_wall_ahead(width: int, height: int) -> None:
    frame = Camera(width, height).shoot(YARD, standing(-4.5, -2.0, math.pi))
    ahead = (YARD.half_length - 4.5) - CAMERA.xyz[0]
    assert frame.depth_mm[height // 2, width // 2] == pytest.approx(1000 * ahead, abs=2)


def test_floor_depth_follows_the_pinhole() -> None:
    camera = Camera(320, 240)
    frame = camera.shoot(YARD, standing(0.0, 0.0, math.pi / 4))
    row = 235
    expected = 1000 * CAMERA.xyz[2] * camera.focal_px / (row - camera.center_px[1])
    assert frame.depth_mm[row, 160] == pytest.approx(expected, abs=2)


def test_sky_is_blue_and_has_no_depth() -> None:
    frame = Camera(320, 240).shoot(YARD, standing(0.0, 0.0, math.pi / 4))
    assert (frame.depth_mm[0] == 0).all()
    red, green, blue = frame.rgb[0].astype(int).T
    assert (blue > green).all()
    assert (green > red).all()


@pytest.mark.parametrize(('yaw_deg', 'wall'), [(0, 0), (90, 1), (180, 2), (-90, 3)])
def test_walls_have_their_colour(yaw_deg: float, wall: int) -> None:
    camera = Camera(320, 240)
    frame = camera.shoot(YARD, standing(1.5, 1.8, math.radians(yaw_deg)))
    pixel = frame.rgb[115, 160].astype(float)
    color = np.array(YARD.wall_colors[wall], float)
    cosine = pixel @ color / np.linalg.norm(pixel) / np.linalg.norm(color)
    assert cosine > 0.999


@pytest.mark.parametrize('time_sec', [4.0, 11.0, 18.0, 27.0, 33.0, 48.0])
def test_depth_agrees_with_the_scan(time_sec: float) -> None:
    """Scan points, seen through the pinhole, have the depth of the pixel they fall on."""
    motion = PATH.at(time_sec)
    camera = Camera(640, 480)
    depth = camera.shoot(YARD, motion).depth_mm / 1000
    ranges, _ = Lidar(YARD, np.random.default_rng(1)).scan(motion)
    azimuths = -math.pi + np.arange(SCAN_BEAMS) * (2 * math.pi / SCAN_BEAMS)
    ahead = ranges * np.cos(azimuths) + LASER.xyz[0] - CAMERA.xyz[0]
    left = ranges * np.sin(azimuths)
    down = CAMERA.xyz[2] - LASER.xyz[2]
    with np.errstate(divide='ignore', invalid='ignore'):
        columns = camera.center_px[0] - camera.focal_px * left / ahead
        rows = camera.center_px[1] + camera.focal_px * down / ahead
    seen = np.isfinite(ranges) & (ahead > 0.3) & (columns > 0) & (columns < 639) & (rows < 479)
    assert seen.sum() > 100
    pixels = depth[np.round(rows[seen]).astype(int), np.round(columns[seen]).astype(int)]
    agree = np.abs(pixels - ahead[seen]) < 0.06 + 0.01 * ahead[seen]
    assert agree.mean() > 0.93, 'only edges, seen from two places, may differ'


def test_horizon_row_agrees_with_a_flat_scan() -> None:
    """At the height of the camera, depth is the range along the ray times its cosine."""
    camera = Camera(161, 121)
    motion = PATH.at(21.0)
    depth = camera.shoot(YARD, motion).depth_mm[60] / 1000
    aside = (np.arange(161) - camera.center_px[0]) / camera.focal_px
    x = motion.x + CAMERA.xyz[0] * math.cos(motion.yaw)
    y = motion.y + CAMERA.xyz[0] * math.sin(motion.yaw)
    for column, offset in enumerate(aside):
        yaw = motion.yaw - math.atan(offset)
        reach = depth[column] * math.hypot(1.0, offset)
        point = np.array([[x + reach * math.cos(yaw), y + reach * math.sin(yaw)]])
        walls = min(YARD.half_length - abs(point[0, 0]), YARD.half_width - abs(point[0, 1]))
        tall = [solid for solid in YARD.solids if solid.z_min < CAMERA.xyz[2] < solid.z_max]
        nearest = min([walls, *(abs(solid.distance(point)[0]) for solid in tall)])
        assert nearest == pytest.approx(0.0, abs=3e-3)
