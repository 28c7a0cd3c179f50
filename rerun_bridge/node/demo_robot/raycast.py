# SPDX-License-Identifier: Apache-2.0
"""
Casts the rays of a sensor into the world.

All sensors here look along a grid of rays that shares one origin: ray (row, column) passes
``origin + t * (directions[column], slopes[row])``. A camera without pitch, a flat laser scanner
and a spinning lidar all fit this form, and outlines need to be cut only once per column.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rerun_bridge.node.demo_robot.shapes import (
    cross_boxes,
    cross_cylinders,
    Crossings,
    SUN,
    TINY,
)

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.shapes import Floats
    from rerun_bridge.node.demo_robot.world import World

SKY, FLOOR, FIRST_WALL, FIRST_SOLID = 0, 1, 2, 6
_TOP_LIGHT, _BOTTOM_LIGHT = 1.0, 0.4


class Rays(NamedTuple):
    """
    A grid of rays.

    Attributes
    ----------
    origin
        x, y, z in frame ``map``, metres.
    directions
        Ground part of one step along the ray, shape (2, columns).
    slopes
        Height gained in that step, shape (rows,), rising or falling with the row.

    """

    origin: tuple[float, float, float]
    directions: Floats
    slopes: Floats


class Hits(NamedTuple):
    """
    What the rays met, all of shape (rows, columns).

    Attributes
    ----------
    t
        Ray parameter of the hit; inf in the sky.
    surface
        SKY, FLOOR, FIRST_WALL + 0..3 (east, north, west, south) or FIRST_SOLID + index.
    light
        How bright the surface is lit, 0..1.

    """

    t: Floats
    surface: npt.NDArray[np.uint8]
    light: Floats


def cast(world: World, rays: Rays) -> Hits:
    """Find the first surface along every ray."""
    x, y, z = rays.origin
    slopes = np.where(rays.slopes == 0, np.float32(1e-9), rays.slopes)
    cap_light = np.where(slopes < 0, np.float32(_TOP_LIGHT), np.float32(_BOTTOM_LIGHT))
    hits = _cast_yard(world, rays, slopes)
    boxes = cross_boxes(world.boxes, x, y, rays.directions)
    cylinders = cross_cylinders(world.cylinders, x, y, rays.directions)
    pairs = zip(boxes, cylinders, strict=True)
    near, far, facing = (np.concatenate(pair) for pair in pairs)
    bounds = np.array([(each.z_min, each.z_max) for each in world.solids], np.float32)
    heights = (bounds.reshape(-1, 2, 1) - np.float32(z)) / slopes
    for index in np.flatnonzero((far > 0).any(axis=1)):
        _draw(
            hits,
            Crossings(near[index], far[index], facing[index]),
            slab=(heights[index].min(axis=0), heights[index].max(axis=0)),
            cap_light=cap_light,
            surface=FIRST_SOLID + int(index),
        )
    return hits


def _cast_yard(world: World, rays: Rays, slopes: Floats) -> Hits:
    """Hits in the empty yard: floor, walls, sky."""
    x, y, z = rays.origin
    dx, dy = rays.directions
    t_x = (np.copysign(np.float32(world.half_length), dx) - np.float32(x)) / (dx + TINY)
    t_y = (np.copysign(np.float32(world.half_width), dy) - np.float32(y)) / (dy + TINY)
    wall_t = np.minimum(t_x, t_y)
    wall = np.where(t_x < t_y, 2 * (dx < 0), 1 + 2 * (dy < 0))
    light = np.array([*-SUN, *SUN])
    wall_light = _side_light(light[wall])

    shape = slopes.size, wall_t.size
    floor_t = np.where(slopes < 0, np.float32(-z) / slopes, np.float32(np.inf))[:, None]
    hits = Hits(np.minimum(floor_t, wall_t), np.empty(shape, np.uint8), np.empty(shape, 'f4'))
    hits.surface[:] = wall + FIRST_WALL
    hits.light[:] = wall_light
    rows = _span(np.flatnonzero(slopes < 0))
    on_floor = floor_t[rows] < wall_t
    np.copyto(hits.surface[rows], np.uint8(FLOOR), where=on_floor)
    np.copyto(hits.light[rows], np.float32(_TOP_LIGHT), where=on_floor)
    rows = _span(np.flatnonzero(slopes * wall_t.max() > world.wall_height - z))
    sky = slopes[rows, None] > np.float32(world.wall_height - z) / wall_t
    np.copyto(hits.t[rows], np.float32(np.inf), where=sky)
    np.copyto(hits.surface[rows], np.uint8(SKY), where=sky)
    np.copyto(hits.light[rows], 1 - np.minimum(slopes[rows, None], 1) / 2, where=sky)
    return hits


def _draw(
    hits: Hits,
    outline: Crossings,
    *,
    slab: tuple[Floats, Floats],
    cap_light: Floats,
    surface: int,
) -> None:
    """Put one solid in front of what is farther away; touch only the part where it can be."""
    columns = _span(np.flatnonzero(outline.far > 0))
    near, far = outline.near[columns], outline.far[columns]
    rows = _span(np.flatnonzero((slab[0] < far.max()) & (slab[1] > max(near.min(), 0.0))))
    low, high = slab[0][rows, None], slab[1][rows, None]
    start = np.maximum(near, low)
    hit = (start < np.minimum(far, high)) & (start > 0) & (start < hits.t[rows, columns])
    lit = np.where(low > near, cap_light[rows, None], _side_light(outline.facing[columns]))
    np.copyto(hits.t[rows, columns], start, where=hit)
    np.copyto(hits.surface[rows, columns], np.uint8(surface), where=hit)
    np.copyto(hits.light[rows, columns], lit, where=hit)


def _side_light(facing: Floats) -> Floats:
    return np.asarray(np.float32(0.76) + np.float32(0.2) * facing)


def _span(indices: npt.NDArray[np.intp]) -> slice:
    return slice(int(indices[0]), int(indices[-1]) + 1) if indices.size else slice(0, 0)
