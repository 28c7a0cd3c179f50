# SPDX-License-Identifier: Apache-2.0
"""Clouds, scans and grids of ``foxglove_msgs``: with a pose of their own in their frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import (
    ChannelDatatype,
    ColorModel,
    GridMap,
    ImageFormat,
    VoxelGridMap,
)
from rerun_bridge.converters.base import converts, converts_each, Entry, merge
from rerun_bridge.converters.geometry import POSES, xyz, xyzw
from rerun_bridge.converters.laser_scan import scan_directions, scan_points
from rerun_bridge.converters.palette import turbo
from rerun_bridge.converters.point_cloud import cloud_columns
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Topic

    Array: TypeAlias = npt.NDArray[Any]

_DATATYPES: Mapping[int, int] = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5, 7: 7, 8: 8}
"""Numbers of Foxglove to those of ``sensor_msgs/msg/PointField``."""
_KINDS: Mapping[int, str] = {
    1: 'u1',
    2: 'i1',
    3: '<u2',
    4: '<i2',
    5: '<u4',
    6: '<i4',
    7: '<f4',
    8: '<f8',
}
_CHANNELS = ('red', 'green', 'blue', 'alpha')
_NUM_COLORS, _MAX_BYTE = 3, 255


@dataclass(frozen=True)
class _Field:
    name: str
    offset: int
    datatype: int
    count: int = 1


class _Cloud(NamedTuple):
    """A cloud in the words of ``sensor_msgs/msg/PointCloud2``."""

    width: int
    point_step: int
    data: Array
    fields: list[_Field]
    height: int = 1
    row_step: int = 0
    is_bigendian: bool = False
    is_dense: bool = False


@converts('foxglove_msgs/msg/PointCloud')
def foxglove_point_cloud(topic: Topic) -> Convert:
    """Make `Points3D`, and a component for every other field."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        step = message.point_stride
        fields = [
            _Field(_RGBA.get(each.name, each.name), each.offset, _DATATYPES.get(each.type, 0))
            for each in message.fields
        ]
        cloud = _Cloud(len(message.data) // step if step else 0, step, message.data, fields)
        columns = cloud_columns(cloud, topic.options)
        return replacing.entries(_placed(message, columns))

    return convert


_RGBA: Mapping[str, str] = {'red': 'r', 'green': 'g', 'blue': 'b', 'alpha': 'a'}


@converts('foxglove_msgs/msg/LaserScan')
def foxglove_laser_scan(topic: Topic) -> Convert:
    """Make `Points3D`, colored by intensity."""
    replacing = Replacing()
    wants_colors = topic.options.color_by in {'auto', 'intensity'}

    def convert(message: Message) -> Iterator[Entry]:
        ranges, intensities = message.ranges, message.intensities
        count = len(ranges)
        increment = (message.end_angle - message.start_angle) / max(count - 1, 1)
        directions = scan_directions(message.start_angle, increment, count)
        valid = np.flatnonzero(np.isfinite(ranges))
        shown = intensities if wants_colors and count and len(intensities) == count else None
        points = scan_points(directions, ranges, valid, shown, topic.options)
        return replacing.entries(_placed(message, points))

    return convert


@converts('foxglove_msgs/msg/Grid')
def foxglove_grid(topic: Topic) -> Convert:  # noqa: ARG001
    """Make `GridMap` of the colors, or of the first field."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        return replacing.entries(_to_grid(message))

    return convert


def _to_grid(message: Message) -> GridMap:
    width, stride = message.column_count, message.row_stride
    height = len(message.data) // stride if stride else 0
    cell = message.cell_size
    if not (width and height and stride >= width * message.cell_stride) or cell.x != cell.y:
        msg = (
            f'a grid of {width} columns, {stride} bytes per row and {len(message.data)} bytes '
            f'with cells of {cell.x} x {cell.y} m cannot be drawn; publish whole rows of squares'
        )
        raise ConversionError(msg)
    columns = _columns(message, (height, width), (stride, message.cell_stride))
    pixels = _pixels({name: column[::-1] for name, column in columns.items()})
    return GridMap.from_fields(
        data=[owned(pixels.reshape(-1))],
        format=ImageFormat(
            width, height, color_model=ColorModel.RGBA, channel_datatype=ChannelDatatype.U8
        ),
        cell_size=cell.x,
        translation=xyz(message.pose.position),
        quaternion=xyzw(message.pose.orientation),
    )


@converts_each('foxglove_msgs/msg/VoxelGrid')
def foxglove_voxel_grid(message: Message) -> Iterator[Entry]:
    """Make `VoxelGridMap` of the cells that are not transparent, or else not zero."""
    num_rows, num_columns = message.row_count, message.column_count
    strides = message.slice_stride, message.row_stride, message.cell_stride
    num_slices = len(message.data) // strides[0] if strides[0] else 0
    size = xyz(message.cell_size)
    if (
        not (num_slices and num_rows and num_columns and min(size) > 0)
        or strides[0] < num_rows * strides[1]
        or strides[1] < num_columns * strides[2]
    ):
        msg = (
            f'a grid of {num_columns} columns and {num_rows} rows, {strides[0]} bytes per slice, '
            f'{strides[1]} per row and {len(message.data)} in all, with cells of {size} m cannot '
            'be drawn; publish whole slices'
        )
        raise ConversionError(msg)
    columns = _columns(message, (num_slices, num_rows, num_columns), strides)
    colors = _pixels({name: column.reshape(num_slices, -1) for name, column in columns.items()})
    colors = np.ascontiguousarray(colors).view('>u4').reshape(num_slices, num_rows, num_columns)
    is_shown = colors & _MAX_BYTE != 0
    if not _is_colored(columns):
        values = next(iter(columns.values()))
        is_shown &= values != 0
    yield Entry(
        VoxelGridMap.from_fields(
            voxel_indices=owned(np.argwhere(is_shown)[:, ::-1].astype(np.int32)),
            voxel_size=size,
            colors=owned(colors[is_shown].astype(np.uint32)),
            translation=xyz(message.pose.position),
            quaternion=xyzw(message.pose.orientation),
        )
    )


def _columns(
    message: Message, shape: tuple[int, ...], strides: tuple[int, ...]
) -> dict[str, Array]:
    """Return the fields of all cells."""
    columns = {}
    for field in message.fields:
        kind = np.dtype(_KINDS.get(field.type, 'u1'))
        if field.offset + kind.itemsize <= message.cell_stride:
            columns[field.name] = np.ndarray(shape, kind, message.data, field.offset, strides)
    return columns


def _is_colored(columns: Mapping[str, Array]) -> bool:
    return all(name in columns for name in _CHANNELS[:_NUM_COLORS])


def _pixels(columns: Mapping[str, Array]) -> Array:
    """Return pixels of shape (height, width, 4)."""
    if not columns:
        msg = 'the grid has no fields within its cells; repair their offsets'
        raise ConversionError(msg)
    if _is_colored(columns):
        channels = [columns[name] for name in _CHANNELS if name in columns]
        pixels = np.full((*channels[0].shape, 4), _MAX_BYTE, np.uint8)
        for i, channel in enumerate(channels):
            scale = _MAX_BYTE if channel.dtype.kind == 'f' else 1
            pixels[:, :, i] = (np.nan_to_num(channel) * scale).clip(0, _MAX_BYTE)
        return pixels
    values = next(iter(columns.values()))
    return rgba_of(values)


def rgba_of(values: Array) -> Array:
    """
    Color numbers from blue over green to red.

    Parameters
    ----------
    values
        Shape (height, width).

    Returns
    -------
    numpy.ndarray
        Bytes of shape (height, width, 4); what is no number is transparent.

    """
    pixels = turbo(values.reshape(-1)).astype('>u4').view(np.uint8).reshape(*values.shape, 4)
    if values.dtype.kind == 'f':
        pixels[~np.isfinite(values)] = 0
    return pixels


def _placed(message: Message, columns: AnyColumns) -> AnyColumns:
    pose = message.pose
    return merge(POSES(xyz(pose.position), xyzw(pose.orientation)), columns)
