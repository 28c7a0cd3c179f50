# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/BatteryState``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import StateChange
from rerun_bridge.converters.base import converts_each, Entry, SCALARS, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_QUANTITIES = ('percentage', 'voltage', 'current', 'charge', 'temperature')
_STATUS_NAMES = ('UNKNOWN', 'CHARGING', 'DISCHARGING', 'NOT_CHARGING', 'FULL')
_HEALTH_NAMES = (
    'UNKNOWN',
    'GOOD',
    'OVERHEAT',
    'DEAD',
    'OVERVOLTAGE',
    'UNSPEC_FAILURE',
    'COLD',
    'WATCHDOG_TIMER_EXPIRE',
    'SAFETY_TIMER_EXPIRE',
)
_CELLS = ('cell_voltage', 'cell_temperature')


@converts_each('sensor_msgs/msg/BatteryState')
def battery_state(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of the battery and of its cells, and `StateChange` of status and health."""
    yield Entry(series(*_QUANTITIES), is_static=True)
    yield Entry(SCALARS([getattr(message, name) for name in _QUANTITIES]))
    yield _state('/status', _STATUS_NAMES, message.power_supply_status)
    yield _state('/health', _HEALTH_NAMES, message.power_supply_health)
    for name in _CELLS:
        values = getattr(message, name)
        if len(values):
            yield Entry(SCALARS(values), f'/{name}')


def _state(path: str, names: tuple[str, ...], number: int) -> Entry:
    name = names[number] if number < len(names) else str(number)
    return Entry(StateChange.from_fields(state=name), path)
