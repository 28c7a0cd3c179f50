# SPDX-License-Identifier: Apache-2.0
"""Publishes feeds and counts what has been sent."""

from __future__ import annotations

import time
from typing import Any, TYPE_CHECKING

from rclpy.duration import Duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rclpy.node import Node

    from rerun_bridge.node.demo_robot.feed import Feed, Moment


class Outlet:
    """
    The publishers of all feeds.

    Attributes
    ----------
    sent
        Messages published so far, by topic.

    """

    def __init__(self, node: Node, feeds: Sequence[Feed]) -> None:
        self._publishers: dict[str, Any] = {
            topic.name: node.create_publisher(topic.message_type, topic.name, topic.qos)
            for feed in feeds
            for topic in feed.topics
        }
        self.sent = dict.fromkeys(self._publishers, 0)

    def publish(self, feed: Feed, moment: Moment) -> None:
        """Build the messages of a feed and publish each on its topic."""
        for topic, message in zip(feed.topics, feed.build(moment), strict=True):
            self._publishers[topic.name].publish(message)
            self.sent[topic.name] += 1

    def drain(self, timeout_sec: float) -> bool:
        """Wait until reliable subscribers have everything; False if time ran out."""
        end_sec = time.monotonic() + timeout_sec
        return all(
            publisher.wait_for_all_acked(Duration(seconds=max(end_sec - time.monotonic(), 0.0)))
            for publisher in self._publishers.values()
        )
