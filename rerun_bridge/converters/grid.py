# SPDX-License-Identifier: Apache-2.0
"""``nav_msgs/msg/OccupancyGrid`` and the costmaps of Nav2: maps of cells, and their updates."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import ChannelDatatype, Colormap, ColorModel, GridMap, ImageFormat
from rerun_bridge.converters.base import converts, Entry
from rerun_bridge.converters.geometry import xyz, xyzw
from rerun_bridge.converters.grids import Grid, Patch
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.grids import Cells

_GLOBAL_COSTMAP = {'colormap': Colormap.RvizCostmap, 'opacity': 0.75, 'draw_order': 2.0}
_LOCAL_COSTMAP = {**_GLOBAL_COSTMAP, 'draw_order': 3.0}
_UPDATES = '_updates'
_UPDATE_INTERVAL_NANOS = 200_000_000


@converts('nav_msgs/msg/OccupancyGrid')
def occupancy_grid(topic: Topic) -> Convert:
    """Make `GridMap`: unknown cells are 255, and the first row is that of the largest y."""
    look = _look(topic.name)

    def convert(message: Message) -> Iterator[Entry]:
        info = message.info
        size = info.width, info.height
        return _map_entries(topic, message, size, info.resolution, info.origin, look)

    return convert


@converts('map_msgs/msg/ProjectedMap')
def projected_map(topic: Topic) -> Convert:
    """Make `GridMap`, as of the map in it."""
    to_map = occupancy_grid(topic)

    def convert(message: Message) -> Iterator[Entry]:
        frame_id = message.map.header.frame_id
        return (entry._replace(frame_id=frame_id) for entry in to_map(message.map))

    return convert


@converts('nav2_msgs/msg/Costmap')
def costmap(topic: Topic) -> Convert:
    """Make `GridMap` of the costs from 0 to 255; the first row is that of the largest y."""
    look = {**_look(f'{topic.name} costmap'), 'colormap': Colormap.Costmap}

    def convert(message: Message) -> Iterator[Entry]:
        data = message.metadata
        size = data.size_x, data.size_y
        return _map_entries(topic, message, size, data.resolution, data.origin, look)

    return convert


@converts('map_msgs/msg/OccupancyGridUpdate', frame='none')
def occupancy_grid_update(topic: Topic) -> Convert:
    """Make the `GridMap` of the topic without ``_updates`` again, with these cells in it."""
    return _updating(
        topic,
        lambda message: Patch(message.x, message.y, message.width, message.height, message.data),
    )


@converts('nav2_msgs/msg/CostmapUpdate', frame='none')
def costmap_update(topic: Topic) -> Convert:
    """Make the `GridMap` of the topic without ``_updates`` again, with these cells in it."""
    return _updating(
        topic,
        lambda message: Patch(message.x, message.y, message.size_x, message.size_y, message.data),
    )


def _map_entries(  # noqa: PLR0913, PLR0917 - what a map is
    topic: Topic,
    message: Message,
    size: tuple[int, int],
    cell_size: float,
    origin: Message,
    look: dict[str, Any],
) -> Iterator[Entry]:
    width, height = size
    if not width or not height or width * height != len(message.data):
        msg = (
            f'a map of {width} x {height} cells has {len(message.data)} bytes; '
            'publish one byte per cell, and cells'
        )
        raise ConversionError(msg)
    if not 0 < cell_size < np.inf:
        msg = f'the cells of a map are {cell_size} m wide; publish their size'
        raise ConversionError(msg)
    image_format = ImageFormat(
        width, height, color_model=ColorModel.L, channel_datatype=ChannelDatatype.U8
    )
    translation, quaternion = xyz(origin.position), xyzw(origin.orientation)

    def to_columns(cells: Cells) -> GridMap:
        return GridMap.from_fields(
            data=[owned(np.ascontiguousarray(cells[::-1]).reshape(-1))],
            format=image_format,
            cell_size=cell_size,
            translation=translation,
            quaternion=quaternion,
            **look,
        )

    cells = message.data.view(np.uint8).reshape(height, width)
    topic.shared.grids.put(
        topic.name, Grid(cells, to_columns, topic.entity_path, topic.is_latched)
    )
    yield Entry(to_columns(cells), is_retained=topic.is_latched)


def _updating(topic: Topic, to_patch: Callable[[Message], Patch]) -> Convert:
    base, schedule, grids = topic.name.removesuffix(_UPDATES), topic.schedule, topic.shared.grids
    has_fixed_frame = topic.shared.fixed_frame is not None
    logged_nanos = stamp = 0
    frame_id = ''

    def to_entries() -> Iterator[Entry]:
        nonlocal logged_nanos
        logged_nanos = schedule.now_nanos
        grid = grids.get(base)
        if grid is not None:
            yield Entry(
                grid.to_columns(grid.cells),
                grid.entity_path,
                is_absolute=True,
                is_retained=grid.is_retained,
                frame_id=frame_id,
                stamps=(stamp,),
            )

    def convert(message: Message) -> Iterator[Entry]:
        nonlocal stamp, frame_id
        if not grids.apply(base, to_patch(message)):
            return
        stamp = stamp_nanos(message.header.stamp)
        # Without a fixed frame the map is where its own topic has put it.
        frame_id = message.header.frame_id if has_fixed_frame else ''
        # The whole map is logged, so not with every update.
        wait_nanos = logged_nanos + _UPDATE_INTERVAL_NANOS - schedule.now_nanos
        if not 0 < wait_nanos <= _UPDATE_INTERVAL_NANOS:
            schedule.cancel(base)
            yield from to_entries()
        elif base not in schedule:
            schedule.after(wait_nanos, base, to_entries)

    return convert


def _look(topic_name: str) -> dict[str, Any]:
    if 'costmap' not in topic_name:
        return {'colormap': Colormap.RvizMap}
    return _LOCAL_COSTMAP if 'local' in topic_name else _GLOBAL_COSTMAP
