# SPDX-License-Identifier: Apache-2.0
"""How the robot moves: odometry, commands, inertial unit, compass and GPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geometry_msgs.msg import (
    PoseWithCovariance,
    Twist,
    TwistStamped,
    TwistWithCovariance,
    Vector3,
)
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Imu, MagneticField, NavSatFix, NavSatStatus
from std_msgs.msg import Float64

from rerun_bridge.node.demo_robot import readings
from rerun_bridge.node.demo_robot.feed import (
    diagonal,
    Feed,
    orientation,
    pose,
    SENSOR,
    Topic,
    vector,
)
from rerun_bridge.node.demo_robot.robot import GPS, IMU

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation

_COMMAND_LEAD_SEC = 0.15
_POSE_COVARIANCE = diagonal(4e-3, 4e-3, 1e-6, 1e-6, 1e-6, 2e-3)
_TWIST_COVARIANCE = diagonal(1e-3, 1e-6, 1e-6, 1e-6, 1e-6, 5e-4)
_ORIENTATION_COVARIANCE = diagonal(*[readings.ORIENTATION_NOISE**2] * 3)
_GYRO_COVARIANCE = diagonal(*[readings.GYRO_NOISE**2] * 3)
_ACCELERATION_COVARIANCE = diagonal(*[readings.ACCELERATION_NOISE**2] * 3)
_MAGNETIC_COVARIANCE = diagonal(*[readings.MAGNETIC_NOISE**2] * 3)
_GPS_COVARIANCE = diagonal(*[readings.GPS_NOISE**2] * 3)


def feeds(simulation: Simulation) -> list[Feed]:
    """Describe the topics about motion."""
    path, generator = simulation.path, simulation.generator

    def odometry(moment: Moment) -> tuple[Odometry]:
        state = path.odometry(moment.motion)
        twist = _twist(state.speed, state.yaw_rate)
        return (
            Odometry(
                header=moment.header('odom'),
                child_frame_id='base_link',
                pose=PoseWithCovariance(
                    pose=pose(state.x, state.y, state.yaw), covariance=_POSE_COVARIANCE
                ),
                twist=TwistWithCovariance(twist=twist, covariance=_TWIST_COVARIANCE),
            ),
        )

    def command(moment: Moment) -> tuple[Twist, TwistStamped, Float64]:
        wanted = path.at(moment.time_sec + _COMMAND_LEAD_SEC)
        twist = _twist(wanted.speed, wanted.yaw_rate)
        stamped = TwistStamped(header=moment.header('base_link'), twist=twist)
        return twist, stamped, Float64(data=moment.motion.speed)

    def inertia(moment: Moment) -> tuple[Imu]:
        felt = readings.inertia(moment.motion, generator)
        return (
            Imu(
                header=moment.header(IMU.child),
                orientation=orientation(0.0, 0.0, felt.yaw),
                orientation_covariance=_ORIENTATION_COVARIANCE,
                angular_velocity=vector(felt.angular_velocity),
                angular_velocity_covariance=_GYRO_COVARIANCE,
                linear_acceleration=vector(felt.linear_acceleration),
                linear_acceleration_covariance=_ACCELERATION_COVARIANCE,
            ),
        )

    def compass(moment: Moment) -> tuple[MagneticField]:
        return (
            MagneticField(
                header=moment.header(IMU.child),
                magnetic_field=vector(readings.magnetic_field(moment.motion, generator)),
                magnetic_field_covariance=_MAGNETIC_COVARIANCE,
            ),
        )

    def fix(moment: Moment) -> tuple[NavSatFix]:
        latitude, longitude, altitude = readings.gps_fix(moment.motion, generator)
        return (
            NavSatFix(
                header=moment.header(GPS.child),
                status=NavSatStatus(
                    status=NavSatStatus.STATUS_GBAS_FIX, service=NavSatStatus.SERVICE_GPS
                ),
                latitude=latitude,
                longitude=longitude,
                altitude=altitude,
                position_covariance=_GPS_COVARIANCE,
                position_covariance_type=NavSatFix.COVARIANCE_TYPE_DIAGONAL_KNOWN,
            ),
        )

    commands = [
        Topic('/cmd_vel', Twist),
        Topic('/cmd_vel_stamped', TwistStamped),
        Topic('/speed', Float64),
    ]
    return [
        Feed(50.0, [Topic('/odom', Odometry)], odometry),
        Feed(20.0, commands, command),
        Feed(100.0, [Topic('/imu/data', Imu, SENSOR)], inertia),
        Feed(20.0, [Topic('/imu/mag', MagneticField, SENSOR)], compass),
        Feed(5.0, [Topic('/gps/fix', NavSatFix)], fix),
    ]


def _twist(speed: float, yaw_rate: float) -> Twist:
    return Twist(linear=Vector3(x=speed), angular=Vector3(z=yaw_rate))
