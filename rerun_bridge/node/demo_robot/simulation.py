# SPDX-License-Identifier: Apache-2.0
"""The whole simulation behind the topics: one world, one path, the sensors on the robot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.node.demo_robot.camera import Camera
from rerun_bridge.node.demo_robot.lidar import Lidar
from rerun_bridge.node.demo_robot.trajectory import FigureEight
from rerun_bridge.node.demo_robot.world import World, YARD

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.options import Options


class Simulation:
    """
    What the topics take their values from.

    Parameters
    ----------
    options
        Choices of the user.
    world
        Where the robot drives.

    """

    def __init__(self, options: Options, *, world: World = YARD) -> None:
        self.options = options
        self.world = world
        self.generator = np.random.default_rng(options.seed)
        self.path = FigureEight(options.loop_sec)
        self.camera = Camera(options.camera_width, options.camera_height)
        self.lidar = Lidar(world, self.generator)
