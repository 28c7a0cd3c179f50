# SPDX-License-Identifier: Apache-2.0
"""The robot's body: transforms, joint states and its description."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from geometry_msgs.msg import Transform, TransformStamped
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from rerun_bridge.node.demo_robot.feed import (
    Feed,
    LATCHED,
    ONCE,
    orientation,
    Topic,
    vector,
)
from rerun_bridge.node.demo_robot.robot import FIXED_MOUNTS, Mount, WHEELS
from rerun_bridge.node.demo_robot.urdf import robot_description

try:
    from tf2_msgs.msg import TFMessage
except ImportError:
    TFMessage = None

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation

HAS_TF = TFMessage is not None
_WHEEL_INERTIA, _WHEEL_FRICTION = 0.9, 0.15


def feeds(simulation: Simulation) -> list[Feed]:
    """Describe the topics of the body; without tf2_msgs there are no transforms."""
    path = simulation.path

    def description(_moment: Moment) -> tuple[String]:
        return (String(data=robot_description()),)

    def joints(moment: Moment) -> tuple[JointState]:
        wheels = path.odometry(moment.motion)
        effort = _WHEEL_INERTIA * moment.motion.acceleration
        return (
            JointState(
                header=moment.header(''),
                name=list(WHEELS),
                position=array('d', wheels.wheel_angles),
                velocity=array('d', wheels.wheel_rates),
                effort=array(
                    'd', [effort + _WHEEL_FRICTION * rate for rate in wheels.wheel_rates]
                ),
            ),
        )

    def moving(moment: Moment) -> tuple[TFMessage]:
        odometry = path.odometry(moment.motion)
        drift_x, drift_y, drift_yaw = path.odom_in_map(moment.motion)
        mounts = [
            Mount('map', 'odom', (drift_x, drift_y, 0.0), (0.0, 0.0, drift_yaw)),
            Mount('odom', 'base_link', (odometry.x, odometry.y, 0.0), (0.0, 0.0, odometry.yaw)),
        ]
        mounts += [
            wheel._replace(rpy_rad=(0.0, angle, 0.0))
            for wheel, angle in zip(WHEELS.values(), odometry.wheel_angles, strict=True)
        ]
        return (TFMessage(transforms=[_transform(moment, mount) for mount in mounts]),)

    def fixed(moment: Moment) -> tuple[TFMessage]:
        return (TFMessage(transforms=[_transform(moment, mount) for mount in FIXED_MOUNTS]),)

    result = [
        Feed(ONCE, [Topic('/robot_description', String, LATCHED)], description),
        Feed(50.0, [Topic('/joint_states', JointState)], joints),
    ]
    if HAS_TF:
        result += [
            Feed(ONCE, [Topic('/tf_static', TFMessage, LATCHED)], fixed),
            Feed(50.0, [Topic('/tf', TFMessage)], moving),
        ]
    return result


def _transform(moment: Moment, mount: Mount) -> TransformStamped:
    return TransformStamped(
        header=moment.header(mount.parent),
        child_frame_id=mount.child,
        transform=Transform(translation=vector(mount.xyz), rotation=orientation(*mount.rpy_rad)),
    )
