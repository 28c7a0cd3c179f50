# SPDX-License-Identifier: Apache-2.0
"""``nav_msgs/msg/OccupancyGrid``: maps of cells."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import ChannelDatatype, Colormap, ColorModel, GridMap, ImageFormat
from rerun_bridge.converters.base import converts, Entry
from rerun_bridge.converters.geometry import xyz, xyzw
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_GLOBAL_COSTMAP = {'colormap': Colormap.RvizCostmap, 'opacity': 0.75, 'draw_order': 2.0}
_LOCAL_COSTMAP = {**_GLOBAL_COSTMAP, 'draw_order': 3.0}


@converts('nav_msgs/msg/OccupancyGrid')
def occupancy_grid(topic: Topic) -> Convert:
    """Make `GridMap`: unknown cells are 255, and the first row is that of the largest y."""
    look = _look(topic.name)

    def convert(message: Message) -> Iterator[Entry]:
        yield Entry(_to_grid(message, look), is_retained=topic.is_latched)

    return convert


def _to_grid(message: Message, look: dict[str, Any]) -> GridMap:
    info = message.info
    if not info.width or not info.height or info.width * info.height != len(message.data):
        msg = (
            f'a map of {info.width} x {info.height} cells has {len(message.data)} bytes; '
            'publish one byte per cell, and cells'
        )
        raise ConversionError(msg)
    if not 0 < info.resolution < np.inf:
        msg = f'the cells of a map are {info.resolution} m wide; publish their size'
        raise ConversionError(msg)
    rows = message.data.view(np.uint8).reshape(info.height, info.width)[::-1]
    return GridMap.from_fields(
        data=[owned(np.ascontiguousarray(rows).reshape(-1))],
        format=ImageFormat(
            info.width,
            info.height,
            color_model=ColorModel.L,
            channel_datatype=ChannelDatatype.U8,
        ),
        cell_size=info.resolution,
        translation=xyz(info.origin.position),
        quaternion=xyzw(info.origin.orientation),
        **look,
    )


def _look(topic_name: str) -> dict[str, Any]:
    if 'costmap' not in topic_name:
        return {'colormap': Colormap.RvizMap}
    return _LOCAL_COSTMAP if 'local' in topic_name else _GLOBAL_COSTMAP
