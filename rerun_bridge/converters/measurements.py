# SPDX-License-Identifier: Apache-2.0
"""Messages of ``sensor_msgs`` that are one quantity with a variance."""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import Measurements
from rerun_bridge.converters.base import converts
from rerun_bridge.converters.replacing import Replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Entry, Topic


class _Quantity(NamedTuple):
    field: str
    unit: str | None = None


_QUANTITIES: Mapping[str, _Quantity] = {
    'sensor_msgs/msg/Temperature': _Quantity('temperature', '°C'),
    'sensor_msgs/msg/FluidPressure': _Quantity('fluid_pressure', 'Pa'),
    'sensor_msgs/msg/Illuminance': _Quantity('illuminance', 'lux'),
    'sensor_msgs/msg/RelativeHumidity': _Quantity('relative_humidity'),
}


@converts(*_QUANTITIES)
def measurement(topic: Topic) -> Convert:
    """Make `Measurements`; a variance of zero means that it is not known."""
    field, unit = _QUANTITIES[topic.type_name]
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        return replacing.entries(
            Measurements.from_fields(
                values=getattr(message, field), variances=message.variance or None, units=unit
            )
        )

    return convert
