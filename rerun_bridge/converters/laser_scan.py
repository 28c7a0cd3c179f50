# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/LaserScan``: a ring of distances to points."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import Points3D
from rerun_bridge.converters.base import converts
from rerun_bridge.converters.palette import turbo
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Entry, Topic

    Array: TypeAlias = npt.NDArray[Any]


_LARGEST = float(np.finfo(np.float32).max)
_COLORED_BY_INTENSITY = ('auto', 'intensity')


@converts('sensor_msgs/msg/LaserScan')
def laser_scan(topic: Topic) -> Convert:
    """Make `Points3D` of the ranges that the scanner calls valid, colored by intensity."""
    replacing = Replacing()
    wants_colors = topic.options.color_by in _COLORED_BY_INTENSITY

    def convert(message: Message) -> Iterator[Entry]:
        ranges, intensities = message.ranges, message.intensities
        if len(intensities) not in {0, len(ranges)}:
            msg = (
                f'the scan has {len(ranges)} ranges but {len(intensities)} intensities; '
                'publish as many or none'
            )
            raise ConversionError(msg)
        # Comparisons with NaN are false.
        is_valid = (ranges >= message.range_min) & (ranges <= min(message.range_max, _LARGEST))
        valid = np.flatnonzero(is_valid)
        directions = _directions(message.angle_min, message.angle_increment, len(ranges))
        positions = (directions * ranges[:, None]).take(valid, axis=0)
        colors = None
        if wants_colors and len(intensities):
            colors = owned(turbo(intensities.take(valid)))
        return replacing.entries(Points3D.from_fields(positions=owned(positions), colors=colors))

    return convert


@lru_cache(maxsize=64)
def _directions(angle_min: float, angle_increment: float, count: int) -> Array:
    """Return unit vectors in the plane, shape (count, 3)."""
    angles = angle_min + angle_increment * np.arange(count)
    if not np.isfinite(angles).all():
        msg = 'the angles of the scan are not finite; repair the publisher'
        raise ConversionError(msg)
    return np.stack((np.cos(angles), np.sin(angles), np.zeros(count)), axis=1).astype(np.float32)
