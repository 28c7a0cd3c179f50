# SPDX-License-Identifier: Apache-2.0
"""The conversion ends when told to, and tells if it could not finish."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

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
