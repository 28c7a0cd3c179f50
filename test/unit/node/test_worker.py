# SPDX-License-Identifier: Apache-2.0
"""The conversion ends when told to, and tells if it could not finish."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.node.sample import Sample
from rerun_bridge.node.topic import Topic
from rerun_bridge.node.topic_queue import QueueSet
from rerun_bridge.node.worker import ConvertWorkers
from test.unit.node.converters import NeverDue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.chunk import Rows


class Gate(NeverDue):
    """A converter that waits until it may go on."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.threads: set[str] = set()

    def convert(self, data: bytes, *, log_time_nanos: int, publish_time_nanos: int) -> list[Rows]:
        assert not data
        assert log_time_nanos == publish_time_nanos
        self.may_go_on.wait(30)
        self.threads.add(threading.current_thread().name)
        return []


class Nothing:
    """A recording that takes nothing."""

    tick_sec = 0.0

    def end_tick(self) -> None:
        pass

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        raise AssertionError(rows)


def test_what_takes_too_long_is_reported_and_still_counted() -> None:
    gate = Gate()
    queues: QueueSet[Topic] = QueueSet(1 << 20)
    topic = Topic('/n', 'a/msg/N', gate, queues, is_heavy=False)
    workers = ConvertWorkers(queues, Nothing())
    workers.start()
    for i in range(3):
        topic.receive(Sample(b'', i, i, i + 1, b'p'))
    assert not workers.stop(0.05)
    assert topic.counts().waiting == 3
    gate.may_go_on.set()
    assert workers.stop(30)
    assert topic.counts().skipped == 3


class Endless(NeverDue):
    """A converter that is slower than its topic: there is always one more message."""

    def __init__(self) -> None:
        self.topic: Topic | None = None
        self.has_ended = threading.Event()

    def convert(self, data: bytes, *, log_time_nanos: int, publish_time_nanos: int) -> list[Rows]:
        assert log_time_nanos == publish_time_nanos
        if self.topic and not self.has_ended.is_set():
            number = log_time_nanos + 1
            self.topic.receive(Sample(data, number, number, number + 1, b'p'))
        return []


@pytest.mark.parametrize('is_heavy', [True, False])
def test_one_that_cannot_keep_up_does_not_stop_the_others(*, is_heavy: bool) -> None:
    queues: QueueSet[Topic] = QueueSet(1 << 20)
    endless, gate = Endless(), Gate()
    gate.may_go_on.set()
    endless.topic = Topic('/endless', 'a/msg/N', endless, queues, is_heavy=is_heavy)
    other = Topic('/other', 'a/msg/N', gate, queues, is_heavy=not is_heavy)
    workers = ConvertWorkers(queues, Nothing())
    endless.topic.receive(Sample(b'', 1, 1, 2, b'p'))
    workers.start()
    other.receive(Sample(b'', 1, 1, 1, b'p'))
    deadline = time.monotonic() + 10
    while not gate.threads and time.monotonic() < deadline:
        time.sleep(0.001)
    assert gate.threads
    assert endless.topic.counts().skipped
    endless.has_ended.set()
    assert workers.stop(30)


def test_topics_share_the_threads() -> None:
    gate = Gate()
    queues: QueueSet[Topic] = QueueSet(1 << 20)
    topics = [Topic(f'/{i}', 'a/msg/N', gate, queues, is_heavy=False) for i in range(2)]
    workers = ConvertWorkers(queues, Nothing(), num_threads=2)
    workers.start()
    for topic in topics:
        topic.receive(Sample(b'', 1, 1, 1, b'p'))
    gate.may_go_on.set()
    assert workers.stop(30)
    assert [topic.counts().skipped for topic in topics] == [1, 1]


@pytest.mark.parametrize(('tick_sec', 'round_sec'), [(0.008, 0.008), (0.2, 0.1), (60.0, 0.1)])
def test_a_round_is_a_tick_but_not_too_long(tick_sec: float, round_sec: float) -> None:
    recording = Nothing()
    recording.tick_sec = tick_sec
    queues: QueueSet[Topic] = QueueSet(1 << 20)
    assert ConvertWorkers(queues, recording, max_round_sec=0.1).round_sec == round_sec
