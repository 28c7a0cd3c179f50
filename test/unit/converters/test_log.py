# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from test.unit.converters.ros_messages import convert, values_of

LOG = 'rcl_interfaces/msg/Log'


@pytest.mark.parametrize(
    ('level', 'name', 'color'),
    [
        (10, 'DEBUG', 0x808080FF),
        (20, 'INFO', 0x0080FFFF),
        (30, 'WARN', 0xFFA500FF),
        (40, 'ERROR', 0xFF0000FF),
        (50, 'CRITICAL', 0x8B0000FF),
        (0, 'UNKNOWN', 0x808080FF),
        (255, 'UNKNOWN', 0x808080FF),
    ],
)
def test_log(level: int, name: str, color: int) -> None:
    fields = {
        'level': level,
        'name': 'arm.driver',
        'msg': 'hot',
        'file': 'f.cpp',
        'function': 'run',
        'line': 12,
    }
    assert values_of(convert(LOG, fields, topic='/rosout')) == {
        '/rosout/arm/driver@TextLog:text': ['[arm.driver] hot'],
        '/rosout/arm/driver@TextLog:level': [name],
        '/rosout/arm/driver@TextLog:color': [color],
        '/rosout/arm/driver@file': ['f.cpp'],
        '/rosout/arm/driver@function': ['run'],
        '/rosout/arm/driver@line': [12],
    }


@pytest.mark.parametrize(
    ('name', 'entity_path'),
    [('', '/rosout'), ('...', '/rosout'), ('a b', '/rosout/a\\ b'), ('a/b', '/rosout/a\\/b')],
)
def test_names_of_loggers(name: str, entity_path: str) -> None:
    [rows] = convert(LOG, {'name': name}, topic='/rosout')
    assert rows.entity_path == entity_path
