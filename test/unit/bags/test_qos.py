# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.bags.qos import is_latched

OLD = '- history: 1\n  depth: 1\n  reliability: 1\n  durability: {}\n  deadline:\n    sec: 9\n'


@pytest.mark.parametrize(
    ('offered', 'expected'),
    [
        (OLD.format(1), True),
        (OLD.format(2), False),
        (OLD.format('transient_local'), True),
        (OLD.format('volatile'), False),
        (OLD.format(1) + OLD.format(2), False),
        (OLD.format(1) + OLD.format(1), True),
        ('[{durability: transient_local, depth: 1}]', True),
        ([{'durability': 'transient_local'}], True),
        ([{'durability': 1}, {'durability': 'volatile'}], False),
        ('', False),
        ([], False),
        (None, False),
        (['odd'], False),
    ],
)
def test_all_publishers_must_be_latched(offered: Any, *, expected: bool) -> None:  # noqa: ANN401
    assert is_latched('/topic', offered) is expected


@pytest.mark.parametrize('topic', ['/tf_static', '/robot/tf_static', '/map', 'robot_description'])
def test_usual_topics_are_latched_unless_known_otherwise(topic: str) -> None:
    assert is_latched(topic, '')
    assert not is_latched(topic, OLD.format(2))
