# SPDX-License-Identifier: Apache-2.0
"""The simulated yard: four coloured walls, a tiled floor and what stands on it."""

from __future__ import annotations

from dataclasses import dataclass
import math
from typing import TYPE_CHECKING

from rerun_bridge.node.demo_robot.shapes import Box, Cylinder

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.shapes import Color, Solid


@dataclass(frozen=True, eq=False)
class World:
    """
    A rectangle around the origin of frame ``map`` with walls and solids.

    Attributes
    ----------
    half_length, half_width
        Distance of the walls from the origin along x and y, metres.
    wall_height
        Metres; a ray above it sees the sky.
    wall_colors
        East (+x), north (+y), west, south.
    sky_color, floor_color
        Colours in full light.
    boxes, cylinders
        What stands in the yard or hangs over it.

    """

    half_length: float
    half_width: float
    wall_height: float
    wall_colors: tuple[Color, Color, Color, Color]
    sky_color: Color
    floor_color: Color
    boxes: tuple[Box, ...] = ()
    cylinders: tuple[Cylinder, ...] = ()

    @property
    def solids(self) -> tuple[Solid, ...]:
        """All boxes, then all cylinders."""
        return (*self.boxes, *self.cylinders)


YARD = World(
    half_length=6.0,
    half_width=4.0,
    wall_height=1.8,
    wall_colors=((196, 84, 62), (72, 116, 178), (214, 172, 74), (104, 154, 92)),
    sky_color=(150, 198, 242),
    floor_color=(188, 184, 176),
    boxes=(
        Box('crate', (168, 116, 62), x=2.2, y=0.0, length=0.9, width=0.8, z_max=0.7, yaw_rad=0.4),
        Box(
            'parcel',
            (222, 176, 112),
            x=2.2,
            y=0.0,
            length=0.45,
            width=0.4,
            z_min=0.7,
            z_max=1.05,
            yaw_rad=0.9,
        ),
        Box(
            'gate beam',
            (232, 96, 24),
            x=4.0,
            y=0.0,
            length=1.7,
            width=0.16,
            z_min=1.4,
            z_max=1.65,
        ),
        Box('bench', (116, 84, 160), x=0.0, y=3.0, length=2.2, width=0.5, z_max=0.45),
        Box('cabinet', (46, 138, 140), x=-5.2, y=-2.9, length=0.7, width=1.2, z_max=1.5),
        Box(
            'container',
            (60, 88, 168),
            x=0.2,
            y=-3.1,
            length=1.8,
            width=0.8,
            z_max=1.1,
            yaw_rad=math.radians(8),
        ),
    ),
    cylinders=(
        Cylinder('barrel', (206, 48, 42), x=-2.7, y=0.0, radius=0.45, z_max=1.0),
        Cylinder('gate post left', (240, 240, 240), x=3.25, y=0.0, radius=0.07, z_max=1.4),
        Cylinder('gate post right', (240, 240, 240), x=4.75, y=0.0, radius=0.07, z_max=1.4),
        Cylinder('column', (200, 200, 210), x=5.2, y=3.1, radius=0.3, z_max=2.4),
        Cylinder('bin', (52, 150, 66), x=-5.2, y=2.9, radius=0.35, z_max=0.8),
        Cylinder('bollard', (240, 200, 40), x=4.9, y=-2.9, radius=0.15, z_max=0.9),
    ),
)
