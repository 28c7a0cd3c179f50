# SPDX-License-Identifier: Apache-2.0
"""Either way of taking a message gives its bytes and what the middleware knows about it."""

from __future__ import annotations

import ctypes
from typing import Any, TYPE_CHECKING

import pytest
from rclpy.serialization import deserialize_message
from std_msgs.msg import String

from rerun_bridge.node import intake, take
from rerun_bridge.node.intake import open_intake
from rerun_bridge.node.qos import SubscriptionQos
from rerun_bridge.node.take import RclTake, take_through_rclpy

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.node.sample import Sample
    from rerun_bridge.node.take import Take

TEXTS = [
    '',
    'a',
    'x' * 1000,
    'b' * 16_375,
    'c' * 16_376,
    'd' * 20_000,
    'e',
    'æ' * 3_000_000,
    'shorter again',
    'y' * 6_000_000,
]


class Pair:
    """A publisher and two subscriptions that nobody else takes from."""

    def __init__(self, make_node: Callable[..., Any], eventually: Callable[..., None]) -> None:
        self._eventually = eventually
        receiver = make_node('receiver')
        self.publisher = make_node('sender').create_publisher(String, '/text', 100)
        self.subscriptions = [
            receiver.create_subscription(String, '/text', lambda _: None, 100, raw=True)
            for _ in range(2)
        ]
        eventually(lambda: self.publisher.get_subscription_count() == 2)

    def take(self, how: Take, index: int) -> Sample:
        """Take a message that has been published."""
        taken: list[Sample] = []

        def has_come() -> bool:
            with self.subscriptions[index].handle:
                taken.extend(filter(None, [how(self.subscriptions[index])]))
            return bool(taken)

        self._eventually(has_come)
        return taken[0]


@pytest.fixture
def pair(make_node: Callable[..., Any], eventually: Callable[..., None]) -> Pair:
    return Pair(make_node, eventually)


def test_both_ways_tell_the_same(pair: Pair) -> None:
    through_rcl = RclTake()
    for number, text in enumerate(TEXTS, 1):
        pair.publisher.publish(String(data=text))
        mine = pair.take(through_rcl, 0)
        reference = pair.take(take_through_rclpy, 1)
        assert deserialize_message(mine.data, String).data == text
        assert type(mine.data) is bytes
        assert mine.data == reference.data
        assert mine.published_nanos == reference.published_nanos <= mine.received_nanos
        assert mine.sequence_number == number
        if reference.publisher is not None:  # since ROS 2 Kilted
            assert mine.publisher == bytes(reference.publisher)


def test_what_was_taken_does_not_change(pair: Pair) -> None:
    through_rcl = RclTake()
    samples = []
    for text in TEXTS:
        pair.publisher.publish(String(data=text))
        samples.append(pair.take(through_rcl, 0))
    assert [deserialize_message(sample.data, String).data for sample in samples] == TEXTS


@pytest.mark.parametrize('how', [RclTake, lambda: take_through_rclpy])
def test_nothing_is_taken_where_nothing_came(pair: Pair, how: Callable[[], Take]) -> None:
    with pair.subscriptions[0].handle:
        assert how()(pair.subscriptions[0]) is None


def test_a_lack_of_memory_is_an_error(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_address: None, _num_bytes: int) -> bytes:
        raise MemoryError

    through_rcl = RclTake()
    pair.publisher.publish(String(data='lost' * 10_000))
    with monkeypatch.context() as patch:
        patch.setattr(take, '_new_bytes', fail)
        with pytest.raises(RuntimeError, match='/text failed: rcl'):
            pair.take(through_rcl, 0)
    pair.publisher.publish(String(data='next'))
    assert deserialize_message(pair.take(through_rcl, 0).data, String).data == 'next'


def test_what_a_failed_take_has_left_is_not_the_next_message(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    through_rcl = RclTake()
    take_from_rcl = through_rcl._take  # noqa: SLF001 - no middleware here fails so late

    def fail_late(*arguments: int) -> int:
        return int(take_from_rcl(*arguments)) or 1

    pair.publisher.publish(String(data='lost' * 10_000))
    with monkeypatch.context() as patch:
        patch.setattr(through_rcl, '_take', fail_late)
        with pytest.raises(RuntimeError, match='rcl returned 1'):
            pair.take(through_rcl, 0)
    pair.publisher.publish(String(data='next'))
    assert deserialize_message(pair.take(through_rcl, 0).data, String).data == 'next'


def cannot_load(patch: pytest.MonkeyPatch) -> None:
    """Let librcl be missing."""

    def fail(name: str) -> None:
        msg = f'{name}: cannot open shared object file'
        raise OSError(msg)

    patch.setattr(ctypes, 'PyDLL', fail)


def has_another_middleware(patch: pytest.MonkeyPatch) -> None:
    """Let the middleware be one that holds its locks."""
    patch.setattr(intake, 'get_rmw_implementation_identifier', lambda: 'rmw_zenoh_cpp')


@pytest.mark.parametrize('differ', [cannot_load, has_another_middleware])
def test_elsewhere_messages_are_taken_through_rclpy(
    make_node: Callable[..., Any],
    eventually: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    differ: Callable[[pytest.MonkeyPatch], None],
) -> None:
    differ(monkeypatch)
    used: list[object] = []

    def spy(subscription: object) -> Sample | None:
        used.append(subscription)
        return take_through_rclpy(subscription)

    monkeypatch.setattr(intake, 'take_through_rclpy', spy)
    received: list[Sample] = []
    receiving = open_intake(make_node('receiver'), lambda: None, lambda: 0.0)
    receiving.add(String, '/text', SubscriptionQos(), received.append)
    receiving.start()
    publisher = make_node('sender').create_publisher(String, '/text', 10)
    eventually(publisher.get_subscription_count)
    publisher.publish(String(data='x'))
    eventually(lambda: received)
    receiving.stop()
    assert used
