# SPDX-License-Identifier: Apache-2.0
"""``grid_map_msgs/msg/GridMap``: layers of numbers over the ground, one of them its height."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import ChannelDatatype, ColorModel, GridMap, ImageFormat, Mesh3D
from rerun_bridge.converters.base import child_path, converts_each, Entry, merge
from rerun_bridge.converters.foxglove_sensors import rgba_of
from rerun_bridge.converters.geometry import POSES, rotated, xyz, xyzw
from rerun_bridge.converters.palette import turbo
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message

    Array: TypeAlias = npt.NDArray[Any]

_ELEVATION = 'elevation'
_ROW_MAJOR = 'row_index'


@converts_each('grid_map_msgs/msg/GridMap')
def grid_map(message: Message) -> Iterator[Entry]:
    """Make `Mesh3D` of the elevation, colored by height, and `GridMap` of each other layer."""
    info, names = message.info, list(message.layers)
    if len(names) != len(message.data):
        msg = f'there are {len(names)} names of layers but {len(message.data)} layers'
        raise ConversionError(msg)
    if not 0 < info.resolution < np.inf:
        msg = f'the cells of a grid map are {info.resolution} m wide; publish their size'
        raise ConversionError(msg)
    start = message.outer_start_index, message.inner_start_index
    layers = {
        name: _matrix(data, start)
        for name, data in zip(names, message.data)  # noqa: B905 - as many
    }
    frame_id = message.header.frame_id
    heights = next((name for name in (_ELEVATION, *message.basic_layers) if name in layers), None)
    if heights is not None:
        yield Entry(_surface(layers.pop(heights), message))
    for name, layer in layers.items():
        if layer.size:
            yield Entry(_picture(layer, message), child_path(name), frame_id=frame_id)


def _matrix(data: Message, start: tuple[int, int]) -> Array:
    """Return numbers by x, then y, both falling; the message is a buffer that goes round."""
    dimensions = list(data.layout.dim)
    sizes = [dimension.size for dimension in dimensions]
    if len(sizes) != 2 or sizes[0] * sizes[1] != len(data.data):  # noqa: PLR2004
        msg = f'a layer of {" x ".join(map(str, sizes))} cells has {len(data.data)} numbers'
        raise ConversionError(msg)
    matrix: Array = data.data.reshape(sizes)
    if dimensions[0].label != _ROW_MAJOR:
        matrix = matrix.T
    return np.roll(matrix, (-start[0], -start[1]), axis=(0, 1))


def _surface(heights: Array, message: Message) -> Any:  # noqa: ANN401 - columns
    """Make triangles between the cells that have a height."""
    num_x, num_y = heights.shape
    size = message.info.resolution
    vertices = np.empty((num_x, num_y, 3), np.float32)
    vertices[:, :, 0] = ((num_x - 1) / 2 - np.arange(num_x))[:, None] * size
    vertices[:, :, 1] = ((num_y - 1) / 2 - np.arange(num_y)) * size
    vertices[:, :, 2] = np.nan_to_num(heights)
    numbers = np.arange(num_x * num_y).reshape(num_x, num_y)
    corners = numbers[:-1, :-1], numbers[1:, :-1], numbers[1:, 1:], numbers[:-1, 1:]
    a, b, c, d = (corner.reshape(-1) for corner in corners)
    triangles = np.concatenate((np.stack((a, b, c), axis=1), np.stack((a, c, d), axis=1)))
    is_known = np.isfinite(heights).reshape(-1)
    triangles = triangles[is_known[triangles].all(axis=1)]
    pose = message.info.pose
    position = (pose.position.x, pose.position.y, 0.0)
    return merge(
        POSES(position, xyzw(pose.orientation)),
        Mesh3D.from_fields(
            vertex_positions=owned(vertices.reshape(-1, 3)),
            triangle_indices=owned(triangles.astype(np.uint32)),
            vertex_colors=owned(turbo(heights.reshape(-1))),
        ),
    )


def _picture(layer: Array, message: Message) -> GridMap:
    pixels = rgba_of(layer[::-1].T)
    height, width = pixels.shape[:2]
    info = message.info
    x, y, _ = xyz(info.pose.position)
    quaternion = xyzw(info.pose.orientation)
    corner = rotated(quaternion, (-width * info.resolution / 2, -height * info.resolution / 2, 0))
    return GridMap.from_fields(
        data=[owned(pixels.reshape(-1))],
        format=ImageFormat(
            width, height, color_model=ColorModel.RGBA, channel_datatype=ChannelDatatype.U8
        ),
        cell_size=info.resolution,
        translation=(x + corner[0], y + corner[1], corner[2]),
        quaternion=quaternion,
    )
