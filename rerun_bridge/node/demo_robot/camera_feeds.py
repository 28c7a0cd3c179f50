# SPDX-License-Identifier: Apache-2.0
"""The RGB-D camera: picture, depth, calibration, what is recognised and, if possible, JPEG."""

from __future__ import annotations

from array import array
from typing import Any, TYPE_CHECKING

from geometry_msgs.msg import Point
import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import ImageMarker

from rerun_bridge.node.demo_robot.feed import Feed, LARGE, packed, Topic
from rerun_bridge.node.demo_robot.jpeg import jpeg_encoder
from rerun_bridge.node.demo_robot.recognition import recognise
from rerun_bridge.node.demo_robot.robot import OPTICAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from std_msgs.msg import Header

    from rerun_bridge.node.demo_robot.camera import Camera
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.recognition import Found
    from rerun_bridge.node.demo_robot.simulation import Simulation

_encode = jpeg_encoder()
HAS_JPEG = _encode is not None
_GREEN = ColorRGBA(r=0.2, g=1.0, b=0.4, a=1.0)
_LINE_WIDTH = 2.0


def feeds(simulation: Simulation) -> list[Feed]:
    """Describe the topics of the camera; all messages of one shot carry one stamp."""
    camera = simulation.camera
    topics = [
        Topic('/camera/image_raw', Image, LARGE),
        Topic('/camera/camera_info', CameraInfo),
        Topic('/camera/depth/image_raw', Image, LARGE),
        Topic('/camera/depth/camera_info', CameraInfo),
        Topic('/camera/outlines', ImageMarker),
    ]
    if _encode is not None:
        topics.append(Topic('/camera/image_raw/compressed', CompressedImage, LARGE))

    def shot(moment: Moment) -> list[Image | CameraInfo | ImageMarker | CompressedImage]:
        frame = camera.shoot(simulation.world, moment.motion)
        found = recognise(simulation.world, camera, moment.motion, frame)
        header = moment.header(OPTICAL.child)
        info = _camera_info(camera, header)
        messages = [
            _image(header, 'rgb8', frame.rgb),
            info,
            _image(header, '16UC1', frame.depth_mm),
            info,
            _outlines(header, found),
        ]
        if _encode is not None:
            data = array('B', _encode(frame.rgb))
            messages.append(
                CompressedImage(header=header, format='rgb8; jpeg compressed bgr8', data=data)
            )
        return messages

    return [Feed(simulation.options.camera_rate, topics, shot)]


def _image(header: Header, encoding: str, pixels: npt.NDArray[np.integer[Any]]) -> Image:
    return Image(
        header=header,
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        is_bigendian=pixels.dtype.byteorder == '>',
        step=pixels.strides[0],
        data=packed('B', pixels),
    )


def _outlines(header: Header, found: Sequence[Found]) -> ImageMarker:
    """Draw a rectangle around everything that was recognised."""
    points = []
    for _, left, top, right, bottom, _ in found:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        for ends in zip(corners, corners[1:]):  # noqa: B905, RUF007 - a line less than corners
            points += [Point(x=x, y=y) for x, y in ends]
    return ImageMarker(
        header=header,
        type=ImageMarker.LINE_LIST,
        scale=_LINE_WIDTH,
        outline_color=_GREEN,
        points=points,
    )


def _camera_info(camera: Camera, header: Header) -> CameraInfo:
    f, (cx, cy) = camera.focal_px, camera.center_px
    return CameraInfo(
        header=header,
        height=camera.height,
        width=camera.width,
        distortion_model='plumb_bob',
        d=array('d', [0.0] * 5),
        k=np.array([f, 0.0, cx, 0.0, f, cy, 0.0, 0.0, 1.0]),
        r=np.ravel(np.eye(3)),
        p=np.array([f, 0.0, cx, 0.0, 0.0, f, cy, 0.0, 0.0, 0.0, 1.0, 0.0]),
    )
