# SPDX-License-Identifier: Apache-2.0
"""Markers of many types: the solids of the yard, their names, the way ahead, the speed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, TYPE_CHECKING

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from rerun_bridge.node.demo_robot.feed import Feed, orientation, pose, Topic, vector
from rerun_bridge.node.demo_robot.robot import WHEEL_WIDTH
from rerun_bridge.node.demo_robot.shapes import Box, Cylinder

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation
    from rerun_bridge.node.demo_robot.world import World

_WHITE, _YELLOW = (1.0, 1.0, 1.0), (1.0, 0.85, 0.1)
_GREEN, _BLUE = (0.2, 0.9, 0.3), (0.3, 0.6, 1.0)
_WHEEL_MESH = Path(__file__).with_name('meshes') / 'wheel.glb'
_STONE = 0.1
_GOALS_PER_LOOP = 8
_ARROW_SEC_AHEAD = 1.0
_TRAIL_SEC = 6
_WAY_SEC = 8


def feeds(simulation: Simulation) -> list[Feed]:
    """Describe the markers: what never changes is built once and stamped anew."""
    world = simulation.world
    still = [*_solids(world), *_lines(simulation), _kerb(world), _home_pad(), _spare_wheel()]

    def markers(moment: Moment) -> tuple[MarkerArray]:
        moving = [_speed_arrow(moment), _beacon(moment), _trail(simulation, moment)]
        moving += _way(simulation, moment)
        for marker in still + moving:
            marker.header.stamp = moment.stamp
        return (MarkerArray(markers=still + moving),)

    return [Feed(2.0, [Topic('/markers', MarkerArray)], markers)]


def _marker(namespace: str, kind: int, **fields: Any) -> Marker:  # noqa: ANN401 - message fields
    marker = Marker(ns=namespace, type=kind, action=Marker.ADD, **fields)
    marker.header.frame_id = marker.header.frame_id or 'map'
    return marker


def _color(rgb: tuple[float, float, float], alpha: float = 1.0) -> ColorRGBA:
    red, green, blue = rgb
    return ColorRGBA(r=red, g=green, b=blue, a=alpha)


def _solids(world: World) -> list[Marker]:
    result = []
    for index, solid in enumerate(world.solids):
        height = solid.z_max - solid.z_min
        common = {
            'id': index,
            'color': _color((solid.color[0] / 255, solid.color[1] / 255, solid.color[2] / 255)),
        }
        if isinstance(solid, Box):
            place = pose(solid.x, solid.y, solid.yaw_rad, z=solid.z_min + height / 2)
            size = vector((solid.length, solid.width, height))
            result.append(_marker('solids', Marker.CUBE, pose=place, scale=size, **common))
        elif isinstance(solid, Cylinder):
            place = pose(solid.x, solid.y, z=solid.z_min + height / 2)
            size = vector((2 * solid.radius, 2 * solid.radius, height))
            result.append(_marker('solids', Marker.CYLINDER, pose=place, scale=size, **common))
        result.append(
            _marker(
                'labels',
                Marker.TEXT_VIEW_FACING,
                id=index,
                pose=pose(solid.x, solid.y, z=solid.z_max + 0.2),
                scale=vector((0.0, 0.0, 0.18)),
                color=_color(_WHITE),
                text=solid.name,
            )
        )
    return result


def _lines(simulation: Simulation) -> list[Marker]:
    x, y = simulation.world.half_length, simulation.world.half_width
    corners = [(-x, -y), (x, -y), (x, y), (-x, y), (-x, -y)]
    goals = simulation.path.waypoints(_GOALS_PER_LOOP + 1)[:-1]
    noses = [(gx + 0.3 * math.cos(yaw), gy + 0.3 * math.sin(yaw)) for gx, gy, yaw in goals]
    pairs = [point for goal, nose in zip(goals, noses, strict=True) for point in (goal[:2], nose)]
    return [
        _marker(
            'fence',
            Marker.LINE_STRIP,
            points=[Point(x=cx, y=cy, z=0.02) for cx, cy in corners],
            scale=vector((0.04, 0.0, 0.0)),
            color=_color(_YELLOW),
        ),
        _marker(
            'waypoints',
            Marker.SPHERE_LIST,
            points=[Point(x=gx, y=gy, z=0.05) for gx, gy, _ in goals],
            scale=vector((0.1, 0.1, 0.1)),
            color=_color(_GREEN),
        ),
        _marker(
            'headings',
            Marker.LINE_LIST,
            points=[Point(x=px, y=py, z=0.05) for px, py in pairs],
            scale=vector((0.03, 0.0, 0.0)),
            color=_color(_GREEN),
        ),
    ]


def _kerb(world: World) -> Marker:
    """Stones along the long walls."""
    columns = range(-int(world.half_length), int(world.half_length) + 1)
    sides = (-world.half_width + _STONE, world.half_width - _STONE)
    return _marker(
        'kerb',
        Marker.CUBE_LIST,
        points=[Point(x=float(x), y=y, z=_STONE / 2) for x in columns for y in sides],
        scale=vector((2 * _STONE, _STONE, _STONE)),
        color=_color(_WHITE),
    )


def _spare_wheel() -> Marker:
    """Lay a mesh on the floor."""
    return _marker(
        'spare wheel',
        Marker.MESH_RESOURCE,
        pose=Pose(
            position=Point(x=-1.8, y=-2.2, z=WHEEL_WIDTH),
            orientation=orientation(math.pi / 2, 0.0, 0.0),
        ),
        scale=vector((2.0, 2.0, 2.0)),
        mesh_resource=_WHEEL_MESH.as_uri(),
        mesh_use_embedded_materials=True,
        color=_color(_WHITE),
    )


def _home_pad() -> Marker:
    """Two triangles on the floor, a colour at each corner."""
    corners = [(-0.4, -0.4), (0.4, -0.4), (0.4, 0.4), (-0.4, -0.4), (0.4, 0.4), (-0.4, 0.4)]
    return _marker(
        'home',
        Marker.TRIANGLE_LIST,
        points=[Point(x=x, y=y, z=0.01) for x, y in corners],
        colors=[_color((x + 0.5, y + 0.5, 0.6), 0.8) for x, y in corners],
        scale=vector((1.0, 1.0, 1.0)),
        color=_color(_WHITE, 0.8),
    )


def _speed_arrow(moment: Moment) -> Marker:
    """Where the robot will be in a moment if nothing changes; moves with the robot."""
    length = max(moment.motion.speed * _ARROW_SEC_AHEAD, 0.01)
    marker = _marker(
        'speed',
        Marker.ARROW,
        points=[Point(z=0.8), Point(x=length, z=0.8)],
        scale=vector((0.04, 0.09, 0.12)),
        color=_color(_YELLOW),
        frame_locked=True,
    )
    marker.header.frame_id = 'base_link'
    return marker


def _beacon(moment: Moment) -> Marker:
    """Mark where the robot has been seen last; gone when it is not seen again."""
    return _marker(
        'beacon',
        Marker.SPHERE,
        pose=pose(moment.motion.x, moment.motion.y, z=1.0),
        scale=vector((0.12, 0.12, 0.12)),
        color=_color(_GREEN, 0.7),
        lifetime=Duration(sec=2),
    )


def _way(simulation: Simulation, moment: Moment) -> list[Marker]:
    """Show the next seconds as arrows; ROS 2 Humble has no such marker."""
    kind = getattr(Marker, 'ARROW_STRIP', None)
    if kind is None:
        return []
    places = [simulation.path.at(moment.time_sec + ahead) for ahead in range(1, _WAY_SEC)]
    marker = _marker(
        'way',
        kind,
        points=[Point(x=place.x, y=place.y, z=0.05) for place in places],
        scale=vector((0.08, 0.16, 0.16)),
        color=_color(_BLUE),
    )
    return [marker]


def _trail(simulation: Simulation, moment: Moment) -> Marker:
    """Bread crumbs of the last seconds, fading."""
    ages = [age / 2 for age in range(2 * _TRAIL_SEC)]
    places = [simulation.path.at(max(moment.time_sec - age, 0.0)) for age in ages]
    return _marker(
        'trail',
        Marker.POINTS,
        points=[Point(x=place.x, y=place.y, z=0.03) for place in places],
        colors=[_color(_YELLOW, 1 - age / _TRAIL_SEC) for age in ages],
        scale=vector((0.06, 0.06, 0.0)),
        color=_color(_YELLOW),
    )
