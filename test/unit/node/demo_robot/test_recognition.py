# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from rerun_bridge.node.demo_robot.camera import Camera
from rerun_bridge.node.demo_robot.recognition import Found, recognise, size_of
from rerun_bridge.node.demo_robot.trajectory import Motion
from rerun_bridge.node.demo_robot.world import YARD

CAMERA = Camera(320, 240)


def look(x: float, y: float, yaw: float) -> dict[str, Found]:
    motion = Motion(x, y, yaw, speed=0, acceleration=0, yaw_rate=0, distance=0, turned=0)
    frame = CAMERA.shoot(YARD, motion)
    return {each.solid.name: each for each in recognise(YARD, CAMERA, motion, frame)}


def test_boxes_are_around_what_is_seen() -> None:
    found = look(-5.0, 0.0, 0.0)
    barrel = found['barrel']
    # It is 2.3 m away and 0.9 m wide; the camera looks at its middle.
    assert (barrel.left + barrel.right) / 2 == pytest.approx(CAMERA.center_px[0], abs=2)
    assert barrel.right - barrel.left == pytest.approx(0.9 * CAMERA.focal_px / 1.6, rel=0.05)
    assert barrel.top < CAMERA.center_px[1] < barrel.bottom
    assert 0.7 < barrel.score < 1.0


def test_what_is_hidden_or_behind_is_not_found() -> None:
    found = look(-5.0, 0.0, 0.0)
    assert 'crate' not in found, 'the barrel is before it'
    assert 'cabinet' not in found, 'it is behind'
    assert look(-5.0, 0.0, math.pi) == {}


def test_edges_are_in_the_picture() -> None:
    for yaw in range(12):
        for each in look(0.5, -0.5, yaw * math.pi / 6).values():
            assert 0 <= each.left < each.right <= 319
            assert 0 <= each.top < each.bottom <= 239


def test_sizes() -> None:
    sizes = {solid.name: size_of(solid) for solid in YARD.solids}
    assert sizes['bench'] == (2.2, 0.5, 0.45)
    assert sizes['barrel'] == (0.9, 0.9, 1.0)
