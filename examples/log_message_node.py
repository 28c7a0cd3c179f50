# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: INP001 - a program, not part of a package
"""
A node that logs into Rerun what it works on: ROS messages as they are, beside its own results.

::

    python3 examples/log_message_node.py --ros-args -p path:=/tmp/node.rrd

It measures the distance to the nearest obstacle in a simulated scan.
"""

from __future__ import annotations

import math

import numpy as np
import rclpy
from rclpy.node import Node
from rclpy.time import Time
from sensor_msgs.msg import LaserScan

import rerun_bridge as rr

NUM_BEAMS = 360
RANGE_MAX = 10.0


class NearestObstacle(Node):
    """Looks for the nearest obstacle, and shows how."""

    def __init__(self) -> None:
        super().__init__('nearest_obstacle')
        self._path = self.declare_parameter('path', '').value
        self._turns = 0
        rr.init('nearest_obstacle')
        if self._path:
            rr.save(self._path)
        else:
            rr.connect()
        self.create_timer(0.1, self._on_timer)

    def _on_timer(self) -> None:
        scan = self._scan()
        self.on_scan(scan)

    def on_scan(self, scan: LaserScan) -> None:
        """Find the nearest obstacle of a scan and log both."""
        # The message, as the bridge would show it: a ROS message needs no code of ours.
        rr.log_message('/scan', scan)
        # The result, at the time of the scan, where the viewer shows both together.
        stamp = Time.from_msg(scan.header.stamp).nanoseconds
        rr.set_time('ros2_timestamp', timestamp=np.datetime64(stamp, 'ns'))
        distance, beam = min((value, i) for i, value in enumerate(scan.ranges))
        angle = scan.angle_min + beam * scan.angle_increment
        position = [distance * math.cos(angle), distance * math.sin(angle), 0.0]
        rr.log('/nearest', rr.CoordinateFrame(scan.header.frame_id), static=True)
        rr.log('/nearest', rr.Points3D([position], radii=[0.1], colors=[255, 0, 0]))
        rr.log('/nearest/distance', rr.Scalars(distance))

    def _scan(self) -> LaserScan:
        """Simulate a round room with something that moves along its wall."""
        self._turns += 1
        ranges = [5.0] * NUM_BEAMS
        ranges[self._turns % NUM_BEAMS] = 2.0
        scan = LaserScan(
            angle_min=-math.pi,
            angle_max=math.pi,
            angle_increment=2 * math.pi / NUM_BEAMS,
            range_max=RANGE_MAX,
            ranges=ranges,
        )
        scan.header.frame_id = 'laser'
        scan.header.stamp = self.get_clock().now().to_msg()
        return scan


def main() -> None:
    """Run the node until it is interrupted."""
    rclpy.init()
    try:
        rclpy.spin(NearestObstacle())
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass
    finally:
        rr.disconnect()
        rclpy.try_shutdown()


if __name__ == '__main__':
    main()
