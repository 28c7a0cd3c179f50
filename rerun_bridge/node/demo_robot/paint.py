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
_FAR = 30.0
# Added to a coordinate so that it is positive everywhere and no wall lies between two blocks.
_OFFSET_BLOCKS = 64.37


def paint(world: World, rays: Rays, hits: Hits) -> npt.NDArray[np.uint32]:
    """
    Colour every hit.

    Returns
    -------
    numpy.ndarray
        ``0x00RRGGBB`` in little-endian uint32, shape (rows, columns).

    """
    t = np.minimum(hits.t, np.float32(_FAR))
    steps = (*rays.directions, rays.slopes[:, None])
    parity = np.zeros(t.shape, np.int16)
    for start, step, scale in zip(rays.origin, steps, _BLOCKS_PER_METRE, strict=True):
        block = t * (step * np.float32(scale))
        block += np.float32(start * scale + _OFFSET_BLOCKS)
        parity += block.astype(np.int16)
    parity &= 1
    level = hits.light * np.float32(_LEVELS - 0.5)
    t *= np.float32(_FOG_PER_METRE)
    t += 1
    level /= t
    shade = hits.surface.astype(np.int16)
    for digit, base in ((parity, 2), (level.astype(np.int16), _LEVELS)):
        shade *= base
        shade += digit
    return np.take(_shades(world), shade, mode='clip')


@lru_cache(maxsize=1)
def _shades(world: World) -> npt.NDArray[np.uint32]:
    """Every colour of the world, in the order surface, light or dark block, level of light."""
    solids = [solid.color for solid in world.solids]
    colors = np.array([world.sky_color, world.floor_color, *world.wall_colors, *solids])
    levels = (np.arange(_LEVELS) + 0.5) / _LEVELS
    light = np.multiply.outer(np.ones(len(colors)), np.stack((levels, levels * _DARK_BLOCK)))
    # The sky has neither blocks nor fog.
    light[SKY] = np.minimum(levels * (1 + _FOG_PER_METRE * _FAR), 1)
    rgb = (colors[:, None, None] * light[..., None]).astype('<u4')
    return np.ravel(rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2])
