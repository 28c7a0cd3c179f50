# SPDX-License-Identifier: Apache-2.0
"""The program: starts the node, publishes until it is told to stop, says what it has sent."""

from __future__ import annotations

from itertools import chain
import json
import signal
import sys
import threading
from typing import TYPE_CHECKING

import rclpy
from rclpy.signals import SignalHandlerOptions

from rerun_bridge.memory import keep_big_buffers_on_heap
from rerun_bridge.node.demo_robot import (
    body_feeds,
    camera_feeds,
    map_feeds,
    marker_feeds,
    motion_feeds,
    range_feeds,
    status_feeds,
)
from rerun_bridge.node.demo_robot.drive import answering, Drive
from rerun_bridge.node.demo_robot.outlet import Outlet
from rerun_bridge.node.demo_robot.parameters import read_options
from rerun_bridge.node.demo_robot.robot import NAME
from rerun_bridge.node.demo_robot.simulation import Simulation

if TYPE_CHECKING:
    from rclpy.node import Node

_FAMILIES = (
    body_feeds,
    map_feeds,
    motion_feeds,
    range_feeds,
    camera_feeds,
    marker_feeds,
    status_feeds,
)
_DRAIN_SEC = 1.0


def main(argv: list[str] | None = None) -> int:
    """
    Run the simulated robot.

    Prints, when it ends, one line of JSON with the number of messages sent by topic.

    Parameters
    ----------
    argv
        Program arguments, among them ``--ros-args``; None = those of the process.

    Returns
    -------
    int
        0, after SIGINT, SIGTERM or ``duration_sec``.

    Raises
    ------
    ParameterError
        If a parameter has a value that cannot be used.

    """
    keep_big_buffers_on_heap()
    stop = threading.Event()
    rclpy.init(args=argv, signal_handler_options=SignalHandlerOptions.NO)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    node = rclpy.create_node(NAME)
    try:
        sent = _publish(node, stop)
        sys.stdout.write(json.dumps({'sent': sent}) + '\n')
        sys.stdout.flush()
    finally:
        # Ctrl-C under ros2 launch arrives twice.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def _publish(node: Node, stop: threading.Event) -> dict[str, int]:
    """Publish until stop is set or the time is over; give the counts by topic."""
    simulation = Simulation(read_options(node))
    feeds = list(chain.from_iterable(family.feeds(simulation) for family in _FAMILIES))
    outlet = Outlet(node, feeds)
    _announce(node, outlet)
    with answering(node):
        stop.wait(simulation.options.start_delay_sec)
        Drive(node, simulation, outlet).run(feeds, stop)
        outlet.drain(_DRAIN_SEC)
    return outlet.sent


def _announce(node: Node, outlet: Outlet) -> None:
    logger = node.get_logger()
    if not body_feeds.HAS_TF:
        logger.warning(
            'tf2_msgs is not installed, so /tf and /tf_static are not published; '
            'install it with: apt install ros-$ROS_DISTRO-tf2-msgs'
        )
    if not camera_feeds.HAS_JPEG:
        logger.info(
            'neither OpenCV nor Pillow is installed, so /camera/image_raw/compressed '
            'is not published; install one with: pip install pillow'
        )
    msg = f'publishing {len(outlet.sent)} topics'
    logger.info(msg)
