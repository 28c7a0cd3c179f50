# SPDX-License-Identifier: Apache-2.0
"""``nav2_msgs/msg/VoxelGrid``: what a robot has seen in layers of a costmap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import VoxelGridMap
from rerun_bridge.converters.base import converts_each, Entry
from rerun_bridge.converters.geometry import xyz
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_MAX_LAYERS = 16
_RED = 0xFF0000FF


@converts_each('nav2_msgs/msg/VoxelGrid')
def voxel_grid(message: Message) -> Iterator[Entry]:
    """Make `VoxelGridMap` of the cells that are marked."""
    width, height, num_layers = message.size_x, message.size_y, message.size_z
    if width * height != len(message.data) or num_layers > _MAX_LAYERS:
        msg = (
            f'a grid of {width} x {height} x {num_layers} cells has {len(message.data)} numbers; '
            f'publish one per column, and up to {_MAX_LAYERS} layers'
        )
        raise ConversionError(msg)
    # A marked cell has a bit in each half of the number of its column.
    columns = message.data.astype(np.uint32)
    marked = columns & columns >> _MAX_LAYERS
    bits = marked[:, None] >> np.arange(num_layers, dtype=np.uint32) & 1
    column, layer = np.nonzero(bits)
    y, x = np.divmod(column, max(width, 1))
    indices = np.stack((x, y, layer), axis=1).astype(np.int32)
    values = np.ones(len(indices))
    yield Entry(
        VoxelGridMap.from_fields(
            voxel_indices=owned(indices),
            voxel_size=xyz(message.resolutions),
            values=owned(values),
            colors=owned(np.full(len(indices), _RED, np.uint32)),
            translation=xyz(message.origin),
            opacity=0.5,
        )
    )
