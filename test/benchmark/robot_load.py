# SPDX-License-Identifier: Apache-2.0
"""
Publishes what a robot publishes, at a steady pace, for the nodes that are compared.

Usage: ``robot_load.py SECONDS [--scale 1.0] [--only REGEX]``. Prints ``begin`` when everybody
listens and the load begins, ``end`` when it ends, then one JSON object with the number of messages
sent by topic. A load that is too much for this program ends in time, too, and is less then.
Messages are ready-made bytes but for their stamps, so that the publisher costs little.
"""

from __future__ import annotations

import argparse
from heapq import heapify, heapreplace
import json
import os
import re
import struct
import time
from typing import Any, NamedTuple

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import Odometry
import numpy as np
from rcl_interfaces.msg import Log
import rclpy
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image, Imu, JointState, LaserScan, PointCloud2, PointField
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

WIDTH, HEIGHT = 1920, 1080
NUM_POINTS, NUM_BEAMS, NUM_FRAMES, NUM_JOINTS = 100_000, 1080, 20, 12
STAMP = Time(sec=0x5AFE5AFE, nanosec=0x2BADBEEF)
STAMP_BYTES = struct.pack('<iI', STAMP.sec, STAMP.nanosec)
HEAVY_DEPTH, DEPTH = 10, 1000
LISTEN_SEC, SETTLE_SEC, DRAIN_SEC = 30.0, 3.0, 1.0


class Topic(NamedTuple):
    """A topic: messages per second, and one of them."""

    name: str
    rate: float
    message: Any

    @property
    def type_name(self) -> str:
        """Get ``pkg/msg/Type``."""
        kind = type(self.message)
        return '/'.join((*kind.__module__.split('.')[:2], kind.__name__))

    @property
    def is_heavy(self) -> bool:
        """Whether few of its messages fill a queue."""
        return isinstance(self.message, (Image, PointCloud2))


def header(frame_id: str) -> Header:
    """Make a header with the stamp that is replaced."""
    return Header(stamp=STAMP, frame_id=frame_id)


def topics() -> list[Topic]:
    """List the topics of the robot."""
    scanners = [f'scan_{i}' for i in range(4)]
    return [
        Topic('/camera/image_raw', 30, image()),
        *(Topic(f'/lidar_{side}/points', 10, cloud(f'lidar_{side}')) for side in ('a', 'b')),
        *(Topic(f'/{name}', 20, scan(name)) for name in scanners),
        *(Topic(f'/imu_{side}', 400, Imu(header=header(f'imu_{side}'))) for side in ('a', 'b')),
        Topic('/tf', 100, TFMessage(transforms=[transform(i) for i in range(NUM_FRAMES)])),
        Topic('/joint_states', 200, joints()),
        Topic('/odom', 50, Odometry(header=header('odom'), child_frame_id='base_link')),
        Topic('/rosout', 5, Log(stamp=STAMP, level=Log.INFO, name='driver', msg='all is well')),
    ]


def image() -> Image:
    """Make a picture with the noise of a sensor."""
    pixels = np.random.default_rng(0).integers(0, 255, WIDTH * HEIGHT * 3, np.uint8)
    made = Image(header=header('camera'), width=WIDTH, height=HEIGHT, encoding='rgb8')
    made.step = WIDTH * 3
    made.data.frombytes(pixels.tobytes())
    return made


def cloud(frame_id: str) -> PointCloud2:
    """Make a cloud of x, y, z and intensity."""
    points = np.random.default_rng(1).random((NUM_POINTS, 4), np.float32)
    fields = [
        PointField(name=name, offset=4 * i, datatype=PointField.FLOAT32, count=1)
        for i, name in enumerate(('x', 'y', 'z', 'intensity'))
    ]
    made = PointCloud2(header=header(frame_id), fields=fields, width=NUM_POINTS, height=1)
    made.point_step, made.row_step, made.is_dense = 16, 16 * NUM_POINTS, True
    made.data.frombytes(points.tobytes())
    return made


def scan(frame_id: str) -> LaserScan:
    """Make a scan with intensities."""
    ranges = np.random.default_rng(2).uniform(0.5, 20.0, (2, NUM_BEAMS)).astype(np.float32)
    step = 2 * np.pi / NUM_BEAMS
    made = LaserScan(header=header(frame_id), angle_min=-np.pi, angle_max=np.pi - step)
    made.angle_increment, made.range_min, made.range_max = step, 0.1, 30.0
    made.ranges.frombytes(ranges[0].tobytes())
    made.intensities.frombytes(ranges[1].tobytes())
    return made


def transform(i: int) -> TransformStamped:
    """Make one link of a chain."""
    parent = f'link_{i - 1}' if i else 'odom'
    made = TransformStamped(header=header(parent), child_frame_id=f'link_{i}')
    made.transform.translation.x = 0.1
    return made


def joints() -> JointState:
    """Make joint states."""
    made = JointState(header=header(''), name=[f'joint_{i}' for i in range(NUM_JOINTS)])
    for values in (made.position, made.velocity, made.effort):
        values.extend([0.5] * NUM_JOINTS)
    return made


class Outlet:
    """Publishes one topic."""

    def __init__(self, node: Node, topic: Topic, scale: float) -> None:
        depth = HEAVY_DEPTH if topic.is_heavy else DEPTH
        self.topic = topic
        self.interval = 1 / (topic.rate * scale)
        self.publisher = node.create_publisher(
            type(topic.message), topic.name, QoSProfile(depth=depth)
        )
        self.sent = 0
        self._data = bytearray(serialize_message(topic.message))
        found = re.finditer(re.escape(STAMP_BYTES), self._data)
        self._stamps_at = [match.start() for match in found]

    def publish(self) -> None:
        """Publish the message with the time as its stamps."""
        stamp = struct.pack('<iI', *divmod(time.time_ns(), 10**9))
        for at in self._stamps_at:
            self._data[at : at + len(stamp)] = stamp
        self.publisher.publish(bytes(self._data))
        self.sent += 1


def run(outlets: list[Outlet], seconds: float) -> None:
    """Publish everything in time, as long as that is possible."""
    start = time.monotonic()
    queue = [(start + i * outlet.interval / len(outlets), i) for i, outlet in enumerate(outlets)]
    heapify(queue)
    while max(queue[0][0], time.monotonic()) < start + seconds:
        due, i = queue[0]
        time.sleep(max(0.0, due - time.monotonic()))
        outlets[i].publish()
        heapreplace(queue, (due + outlets[i].interval, i))


def main() -> None:
    """Wait for listeners, publish, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('seconds', type=float)
    parser.add_argument('--scale', type=float, default=1.0)
    parser.add_argument('--only', type=re.compile, default=re.compile('.*'))
    chosen = parser.parse_args()
    rclpy.init()
    node = rclpy.create_node('robot')
    wanted = [topic for topic in topics() if chosen.only.fullmatch(topic.name)]
    outlets = [Outlet(node, topic, chosen.scale) for topic in wanted]
    deadline = time.monotonic() + LISTEN_SEC
    while not all(outlet.publisher.get_subscription_count() for outlet in outlets):
        if time.monotonic() > deadline:
            msg = 'nobody listens to all topics'
            raise SystemExit(msg)
        time.sleep(0.1)
    time.sleep(SETTLE_SEC)
    print('begin', flush=True)
    run(outlets, chosen.seconds)
    print('end', flush=True)
    time.sleep(DRAIN_SEC)
    print(json.dumps({outlet.topic.name: outlet.sent for outlet in outlets}), flush=True)
    os._exit(0)  # the middleware may take its time


if __name__ == '__main__':
    main()
