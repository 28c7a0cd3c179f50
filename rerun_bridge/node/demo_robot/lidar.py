# SPDX-License-Identifier: Apache-2.0
"""The simulated spinning lidar: a flat scan and a coloured cloud from the same head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rerun_bridge.node.demo_robot.paint import paint
from rerun_bridge.node.demo_robot.raycast import cast, Rays
from rerun_bridge.node.demo_robot.robot import LASER

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.shapes import Floats
    from rerun_bridge.node.demo_robot.trajectory import Motion
    from rerun_bridge.node.demo_robot.world import World

RANGE_MIN, RANGE_MAX = 0.12, 10.0
NOISE = 0.008
SCAN_BEAMS = 720
_CLOUD_COLUMNS, _CLOUD_ROWS = 512, 32
_CLOUD_ELEVATIONS_RAD = (math.radians(-28), math.radians(14))

POINT = np.dtype([('x', '<f4'), ('y', '<f4'), ('z', '<f4'), ('rgb', '<u4'), ('intensity', '<f4')])
"""One point of the cloud; rgb is 0x00RRGGBB, to be declared as FLOAT32 as PCL does."""


class Lidar:
    """
    A lidar on the robot's head.

    Parameters
    ----------
    world
        What it looks at.
    generator
        Source of the noise of its ranges.

    """

    def __init__(self, world: World, generator: np.random.Generator) -> None:
        self._world = world
        self._generator = generator
        self._scan_azimuths = _azimuths(SCAN_BEAMS)
        self._cloud_azimuths = _azimuths(_CLOUD_COLUMNS)
        low, high = _CLOUD_ELEVATIONS_RAD
        elevations: Floats = np.linspace(low, high, _CLOUD_ROWS, dtype=np.float32)
        self._cloud_slopes: Floats = np.tan(elevations)
        self._cloud_stretch: Floats = np.reciprocal(np.cos(elevations))[:, None]

    def scan(self, motion: Motion) -> tuple[Floats, Floats]:
        """
        Look around at the height of the laser.

        Returns
        -------
        tuple
            Ranges in metres, inf where nothing is in reach, and intensities 0..255, both of
            shape (SCAN_BEAMS,), from -pi counter-clockwise.

        """
        rays = _rays(motion, self._scan_azimuths, np.zeros(1, np.float32))
        hits = cast(self._world, rays)
        ranges = self._noisy(hits.t[0])
        ranges[(ranges < RANGE_MIN) | (ranges > RANGE_MAX)] = np.inf
        return ranges, _brightness(paint(self._world, rays, hits)[0])

    def cloud(self, motion: Motion) -> npt.NDArray[np.void]:
        """Look around with all rows of the head; give the points in reach as POINT records."""
        rays = _rays(motion, self._cloud_azimuths, self._cloud_slopes)
        hits = cast(self._world, rays)
        colors = paint(self._world, rays, hits)
        ranges = self._noisy(hits.t * self._cloud_stretch)
        seen = (ranges > RANGE_MIN) & (ranges < RANGE_MAX)
        ground = (ranges / self._cloud_stretch)[seen]
        azimuth = np.broadcast_to(self._cloud_azimuths, seen.shape)[seen]
        points = np.empty(ground.size, POINT)
        points['x'] = ground * np.cos(azimuth)
        points['y'] = ground * np.sin(azimuth)
        points['z'] = ground * np.broadcast_to(self._cloud_slopes[:, None], seen.shape)[seen]
        points['rgb'] = colors[seen]
        points['intensity'] = _brightness(points['rgb'])
        return points

    def _noisy(self, ranges: Floats) -> Floats:
        noise = self._generator.standard_normal(ranges.shape, dtype=np.float32)
        return np.asarray(ranges + np.float32(NOISE) * noise)


def _azimuths(count: int) -> Floats:
    return np.linspace(-math.pi, math.pi, count, endpoint=False, dtype=np.float32)


def _rays(motion: Motion, azimuths: Floats, slopes: Floats) -> Rays:
    """Rays whose parameter t is the range along the ground."""
    forward, _, up = LASER.xyz
    x = motion.x + forward * math.cos(motion.yaw)
    y = motion.y + forward * math.sin(motion.yaw)
    heading = azimuths + np.float32(motion.yaw)
    directions = np.stack((np.cos(heading), np.sin(heading)))
    return Rays((x, y, up), directions, slopes)


def _brightness(colors: npt.NDArray[np.uint32]) -> Floats:
    """Luma of 0x00RRGGBB, 0..255, which stands for how well a surface reflects."""
    red, green, blue = colors >> 16 & 255, colors >> 8 & 255, colors & 255
    weighted = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.asarray(weighted.astype(np.float32))
