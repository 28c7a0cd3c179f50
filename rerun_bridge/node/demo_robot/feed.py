# SPDX-License-Identifier: Apache-2.0
"""
A feed: some topics whose messages are built together from one moment of the simulation.

Message fields that are arrays get ``array.array`` or NumPy arrays, because rclpy takes those as
they are and checks a list element by element.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple, TYPE_CHECKING

from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
import numpy as np
from rclpy.qos import QoSDurabilityPolicy, QoSProfile, QoSReliabilityPolicy
from std_msgs.msg import Header

from rerun_bridge.converters.geometry import quaternion_of_rpy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from builtin_interfaces.msg import Time
    import numpy.typing as npt

    from rerun_bridge.node.demo_robot.trajectory import Motion

ONCE = 0.0
"""Rate of a feed that is published at the start only."""

# Deep, because FastDDS offers a slow reader what it has missed only every three seconds.
RELIABLE = QoSProfile(depth=200)
LARGE = QoSProfile(depth=10)
SENSOR = QoSProfile(depth=5, reliability=QoSReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=QoSDurabilityPolicy.TRANSIENT_LOCAL)


class Moment(NamedTuple):
    """
    One moment of the simulation.

    Attributes
    ----------
    time_sec
        Seconds since the simulation started.
    stamp
        The node's clock.
    motion
        Where the robot is and how it moves.

    """

    time_sec: float
    stamp: Time
    motion: Motion

    def header(self, frame_id: str) -> Header:
        """Make a header with the stamp of this moment."""
        return Header(stamp=self.stamp, frame_id=frame_id)


class Topic(NamedTuple):
    """Name, message type and quality of service of a topic."""

    name: str
    message_type: type[Any]
    qos: QoSProfile = RELIABLE


class Feed(NamedTuple):
    """
    Topics that are published together.

    Attributes
    ----------
    rate_hz
        How often, or ONCE.
    topics
        Where the messages go.
    build
        Makes one message for each of the topics, in their order.

    """

    rate_hz: float
    topics: Sequence[Topic]
    build: Callable[[Moment], Sequence[Any]]


def pose(x: float, y: float, yaw: float = 0.0, *, z: float = 0.0) -> Pose:
    """Make a pose on the ground or above it."""
    return Pose(position=Point(x=x, y=y, z=z), orientation=orientation(0.0, 0.0, yaw))


def orientation(roll_rad: float, pitch_rad: float, yaw_rad: float) -> Quaternion:
    """Make a quaternion from fixed-axis angles."""
    x, y, z, w = quaternion_of_rpy(roll_rad, pitch_rad, yaw_rad)
    return Quaternion(x=x, y=y, z=z, w=w)


def vector(values: Iterable[float]) -> Vector3:
    """Make a Vector3 from three numbers."""
    x, y, z = values
    return Vector3(x=x, y=y, z=z)


def packed(typecode: str, values: npt.NDArray[Any]) -> array[Any]:
    """Copy the bytes of values into an array of the given type."""
    result: array[Any] = array(typecode)
    result.frombytes(values.data.cast('B'))
    return result


def diagonal(*values: float) -> npt.NDArray[np.float64]:
    """Make a row-major covariance matrix from its diagonal."""
    return np.ravel(np.diag(values))
