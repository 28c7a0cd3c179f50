# SPDX-License-Identifier: Apache-2.0
"""When publishers change, new subscriptions come before old ones go."""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.node.qos import PublisherQos, SubscriptionQos
from rerun_bridge.node.subscriptions import Subscriptions
from rerun_bridge.node.topic import Topic
from rerun_bridge.node.topic_queue import QueueSet
from test.unit.node.converters import NeverDue

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows

RELIABLE, LATCHED = PublisherQos(), PublisherQos(is_latched=True)
BEST_EFFORT = PublisherQos(is_reliable=False)


class Never(NeverDue):
    """A converter that is not used."""

    def convert(self, data: bytes, **_times: int) -> list[Rows]:
        raise AssertionError(data)


class FakeIntake:
    """Notes what is subscribed."""

    def __init__(self) -> None:
        self.open: list[SubscriptionQos] = []

    def add(self, _class: type, _topic: str, qos: SubscriptionQos, _deliver: object) -> Any:  # noqa: ANN401 - stands for a feed
        self.open.append(qos)
        return qos

    def remove(self, feed: Any) -> None:  # noqa: ANN401 - stands for a feed
        self.open.remove(feed)

    def start(self) -> None:
        raise AssertionError

    def stop(self) -> None:
        raise AssertionError


@pytest.fixture
def intake() -> FakeIntake:
    return FakeIntake()


def subscribe(intake: FakeIntake) -> Subscriptions:
    topic = Topic('/n', 'a/msg/N', Never(), QueueSet(1 << 20), is_heavy=False)
    return Subscriptions(topic, object, intake)


def test_the_same_publishers_change_nothing(intake: FakeIntake) -> None:
    subscriptions = subscribe(intake)
    subscriptions.update([RELIABLE], 0, {})
    subscriptions.update([RELIABLE, RELIABLE], 10, {})
    assert intake.open == [SubscriptionQos()]
    assert subscriptions.topic.loss.num_publishers == 2


def test_the_old_subscription_lives_on_for_a_while(intake: FakeIntake) -> None:
    subscriptions = subscribe(intake)
    subscriptions.update([RELIABLE], 0, {})
    subscriptions.update([RELIABLE, BEST_EFFORT], 10, {})
    subscriptions.retire(11)
    assert intake.open == [SubscriptionQos(), SubscriptionQos(is_reliable=False)]
    subscriptions.retire(13)
    assert intake.open == [SubscriptionQos(is_reliable=False)]


def test_latched_and_volatile_publishers_take_two(intake: FakeIntake) -> None:
    subscriptions = subscribe(intake)
    subscriptions.update([LATCHED], 0, {})
    subscriptions.update([LATCHED, RELIABLE], 1, {})
    assert intake.open == [SubscriptionQos(is_latched=True), SubscriptionQos()]
    subscriptions.update([LATCHED], 2, {})
    subscriptions.retire(10)
    assert intake.open == [SubscriptionQos(is_latched=True)]


def test_closing_ends_all(intake: FakeIntake) -> None:
    subscriptions = subscribe(intake)
    subscriptions.update([RELIABLE], 0, {})
    subscriptions.update([BEST_EFFORT], 1, {})
    subscriptions.close()
    assert intake.open == []


def test_an_override_that_excludes_a_publisher_is_told_once(
    intake: FakeIntake, caplog: pytest.LogCaptureFixture
) -> None:
    subscriptions = subscribe(intake)
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        for i in range(3):
            subscriptions.update([BEST_EFFORT, RELIABLE], i, {'reliability': 'reliable'})
    assert len(caplog.records) == 1
    message = caplog.records[0].getMessage()
    assert 'a publisher offers (best effort, volatile)' in message
    assert 'asks for (reliable, volatile, keep last 1000) never hears' in message
    assert 'qos_overrides./n.subscription' in message


def test_overrides_that_change_take_effect(intake: FakeIntake) -> None:
    subscriptions = subscribe(intake)
    subscriptions.update([RELIABLE], 0, {})
    subscriptions.update([RELIABLE], 1, {'depth': 5})
    subscriptions.retire(10)
    assert intake.open == [SubscriptionQos(depth=5)]
