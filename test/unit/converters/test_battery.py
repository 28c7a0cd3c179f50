# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, HEADER, values_of

BATTERY = 'sensor_msgs/msg/BatteryState'


def test_battery() -> None:
    fields: dict[str, Any] = {
        'header': HEADER,
        'percentage': 0.5,
        'voltage': 12.0,
        'current': -1.0,
        'charge': math.nan,
        'temperature': 25.0,
        'power_supply_status': 2,
        'power_supply_health': 1,
        'cell_voltage': [4.0, 4.5],
    }
    values = values_of(convert(BATTERY, fields))
    scalars = values['/topic@Scalars:scalars']
    assert scalars[:3] == [0.5, 12.0, -1.0]
    assert math.isnan(scalars[3])
    names = ['percentage', 'voltage', 'current', 'charge', 'temperature']
    assert values['/topic@SeriesLines:names'] == names
    assert values['/topic/cell_voltage@Scalars:scalars'] == [4.0, 4.5]
    assert not any('cell_temperature' in name for name in values)


@pytest.mark.parametrize(
    ('status', 'health', 'names'),
    [
        (0, 0, ('UNKNOWN', 'UNKNOWN')),
        (4, 8, ('FULL', 'SAFETY_TIMER_EXPIRE')),
        (99, 255, ('99', '255')),
    ],
)
def test_states(status: int, health: int, names: tuple[str, str]) -> None:
    fields = {'power_supply_status': status, 'power_supply_health': health}
    values = values_of(convert(BATTERY, fields))
    states = (
        values['/topic/status@StateChange:state'],
        values['/topic/health@StateChange:state'],
    )
    assert states == ([names[0]], [names[1]])
