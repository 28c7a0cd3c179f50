# SPDX-License-Identifier: Apache-2.0
"""
Upright solids of the simulated world.

Every solid is a ground outline pulled up from ``z_min`` to ``z_max``. Rays can therefore be cut
with the outline (once per column of a sensor) and with the two heights (once per row).
"""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import NamedTuple, Protocol, Tuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Color = Tuple[int, int, int]


class Crossings(NamedTuple):
    """
    Where flat rays enter and leave an outline.

    Attributes
    ----------
    near, far
        Ray parameters, shape (columns,); a ray that misses has near = inf and far = -inf.
    normal_yaw_rad
        Direction in which the outline faces at the entry, shape (columns,).

    """

    near: Floats
    far: Floats
    normal_yaw_rad: Floats


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
        """Cut rays from (x, y) along directions, shape (columns, 2), with the outline."""

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
        cos, sin = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        along = directions @ np.array([[cos, -sin], [sin, cos]], np.float32)
        along = np.where(along == 0, np.float32(1e-9), along)
        dx, dy = x - self.x, y - self.y
        start = np.array([dx * cos + dy * sin, dy * cos - dx * sin], np.float32)
        half = np.array([self.length, self.width], np.float32) / 2
        reach = half / np.abs(along)
        middle = -start / along
        entry, leave = middle - reach, middle + reach
        near, far = entry.max(axis=1), leave.min(axis=1)
        axis = entry.argmax(axis=1)
        forward = np.take_along_axis(along, axis[:, None], axis=1)[:, 0] > 0
        yaw = self.yaw_rad + axis * (math.pi / 2) + forward * math.pi
        return _without_misses(near, far, yaw.astype(np.float32))

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
        offset = np.array([x - self.x, y - self.y], np.float32)
        square = np.einsum('ij,ij->i', directions, directions)
        slope = directions @ offset
        root = slope * slope - square * (offset @ offset - self.radius**2)
        half = np.sqrt(np.maximum(root, 0))
        near = (-slope - half) / square
        far = np.where(root > 0, (half - slope) / square, -np.inf)
        entry = offset + near[:, None] * directions
        yaw = np.arctan2(entry[:, 1], entry[:, 0])
        return _without_misses(near, far, yaw)

    def distance(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Signed distance to the circle."""
        return np.hypot(points[:, 0] - self.x, points[:, 1] - self.y) - self.radius


def _without_misses(near: Floats, far: Floats, yaw: Floats) -> Crossings:
    hit = (far > near) & (far > 0)
    infinity = np.float32(np.inf)
    return Crossings(np.where(hit, near, infinity), np.where(hit, far, -infinity), yaw)
