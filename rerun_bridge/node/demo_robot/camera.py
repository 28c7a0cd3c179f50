# SPDX-License-Identifier: Apache-2.0
"""The simulated RGB-D camera: an ideal pinhole that looks forward and level."""

from __future__ import annotations

import math
from typing import NamedTuple, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rerun_bridge.node.demo_robot.paint import paint
from rerun_bridge.node.demo_robot.raycast import cast, Hits, Rays
from rerun_bridge.node.demo_robot.robot import CAMERA

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.trajectory import Motion
    from rerun_bridge.node.demo_robot.world import World

_FIELD_OF_VIEW_RAD = math.radians(78)
_MILLIMETRES = 1000
_MAX_DEPTH = 10.0
_BAND_ROWS = 32


class Frame(NamedTuple):
    """
    One shot of the camera.

    Attributes
    ----------
    rgb
        uint8, shape (height, width, 3).
    depth_mm
        uint16, shape (height, width), along the optical axis; 0 where there is no reading.

    """

    rgb: npt.NDArray[np.uint8]
    depth_mm: npt.NDArray[np.uint16]


class Camera:
    """
    A camera of the given size in pixels.

    The optical axis passes the centre of the picture; pixel centres have integer coordinates.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.focal_px = width / 2 / math.tan(_FIELD_OF_VIEW_RAD / 2)
        self.center_px = (width - 1) / 2, (height - 1) / 2
        across = (np.arange(width, dtype=np.float32) - self.center_px[0]) / self.focal_px
        down = (np.arange(height, dtype=np.float32) - self.center_px[1]) / self.focal_px
        self._left = -across.astype(np.float32)
        self._slopes = -down.astype(np.float32)

    def rays(self, motion: Motion) -> Rays:
        """Give the ray of every pixel; its parameter t is the depth in metres."""
        cos, sin = np.float32(math.cos(motion.yaw)), np.float32(math.sin(motion.yaw))
        forward, _, up = CAMERA.xyz
        origin = (motion.x + forward * float(cos), motion.y + forward * float(sin), up)
        directions = np.stack((cos - sin * self._left, sin + cos * self._left))
        return Rays(origin, directions, self._slopes)

    def shoot(self, world: World, motion: Motion) -> Frame:
        """Render what the camera sees from a pose of the robot."""
        rays = self.rays(motion)
        hits = cast(world, rays)
        rgb = np.empty((self.height, self.width, 3), np.uint8)
        depth_mm = np.empty((self.height, self.width), np.uint16)
        # In bands, whose intermediate arrays stay in the cache of the processor.
        for first in range(0, self.height, _BAND_ROWS):
            rows = slice(first, first + _BAND_ROWS)
            band = Hits(hits.t[rows], hits.surface[rows], hits.light[rows])
            colors = paint(world, rays._replace(slopes=rays.slopes[rows]), band)
            octets = colors.view(np.uint8).reshape(*colors.shape, 4)
            for channel in range(3):
                rgb[rows, :, channel] = octets[..., 2 - channel]
            depth = np.minimum(band.t, np.float32(_MAX_DEPTH))
            depth *= np.float32(_MILLIMETRES)
            depth_mm[rows] = depth
            depth_mm[rows] *= band.t < np.float32(_MAX_DEPTH)
        return Frame(rgb, depth_mm)
