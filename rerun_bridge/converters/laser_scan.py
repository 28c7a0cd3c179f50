# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/LaserScan`` and ``MultiEchoLaserScan``: rings of distances to points."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import Points3D
from rerun_bridge.converters.base import converts
from rerun_bridge.converters.palette import turbo
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.converters.thinning import thinned
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Entry, Topic
    from rerun_bridge.converters.options import TopicOptions

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
        directions = scan_directions(message.angle_min, message.angle_increment, len(ranges))
        shown = intensities if wants_colors and len(intensities) else None
        in_range = _in_range(message, ranges)
        return replacing.entries(scan_points(directions, ranges, in_range, shown, topic.options))

    return convert


@converts('sensor_msgs/msg/MultiEchoLaserScan')
def multi_echo_laser_scan(topic: Topic) -> Convert:
    """Make `Points3D` of all echoes, colored by intensity, or by the number of the echo."""
    replacing = Replacing()
    wants_colors = topic.options.color_by in _COLORED_BY_INTENSITY

    def convert(message: Message) -> Iterator[Entry]:
        beams = [each.echoes for each in message.ranges]
        counts = np.array([len(beam) for beam in beams], int)
        intensities = [each.echoes for each in message.intensities]
        directions = scan_directions(message.angle_min, message.angle_increment, len(beams))
        directions = np.repeat(directions, counts, axis=0)
        shown = None
        if wants_colors and [len(each) for each in intensities] == counts.tolist():
            shown = _joined(intensities)
        elif wants_colors:
            shown = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
        ranges = _joined(beams)
        in_range = _in_range(message, ranges)
        return replacing.entries(scan_points(directions, ranges, in_range, shown, topic.options))

    return convert


def _in_range(message: Message, ranges: Array) -> Array:
    """Find the ranges that the scanner calls valid."""
    # Comparisons with NaN are false.
    return np.flatnonzero(
        (ranges >= message.range_min) & (ranges <= min(message.range_max, _LARGEST))
    )


def scan_points(
    directions: Array,
    ranges: Array,
    valid: Array,
    shown: Array | None,
    options: TopicOptions,
) -> Points3D:
    """
    Make points of a scan.

    Parameters
    ----------
    directions
        Unit vectors, shape (n, 3).
    ranges
        In meters, shape (n,).
    valid
        Indices of the ranges that count.
    shown
        Values that the colors show, shape (n,); None for no colors.
    options
        The user's choice of points and of the range of colors.

    """
    positions = (directions * ranges[:, None].astype(np.float32)).take(valid, axis=0)
    chosen = thinned(positions, options)
    if chosen is not None:
        positions, valid = positions.take(chosen, axis=0), valid[chosen]
    colors = None if shown is None else owned(turbo(shown.take(valid), options.color_range))
    return Points3D.from_fields(positions=owned(positions), colors=colors)


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.empty(0, np.float32)


@lru_cache(maxsize=64)
def scan_directions(angle_min: float, angle_increment: float, count: int) -> Array:
    """
    Return where the beams of a scan go.

    Parameters
    ----------
    angle_min, angle_increment
        Of the first beam, and between two, in radians.
    count
        How many beams.

    Returns
    -------
    numpy.ndarray
        Unit vectors in the plane, shape (count, 3).

    Raises
    ------
    ConversionError
        If there are no such angles.

    """
    angles = angle_min + angle_increment * np.arange(count)
    if not np.isfinite(angles).all():
        msg = 'the angles of the scan are not finite; repair the publisher'
        raise ConversionError(msg)
    return np.stack((np.cos(angles), np.sin(angles), np.zeros(count)), axis=1).astype(np.float32)
