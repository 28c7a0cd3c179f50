# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/PointCloud``, the clouds of old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Points3D
from rerun_bridge.converters.base import converts
from rerun_bridge.converters.geometry import vectors
from rerun_bridge.converters.palette import pack, turbo
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.converters.thinning import thinned
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Entry, Topic
    from rerun_bridge.converters.options import TopicOptions
    from rerun_bridge.converters.palette import Array, ColorArray

_INTENSITIES = ('intensity', 'intensities', 'reflectivity')


@converts('sensor_msgs/msg/PointCloud')
def old_point_cloud(topic: Topic) -> Convert:
    """Make `Points3D`, colored by a channel."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        positions = vectors(message.points, '')
        channels = {
            channel.name: channel.values
            for channel in message.channels
            if len(channel.values) == len(positions)
        }
        kept = np.flatnonzero(np.isfinite(positions).all(axis=1))
        chosen = thinned(positions[kept], topic.options)
        kept = kept if chosen is None else kept[chosen]
        if len(kept) < len(positions):
            positions = owned(positions[kept])
            channels = {name: values[kept] for name, values in channels.items()}
        colors = _colors(channels, positions, topic.options)
        return replacing.entries(Points3D.from_fields(positions=positions, colors=colors))

    return convert


def _colors(
    channels: Mapping[str, Array], positions: Array, options: TopicOptions
) -> ColorArray | None:
    color_by = options.color_by
    if color_by == 'flat' or not len(positions):
        return None
    if color_by in {'auto', 'rgb'} and 'rgb' in channels:
        bits = np.ascontiguousarray(channels['rgb'].astype('<f4')).view('<u4')
        return owned((bits << 8 | 0xFF).astype('<u4'))
    if color_by in {'auto', 'rgb'} and all(name in channels for name in 'rgb'):
        parts = [np.nan_to_num(channels[name]).clip(0, 1) * 255 for name in 'rgb']
        return owned(pack(*(part.round() for part in parts)))
    names = (color_by, *_INTENSITIES) if color_by in {'auto', 'intensity'} else (color_by,)
    name = next((name for name in names if name in channels), '')
    axis = 'xyz'.find(color_by) if color_by in {'x', 'y', 'z'} else 2
    shown = channels[name] if name else positions[:, axis]
    return owned(turbo(shown, options.color_range))
