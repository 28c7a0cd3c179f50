# SPDX-License-Identifier: Apache-2.0
"""Rays against distances that are known, and against a slow walk along each ray."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from rerun_bridge.node.demo_robot.raycast import (
    cast,
    FIRST_SOLID,
    FIRST_WALL,
    FLOOR,
    Hits,
    Rays,
    SKY,
)
from rerun_bridge.node.demo_robot.shapes import Box, Cylinder
from rerun_bridge.node.demo_robot.world import World, YARD

EYE = 0.5


def world(*solids: Box | Cylinder) -> World:
    return World(
        half_length=5.0,
        half_width=3.0,
        wall_height=2.0,
        wall_colors=((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)),
        sky_color=(0, 255, 255),
        floor_color=(128, 128, 128),
        boxes=tuple(each for each in solids if isinstance(each, Box)),
        cylinders=tuple(each for each in solids if isinstance(each, Cylinder)),
    )


def look(
    place: World, *, yaw_rad: float = 0.0, slope: float = 0.0, x: float = 0.0, y: float = 0.0
) -> tuple[object, int]:
    directions = np.array([[math.cos(yaw_rad)], [math.sin(yaw_rad)]], np.float32)
    hits = cast(place, Rays((x, y, EYE), directions, np.array([slope], np.float32)))
    return float(hits.t[0, 0]), int(hits.surface[0, 0])


@pytest.mark.parametrize(
    ('yaw_deg', 'distance', 'wall'),
    [(0, 5.0, 0), (90, 3.0, 1), (180, 5.0, 2), (-90, 3.0, 3), (45, 3.0 * math.sqrt(2), 1)],
)
def test_walls(yaw_deg: float, distance: float, wall: int) -> None:
    seen = look(world(), yaw_rad=math.radians(yaw_deg))
    assert seen == (pytest.approx(distance, abs=1e-5), FIRST_WALL + wall)


def test_floor_and_sky() -> None:
    assert look(world(), slope=-0.25) == (pytest.approx(EYE / 0.25), FLOOR)
    just_below, just_above = (2.0 - EYE) / 5.0 - 1e-3, (2.0 - EYE) / 5.0 + 1e-3
    assert look(world(), slope=just_below) == (pytest.approx(5.0), FIRST_WALL)
    assert look(world(), slope=just_above) == (math.inf, SKY)


def test_cylinder() -> None:
    post = Cylinder('post', (1, 2, 3), x=3.0, y=0.0, radius=0.5, z_max=1.0)
    assert look(world(post)) == (pytest.approx(2.5), FIRST_SOLID)
    grazing = math.asin(0.5 / 3.0)
    assert look(world(post), yaw_rad=grazing - 1e-3)[1] == FIRST_SOLID
    assert look(world(post), yaw_rad=grazing + 1e-3)[1] == FIRST_WALL
    over = look(world(post), slope=0.21)
    assert over == (pytest.approx(5.0), FIRST_WALL), 'passes over the top'


def test_turned_box_shows_its_corner() -> None:
    crate = Box(
        'crate', (1, 2, 3), x=3.0, y=0.0, length=1.0, width=1.0, z_max=1.0, yaw_rad=math.pi / 4
    )
    assert look(world(crate)) == (pytest.approx(3.0 - math.sqrt(0.5), abs=1e-5), FIRST_SOLID)


def test_top_and_bottom_faces() -> None:
    table = Box('table', (1, 2, 3), x=2.0, y=0.0, length=2.0, width=1.0, z_max=0.3)
    assert look(world(table), slope=-0.1) == (pytest.approx(2.0), FIRST_SOLID)
    beam = Box('beam', (1, 2, 3), x=2.0, y=0.0, length=2.0, width=1.0, z_min=0.8, z_max=1.0)
    assert look(world(beam)) == (pytest.approx(5.0), FIRST_WALL), 'passes below'
    assert look(world(beam), slope=0.2) == (pytest.approx(1.5), FIRST_SOLID)


def test_nearest_wins_whatever_the_order() -> None:
    near = Cylinder('near', (1, 2, 3), x=1.5, y=0.0, radius=0.2, z_max=1.0)
    far = Cylinder('far', (1, 2, 3), x=3.0, y=0.0, radius=0.2, z_max=1.0)
    assert look(world(near, far)) == (pytest.approx(1.3), FIRST_SOLID)
    assert look(world(far, near)) == (pytest.approx(1.3), FIRST_SOLID + 1)


def test_behind_is_not_seen() -> None:
    post = Cylinder('post', (1, 2, 3), x=-3.0, y=0.0, radius=0.5, z_max=1.0)
    assert look(world(post)) == (pytest.approx(5.0), FIRST_WALL)


def inside_something(
    points: npt.NDArray[np.float64], *, grown: float = 0.0
) -> npt.NDArray[np.bool_]:
    """Tell for points, shape (n, 3), whether they are in a solid, a wall or the ground."""
    x, y, z = points.T
    walled = (np.abs(x) > YARD.half_length) | (np.abs(y) > YARD.half_width)
    result = (walled & (z < YARD.wall_height + grown)) | (z < 0)
    for solid in YARD.solids:
        result |= (
            (solid.distance(points[:, :2]) < grown)
            & (z > solid.z_min - grown)
            & (z < solid.z_max + grown)
        )
    return np.asarray(result)


@pytest.mark.parametrize('seed', range(6))
def test_yard_agrees_with_a_walk_along_the_rays(seed: int) -> None:
    random = np.random.default_rng(seed)
    origin = np.array([random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5), 0.6])
    yaws = random.uniform(-math.pi, math.pi, 40)
    directions = np.stack((np.cos(yaws), np.sin(yaws)))
    slopes = np.linspace(-0.8, 0.8, 9)
    rays = Rays((origin[0], origin[1], origin[2]), directions.astype('f4'), slopes.astype('f4'))
    hits: Hits = cast(YARD, rays)
    margin = 2e-3
    for row, slope in enumerate(slopes):
        for column in range(yaws.size):
            step = np.array([*directions[:, column], slope])
            t = float(hits.t[row, column])
            free_until = t if math.isfinite(t) else 12.0
            walk = origin + np.arange(0.0, free_until - margin, 5e-3)[:, None] * step
            within = np.max(np.abs(walk[:, :2]) - (YARD.half_length, YARD.half_width), axis=1) < 0
            walk = walk[within]
            assert not inside_something(walk).any(), (row, column)
            if math.isfinite(t):
                around = origin + np.array([[t - margin], [t + margin]]) * step
                assert inside_something(around, grown=margin).any(), (row, column)
