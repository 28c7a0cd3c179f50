# SPDX-License-Identifier: Apache-2.0
"""
The frame that a user calls fixed, and what data have to do with it.

The viewer knows where frames are at the time of its cursor. What a scanner saw a moment ago is
drawn where the scanner is now, and judders. So an entity gets a frame of its own, ``map:/scan``,
and with each message a transform to it from the fixed frame: where the frame of the message was
at its stamp. The data stay what they are. `Placing` does it.
"""

from __future__ import annotations

from typing import NamedTuple

from rerun_bridge.converters.transform_buffer import TransformBuffer


class CameraBody(NamedTuple):
    """
    What carries an image plane.

    Attributes
    ----------
    entity_path
        Of the pinhole.
    frame_id
        The optical frame.

    """

    entity_path: str
    frame_id: str


class FixedFrame:
    """
    What the topics of a recording share about it.

    Parameters
    ----------
    name
        Of the frame.

    Attributes
    ----------
    transforms
        That have come.
    cameras
        By image plane.

    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.transforms = TransformBuffer()
        self.cameras: dict[str, CameraBody] = {}

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        self.transforms.reset()
        self.cameras.clear()

    def frame_of(self, entity_path: str, frame_id: str) -> str:
        """
        Name the frame that an entity is in.

        Parameters
        ----------
        entity_path
            Of the entity.
        frame_id
            Of its data.

        Returns
        -------
        str
            Its own, unless the data are in the fixed frame.

        """
        return frame_id if frame_id == self.name else f'{self.name}:{entity_path}'
