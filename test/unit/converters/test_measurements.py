# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of


@pytest.mark.parametrize(
    ('name', 'field', 'unit'),
    [
        ('Temperature', 'temperature', '°C'),
        ('FluidPressure', 'fluid_pressure', 'Pa'),
        ('Illuminance', 'illuminance', 'lux'),
        ('RelativeHumidity', 'relative_humidity', None),
    ],
)
@pytest.mark.parametrize('variance', [0.0, 0.25])
def test_measurements(name: str, field: str, unit: str | None, variance: float) -> None:
    fields = {'header': HEADER, field: 1.5, 'variance': variance}
    values = values_of(convert(f'sensor_msgs/msg/{name}', fields))
    assert values.pop('/topic@CoordinateFrame:frame') == ['base']
    assert values.pop('/topic@Measurements:values') == [1.5]
    assert values.pop('/topic@Measurements:units', None) == (unit and [unit])
    assert values.pop('/topic@Measurements:variances', None) == ([variance] if variance else None)
    assert not values


def test_variance_that_is_lost_is_cleared() -> None:
    type_name = 'sensor_msgs/msg/Temperature'
    converter = topic_converter(type_name)
    convert(type_name, {'variance': 1.0}, using=converter)
    values = values_of(convert(type_name, {}, using=converter))
    assert values['/topic@Measurements:variances'] == []
