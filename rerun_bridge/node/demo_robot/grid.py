# SPDX-License-Identifier: Apache-2.0
"""The world as an occupancy grid."""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rerun_bridge.node.demo_robot.robot import HEIGHT

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.world import World

RESOLUTION = 0.05
_MARGIN = 0.5
_WALL_THICKNESS = 0.15
UNKNOWN, FREE, OCCUPIED = -1, 0, 100


class Grid(NamedTuple):
    """
    An occupancy grid as ROS wants it.

    Attributes
    ----------
    cells
        int8, shape (height, width), first row at the lowest y.
    origin
        x, y of the corner of cell (0, 0), metres.

    """

    cells: npt.NDArray[np.int8]
    origin: tuple[float, float]


def rasterise(world: World) -> Grid:
    """Mark what a robot would run into; what hangs above it does not count."""
    half_width = world.half_width + _MARGIN
    half_length = world.half_length + _MARGIN
    height, width = round(2 * half_width / RESOLUTION), round(2 * half_length / RESOLUTION)
    ys = (np.arange(height) + 0.5) * RESOLUTION - half_width
    xs = (np.arange(width) + 0.5) * RESOLUTION - half_length
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    outside = np.max(np.abs(points) - (world.half_length, world.half_width), axis=1)
    cells = np.where(outside > _WALL_THICKNESS, UNKNOWN, np.where(outside > 0, OCCUPIED, FREE))
    for solid in world.solids:
        if solid.z_min < HEIGHT:
            cells[solid.distance(points) <= 0] = OCCUPIED
    return Grid(cells.reshape(height, width).astype(np.int8), (-half_length, -half_width))
