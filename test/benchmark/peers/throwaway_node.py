# SPDX-License-Identifier: Apache-2.0
"""
The least that a subscriber can cost with what rclpy offers: our thread, and nothing behind it.

Usage: ``throwaway_node.py``. Runs until SIGINT, then prints a JSON object with the number of
messages received by topic.
"""

from __future__ import annotations

from collections import Counter
import json
import signal
import threading
from typing import TYPE_CHECKING

import rclpy
from rclpy.signals import SignalHandlerOptions

from rerun_bridge.memory import keep_big_buffers_on_heap
from rerun_bridge.node.intake import WaitSetIntake
from rerun_bridge.node.qos import default_depth, SubscriptionQos
from rerun_bridge.node.take import take_through_rclpy
from test.benchmark.robot_load import topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.node.sample import Sample

_ROUND_SEC = 8e-3
"""As for those who watch."""


def main() -> None:
    """Take messages until SIGINT."""
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    keep_big_buffers_on_heap()
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    node = rclpy.create_node('throwaway')
    intake = WaitSetIntake(node, stopping.set, lambda: _ROUND_SEC, take_through_rclpy)
    received: Counter[str] = Counter()

    def counting(name: str) -> Callable[[Sample], None]:
        def deliver(_: Sample) -> None:
            received[name] += 1

        return deliver

    for topic in topics():
        message_class = type(topic.message)
        qos = SubscriptionQos(depth=default_depth(topic.type_name))
        intake.add(message_class, topic.name, qos, counting(topic.name))
    intake.start()
    print('ready', flush=True)
    while not stopping.wait(0.25):
        pass
    intake.stop()
    print(json.dumps(received), flush=True)


if __name__ == '__main__':
    main()
