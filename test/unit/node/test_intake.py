# SPDX-License-Identifier: Apache-2.0
"""Messages arrive as bytes with times and numbers, in either way of receiving."""

from __future__ import annotations

import logging
import threading
import time
from types import SimpleNamespace
from typing import Any, TYPE_CHECKING

import pytest
from rclpy.executors import SingleThreadedExecutor
from rclpy.impl import implementation_singleton
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.serialization import deserialize_message
from std_msgs.msg import Int64, String

from rerun_bridge.node.intake import ExecutorIntake, open_intake, WaitSetIntake
from rerun_bridge.node.qos import SubscriptionQos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rerun_bridge.node.intake import Intake
    from rerun_bridge.node.sample import Sample

LATCHED = QoSProfile(depth=5, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def round_sec() -> float:
    """Tell what it is for those who watch."""
    return 8e-3


class Receiver:
    """A node that receives, and its executor in a thread."""

    def __init__(self, node: Any, *, use_executor: bool) -> None:  # noqa: ANN401 - no types
        self.node = node
        self.has_failed = threading.Event()
        self.intake: Intake = open_intake(
            node, self.has_failed.set, round_sec, use_executor=use_executor
        )
        self.executor = SingleThreadedExecutor(context=node.context)
        self.executor.add_node(node)
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._stopping = threading.Event()

    def start(self) -> None:
        self.intake.start()
        self._thread.start()

    def stop(self) -> None:
        self.intake.stop()
        self._stopping.set()
        self._thread.join(10)
        self.executor.shutdown()

    def _spin(self) -> None:
        while not self._stopping.is_set():
            self.executor.spin_once(timeout_sec=0.05)


@pytest.fixture(params=[False, True], ids=['wait_set', 'executor'])
def receiver(request: pytest.FixtureRequest, make_node: Callable[..., Any]) -> Iterator[Receiver]:
    made = Receiver(make_node('receiver'), use_executor=request.param)
    yield made
    made.stop()


def test_the_fast_way_is_the_default(make_node: Callable[..., Any]) -> None:
    intake = open_intake(make_node('receiver'), lambda: None, round_sec)
    assert isinstance(intake, WaitSetIntake)
    intake.stop()


@pytest.mark.parametrize(
    'rclpy_implementation', [SimpleNamespace(), SimpleNamespace(WaitSet=dict)]
)
def test_another_rclpy_falls_back_to_the_executor(
    make_node: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    rclpy_implementation: object,
) -> None:
    node = make_node('receiver')
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, 'rerun_bridge'):
        patch.setattr(implementation_singleton, 'rclpy_implementation', rclpy_implementation)
        assert isinstance(open_intake(node, lambda: None, round_sec), ExecutorIntake)
    assert [record.levelname for record in caplog.records] == ['WARNING']


