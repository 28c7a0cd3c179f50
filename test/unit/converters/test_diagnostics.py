# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from test.unit.converters.ros_messages import convert, topic_converter, values_of

DIAGNOSTICS = 'diagnostic_msgs/msg/DiagnosticArray'


def status(name: str, level: int = 0, message: str = 'fine', **values: str) -> dict[str, Any]:
    return {
        'status': [
            {
                'name': name,
                'level': level,
                'message': message,
                'values': [{'key': key, 'value': value} for key, value in values.items()],
            }
        ]
    }


@pytest.mark.parametrize(
    ('level', 'state', 'log_level'),
    [
        (0, 'OK', 'INFO'),
        (1, 'WARN', 'WARN'),
        (2, 'ERROR', 'ERROR'),
        (3, 'STALE', 'WARN'),
        (120, 'STALE', 'WARN'),
    ],
)
def test_levels(level: int, state: str, log_level: str) -> None:
    values = values_of(convert(DIAGNOSTICS, status('arm', level, 'hm')))
    assert values['/topic/arm@StateChange:state'] == [state]
    assert values['/topic/arm@TextLog:level'] == [log_level]
    assert values['/topic/arm@TextLog:text'] == ['[arm] hm']
    assert values['/topic/arm@StateConfiguration:values'] == ['OK', 'WARN', 'ERROR', 'STALE']


@pytest.mark.parametrize(
    ('name', 'path'),
    [
        ('/sensors/lidar: front', '/topic/sensors/lidar/front'),
        ('cpu usage', '/topic/cpu\\ usage'),
        ('', '/topic'),
        (' : /', '/topic'),
    ],
)
def test_names_are_paths(name: str, path: str) -> None:
    rows = convert(DIAGNOSTICS, status(name))
    assert {each.entity_path for each in rows} == {path}


def test_text_only_when_something_changes() -> None:
    converter = topic_converter(DIAGNOSTICS)
    told = [
        '/topic/a@TextLog:text' in values_of(convert(DIAGNOSTICS, fields, using=converter))
        for fields in (
            status('a'),
            status('a'),
            status('a', 1),
            status('a', 1),
            status('a', 1, 'other'),
        )
    ]
    assert told == [True, False, True, False, True]


def test_values_that_are_numbers_are_plotted() -> None:
    fields = status('a', load='1.5', count='7', state='on', nothing='', limit='inf', bad='nan')
    values = values_of(convert(DIAGNOSTICS, fields))
    plotted = {name: value for name, value in values.items() if 'Scalars' in name}
    assert plotted == {
        '/topic/a/values/load@Scalars:scalars': [1.5],
        '/topic/a/values/count@Scalars:scalars': [7.0],
    }


def test_nothing() -> None:
    assert convert(DIAGNOSTICS, {}) == []


def test_single_status() -> None:
    [fields] = status('arm: left', 1, 'hot', load='1.5')['status']
    values = values_of(convert('diagnostic_msgs/msg/DiagnosticStatus', fields))
    assert values['/topic/arm/left@StateChange:state'] == ['WARN']
    assert values['/topic/arm/left/values/load@Scalars:scalars'] == [1.5]
