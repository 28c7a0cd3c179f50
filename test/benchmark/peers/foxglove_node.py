# SPDX-License-Identifier: Apache-2.0
"""
The node that a careful user would write with foxglove-sdk: messages as they are, into a file.

Usage: ``foxglove_node.py single|events FILE [--depth 20]``. It takes the topics of
``robot_load.py`` without decoding them, as foxglove_bridge does. Runs until SIGINT, then prints a
JSON object with the number of messages received by topic.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
import json
import signal
import threading

import foxglove
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.experimental.events_executor import EventsExecutor
from rclpy.qos import QoSProfile

from test.benchmark.robot_load import Topic, topics


def main() -> None:
    """Spin until SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('executor', choices=['single', 'events'])
    parser.add_argument('file')
    parser.add_argument('--depth', type=int, default=20)
    chosen = parser.parse_args()
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    writer = foxglove.open_mcap(f'{chosen.file}.mcap')
    rclpy.init(signal_handler_options=rclpy.signals.SignalHandlerOptions.NO)
    node = rclpy.create_node('foxglove_node')
    received: Counter[str] = Counter()

    def logging(topic: Topic) -> Callable[[bytes], None]:
        schema = foxglove.Schema(name=topic.type_name, encoding='ros2msg', data=b'')
        channel = foxglove.Channel(topic.name, schema=schema, message_encoding='cdr')

        def on_message(data: bytes) -> None:
            received[topic.name] += 1
            channel.log(data)

        return on_message

    for topic in topics():
        node.create_subscription(
            type(topic.message),
            topic.name,
            logging(topic),
            QoSProfile(depth=chosen.depth),
            raw=True,
        )
    executor = SingleThreadedExecutor() if chosen.executor == 'single' else EventsExecutor()
    executor.add_node(node)
    print('ready', flush=True)
    while not stopping.is_set():
        executor.spin_once(timeout_sec=0.2)
    print(json.dumps(received), flush=True)
    writer.close()


if __name__ == '__main__':
    main()
