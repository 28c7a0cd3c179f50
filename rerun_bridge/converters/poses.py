# SPDX-License-Identifier: Apache-2.0
"""Where things are: poses, odometry, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import LineStrips3D
from rerun_bridge.converters.base import converts_each, Entry
from rerun_bridge.converters.geometry import AXES, POSES, rotations, vectors, xyz, xyzw
from rerun_bridge.converters.vectors import twist_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message


@converts_each('geometry_msgs/msg/PoseStamped')
def pose_stamped(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one pose, shown as axes."""
    yield from _pose_entries(message.pose)


@converts_each('nav_msgs/msg/Odometry')
def odometry(message: Message) -> Iterator[Entry]:
    """
    Make a pose and the series of the twist.

    It is no transform, because whoever publishes odometry usually publishes the same relation of
    frames on ``/tf``, and Rerun wants it on one entity only.
    """
    yield from _pose_entries(message.pose.pose)
    yield from twist_entries(message.twist.twist, '/twist')


@converts_each('geometry_msgs/msg/PoseArray')
def pose_array(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D`, shown as axes."""
    yield Entry(AXES, is_static=True)
    yield Entry(POSES(vectors(message.poses, 'position'), rotations(message.poses, 'orientation')))


@converts_each('nav_msgs/msg/Path')
def path(message: Message) -> Iterator[Entry]:
    """Make one strip of `LineStrips3D`, or none of an empty path, which ends the one before."""
    points = vectors(message.poses, 'pose.position')
    yield Entry(LineStrips3D.from_fields(strips=[points] if len(points) else []))


def _pose_entries(pose: Message) -> Iterator[Entry]:
    yield Entry(AXES, is_static=True)
    yield Entry(POSES(xyz(pose.position), xyzw(pose.orientation)))