def test_messages_arrive_whole_numbered_and_in_order(
    receiver: Receiver, make_node: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    received: list[Sample] = []
    feed = receiver.intake.add(Int64, '/n', SubscriptionQos(), received.append)
    receiver.start()
    publisher = make_node('sender').create_publisher(Int64, '/n', 1000)
    eventually(lambda: publisher.get_subscription_count() and feed.num_matched)
    before = time.time_ns()
    for i in range(500):
        publisher.publish(Int64(data=i))
    eventually(lambda: len(received) == 500)
    assert [deserialize_message(s.data, Int64).data for s in received] == list(range(500))
    assert [s.sequence_number for s in received] == list(range(1, 501))
    assert len({s.publisher for s in received}) == 1
    for sample in received:
        assert before <= sample.published_nanos <= sample.received_nanos <= time.time_ns()
    assert not receiver.has_failed.is_set()


def test_latched_messages_arrive_late(
    receiver: Receiver, make_node: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    publisher = make_node('sender').create_publisher(String, '/map', LATCHED)
    publisher.publish(String(data='before'))
    receiver.start()
    received: list[Sample] = []
    volatile: list[Sample] = []
    receiver.intake.add(String, '/map', SubscriptionQos(is_latched=True), received.append)
    feed = receiver.intake.add(String, '/map', SubscriptionQos(), volatile.append)
    eventually(lambda: received and feed.num_matched)
    assert deserialize_message(received[0].data, String).data == 'before'
    assert not volatile


def test_subscriptions_come_and_go_while_others_receive(
    receiver: Receiver, make_node: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    sender = make_node('sender')
    receiver.start()
    kept: list[Sample] = []
    receiver.intake.add(Int64, '/kept', SubscriptionQos(), kept.append)
    steady = sender.create_publisher(Int64, '/kept', 1000)
    eventually(steady.get_subscription_count)
    for i in range(10):
        other: list[Sample] = []
        publisher = sender.create_publisher(String, f'/other_{i}', 10)
        feed = receiver.intake.add(String, f'/other_{i}', SubscriptionQos(), other.append)
        eventually(publisher.get_subscription_count)
        steady.publish(Int64(data=i))
        publisher.publish(String(data='x'))
        eventually(lambda other=other: len(other) == 1)
        receiver.intake.remove(feed)
        eventually(lambda publisher=publisher: not publisher.get_subscription_count())
    eventually(lambda: len(kept) == 10)
    assert not receiver.has_failed.is_set()


def test_a_flooding_topic_does_not_silence_the_others(
    receiver: Receiver, make_node: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    sender = make_node('sender')
    receiver.start()
    flood: list[Sample] = []
    calm: list[Sample] = []
    receiver.intake.add(Int64, '/flood', SubscriptionQos(), flood.append)
    receiver.intake.add(Int64, '/calm', SubscriptionQos(), calm.append)
    flooding = sender.create_publisher(Int64, '/flood', 1000)
    calming = sender.create_publisher(Int64, '/calm', 10)
    eventually(lambda: flooding.get_subscription_count() and calming.get_subscription_count())
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            flooding.publish(Int64(data=1))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for i in range(5):
            calming.publish(Int64(data=i))
            eventually(lambda i=i: len(calm) > i)
    finally:
        stopping.set()
        thread.join(10)
    assert flood


def test_stopping_delivers_what_has_arrived(
    make_node: Callable[..., Any], eventually: Callable[..., None]
) -> None:
    node = make_node('receiver')
    intake = open_intake(node, lambda: None, round_sec)
    received: list[Sample] = []
    feed = intake.add(Int64, '/n', SubscriptionQos(), received.append)
    publisher = make_node('sender').create_publisher(Int64, '/n', 1000)
    eventually(lambda: publisher.get_subscription_count() and feed.num_matched)
    first = threading.Event()

    def deliver(_sample: Sample) -> None:
        first.set()
        received.append(_sample)
        time.sleep(0.001)

    intake.remove(feed)
    feed = intake.add(Int64, '/n', SubscriptionQos(), deliver)
    eventually(lambda: publisher.get_subscription_count() == 1 and feed.num_matched)
    for i in range(300):
        publisher.publish(Int64(data=i))
    intake.start()
    assert first.wait(20)
    time.sleep(0.2)
    intake.stop()
    assert len(received) == 300


def test_a_failure_is_reported(
    make_node: Callable[..., Any],
    eventually: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    has_failed = threading.Event()
    intake = open_intake(make_node('receiver'), has_failed.set, round_sec)

    def fail(_sample: Sample) -> None:
        msg = 'a mistake of ours'
        raise ZeroDivisionError(msg)

    intake.add(Int64, '/n', SubscriptionQos(), fail)
    intake.start()
    publisher = make_node('sender').create_publisher(Int64, '/n', 10)
    eventually(publisher.get_subscription_count)
    publisher.publish(Int64(data=1))
    assert has_failed.wait(20)
    intake.stop()
    assert 'a mistake of ours' in caplog.text
