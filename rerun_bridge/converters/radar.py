# SPDX-License-Identifier: Apache-2.0
"""``radar_msgs``: reflections and tracked objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Arrows3D, Boxes3D, Points3D
from rerun_bridge.converters.base import converts_each, Entry
from rerun_bridge.converters.geometry import vectors
from rerun_bridge.converters.palette import turbo
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_SMALLEST = 0.1
_NUM_ID_BYTES = 2


@converts_each('radar_msgs/msg/RadarScan')
def radar_scan(message: Message) -> Iterator[Entry]:
    """Make `Points3D`, colored by Doppler velocity, and `Arrows3D` of these velocities."""
    table = message.returns.columns(
        '', ('range', 'azimuth', 'elevation', 'doppler_velocity')
    ).astype(np.float64)
    distance, azimuth, elevation, velocity = table[np.isfinite(table).all(axis=1)].T
    directions = np.stack(
        (
            np.cos(elevation) * np.cos(azimuth),
            np.cos(elevation) * np.sin(azimuth),
            np.sin(elevation),
        ),
        axis=1,
    )
    positions = owned((directions * distance[:, None]).astype(np.float32))
    arrows = owned((directions * velocity[:, None]).astype(np.float32))
    colors = owned(turbo(velocity))
    yield Entry(Points3D.from_fields(positions=positions, colors=colors))
    yield Entry(
        Arrows3D.from_fields(vectors=arrows, origins=positions, colors=colors),
        '/velocity',
        frame_id=message.header.frame_id,
    )


@converts_each('radar_msgs/msg/RadarTracks')
def radar_tracks(message: Message) -> Iterator[Entry]:
    """Make `Boxes3D`, labeled with the start of their ids, and `Arrows3D` of their velocities."""
    tracks = message.tracks
    centers = vectors(tracks, 'position')
    half_sizes = np.maximum(vectors(tracks, 'size') / 2, _SMALLEST)
    ids = tracks.column('uuid.uuid')
    yield Entry(
        Boxes3D.from_fields(
            half_sizes=owned(half_sizes),
            centers=centers,
            labels=[row[:_NUM_ID_BYTES].tobytes().hex() for row in ids],
            class_ids=owned(tracks.column('classification').astype(np.uint16)),
        )
    )
    yield Entry(
        Arrows3D.from_fields(vectors=vectors(tracks, 'velocity'), origins=centers),
        '/velocity',
        frame_id=message.header.frame_id,
    )
