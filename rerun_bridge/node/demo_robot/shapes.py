# SPDX-License-Identifier: Apache-2.0
"""
Upright solids of the simulated world.

Every solid is a ground outline pulled up from ``z_min`` to ``z_max``. Rays can therefore be cut
with the outline (once per column of a sensor) and with the two heights (once per row).
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Color = tuple[int, int, int]
SUN = (math.cos(math.radians(115)), math.sin(math.radians(115)))
"""Ground part of the direction towards the sun, of length 1."""
TINY = np.float32(1e-9)


class Crossings(NamedTuple):
    """
    Where flat rays enter and leave an outline.

    Attributes
    ----------
    near, far
        Ray parameters, shape (columns,); a ray that misses has near = inf and far = -inf.
    facing
        Cosine of the angle between the outline's normal at the entry and the sun,
        shape (columns,).

    """

    near: Floats
    far: Floats
    facing: Floats


class Solid(Protocol):
    """What the ray caster and the map need to know about a solid."""

    @property
    def name(self) -> str:
        """Name shown in markers."""

    @property
    def color(self) -> Color:
        """Red, green, blue in 0..255."""

    @property
    def z_min(self) -> float:
        """Height of the lower side in metres."""

    @property
    def z_max(self) -> float:
        """Height of the upper side in metres."""

    def crossings(self, x: float, y: float, directions: Floats) -> Crossings:
        """Cut rays from (x, y) along directions, shape (2, columns), with the outline."""

    def distance(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Metres from points, shape (n, 2), to the outline; negative inside."""


@dataclass(frozen=True)
class Box:
    """A box that stands upright, turned by a yaw angle; lengths in metres."""

    name: str
    color: Color
    x: float
    y: float
    length: float
    width: float
    z_max: float
    z_min: float = 0.0
    yaw_rad: float = 0.0

    def crossings(self, x: float, y: float, directions: Floats) -> Crossings:
        """Cut flat rays with the rectangle."""
        cos, sin = np.float32(math.cos(self.yaw_rad)), np.float32(math.sin(self.yaw_rad))
        dx, dy = directions
        start_x, start_y = np.float32(self.x - x), np.float32(self.y - y)
        # The box's own axes; a ray along one of them must not divide by zero.
        inverse_x = 1 / (cos * dx + sin * dy + TINY)
        inverse_y = 1 / (cos * dy - sin * dx + TINY)
        middle_x = (cos * start_x + sin * start_y) * inverse_x
        middle_y = (cos * start_y - sin * start_x) * inverse_y
        reach_x = np.abs(np.float32(self.length / 2) * inverse_x)
        reach_y = np.abs(np.float32(self.width / 2) * inverse_y)
        near_x, near_y = middle_x - reach_x, middle_y - reach_y
        facing = -np.sign(inverse_x) * (cos * np.float32(SUN[0]) + sin * np.float32(SUN[1]))
        facing_y = -np.sign(inverse_y) * (cos * np.float32(SUN[1]) - sin * np.float32(SUN[0]))
        np.copyto(facing, facing_y, where=near_y > near_x)
        near, far = np.maximum(near_x, near_y), np.minimum(middle_x + reach_x, middle_y + reach_y)
        return _without_misses(near, far, facing)

    def distance(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Signed distance to the rectangle."""
        cos, sin = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        local = (points - (self.x, self.y)) @ np.array([[cos, -sin], [sin, cos]])
        outside = np.abs(local) - np.array([self.length, self.width]) / 2
        corner = np.hypot(*np.maximum(outside, 0).T)
        return np.asarray(corner + np.minimum(outside.max(axis=1), 0))


@dataclass(frozen=True)
class Cylinder:
    """A cylinder that stands upright; lengths in metres."""

    name: str
    color: Color
    x: float
    y: float
    radius: float
    z_max: float
    z_min: float = 0.0

    def crossings(self, x: float, y: float, directions: Floats) -> Crossings:
        """Cut flat rays with the circle."""
        dx, dy = directions
        from_x, from_y = np.float32(x - self.x), np.float32(y - self.y)
        square = dx * dx + dy * dy
        slope = dx * from_x + dy * from_y
        root = slope * slope - square * (from_x * from_x + from_y * from_y - self.radius**2)
        half = np.sqrt(np.maximum(root, 0))
        near, far = (-slope - half) / square, (half - slope) / square
        facing = (from_x + near * dx) * np.float32(SUN[0] / self.radius)
        facing += (from_y + near * dy) * np.float32(SUN[1] / self.radius)
        return _without_misses(near, far, facing)

    def distance(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Signed distance to the circle."""
        return np.hypot(points[:, 0] - self.x, points[:, 1] - self.y) - self.radius


def _without_misses(near: Floats, far: Floats, facing: Floats) -> Crossings:
    miss = (far <= near) | (far <= 0)
    np.copyto(near, np.inf, where=miss)
    np.copyto(far, -np.inf, where=miss)
    return Crossings(near, far, facing)
