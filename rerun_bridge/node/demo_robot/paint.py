# SPDX-License-Identifier: Apache-2.0
"""
Colours of what rays have met.

All surfaces are carved from one solid checker pattern, which makes tiles on the floor and blocks
on the walls, so that movement is easy to see and camera and cloud agree on every colour.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rerun_bridge.node.demo_robot.raycast import SKY

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.raycast import Hits, Rays
    from rerun_bridge.node.demo_robot.world import World

_LEVELS = 128
_BLOCKS_PER_METRE = (1.0, 1.0, 2.0)
_DARK_BLOCK = 0.84
_FOG_PER_METRE = 0.022
# Added to a coordinate so that it is positive everywhere and no wall lies between two blocks.
_OFFSET_BLOCKS = 64.37


def paint(world: World, rays: Rays, hits: Hits) -> npt.NDArray[np.uint32]:
    """
    Colour every hit.

    Returns
    -------
    numpy.ndarray
        ``0x00RRGGBB``, shape (rows, columns).

    """
    solid = hits.surface != SKY
    t = np.where(solid, hits.t, np.float32(0))
    steps = (*rays.directions.T, rays.slopes[:, None])
    parity = np.zeros(t.shape, np.int32)
    for start, step, scale in zip(rays.origin, steps, _BLOCKS_PER_METRE):
        block = t * (step * np.float32(scale))
        block += np.float32(start * scale + _OFFSET_BLOCKS)
        parity += block.astype(np.int32)
    parity &= 1
    parity &= solid
    light = hits.light * (_LEVELS - np.float32(0.5))
    light *= 1 - np.float32(1 - _DARK_BLOCK) * parity.astype(np.float32)
    light *= 1 / (1 + np.float32(_FOG_PER_METRE) * t)
    shades = light.astype(np.int32)
    shades += hits.surface.astype(np.int32) * _LEVELS
    return np.take(_shades(world), shades)


@lru_cache(maxsize=1)
def _shades(world: World) -> npt.NDArray[np.uint32]:
    """Every colour of the world at every level of light, ``surface * _LEVELS + level``."""
    solids = [solid.color for solid in world.solids]
    colors = np.array([world.sky_color, world.floor_color, *world.wall_colors, *solids])
    levels = (np.arange(_LEVELS) + 0.5) / _LEVELS
    red, green, blue = (colors[:, None, :] * levels[:, None]).astype(np.uint32).T
    return np.ascontiguousarray((red << 16 | green << 8 | blue).T).ravel()
