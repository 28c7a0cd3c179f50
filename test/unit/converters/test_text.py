# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from test.unit.converters.ros_messages import convert, values_of

STRING = 'std_msgs/msg/String'


@pytest.mark.parametrize(
    ('text', 'is_latched', 'component'),
    [
        ('hello', False, 'TextLog:text'),
        ('', False, 'TextLog:text'),
        ('two\nlines', False, 'TextDocument:text'),
        ('hello', True, 'TextDocument:text'),
        ('größer 猫', False, 'TextLog:text'),
    ],
)
def test_strings(text: str, component: str, *, is_latched: bool) -> None:
    [rows] = convert(STRING, {'data': text}, is_latched=is_latched)
    assert values_of([rows]) == {f'/topic@{component}': [text]}
    assert rows.is_retained is is_latched
