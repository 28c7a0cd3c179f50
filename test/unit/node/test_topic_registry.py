# SPDX-License-Identifier: Apache-2.0
"""Topics are made once, with the options that hold, and take others at once or not at all."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import UnsupportedTypeError, UsageError
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.node.sample import Sample
from rerun_bridge.node.topic_queue import QueueSet
from rerun_bridge.node.topic_registry import TopicRegistry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.chunk import Rows
    from rerun_bridge.node.topic import Topic


class Log:
    """Stands for a recording."""

    tick_sec = 0.0

    def __init__(self) -> None:
        self.rows: list[Rows] = []

    def end_tick(self) -> None:
        pass

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        self.rows += rows
        return True


class Number:
    """A message class as ROS generates them."""

    @staticmethod
    def get_fields_and_field_types() -> dict[str, str]:
        return {'data': 'double'}


class Broken:
    """A message class whose definition mentions a package that is not installed."""

    @staticmethod
    def get_fields_and_field_types() -> dict[str, str]:
        return {'data': 'no_such_msgs/Thing'}


Number.__module__ = Broken.__module__ = 'test_msgs.msg._file'


@pytest.fixture
def settings() -> dict[str, Any]:
    return {name: parameter.default for name, parameter in PARAMETERS.items()}


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def registry(settings: dict[str, Any], log: Log) -> TopicRegistry:
    queues: QueueSet[Topic] = QueueSet(1 << 20)
    return TopicRegistry(queues, lambda: settings, log)


def test_a_topic_is_made_once_and_keeps_its_counts(registry: TopicRegistry) -> None:
    topic = registry('/n', Number, is_latched=False)
    assert (topic.name, topic.type_name, topic.is_latched) == ('/n', 'test_msgs/msg/Number', False)
    again = registry('/n', Number, is_latched=True)
    assert again is topic
    assert topic.is_latched
    assert registry.topics == [topic]


def test_what_was_subscribed_last_is_the_last(registry: TopicRegistry) -> None:
    first, second = (registry(name, Number, is_latched=False) for name in ('/a', '/b'))
    assert registry.topics == [first, second]
    registry('/a', Number, is_latched=False)
    assert registry.topics == [second, first]


def test_a_topic_that_comes_back_knows_what_it_has_drawn(
    registry: TopicRegistry, settings: dict[str, Any], log: Log
) -> None:
    topic = registry('/n', Number, is_latched=False)
    first = topic.converter
    topic.process([Sample(bytes([0, 1, *bytes(10)]), 1, 1)], log)
    drawn = first.drawn
    assert set(drawn) == {'/n'}
    settings['topic_options./n.max_rate'] = 5.0
    registry('/n', Number, is_latched=False)
    assert (topic.converter, topic.options.max_rate) == (first, 5.0)
    registry('/n', Number, is_latched=True)
    assert topic.converter is not first
    assert topic.converter.drawn == drawn
    settings['topic_options./n.restamp'] = True
    registry('/n', Number, is_latched=True)
    assert topic.options.restamp
    assert topic.converter.drawn == drawn


def test_topics_that_are_gone_for_minutes_are_forgotten_but_not_their_counts(
    registry: TopicRegistry, log: Log
) -> None:
    gone, stays, waits = (registry(name, Number, is_latched=False) for name in ('/a', '/b', '/c'))
    sample = Sample(bytes([0, 1, *bytes(10)]), 1, 1, 1, b'p')
    for topic in (gone, waits):
        topic.receive(sample)
    gone.process([sample], log)
    queues = registry._queues  # noqa: SLF001 - what a worker does
    while taken := queues.take(is_heavy=False):
        queues.done(taken[0], len(taken[1]))
    waits.receive(Sample(sample.data, 2, 2, 2, b'p'))
    registry.forget_gone(['/b'], 10.0)
    registry.forget_gone(['/b'], 300.0)
    assert registry.topics == [gone, stays, waits]
    registry.forget_gone(['/b'], 311.0)
    number, counts = registry.forgotten
    assert (number, counts.received, counts.converted) == (1, 1, 1)
    assert registry.topics == [stays, waits]
    assert registry('/a', Number, is_latched=False) is not gone
    registry.forget_gone(['/b', '/a'], 1000.0)
    registry.forget_gone(['/b'], 1001.0)
    assert len(registry.topics) == 3


def test_options_are_applied(registry: TopicRegistry, settings: dict[str, Any]) -> None:
    settings['topic_options./a/.max_rate'] = 5.0
    settings['topic_options./a/m.restamp'] = True
    assert registry('/a/n', Number, is_latched=False).options == TopicOptions(max_rate=5.0)
    both = TopicOptions(max_rate=5.0, restamp=True)
    assert registry('/a/m', Number, is_latched=False).options == both
    assert registry('/b', Number, is_latched=False).options == TopicOptions()


def test_changes_wait_until_they_are_committed(
    registry: TopicRegistry, settings: dict[str, Any], log: Log
) -> None:
    topic = registry('/a/n', Number, is_latched=False)
    registry('/b', Number, is_latched=False)
    before = topic.converter
    wanted = {**settings, 'topic_options./a/.restamp': True}
    (adjustment,) = registry.adjust(wanted)
    assert (topic.options, topic.converter) == (TopicOptions(), before)
    adjustment.commit(log)
    assert topic.options == TopicOptions(restamp=True)
    assert topic.converter is not before
    assert registry.adjust(wanted) == []
    assert [each.topic for each in registry.adjust(settings)] == [topic]


def test_another_rate_keeps_the_converter(
    registry: TopicRegistry, settings: dict[str, Any], log: Log
) -> None:
    topic = registry('/n', Number, is_latched=False)
    before = topic.converter
    (adjustment,) = registry.adjust({**settings, 'topic_options./.max_rate': 1.0})
    adjustment.commit(log)
    assert topic.converter is before
    assert [topic.rate_limit.admits(nanos) for nanos in (0, 10, 10**9)] == [True, False, True]


def test_what_cannot_be_is_refused(registry: TopicRegistry, settings: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedTypeError, match='no_such_msgs'):
        registry('/n', Broken, is_latched=False)
    assert registry.topics == []
    settings['timelines.log_time'] = settings['timelines.message_log_time']
    queues: QueueSet[Topic] = QueueSet(1 << 20)
    with pytest.raises(UsageError, match='same name'):
        TopicRegistry(queues, lambda: settings, Log())
