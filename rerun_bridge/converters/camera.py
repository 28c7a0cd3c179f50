# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/CameraInfo``: the pinhole camera between a frame and its image plane."""

from __future__ import annotations

from functools import lru_cache
import logging
import re
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Pinhole
from rerun_bridge.converters.base import converts, Entry, NOTHING
from rerun_bridge.converters.fixed_frame import CameraBody
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_PLANE_DISTANCE = 0.5
"""Meters from a camera to its picture in the scene; what the viewer chooses is hardly seen."""
_RECTIFIED = re.compile(r'[/_]rect(ified)?([/_]|$)')
_log = logging.getLogger('rerun_bridge.converters')


class _Camera(NamedTuple):
    matrix: tuple[float, ...]
    width: int
    height: int
    frame_id: str


class _Region(NamedTuple):
    width: int = 0
    height: int = 0
    x_offset: int = 0
    y_offset: int = 0


_ALL = _Region()


@converts('sensor_msgs/msg/CameraInfo', 'foxglove_msgs/msg/CameraCalibration', frame='none')
def camera_info(topic: Topic) -> Convert:
    """Make `Pinhole` when it changes: cameras repeat it with every image."""
    is_rectified = bool(_RECTIFIED.search(topic.name))
    is_told = False

    def convert(message: Message) -> Iterator[Entry]:
        nonlocal is_told
        camera = _read_camera(message, is_rectified=is_rectified)
        if camera.matrix[0] and camera.matrix[4]:
            plane = topic.shared.frames.add_camera(camera.frame_id, topic.name, camera)
            if plane.is_owner:
                yield from _entries(topic, camera, plane.plane)
        elif not is_told:
            is_told = True
            _log.warning(
                '%s: the camera is not calibrated (its matrix is zero), so its images cannot be '
                'shown in 3D; calibrate it and load the result in its driver',
                topic.name,
            )

    return convert


def _read_camera(message: Message, *, is_rectified: bool) -> _Camera:
    """Apply region and binning, in this order, to the camera matrix."""
    # Foxglove's message knows of no region, and its frame is not in a header.
    roi = getattr(message, 'roi', _ALL)
    width, height = roi.width or message.width, roi.height or message.height
    if not width or not height:
        msg = f'the camera has {message.width} x {message.height} pixels; set its resolution'
        raise ConversionError(msg)
    per_x = max(getattr(message, 'binning_x', 1), 1)
    per_y = max(getattr(message, 'binning_y', 1), 1)
    matrix = np.array(message.p.reshape(3, 4)[:, :3] if is_rectified else message.k.reshape(3, 3))
    if not np.isfinite(matrix).all():
        msg = 'the matrix of the camera has numbers that are not finite; calibrate it'
        raise ConversionError(msg)
    matrix[0, 2] -= roi.x_offset
    matrix[1, 2] -= roi.y_offset
    matrix[0] /= per_x
    matrix[1] /= per_y
    frame_id = getattr(message, 'header', message).frame_id.removeprefix('/')
    return _Camera(
        tuple(matrix.reshape(-1).tolist()),
        width // per_x,
        height // per_y,
        frame_id,
    )


def _entries(topic: Topic, camera: _Camera, image_plane: str) -> Iterator[Entry]:
    """Put a camera into its frame, or into one that follows it in the fixed frame."""
    fixed_frame, frame_id = topic.shared.fixed_frame, camera.frame_id
    parent = frame_id
    if fixed_frame is not None and frame_id:
        fixed_frame.cameras[image_plane] = CameraBody(topic.entity_path, frame_id)
        parent = fixed_frame.frame_of(topic.entity_path, frame_id)
        yield Entry(NOTHING, frame_id=frame_id)
    yield Entry(_pinhole(camera, parent, image_plane), is_retained=True)


@lru_cache(maxsize=256)
def _pinhole(camera: _Camera, parent: str, image_plane: str) -> Pinhole:
    frames: dict[str, Any] = {}
    if parent:
        frames = {'parent_frame': parent, 'child_frame': image_plane}
    return Pinhole.from_fields(
        image_from_camera=camera.matrix,
        resolution=(camera.width, camera.height),
        image_plane_distance=_PLANE_DISTANCE,
        **frames,
    )
