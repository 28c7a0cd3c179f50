# SPDX-License-Identifier: Apache-2.0
"""
The node that a careful user would write with rerun-sdk: a typed callback for each kind of topic.

Usage: ``rerun_node.py single|events save:FILE|connect:URL [--depth 20]``. It draws the load of
``robot_load.py`` with the archetypes of the bridge, at the same times. Runs until SIGINT, then
prints a JSON object with the number of messages received by topic.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
import json
import signal
import threading
from typing import Any

from nav_msgs.msg import Odometry
import numpy as np
from rcl_interfaces.msg import Log
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
import rerun as rr
from sensor_msgs.msg import Image, Imu, JointState, LaserScan, PointCloud2
from tf2_msgs.msg import TFMessage

LEVELS = {10: 'DEBUG', 20: 'INFO', 30: 'WARN', 40: 'ERROR', 50: 'CRITICAL'}


class RerunNode(Node):
    """Logs what it hears."""

    def __init__(self, depth: int) -> None:
        super().__init__('rerun_node')
        self.received: Counter[str] = Counter()
        self._beams: dict[str, np.ndarray[Any, Any]] = {}
        self._depth = depth
        self._listen(Image, '/camera/image_raw', self.on_image)
        for side in ('a', 'b'):
            self._listen(PointCloud2, f'/lidar_{side}/points', self.on_cloud)
            self._listen(Imu, f'/imu_{side}', self.on_imu)
        for i in range(4):
            self._listen(LaserScan, f'/scan_{i}', self.on_scan)
        self._listen(TFMessage, '/tf', self.on_tf)
        self._listen(JointState, '/joint_states', self.on_joints)
        self._listen(Odometry, '/odom', self.on_odom)
        self._listen(Log, '/rosout', self.on_log)

    def _listen(self, kind: type, topic: str, callback: Callable[[str, Any], None]) -> None:
        def on_message(message: Any) -> None:
            self.received[topic] += 1
            callback(topic, message)

        self.create_subscription(kind, topic, on_message, QoSProfile(depth=self._depth))

    def set_time(self, stamp: Any) -> None:
        """Log at a stamp."""
        nanos = stamp.sec * 1_000_000_000 + stamp.nanosec
        rr.set_time('ros2_timestamp', timestamp=np.datetime64(nanos, 'ns'))

    def on_image(self, topic: str, message: Image) -> None:
        """Log pixels."""
        self.set_time(message.header.stamp)
        pixels = np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, 3)
        rr.log(
            topic, rr.Image(pixels), rr.CoordinateFrame(f'{message.header.frame_id}_image_plane')
        )

    def on_cloud(self, topic: str, message: PointCloud2) -> None:
        """Log points, colored by intensity."""
        self.set_time(message.header.stamp)
        points = np.frombuffer(message.data, np.float32).reshape(-1, 4)
        values = points[:, 3]
        low, high = values.min(), values.max()
        level = ((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
        colors = np.stack((level, np.full_like(level, 64), 255 - level), 1)
        positions = np.ascontiguousarray(points[:, :3])
        frame = rr.CoordinateFrame(message.header.frame_id)
        rr.log(topic, rr.Points3D(positions, colors=colors), frame)

    def on_scan(self, topic: str, message: LaserScan) -> None:
        """Log the points that were hit."""
        self.set_time(message.header.stamp)
        ranges = np.frombuffer(message.ranges, np.float32)
        if topic not in self._beams:
            angles = message.angle_min + message.angle_increment * np.arange(len(ranges))
            directions = np.stack((np.cos(angles), np.sin(angles), np.zeros_like(angles)), 1)
            self._beams[topic] = directions.astype(np.float32)
        is_hit = (ranges >= message.range_min) & (ranges <= message.range_max)
        points = (self._beams[topic] * ranges[:, None])[is_hit]
        rr.log(topic, rr.Points3D(points), rr.CoordinateFrame(message.header.frame_id))

    def on_imu(self, topic: str, message: Imu) -> None:
        """Log angular velocity and acceleration."""
        self.set_time(message.header.stamp)
        gyro, accel = message.angular_velocity, message.linear_acceleration
        rr.log(topic, rr.Scalars([gyro.x, gyro.y, gyro.z, accel.x, accel.y, accel.z]))

    def on_tf(self, topic: str, message: TFMessage) -> None:
        """Log transforms between named frames."""
        for each in message.transforms:
            self.set_time(each.header.stamp)
            move, turn = each.transform.translation, each.transform.rotation
            rr.log(
                topic,
                rr.Transform3D(
                    translation=[move.x, move.y, move.z],
                    quaternion=[turn.x, turn.y, turn.z, turn.w],
                    parent_frame=each.header.frame_id,
                    child_frame=each.child_frame_id,
                ),
            )

    def on_joints(self, topic: str, message: JointState) -> None:
        """Log the three quantities."""
        self.set_time(message.header.stamp)
        rr.log(f'{topic}/position', rr.Scalars(message.position))
        rr.log(f'{topic}/velocity', rr.Scalars(message.velocity))
        rr.log(f'{topic}/effort', rr.Scalars(message.effort))

    def on_odom(self, topic: str, message: Odometry) -> None:
        """Log pose and speed."""
        self.set_time(message.header.stamp)
        pose, twist = message.pose.pose, message.twist.twist
        at, turn = pose.position, pose.orientation
        rr.log(
            topic,
            rr.InstancePoses3D(
                translations=[[at.x, at.y, at.z]], quaternions=[[turn.x, turn.y, turn.z, turn.w]]
            ),
            rr.CoordinateFrame(message.header.frame_id),
        )
        linear, angular = twist.linear, twist.angular
        rr.log(f'{topic}/twist/linear', rr.Scalars([linear.x, linear.y, linear.z]))
        rr.log(f'{topic}/twist/angular', rr.Scalars([angular.x, angular.y, angular.z]))

    def on_log(self, topic: str, message: Log) -> None:
        """Log text."""
        self.set_time(message.stamp)
        text = f'[{message.name}] {message.msg}'
        rr.log(topic, rr.TextLog(text, level=LEVELS.get(message.level, 'INFO')))


def main() -> None:
    """Spin until SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('executor', choices=['single', 'events'])
    parser.add_argument('sink')
    parser.add_argument('--depth', type=int, default=20)
    chosen = parser.parse_args()
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    rr.init('rerun_node')
    kind, _, target = chosen.sink.partition(':')
    rr.save(target) if kind == 'save' else rr.connect_grpc(target)
    rclpy.init(signal_handler_options=rclpy.signals.SignalHandlerOptions.NO)
    node = RerunNode(chosen.depth)
    if chosen.executor == 'single':
        executor = SingleThreadedExecutor()
    else:
        from rclpy.experimental.events_executor import EventsExecutor  # noqa: PLC0415

        executor = EventsExecutor()
    executor.add_node(node)
    print('ready', flush=True)
    while not stopping.is_set():
        executor.spin_once(timeout_sec=0.2)
    print(json.dumps(node.received), flush=True)
    rr.disconnect()


if __name__ == '__main__':
    main()
