# SPDX-License-Identifier: Apache-2.0
"""What a good detector would find in a picture of the simulated camera."""

from __future__ import annotations

import math
from typing import NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.node.demo_robot.robot import CAMERA
from rerun_bridge.node.demo_robot.shapes import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from rerun_bridge.node.demo_robot.camera import Camera, Frame
    from rerun_bridge.node.demo_robot.shapes import Solid
    from rerun_bridge.node.demo_robot.trajectory import Motion
    from rerun_bridge.node.demo_robot.world import World

_MIN_DEPTH = 0.3
_MIN_PIXELS = 8
_DEPTH_MARGIN = 0.1
_SURE_DEPTH = 12.0


class Found(NamedTuple):
    """
    Something that the camera sees.

    Attributes
    ----------
    solid
        What it is.
    left, top, right, bottom
        Edges of the box around it, pixels.
    score
        How sure the detector is, 0 to 1; less so far away.

    """

    solid: Solid
    left: float
    top: float
    right: float
    bottom: float
    score: float


def size_of(solid: Solid) -> tuple[float, float, float]:
    """Give length, width and height of the box around a solid, metres."""
    length = solid.length if isinstance(solid, Box) else 2 * solid.radius
    width = solid.width if isinstance(solid, Box) else 2 * solid.radius
    return length, width, solid.z_max - solid.z_min


def recognise(world: World, camera: Camera, motion: Motion, frame: Frame) -> list[Found]:
    """
    Find what a picture shows.

    Parameters
    ----------
    world
        What there is.
    camera
        That has taken the picture.
    motion
        Of the robot at that time.
    frame
        The picture with its depths.

    Returns
    -------
    list of Found
        Solids in front of the camera whose middle nothing hides.

    """
    found = (_look_for(solid, camera, motion, frame) for solid in world.solids)
    return [each for each in found if each is not None]


def _look_for(solid: Solid, camera: Camera, motion: Motion, frame: Frame) -> Found | None:
    depths, lefts, ups = _in_camera(_corners(solid), motion).T
    if depths.min() < _MIN_DEPTH:
        return None
    columns = camera.center_px[0] - camera.focal_px * lefts / depths
    rows = camera.center_px[1] - camera.focal_px * ups / depths
    left, right = columns.clip(0, camera.width - 1)[[columns.argmin(), columns.argmax()]]
    top, bottom = rows.clip(0, camera.height - 1)[[rows.argmin(), rows.argmax()]]
    if min(right - left, bottom - top) < _MIN_PIXELS:
        return None
    seen = frame.depth_mm[round((top + bottom) / 2), round((left + right) / 2)] / 1000
    if not depths.min() - _DEPTH_MARGIN < seen < depths.max() + _DEPTH_MARGIN:
        return None
    score = 1 - float(depths.mean()) / _SURE_DEPTH
    return Found(solid, float(left), float(top), float(right), float(bottom), score)


def _corners(solid: Solid) -> npt.NDArray[np.float64]:
    """Give the corners of the box around a solid in the map, shape (8, 3)."""
    length, width, _ = size_of(solid)
    yaw = solid.yaw_rad if isinstance(solid, Box) else 0.0
    cos, sin = math.cos(yaw), math.sin(yaw)
    return np.array(
        [
            (solid.x + cos * along - sin * aside, solid.y + sin * along + cos * aside, z)
            for along in (-length / 2, length / 2)
            for aside in (-width / 2, width / 2)
            for z in (solid.z_min, solid.z_max)
        ]
    )


def _in_camera(points: npt.NDArray[np.float64], motion: Motion) -> npt.NDArray[np.float64]:
    """Turn points of the map into distances ahead of the camera, to its left and above it."""
    cos, sin = math.cos(motion.yaw), math.sin(motion.yaw)
    x, y = points[:, 0] - motion.x, points[:, 1] - motion.y
    forward, _, up = CAMERA.xyz
    ahead = cos * x + sin * y - forward
    return np.stack((ahead, cos * y - sin * x, points[:, 2] - up), axis=1)
