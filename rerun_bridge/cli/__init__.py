# SPDX-License-Identifier: Apache-2.0
"""The commands of the package: what each is called, does and is run by."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ['Command', 'COMMANDS']


class Command(NamedTuple):
    """One program of the package."""

    module: str
    """Where its `main(argv: list[str] | None) -> int` is; imported when the command runs."""
    summary: str


COMMANDS: Mapping[str, Command] = MappingProxyType({
    'bridge': Command(
        'rerun_bridge.node.bridge',
        'stream ROS topics into Rerun (takes --ros-args)',
    ),
    'demo_robot': Command(
        'rerun_bridge.node.demo_robot',
        'simulate a robot that publishes on ROS topics (takes --ros-args)',
    ),
})
