# SPDX-License-Identifier: Apache-2.0
"""
Upright solids of the simulated world.

Every solid is a ground outline pulled up from ``z_min`` to ``z_max``. Rays can therefore be cut
with the outline (once per column of a sensor) and with the two heights (once per row). All boxes
are cut in one go, and so are all cylinders.
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import NamedTuple, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float32]
Color = tuple[int, int, int]
SUN = np.array([math.cos(math.radians(115)), math.sin(math.radians(115))], np.float32)
"""Ground part of the direction towards the sun, of length 1."""
TINY = np.float32(1e-9)
"""Added to a divisor that may be zero: a ray along an axis."""


@dataclass(frozen=True)
class Box:
    """A box that stands upright, turned by a yaw angle; lengths in metres, colour 0..255."""

    name: str
    color: Color
    x: float
    y: float
    length: float
    width: float
    z_max: float
    z_min: float = 0.0
    yaw_rad: float = 0.0

    def distance(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Give metres from points, shape (n, 2), to the rectangle; negative inside."""
        cos, sin = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        local = (points - (self.x, self.y)) @ np.array([[cos, -sin], [sin, cos]])
        outside = np.abs(local) - np.array([self.length, self.width]) / 2
        corner = np.hypot(*np.maximum(outside, 0).T)
        return np.asarray(corner + np.minimum(outside.max(axis=1), 0))


@dataclass(frozen=True)
class Cylinder:
    """A cylinder that stands upright; lengths in metres, colour 0..255."""

    name: str
    color: Color
    x: float
    y: float
    radius: float
    z_max: float
    z_min: float = 0.0

    def distance(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Give metres from points, shape (n, 2), to the circle; negative inside."""
        return np.hypot(points[:, 0] - self.x, points[:, 1] - self.y) - self.radius


Solid = Box | Cylinder


class Crossings(NamedTuple):
    """
    Where flat rays enter and leave outlines, all of shape (solids, columns).

    Attributes
    ----------
    near, far
        Ray parameters; a ray that misses has near = inf and far = -inf.
    facing
        Cosine of the angle between the outline's normal at the entry and the sun.

    """

    near: Floats
    far: Floats
    facing: Floats


def cross_boxes(boxes: Sequence[Box], x: float, y: float, directions: Floats) -> Crossings:
    """Cut rays from (x, y) along directions, shape (2, columns), with rectangles."""
    rows = [
        (box.x - x, box.y - y, math.cos(box.yaw_rad), math.sin(box.yaw_rad), box.length, box.width)
        for box in boxes
    ]
    to_x, to_y, cos, sin, length, width = _columns(rows, 6)
    dx, dy = directions
    # The boxes' own axes.
    inverse_x = 1 / (cos * dx + sin * dy + TINY)
    inverse_y = 1 / (cos * dy - sin * dx + TINY)
    middle_x = (cos * to_x + sin * to_y) * inverse_x
    middle_y = (cos * to_y - sin * to_x) * inverse_y
    reach_x = np.abs(length / 2 * inverse_x)
    reach_y = np.abs(width / 2 * inverse_y)
    near_x, near_y = middle_x - reach_x, middle_y - reach_y
    facing_x = np.sign(inverse_x) * -(cos * SUN[0] + sin * SUN[1])
    facing_y = np.sign(inverse_y) * -(cos * SUN[1] - sin * SUN[0])
    facing = np.where(near_x > near_y, facing_x, facing_y)
    near, far = np.maximum(near_x, near_y), np.minimum(middle_x + reach_x, middle_y + reach_y)
    return _without_misses(near, far, facing)


def cross_cylinders(
    cylinders: Sequence[Cylinder], x: float, y: float, directions: Floats
) -> Crossings:
    """Cut rays from (x, y) along directions, shape (2, columns), with circles."""
    rows = [(x - each.x, y - each.y, each.radius) for each in cylinders]
    from_x, from_y, radius = _columns(rows, 3)
    dx, dy = directions
    square = dx * dx + dy * dy
    slope = dx * from_x + dy * from_y
    root = slope * slope - square * (from_x * from_x + from_y * from_y - radius * radius)
    half = np.sqrt(np.maximum(root, 0))
    near, far = (-slope - half) / square, (half - slope) / square
    facing = (from_x + near * dx) * (SUN[0] / radius) + (from_y + near * dy) * (SUN[1] / radius)
    return _without_misses(near, far, facing)


def _columns(rows: Sequence[tuple[float, ...]], width: int) -> Floats:
    """Turn a table into its columns, shape (width, rows, 1)."""
    table: Floats = np.array(rows, np.float32).reshape(-1, width)
    columns: Floats = table.T[..., None]
    return columns


def _without_misses(near: Floats, far: Floats, facing: Floats) -> Crossings:
    miss = (far <= near) | (far <= 0)
    near[miss] = np.inf
    far[miss] = -np.inf
    return Crossings(near, far, facing)
