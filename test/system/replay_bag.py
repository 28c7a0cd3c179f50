# SPDX-License-Identifier: Apache-2.0
"""
Publishes a recorded bag on DDS, byte for byte, and reports what it published as JSON.

::

    python test/system/replay_bag.py BAG [--rate 4] [--node-name replay] [--wait-sec 30]

Before the first message it waits until every topic that it can publish is subscribed. Topics
whose type has no Python package here are skipped and reported.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import time
from typing import Any, TYPE_CHECKING

import rclpy
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rosbags.rosbag2 import Reader

from rerun_bridge.errors import UnsupportedTypeError
from rerun_bridge.node.message_classes import find_message_class

if TYPE_CHECKING:
    from rosbags.interfaces import Connection

LATCHED_TOPICS = frozenset({'/map', '/robot_description', '/tf_static'})
DEPTH = 1000
SETTLE_SEC = 1.0
LINGER_SEC = 2.0


def quality(connection: Connection) -> QoSProfile:
    """Offer what the recorded publishers offered: latched iff all of them were."""
    offered = getattr(connection.ext, 'offered_qos_profiles', None) or ()
    if offered:
        latched = all(qos.durability.name == 'TRANSIENT_LOCAL' for qos in offered)
        reliable = all(qos.reliability.name != 'BEST_EFFORT' for qos in offered)
    else:
        latched, reliable = connection.topic in LATCHED_TOPICS, True
    return QoSProfile(
        depth=DEPTH,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
    )


def advertise(
    node: Any,  # noqa: ANN401 - rclpy has no types
    connections: list[Connection],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Create publishers by topic; return them and the topics whose type is not installed."""
    publishers: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    for connection in connections:
        topic = connection.topic
        if topic in publishers or topic in skipped:
            continue
        try:
            message_class = find_message_class(connection.msgtype)
        except UnsupportedTypeError:
            skipped[topic] = connection.msgtype
            continue
        publishers[topic] = node.create_publisher(message_class, topic, quality(connection))
    return publishers, skipped


def wait_for_subscribers(publishers: dict[str, Any], timeout_sec: float) -> list[str]:
    """Wait until all are subscribed; return the topics that are not."""
    deadline = time.monotonic() + timeout_sec
    while True:
        missing = [
            topic
            for topic, publisher in publishers.items()
            if not publisher.get_subscription_count()
        ]
        if not missing or time.monotonic() > deadline:
            return missing
        time.sleep(0.05)


def replay(bag: Path, node: Any, rate: float, wait_sec: float) -> dict[str, Any]:  # noqa: ANN401 - rclpy has no types
    """Publish a bag; return what was done."""
    with Reader(bag) as reader:
        publishers, skipped = advertise(node, reader.connections)
        unheard = wait_for_subscribers(publishers, wait_sec)
        time.sleep(SETTLE_SEC)
        counts = dict.fromkeys(publishers, 0)
        skipped_counts = dict.fromkeys(skipped, 0)
        start_sec, first_nanos = time.monotonic(), reader.start_time
        for connection, nanos, data in reader.messages():
            topic = connection.topic
            if topic in skipped:
                skipped_counts[topic] += 1
                continue
            due_sec = start_sec + (nanos - first_nanos) * 1e-9 / rate
            time.sleep(max(0.0, due_sec - time.monotonic()))
            publishers[topic].publish(bytes(data))
            counts[topic] += 1
    time.sleep(LINGER_SEC)
    return {
        'sent': counts,
        'skipped': {
            topic: {'type': skipped[topic], 'messages': number}
            for topic, number in skipped_counts.items()
        },
        'unheard': unheard,
    }


def main() -> None:
    """Replay the bag of the command line and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('bag', type=Path)
    parser.add_argument('--rate', type=float, default=1.0, help='how many times as fast')
    parser.add_argument('--node-name', default='replay')
    parser.add_argument('--wait-sec', type=float, default=30.0)
    arguments = parser.parse_args()
    rclpy.init(args=[])
    node = rclpy.create_node(arguments.node_name)
    report = replay(arguments.bag, node, arguments.rate, arguments.wait_sec)
    print(json.dumps(report), flush=True)  # noqa: T201 - its result
    node.destroy_node()
    rclpy.shutdown()


if __name__ == '__main__':
    main()
