# SPDX-License-Identifier: Apache-2.0
"""Vectors and twists: series of their coordinates, and arrows where there is a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import Arrows3D, Scalars
from rerun_bridge.converters.base import converts_each, Entry, RowType, SCALARS, series
from rerun_bridge.converters.geometry import xyz

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_XYZ = series('x', 'y', 'z')
_ARROW = RowType(Arrows3D.FIELDS['vectors'])
_SCALARS_AND_ARROW = RowType(Scalars.FIELDS['scalars'], Arrows3D.FIELDS['vectors'])


@converts_each('geometry_msgs/msg/Twist')
def twist(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of both parts; without a frame there is no place for an arrow."""
    yield from twist_entries(message)


@converts_each('geometry_msgs/msg/TwistStamped')
def twist_stamped(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of both parts and an arrow of the linear one."""
    yield Entry(_ARROW(xyz(message.twist.linear)))
    yield from twist_entries(message.twist)


@converts_each('geometry_msgs/msg/Vector3Stamped')
def vector3_stamped(message: Message) -> Iterator[Entry]:
    """Make `Scalars` and an arrow."""
    yield Entry(_XYZ, is_static=True)
    vector = xyz(message.vector)
    yield Entry(_SCALARS_AND_ARROW(vector, vector))


def twist_entries(twist: Message, path: str = '') -> Iterator[Entry]:
    """
    Make the series of a twist.

    Parameters
    ----------
    twist
        A ``geometry_msgs/msg/Twist``.
    path
        Above the entities of the two parts, which have different units.

    Yields
    ------
    Entry
        Names and values of ``linear`` and of ``angular``.

    """
    for part, value in (('/linear', twist.linear), ('/angular', twist.angular)):
        yield Entry(_XYZ, path + part, is_static=True)
        yield Entry(SCALARS(xyz(value)), path + part)
