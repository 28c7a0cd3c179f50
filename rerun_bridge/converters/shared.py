# SPDX-License-Identifier: Apache-2.0
"""What the topics of one recording share."""

from __future__ import annotations

from rerun_bridge.converters.fixed_frame import FixedFrame
from rerun_bridge.converters.frames import Frames
from rerun_bridge.converters.grids import Grids
from rerun_bridge.converters.mappings import Mappings
from rerun_bridge.converters.resources import Resources
from rerun_bridge.converters.robots import Robots


class Shared:
    """
    What the converters of all topics of a recording know of one another.

    Parameters
    ----------
    frames, resources
        None for new ones.
    mappings
        What becomes of some types; None for what the converters make of them.
    fixed_frame
        Where data are shown; empty for the frames that they are in.

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
    mappings
        What the user wants some types to become.
    fixed_frame
        Where data are shown; None for the frames that they are in.

    """

    def __init__(
        self,
        frames: Frames | None = None,
        resources: Resources | None = None,
        mappings: Mappings | None = None,
        fixed_frame: str = '',
    ) -> None:
        self.fixed_frame = FixedFrame(fixed_frame) if fixed_frame else None
        self.frames = frames or Frames(fixed_frame)
        self.grids = Grids()
        self.resources = resources or Resources()
        self.robots = Robots()
        self.mappings = mappings or Mappings()

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        if self.fixed_frame is not None:
            self.fixed_frame.reset()
        self.frames.reset()
        self.grids.reset()
        self.resources.reset()
        self.robots.reset()
