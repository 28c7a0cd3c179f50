# SPDX-License-Identifier: Apache-2.0
"""What navigation tells beside its maps: cells, particles, and how it decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Arrows3D, Boxes3D, FillMode, TextDocument
from rerun_bridge.converters.base import child_path, converts_each, Entry, SCALARS, series
from rerun_bridge.converters.geometry import forward, rotations, vectors, xyz, xyzw
from rerun_bridge.converters.palette import turbo
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.converters.states import BLUE, GRAY, GREEN, Lane, ORANGE, RED, State
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_ARROW_LENGTH = 0.2
_FLATNESS = 0.05
_CELL_COLOR = 0x30C060FF
_NODE_STATES = Lane(
    {
        'IDLE': State('IDLE', GRAY),
        'RUNNING': State('RUNNING', BLUE),
        'SUCCESS': State('SUCCESS', GREEN),
        'FAILURE': State('FAILURE', RED),
        'SKIPPED': State('SKIPPED', ORANGE),
    }
)
_COLLISION_ACTIONS = Lane(
    {
        0: State('DO_NOTHING', GREEN),
        1: State('STOP', RED),
        2: State('SLOWDOWN', ORANGE),
        3: State('APPROACH', BLUE),
        4: State('LIMIT', ORANGE),
    }
)


@converts_each('nav_msgs/msg/GridCells')
def grid_cells(message: Message) -> Iterator[Entry]:
    """Make flat `Boxes3D`."""
    centers = vectors(message.cells, '')
    width, height = message.cell_width / 2, message.cell_height / 2
    half_size = np.array((width, height, _FLATNESS * min(width, height)), np.float32)
    yield Entry(
        Boxes3D.from_fields(
            half_sizes=owned(np.tile(half_size, (len(centers), 1))),
            centers=centers,
            colors=_CELL_COLOR,
            fill_mode=FillMode.Solid,
        )
    )


@converts_each('nav_msgs/msg/MapMetaData')
def map_meta_data(message: Message) -> Iterator[Entry]:
    """Make `TextDocument`."""
    x, y, z = xyz(message.origin.position)
    rows = (
        ('cells', f'{message.width} x {message.height}'),
        ('resolution', f'{message.resolution:g} m'),
        ('origin', f'{x:g}, {y:g}, {z:g} m'),
        ('rotation', ', '.join(f'{part:g}' for part in xyzw(message.origin.orientation))),
        ('loaded', f'{message.map_load_time.sec} s'),
    )
    text = '| map | |\n|---|---|\n' + '\n'.join(f'| {name} | {value} |' for name, value in rows)
    yield Entry(TextDocument.from_fields(text=text, media_type='text/markdown'))


@converts_each('nav2_msgs/msg/ParticleCloud')
def particle_cloud(message: Message) -> Iterator[Entry]:
    """Make `Arrows3D`, colored by weight."""
    particles = message.particles
    directions = forward(rotations(particles, 'pose.orientation'))
    yield Entry(
        Arrows3D.from_fields(
            vectors=owned(_ARROW_LENGTH * directions),
            origins=vectors(particles, 'pose.position'),
            colors=owned(turbo(particles.column('weight'))),
        )
    )


@converts_each('nav2_msgs/msg/BehaviorTreeLog')
def behavior_tree_log(message: Message) -> Iterator[Entry]:
    """Make a lane of `StateChange` for each node of the tree."""
    for event in message.event_log:
        for entry in _NODE_STATES.entries(event.current_status, child_path(event.node_name)):
            yield (
                entry
                if entry.is_static
                else entry._replace(stamps=(stamp_nanos(event.timestamp),))
            )


@converts_each('nav2_msgs/msg/CollisionMonitorState')
def collision_monitor_state(message: Message) -> Iterator[Entry]:
    """Make `StateChange` of the action, and of the polygon that asked for it."""
    yield from _COLLISION_ACTIONS.entries(message.action_type)
    yield from _POLYGONS.entries(message.polygon_name or '-', '/polygon')


@converts_each('nav2_msgs/msg/SpeedLimit')
def speed_limit(message: Message) -> Iterator[Entry]:
    """Make `Scalars`, in percent or in meters per second."""
    path, name = ('/percentage', '%') if message.percentage else ('/speed', 'm/s')
    yield Entry(series(name), path, is_static=True)
    yield Entry(SCALARS(message.speed_limit), path)


_POLYGONS = Lane({'-': State('-', GRAY)})
