# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/PointCloud2``: points of any layout, with colors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import Points3D
from rerun_bridge.converters.base import converts, merge, RowType
from rerun_bridge.converters.palette import pack, turbo
from rerun_bridge.converters.point_fields import PointFields
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.converters.thinning import thinned
from rerun_bridge.encodings import Component, owned, Primitive

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Entry, Topic
    from rerun_bridge.converters.options import TopicOptions
    from rerun_bridge.converters.palette import ColorArray

    Array: TypeAlias = npt.NDArray[Any]


_INTENSITIES = ('intensity', 'intensities', 'reflectivity')
_PACKED = ('rgba', 'rgb')
_CHANNELS = ('r', 'g', 'b', 'a')
_NUM_COLORS = 3
_OPAQUE = 0xFF
_U32 = np.dtype('u4')


@converts('sensor_msgs/msg/PointCloud2')
def point_cloud(topic: Topic) -> Convert:
    """Make `Points3D`, and a component for every other field as the official importer does."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        return replacing.entries(cloud_columns(message, topic.options))

    return convert


def cloud_columns(message: Any, options: TopicOptions) -> AnyColumns:  # noqa: ANN401
    """
    Make points of a cloud.

    Parameters
    ----------
    message
        A ``sensor_msgs/msg/PointCloud2``, or what looks like one.
    options
        The user's choice of points and colors.

    Returns
    -------
    Archetype or Columns
        `Points3D`, and a component for every other field.

    Raises
    ------
    ConversionError
        If the fields do not fit into the bytes.

    """
    fields = PointFields(message)
    if not fields.num_points:
        return Points3D.from_fields(positions=[])
    positions = fields.positions()
    if not message.is_dense or options.voxel:
        valid = _valid(positions)
        if valid is not None:
            fields.choose(valid)
            positions = positions.take(valid, axis=0)
    chosen = thinned(positions, options)
    if chosen is not None:
        fields.choose(chosen)
        positions = positions.take(chosen, axis=0)
    colors, used = _colors(fields, options)
    others = {
        name: fields.column(name)
        for name in fields.names()
        if name not in used and name not in Points3D.FIELDS
    }
    points = Points3D.from_fields(
        positions=owned(positions), colors=colors if colors is None else owned(colors)
    )
    return merge(
        points,
        *(
            _other(name, column.dtype.newbyteorder('<').str)(column)
            for name, column in others.items()
        ),
    )


def _valid(positions: Array) -> Array | None:
    """Return the indices of points that are finite; None for all."""
    x, y, z = positions.T
    is_valid = np.isfinite(x) & np.isfinite(y) & np.isfinite(z)
    return None if is_valid.all() else np.flatnonzero(is_valid)


def _colors(fields: PointFields, options: TopicOptions) -> tuple[ColorArray | None, set[str]]:
    """Return colors, and the fields that tell nothing else than them or the positions."""
    used, color_by = set('xyz'), options.color_by
    if color_by == 'flat':
        return None, used
    packed = next((name for name in _PACKED if name in fields), None)
    if color_by in ('auto', 'rgb', packed) and packed is not None:
        value = fields.view(packed, _U32).astype('<u4')
        alpha = value >> 24 if packed == 'rgba' else _OPAQUE
        return (value << 8 | alpha).astype('<u4', copy=False), used | {packed}
    if color_by in {'auto', 'rgb'} and all(name in fields for name in _CHANNELS[:_NUM_COLORS]):
        names = [name for name in _CHANNELS if name in fields]
        return pack(*(_to_bytes(fields.view(name)) for name in names)), used | set(names)
    if color_by in {'auto', 'intensity'}:
        fallback = 'z' if color_by == 'auto' else color_by
        color_by = next((name for name in _INTENSITIES if name in fields), fallback)
    return turbo(fields.column(color_by), options.color_range), used


def _to_bytes(channel: Array) -> Array:
    """Return 0 to 255; floats go from 0 to 1, integers to their maximum."""
    if channel.dtype.kind == 'f':
        channel = (np.nan_to_num(channel).clip(0, 1) * _OPAQUE).round()
    elif channel.dtype.kind == 'i':
        channel = channel.clip(0, _OPAQUE)
    else:
        channel = channel >> 8 * (channel.dtype.itemsize - 1)
    return channel


@lru_cache(maxsize=1024)
def _other(name: str, dtype: str) -> RowType:
    return RowType(
        Component(f'Points3D:{name}', 'rerun.archetypes.Points3D', None, Primitive(dtype))
    )
