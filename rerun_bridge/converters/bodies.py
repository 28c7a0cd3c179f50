# SPDX-License-Identifier: Apache-2.0
"""``geometry_msgs/msg/Inertia`` and polygons: outlines of bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import LineStrips3D
from rerun_bridge.converters.base import converts_each, Entry
from rerun_bridge.converters.ellipsoids import ellipsoid, principal_axes
from rerun_bridge.converters.geometry import vectors, xyz
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_COLOR = 0x50A0FF80


@converts_each('geometry_msgs/msg/Inertia')
def inertia(message: Message) -> Iterator[Entry]:
    """Make `Ellipsoids3D`: the homogeneous one of the same mass and inertia."""
    rows = ('xx', 'xy', 'xz'), ('xy', 'yy', 'yz'), ('xz', 'yz', 'zz')
    matrix = np.array([[getattr(message, f'i{name}') for name in row] for row in rows])
    mass = message.m
    if not (np.isfinite(matrix).all() and 0 < mass < np.inf):
        msg = f'a body of {mass} kg has no inertia that can be drawn; publish its mass and inertia'
        raise ConversionError(msg)
    axes = principal_axes(matrix)
    squares = 2.5 / mass * (axes.values.sum() - 2 * axes.values)
    yield Entry(ellipsoid(xyz(message.com), np.sqrt(squares.clip(0.0)), axes, _COLOR))


@converts_each('geometry_msgs/msg/InertiaStamped')
def inertia_stamped(message: Message) -> Iterator[Entry]:
    """Make `Ellipsoids3D`: the homogeneous one of the same mass and inertia."""
    return inertia(message.inertia)


@converts_each('geometry_msgs/msg/Polygon')
def polygon(message: Message) -> Iterator[Entry]:
    """Make a closed strip of `LineStrips3D`, or none of no points."""
    points = vectors(message.points, '')
    strips = [owned(np.concatenate((points, points[:1])))] if len(points) else []
    yield Entry(LineStrips3D.from_fields(strips=strips))


@converts_each('geometry_msgs/msg/PolygonStamped', 'geometry_msgs/msg/PolygonInstance')
def inner_polygon(message: Message) -> Iterator[Entry]:
    """Make a closed strip of `LineStrips3D`, or none of no points."""
    return polygon(message.polygon)


@converts_each('geometry_msgs/msg/PolygonInstanceStamped')
def polygon_instance_stamped(message: Message) -> Iterator[Entry]:
    """Make a closed strip of `LineStrips3D`, or none of no points."""
    return polygon(message.polygon.polygon)
