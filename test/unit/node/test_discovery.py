# SPDX-License-Identifier: Apache-2.0
"""Topics of a real graph are found, and subscribed so that their publishers are heard."""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING, TypeAlias

import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Float64, String

from rerun_bridge.converters.topic_filter import TopicFilter
from rerun_bridge.errors import UnsupportedTypeError, UsageError
from rerun_bridge.node import discovery as discovery_module
from rerun_bridge.node.discovery import Discovery
from rerun_bridge.node.message_classes import find_message_class
from rerun_bridge.node.topic import Topic
from rerun_bridge.node.topic_queue import QueueSet
from test.unit.node.converters import NeverDue

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.chunk import Rows
    from rerun_bridge.node.qos import SubscriptionQos

BEST_EFFORT = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
RosNode: TypeAlias = Any
LATCHED = QoSProfile(depth=5, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Never(NeverDue):
    """A converter that is not used."""

    def convert(self, data: bytes, **_times: int) -> list[Rows]:
        raise AssertionError(data)


class FakeFeed:
    """A subscription that hears one publisher."""

    num_matched = 1


class Setup:
    """A discovery on a real graph that notes what it subscribes."""

    def __init__(self, node: RosNode, topic_filter: TopicFilter) -> None:
        self.open: dict[FakeFeed, tuple[str, SubscriptionQos]] = {}
        self.refused: set[str] = set()
        self.made: list[tuple[str, str, bool]] = []
        self._queues: QueueSet[Topic] = QueueSet(1 << 20)
        self.discovery = Discovery(
            node,
            self,
            self.make_topic,
            topic_filter=topic_filter,
            preferred_types={'std_msgs/msg/String'},
            qos_overrides={},
        )

    def make_topic(self, name: str, message_class: type, *, is_latched: bool) -> Topic:
        if name in self.refused:
            msg = 'the option cannot be'
            raise UsageError(msg)
        type_name = f'std_msgs/msg/{message_class.__name__}'
        self.made.append((name, type_name, is_latched))
        topic = Topic(name, type_name, Never(), self._queues, is_heavy=False)
        topic.is_latched = is_latched
        return topic

    def add(self, _class: type, topic: str, qos: SubscriptionQos, _deliver: object) -> Any:  # noqa: ANN401 - stands for a feed
        feed = FakeFeed()
        self.open[feed] = (topic, qos)
        return feed

    def remove(self, feed: Any) -> None:  # noqa: ANN401 - stands for a feed
        del self.open[feed]

    def start(self) -> None:
        raise AssertionError

    def stop(self) -> None:
        raise AssertionError

    def subscribed(self) -> set[str]:
        self.discovery.scan()
        return {topic for topic, _ in self.open.values()}

    def qos(self, topic: str) -> list[SubscriptionQos]:
        self.discovery.scan()
        return [qos for name, qos in self.open.values() if name == topic]


@pytest.fixture
def others(make_node: Callable[..., Any]) -> RosNode:
    return make_node('others')


@pytest.fixture
def setup(make_node: Callable[..., Any]) -> Setup:
    node = make_node('bridge')
    node.create_publisher(String, '~/status', 1)
    node.create_publisher(String, '/a/own', 1)
    return Setup(node, TopicFilter(include=('/a/.*', '/bridge/.*')))


def test_wanted_topics_of_others_are_subscribed(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
) -> None:
    for name in ('/a/x', '/a/y', '/a/_hidden', '/b/z'):
        others.create_publisher(String, name, 1)
    others.create_subscription(String, '/a/nobody_publishes', lambda _: None, 1)
    eventually(lambda: setup.subscribed() == {'/a/x', '/a/y'})
    assert setup.discovery.num_heard == {'/a/x': 1, '/a/y': 1}


def test_a_late_topic_is_found(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
) -> None:
    assert setup.subscribed() == set()
    others.create_publisher(String, '/a/late', 1)
    eventually(lambda: setup.subscribed() == {'/a/late'})


def test_changing_the_filter_subscribes_and_unsubscribes(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
) -> None:
    for name in ('/a/x', '/b/z'):
        others.create_publisher(String, name, 1)
    eventually(lambda: setup.subscribed() == {'/a/x'})
    setup.discovery.topic_filter = TopicFilter(include=('/b/.*',))
    eventually(lambda: setup.subscribed() == {'/b/z'})


def test_a_vanished_topic_is_kept_for_a_while(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher = others.create_publisher(String, '/a/x', 1)
    eventually(lambda: setup.subscribed() == {'/a/x'})
    others.destroy_publisher(publisher)
    eventually(lambda: not setup.discovery._node.count_publishers('/a/x'))  # noqa: SLF001
    assert setup.subscribed() == setup.subscribed() == {'/a/x'}
    others.create_publisher(String, '/a/x', 1)
    eventually(lambda: setup.discovery._node.count_publishers('/a/x'))  # noqa: SLF001
    monkeypatch.setattr(discovery_module, '_GRACE_SEC', 0.0)
    assert setup.subscribed() == setup.subscribed() == {'/a/x'}
    assert len(setup.made) == 1


def test_a_topic_that_stays_away_is_let_go(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(discovery_module, '_GRACE_SEC', 0.0)
    publisher = others.create_publisher(String, '/a/x', 1)
    eventually(lambda: setup.subscribed() == {'/a/x'})
    others.destroy_publisher(publisher)
    eventually(lambda: setup.subscribed() == set())


def test_subscriptions_follow_the_publishers(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
) -> None:
    first = others.create_publisher(String, '/a/x', BEST_EFFORT)
    eventually(lambda: [qos.is_reliable for qos in setup.qos('/a/x')] == [False])
    others.destroy_publisher(first)
    others.create_publisher(String, '/a/x', LATCHED)
    eventually(lambda: any(qos.is_latched for qos in setup.qos('/a/x')))
    assert setup.made == [
        ('/a/x', 'std_msgs/msg/String', False),
        ('/a/x', 'std_msgs/msg/String', True),
    ]


def test_a_latched_topic_stays_one_beside_others(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
) -> None:
    others.create_publisher(String, '/a/x', LATCHED)
    eventually(lambda: setup.subscribed() == {'/a/x'})
    others.create_publisher(String, '/a/x', BEST_EFFORT)
    eventually(lambda: len(setup.qos('/a/x')) == 2)
    assert setup.made == [('/a/x', 'std_msgs/msg/String', True)]


def test_the_type_that_is_published_is_shown_whatever_others_listen_to(
    setup: Setup,
    others: RosNode,
    make_node: Callable[..., Any],
    eventually: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = make_node('listener')
    listener.create_subscription(String, '/a/x', print, 1)
    others.create_publisher(Float64, '/a/x', 1)
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        eventually(lambda: setup.subscribed() == {'/a/x'})
        eventually(lambda: len(setup.discovery._node.get_topic_names_and_types()) > 1)  # noqa: SLF001
        setup.discovery.scan()
    assert setup.made == [('/a/x', 'std_msgs/msg/Float64', False)]
    assert not caplog.records


def test_of_several_types_the_preferred_one_is_shown(
    setup: Setup,
    others: RosNode,
    make_node: Callable[..., Any],
    eventually: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    others.create_publisher(Float64, '/a/x', 1)
    eventually(lambda: setup.subscribed() == {'/a/x'})
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        make_node('more').create_publisher(String, '/a/x', 1)
        eventually(lambda: setup.subscribed() and setup.made[-1][1] == 'std_msgs/msg/String')
        setup.discovery.scan()
    assert len(setup.open) == 1
    (record,) = caplog.records
    assert record.getMessage() == (
        '/a/x has several types (std_msgs/msg/Float64, std_msgs/msg/String): showing the '
        'messages of std_msgs/msg/String; give the others a topic of their own'
    )


def test_a_topic_that_cannot_be_shown_is_told_once_and_tried_when_found_again(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    setup.refused.add('/a/x')
    publisher = others.create_publisher(String, '/a/x', 1)
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        eventually(lambda: not setup.subscribed() and setup.discovery.unusable)
        setup.discovery.scan()
        assert [record.getMessage() for record in caplog.records] == [
            '/a/x is not shown: the option cannot be'
        ]
    assert setup.discovery.unusable == {'/a/x': 'std_msgs/msg/String'}
    setup.refused.clear()
    assert setup.subscribed() == set()
    others.destroy_publisher(publisher)
    eventually(lambda: not setup.subscribed() and not setup.discovery.unusable)
    others.create_publisher(String, '/a/x', 1)
    eventually(lambda: setup.subscribed() == {'/a/x'})


def test_a_package_is_missed_once_and_its_topics_are_shown_when_it_has_come(
    setup: Setup,
    others: RosNode,
    eventually: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {'/a/x', '/a/y'}
    tried = []

    def miss(type_name: str) -> type:
        tried.append(type_name)
        msg = 'install its package std_msgs'
        raise UnsupportedTypeError(msg)

    monkeypatch.setattr(discovery_module, 'find_message_class', miss)
    for name in names:
        others.create_publisher(String, name, 1)
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        eventually(lambda: not setup.subscribed() and setup.discovery.unusable.keys() == names)
        eventually(lambda: not setup.subscribed() and len(tried) > 2 * len(names))
        (record,) = caplog.records
    assert record.getMessage().endswith(' is not shown: install its package std_msgs')
    monkeypatch.setattr(discovery_module, 'find_message_class', find_message_class)
    eventually(lambda: setup.subscribed() == names)
    assert setup.discovery.unusable == {}
