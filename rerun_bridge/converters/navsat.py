# SPDX-License-Identifier: Apache-2.0
"""Positions on the map of the Earth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import GeoLineStrings, GeoPoints, StateChange
from rerun_bridge.converters.base import (
    cleared,
    converts,
    converts_each,
    Entry,
    merge,
    RowType,
    SCALARS,
    series,
)
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.converters.trail import EARTH, Trail
from rerun_bridge.encodings import Component, owned, Primitive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_STATUS_NAMES: Mapping[int, str] = {
    -2: 'UNKNOWN',
    -1: 'NO_FIX',
    0: 'FIX',
    1: 'SBAS_FIX',
    2: 'GBAS_FIX',
    18: 'DGPS_FIX',
    19: 'RTK_FIX',
    20: 'RTK_FLOAT',
    33: 'WAAS_FIX',
}
_NO_FIX = -1
_COVARIANCE_UNKNOWN = 0
_DOT = -7.0
"""Radius of a position, in points of the screen since it is negative."""
_ACCURACY = '/accuracy'
_CIRCLE = RowType(*(GeoPoints.FIELDS[name] for name in ('positions', 'radii', 'colors')))
_CIRCLE_COLOR = 0x3388FF50
_ALTITUDE_NAME = series('altitude [m]')
_ALTITUDE = RowType(Component('altitude', 'sensor_msgs.msg.NavSatFix', None, Primitive('<f8')))


@converts('sensor_msgs/msg/NavSatFix')
def nav_sat_fix(topic: Topic) -> Convert:
    """Make `GeoPoints` of the fix and its accuracy, the trail, the altitude, states of the fix."""
    return _fixes(topic, lambda message: message.status.status)


@converts('gps_msgs/msg/GPSFix')
def gps_fix(topic: Topic) -> Convert:
    """Make `GeoPoints` of the fix and its accuracy, the trail, the altitude, states of the fix."""
    return _fixes(topic, lambda message: message.status.status)


@converts('foxglove_msgs/msg/LocationFix')
def location_fix(topic: Topic) -> Convert:
    """Make `GeoPoints` of the fix and its accuracy, the trail behind it, and the altitude."""
    return _fixes(topic, None)


@converts_each('foxglove_msgs/msg/LocationFixes', frame='none')
def location_fixes(message: Message) -> Iterator[Entry]:
    """Make `GeoPoints`, at the stamp of the latest fix."""
    fixes = message.fixes
    positions = fixes.columns('', ('latitude', 'longitude'))
    positions = positions[np.isfinite(positions).all(axis=1)]
    stamps = [stamp_nanos(each.timestamp) for each in fixes]
    yield Entry(
        GeoPoints.from_fields(positions=owned(positions)), stamps=(max(stamps, default=0),)
    )


@converts_each('geographic_msgs/msg/GeoPoint')
def geo_point(message: Message) -> Iterator[Entry]:
    """Make `GeoPoints`."""
    position = message.latitude, message.longitude
    if all(map(math.isfinite, position)):
        yield Entry(GeoPoints.from_fields(positions=position))


@converts_each('geographic_msgs/msg/GeoPointStamped', 'geographic_msgs/msg/GeoPose')
def geo_position(message: Message) -> Iterator[Entry]:
    """Make `GeoPoints`."""
    return geo_point(message.position)


@converts_each('geographic_msgs/msg/GeoPoseStamped')
def geo_pose_stamped(message: Message) -> Iterator[Entry]:
    """Make `GeoPoints`."""
    return geo_point(message.pose.position)


@converts_each('geographic_msgs/msg/GeoPath')
def geo_path(message: Message) -> Iterator[Entry]:
    """Make one line of `GeoLineStrings`, or none of an empty path."""
    line = message.poses.columns('pose.position', ('latitude', 'longitude'))
    line = line[np.isfinite(line).all(axis=1)]
    yield Entry(GeoLineStrings.from_fields(line_strings=[owned(line)] if len(line) else []))


def _fixes(topic: Topic, status_of: Callable[[Message], int] | None) -> Convert:
    replacing, trail = Replacing(), Trail(topic.schedule, EARTH)
    accuracy = _Accuracy()

    def convert(message: Message) -> Iterator[Entry]:
        status = 0
        if status_of is not None:
            status = status_of(message)
            name = _STATUS_NAMES.get(status, str(status))
            yield Entry(StateChange.from_fields(state=name), '/status')
        position = message.latitude, message.longitude
        if status == _NO_FIX or not all(map(math.isfinite, position)):
            return
        points = GeoPoints.from_fields(positions=position, radii=_DOT)
        altitude = message.altitude
        is_known = math.isfinite(altitude)
        yield from replacing.entries(merge(points, _ALTITUDE(altitude)) if is_known else points)
        yield from accuracy.entries(position, _radius(message))
        yield from trail.entries(position, '')
        if is_known:
            yield Entry(_ALTITUDE_NAME, '/altitude', is_static=True)
            yield Entry(SCALARS(altitude), '/altitude')

    return convert


class _Accuracy:
    """The circle that a position is in."""

    def __init__(self) -> None:
        self._is_shown = False

    def entries(self, position: tuple[float, float], radius: float | None) -> Iterator[Entry]:
        if radius is not None:
            self._is_shown = True
            yield Entry(_CIRCLE(position, radius, _CIRCLE_COLOR), _ACCURACY)
        elif self._is_shown:
            self._is_shown = False
            yield Entry(cleared(_CIRCLE.layout), _ACCURACY)


def _radius(message: Message) -> float | None:
    """Return the standard deviation in meters, of east or north, whichever is larger."""
    if message.position_covariance_type == _COVARIANCE_UNKNOWN:
        return None
    variance = max(message.position_covariance[0], message.position_covariance[4])
    return math.sqrt(variance) if 0 < variance < math.inf else None
