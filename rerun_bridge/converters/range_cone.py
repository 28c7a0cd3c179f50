# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/Range``: distances, and the cone in which something is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import LineStrips3D
from rerun_bridge.converters.base import converts_each, Entry, RowType, SCALARS, series
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_NAMES = Entry(series('range', 'min_range', 'max_range'), is_static=True)
_CONE = RowType(LineStrips3D.FIELDS['strips'], LineStrips3D.FIELDS['colors'])
_COLOR = 0x30C0C0FF
_NUM_CORNERS, _NUM_EDGES = 24, 4


@converts_each('sensor_msgs/msg/Range')
def distance(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of the range and its limits, and a cone of `LineStrips3D`."""
    yield _NAMES
    yield Entry(SCALARS((message.range, message.min_range, message.max_range)))
    yield Entry(
        _CONE(_cone(_visible(message), message.field_of_view), _COLOR),
        '/cone',
        frame_id=message.header.frame_id,
    )


def _visible(message: Message) -> float:
    """Return how long the cone is; by REP 117 infinities mean too near and nothing there."""
    limits = message.min_range, message.max_range
    if message.range == -math.inf:
        distance = limits[0]
    elif message.range == math.inf:
        distance = limits[1]
    else:
        distance = message.range
    return float(distance) if math.isfinite(distance) else 0.0


def _cone(length: float, angle: float) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Return the rim of a cone along x, and some lines from its tip to the rim."""
    if not (length > 0 and 0 <= angle < math.tau):
        return []
    around = np.linspace(0, math.tau, _NUM_CORNERS + 1)
    half = angle / 2
    rim = np.empty((_NUM_CORNERS + 1, 3), np.float32)
    rim[:, 0] = length * math.cos(half)
    rim[:, 1] = length * math.sin(half) * np.cos(around)
    rim[:, 2] = length * math.sin(half) * np.sin(around)
    edges = np.zeros((_NUM_EDGES, 2, 3), np.float32)
    edges[:, 1] = rim[: -1 : _NUM_CORNERS // _NUM_EDGES]
    return [owned(rim), *map(owned, edges)]
