# SPDX-License-Identifier: Apache-2.0
"""The commands of the package: what each is called, does and is run by."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ['COMMANDS', 'Command']


class Command(NamedTuple):
    """One program of the package."""

    module: str
    """Where its `main(argv: list[str] | None) -> int` is; imported when the command runs."""
    summary: str
    is_node: bool = False
    """It is a ROS node and takes nothing but `--ros-args`."""


_TABLE = {
    'bag2rrd': Command(
        'rerun_bridge.cli.bag2rrd',
        'convert recorded bags to recordings of Rerun',
    ),
    'bridge': Command(
        'rerun_bridge.node.bridge',
        'stream ROS topics into Rerun',
        is_node=True,
    ),
    'ctl': Command(
        'rerun_bridge.node.ctl',
        'tell a running bridge what to do',
    ),
    'demo_robot': Command(
        'rerun_bridge.node.demo_robot',
        'simulate a robot that publishes on ROS topics',
        is_node=True,
    ),
    'doctor': Command(
        'rerun_bridge.node.doctor',
        'check this machine, its ROS and the live graph, and say what to do',
    ),
    'fetch_viewer': Command(
        'rerun_bridge.cli.fetch_viewer',
        'fetch the official web viewer',
    ),
    'repair': Command(
        'rerun_bridge.cli.repair',
        'make a recording whole that a crash has left',
    ),
    'verify': Command(
        'rerun_bridge.cli.verify',
        'tell whether recordings are whole',
    ),
}
COMMANDS: Mapping[str, Command] = MappingProxyType(_TABLE)
"""All commands by name, in the order in which help lists them."""
