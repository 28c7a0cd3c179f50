# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/NavSatFix``: positions on the map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rerun_bridge.archetypes import GeoPoints, StateChange
from rerun_bridge.converters.base import converts, Entry, merge, RowType, SCALARS, series
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.encodings import Component, Primitive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_STATUS_NAMES: Mapping[int, str] = {
    -2: 'UNKNOWN',
    -1: 'NO_FIX',
    0: 'FIX',
    1: 'SBAS_FIX',
    2: 'GBAS_FIX',
}
_NO_FIX = -1
_COVARIANCE_UNKNOWN = 0
_ALTITUDE_NAME = series('altitude')
_ALTITUDE = RowType(Component('altitude', 'sensor_msgs.msg.NavSatFix', None, Primitive('<f8')))


@converts('sensor_msgs/msg/NavSatFix')
def nav_sat_fix(topic: Topic) -> Convert:  # noqa: ARG001
    """Make `GeoPoints` where there is a fix, the altitude as `Scalars`, the status as states."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        status = message.status.status
        yield Entry(
            StateChange.from_fields(state=_STATUS_NAMES.get(status, str(status))), '/status'
        )
        position = message.latitude, message.longitude
        if status == _NO_FIX or not all(map(math.isfinite, position)):
            return
        points = GeoPoints.from_fields(positions=position, radii=_radius(message))
        altitude = message.altitude
        if not math.isfinite(altitude):
            yield from replacing.entries(points)
            return
        yield from replacing.entries(merge(points, _ALTITUDE(altitude)))
        yield Entry(_ALTITUDE_NAME, '/altitude', is_static=True)
        yield Entry(SCALARS(altitude), '/altitude')

    return convert


def _radius(message: Message) -> float | None:
    """Return the standard deviation in meters, of east or north, whichever is larger."""
    if message.position_covariance_type == _COVARIANCE_UNKNOWN:
        return None
    variance = max(message.position_covariance[0], message.position_covariance[4])
    return math.sqrt(variance) if 0 < variance < math.inf else None
