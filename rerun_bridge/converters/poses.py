# SPDX-License-Identifier: Apache-2.0
"""Where things are: points, poses, odometry, paths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import InstancePoses3D, LineStrips3D, Points3D, TransformAxes3D
from rerun_bridge.converters.base import converts, converts_each, Entry, RowType
from rerun_bridge.converters.ellipsoids import Uncertainty
from rerun_bridge.converters.geometry import AXES, POSES, rotations, vectors, xyz, xyzw
from rerun_bridge.converters.trail import Trail
from rerun_bridge.converters.vectors import twist_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.geometry import FloatArray

_POINT = RowType(Points3D.FIELDS['positions'])
_ROTATION = RowType(InstancePoses3D.FIELDS['quaternions'])
_AXES = Entry(AXES, is_static=True)
_SIZED_POSES = RowType(
    InstancePoses3D.FIELDS['translations'],
    InstancePoses3D.FIELDS['quaternions'],
    TransformAxes3D.FIELDS['axis_length'],
)
_SHORTEST_AXIS, _LONGEST_AXIS = 0.05, 0.3


@converts_each('geometry_msgs/msg/Point', 'geometry_msgs/msg/Point32')
def point(message: Message) -> Iterator[Entry]:
    """Make `Points3D` of one point."""
    yield Entry(_POINT(xyz(message)))


@converts_each('geometry_msgs/msg/PointStamped')
def point_stamped(message: Message) -> Iterator[Entry]:
    """Make `Points3D` of one point."""
    yield Entry(_POINT(xyz(message.point)))


@converts_each('geometry_msgs/msg/Pose')
def pose(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one pose, shown as axes."""
    yield _AXES
    yield Entry(POSES(xyz(message.position), xyzw(message.orientation)))


@converts_each('geometry_msgs/msg/PoseStamped', 'foxglove_msgs/msg/PoseInFrame')
def pose_stamped(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one pose, shown as axes."""
    return pose(message.pose)


@converts_each('geometry_msgs/msg/Pose2D')
def pose_2d(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one pose in the plane, shown as axes."""
    half = message.theta / 2
    quaternion = (
        (0.0, 0.0, math.sin(half), math.cos(half)) if math.isfinite(half) else (0, 0, 0, 1)
    )
    yield _AXES
    yield Entry(POSES((message.x, message.y, 0.0), quaternion))


@converts('geometry_msgs/msg/PoseWithCovariance', 'geometry_msgs/msg/PoseWithCovarianceStamped')
def pose_with_covariance(topic: Topic) -> Convert:
    """Make a pose, shown as axes, and the ellipsoid that it is in by two standard deviations."""
    uncertainty = Uncertainty()
    is_stamped = topic.type_name.endswith('Stamped')

    def convert(message: Message) -> Iterator[Entry]:
        frame_id = message.header.frame_id if is_stamped else ''
        return _uncertain(message.pose if is_stamped else message, uncertainty, frame_id)

    return convert


@converts('nav_msgs/msg/Odometry')
def odometry(topic: Topic) -> Convert:
    """
    Make a pose with its ellipsoid, the trail behind it, and the series of the twist.

    It is no transform, because whoever publishes odometry usually publishes the same relation of
    frames on ``/tf``, and Rerun wants it on one entity only.
    """
    uncertainty, trail = Uncertainty(), Trail(topic.schedule)

    def convert(message: Message) -> Iterator[Entry]:
        frame_id = message.header.frame_id
        yield from _uncertain(message.pose, uncertainty, frame_id)
        yield from trail.entries(xyz(message.pose.pose.position), frame_id)
        yield from twist_entries(message.twist.twist, '/twist')

    return convert


@converts_each('geometry_msgs/msg/Quaternion')
def quaternion(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one rotation, shown as axes."""
    yield _AXES
    yield Entry(_ROTATION(xyzw(message)))


@converts_each('geometry_msgs/msg/QuaternionStamped')
def quaternion_stamped(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one rotation, shown as axes."""
    return quaternion(message.quaternion)


@converts_each('geometry_msgs/msg/Transform')
def transform(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D`, shown as axes: without names of frames it is no more than a pose."""
    yield _AXES
    yield Entry(POSES(xyz(message.translation), xyzw(message.rotation)))


@converts_each('geometry_msgs/msg/PoseArray', 'foxglove_msgs/msg/PosesInFrame')
def pose_array(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D`, shown as axes, smaller where they are close together."""
    positions = vectors(message.poses, 'position')
    turns = rotations(message.poses, 'orientation')
    yield Entry(_SIZED_POSES(positions, turns, _axis_length(positions)))


@converts_each('nav_msgs/msg/Path')
def path(message: Message) -> Iterator[Entry]:
    """Make one strip of `LineStrips3D`, or none of an empty path, which ends the one before."""
    points = vectors(message.poses, 'pose.position')
    yield Entry(LineStrips3D.from_fields(strips=[points] if len(points) else []))


@converts_each('nav_msgs/msg/Trajectory')
def trajectory(message: Message) -> Iterator[Entry]:
    """Make one strip of `LineStrips3D`, or none of no points, and the poses as axes along it."""
    points = vectors(message.points, 'pose.position')
    yield Entry(LineStrips3D.from_fields(strips=[points] if len(points) else []))
    turns = rotations(message.points, 'pose.orientation')
    poses = _SIZED_POSES(points, turns, _axis_length(points))
    yield Entry(poses, '/poses', frame_id=message.header.frame_id)


@converts_each('nav_msgs/msg/TrajectoryPoint')
def trajectory_point(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D` of one pose, shown as axes, and the series of the velocity."""
    yield from pose(message.pose)
    yield from twist_entries(message.velocity, '/velocity')


@converts_each('nav_msgs/msg/Goals')
def goals(message: Message) -> Iterator[Entry]:
    """Make `InstancePoses3D`, shown as axes."""
    yield _AXES
    yield Entry(
        POSES(
            vectors(message.goals, 'pose.position'), rotations(message.goals, 'pose.orientation')
        )
    )


def _axis_length(positions: FloatArray) -> float:
    """Return how long the axes of many poses are, in meters: a tenth of their spread."""
    finite = positions[np.isfinite(positions).all(axis=1)]
    if len(finite) <= 1:
        return _LONGEST_AXIS
    spread = float(np.ptp(finite, axis=0).max())
    return min(max(spread / 10, _SHORTEST_AXIS), _LONGEST_AXIS)


def _uncertain(message: Message, uncertainty: Uncertainty, frame_id: str) -> Iterator[Entry]:
    yield from pose(message.pose)
    position = xyz(message.pose.position)
    yield from uncertainty.entries(position, message.covariance, frame_id)
