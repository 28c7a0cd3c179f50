# SPDX-License-Identifier: Apache-2.0
"""Which topics and types are wanted."""

from __future__ import annotations

import pytest

from rerun_bridge.converters.topic_filter import is_hidden, TopicFilter
from rerun_bridge.node.parameters import PARAMETERS


@pytest.mark.parametrize(
    ('include', 'exclude', 'topic', 'is_wanted'),
    [
        (('.*',), (), '/scan', True),
        ((), (), '/scan', False),
        (('/scan',), (), '/scan', True),
        (('/scan',), (), '/scan_2', False),
        (('scan',), (), '/scan', False),
        (('/front/.*', '/back/.*'), (), '/back/scan', True),
        (('.*',), ('/camera/.*',), '/camera/image', False),
        (('.*',), ('/camera',), '/camera/image', True),
        (('/camera/image',), ('.*image',), '/camera/image', False),
    ],
)
def test_names_match_in_full_and_excluding_wins(
    include: tuple[str, ...], exclude: tuple[str, ...], topic: str, *, is_wanted: bool
) -> None:
    assert TopicFilter(include, exclude).accepts(topic) is is_wanted


@pytest.mark.parametrize(
    ('topic', 'hidden'),
    [('/_x', True), ('/a/_b/c', True), ('/a_b', False), ('/a/b_', False)],
)
def test_hidden_topics_are_left_out_unless_wanted(topic: str, *, hidden: bool) -> None:
    assert is_hidden(topic) is hidden
    assert TopicFilter().accepts(topic) is not hidden
    assert TopicFilter(include_hidden=True).accepts(topic)


def test_of_several_types_a_preferred_one_is_chosen() -> None:
    chosen = TopicFilter().choose_type(['a/msg/A', 'b/msg/B'], {'b/msg/B'})
    assert chosen == 'b/msg/B'
    assert TopicFilter().choose_type(['b/msg/B', 'a/msg/A'], set()) == 'a/msg/A'


def test_types_are_filtered() -> None:
    images = TopicFilter(include_types=('.*Image',), exclude_types=('.*/CompressedImage',))
    assert images.choose_type(['sensor_msgs/msg/Image'], set()) == 'sensor_msgs/msg/Image'
    assert images.choose_type(['sensor_msgs/msg/CompressedImage'], set()) is None
    assert images.choose_type(['sensor_msgs/msg/Imu'], set()) is None


def test_the_parameters_make_a_filter() -> None:
    values = {name: parameter.default for name, parameter in PARAMETERS.items()}
    assert TopicFilter.from_settings(values) == TopicFilter()
    values['topics.exclude'] = ['/a', '/b']
    values['topics.include_hidden'] = True
    made = TopicFilter.from_settings(values)
    assert made.exclude == ('/a', '/b')
    assert made.include_hidden
