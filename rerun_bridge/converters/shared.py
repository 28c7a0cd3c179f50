# SPDX-License-Identifier: Apache-2.0
"""What the topics of one recording share."""

from __future__ import annotations

from rerun_bridge.converters.frames import Frames
from rerun_bridge.converters.grids import Grids
from rerun_bridge.converters.resources import Resources
from rerun_bridge.converters.robots import Robots


class Shared:
    """
    What the converters of all topics of a recording know of one another.

    Parameters
    ----------
    frames, resources
        None for new ones.

    Attributes
    ----------
    frames
        Coordinate frames.
    grids
        Maps.
    resources
        Files that messages name.
    robots
        What joint states move.

    """

    def __init__(self, frames: Frames | None = None, resources: Resources | None = None) -> None:
        self.frames = frames or Frames()
        self.grids = Grids()
        self.resources = resources or Resources()
        self.robots = Robots()

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        self.frames.reset()
        self.grids.reset()
        self.resources.reset()
        self.robots.reset()
