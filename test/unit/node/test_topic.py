# SPDX-License-Identifier: Apache-2.0
"""What became of every message is counted, and the counts add up."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.archetypes import Scalars
from rerun_bridge.chunk import Rows
from rerun_bridge.converters.rate_limit import RateLimit
from rerun_bridge.errors import ConversionError
from rerun_bridge.log_types import STATIC
from rerun_bridge.node.sample import Sample
from rerun_bridge.node.topic import Topic
from rerun_bridge.node.topic_queue import QueueSet
from rerun_bridge.node.worker import ConvertWorkers
from test.unit.node.converters import NeverDue

if TYPE_CHECKING:
    from collections.abc import Sequence


class Numbers(NeverDue):
    """Stands for a converter: what happens is in the bytes."""

    def convert(self, data: bytes, *, log_time_nanos: int, publish_time_nanos: int) -> list[Rows]:
        assert log_time_nanos >= publish_time_nanos
        if data == b'bad':
            msg = 'these bytes are no message'
            raise ConversionError(msg)
        if data == b'bug':
            msg = 'a mistake of ours'
            raise ZeroDivisionError(msg)
        if data == b'empty':
            return []
        archetype = Scalars(1.0)
        return [Rows('/a', STATIC, (), archetype.layout, archetype.datas)]


class Log:
    """Stands for a recording that can be without sinks."""

    def __init__(self) -> None:
        self.rows: list[Rows] = []
        self.is_open = True

    tick_sec = 0.0

    def end_tick(self) -> None:
        pass

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        if self.is_open:
            self.rows += rows
        return self.is_open


class Setup:
    """A topic with all that it needs."""

    def __init__(self, *, is_heavy: bool = False) -> None:
        self.log = Log()
        self.queues: QueueSet[Topic] = QueueSet(1 << 20)
        self.topic = Topic('/n', 'a/msg/N', Numbers(), self.queues, is_heavy=is_heavy)
        self._next = 0

    def receive(self, data: bytes = b'good', number: int | None = None) -> None:
        self._next = self._next + 1 if number is None else number
        self.topic.receive(Sample(data, 1000 * self._next, 1000 * self._next, self._next, b'p'))

    def finish(self) -> None:
        workers = ConvertWorkers(self.queues, self.log)
        workers.start()
        assert workers.stop(30)


def test_counts_add_up() -> None:
    setup = Setup()
    for data in (b'good', b'bad', b'empty', b'bug', b'good', b'good'):
        setup.receive(data)
    setup.receive(number=10)
    setup.receive(number=10)
    assert setup.topic.counts().waiting == 7
    setup.finish()
    counts = setup.topic.counts()
    assert counts.converted == len(setup.log.rows) == 4
    assert (counts.skipped, counts.failed, counts.waiting, counts.lost) == (1, 2, 0, 3)
    assert counts.duplicates == 1
    assert counts.num_bytes == len(b'good') * 4 + len(b'bad') + len(b'empty') + len(b'bug')
    accounted = counts.converted + counts.skipped + counts.failed + counts.discarded
    assert counts.received == accounted + counts.dropped == 7
    assert counts.received + counts.lost + counts.missed_before == 10


def test_without_a_sink_messages_are_counted_as_discarded() -> None:
    setup = Setup()
    setup.log.is_open = False
    setup.receive()
    setup.finish()
    assert setup.topic.counts().discarded == 1


def test_heavy_topics_count_what_was_dropped() -> None:
    setup = Setup(is_heavy=True)
    for _ in range(15):
        setup.receive()
    setup.finish()
    counts = setup.topic.counts()
    assert (counts.dropped, counts.converted, counts.waiting) == (5, 10, 0)


def test_what_a_rate_limit_leaves_out_is_counted() -> None:
    setup = Setup()
    setup.topic.rate_limit = RateLimit(10.0)
    for i in range(1000):
        nanos = i * 7_000_000
        setup.topic.receive(Sample(b'good', nanos, nanos, i + 1, b'p'))
    setup.finish()
    counts = setup.topic.counts()
    assert counts.converted == pytest.approx(70, abs=1)
    assert counts.received == 1000 == counts.converted + counts.skipped


def test_one_warning_for_many_bad_messages(caplog: pytest.LogCaptureFixture) -> None:
    setup = Setup()
    for _ in range(20):
        setup.receive(b'bad')
        setup.receive(b'bug')
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        setup.finish()
    assert setup.topic.counts().failed == 40
    assert [record.levelname for record in caplog.records] == ['WARNING', 'ERROR']
    assert caplog.records[0].getMessage() == '/n: these bytes are no message'


def test_latency_is_from_publishing_to_logging() -> None:
    setup = Setup()
    for _ in range(200):
        setup.receive()
    setup.finish()
    assert setup.topic.latency_sec > 1e6


class Waiting(Numbers):
    """Stands for a converter whose messages wait for something."""

    num_waiting = num_displaced = 0
    next_due_nanos: int | None = 500

    def convert(self, data: bytes, *, log_time_nanos: int, publish_time_nanos: int) -> list[Rows]:
        if data != b'wait':
            self.num_waiting = 0
            return super().convert(
                data, log_time_nanos=log_time_nanos, publish_time_nanos=publish_time_nanos
            )
        self.num_waiting += 1
        return []

    def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
        if log_time_nanos < 1000 and not is_end:
            return []
        self.num_displaced += self.num_waiting
        return self.convert(b'good', log_time_nanos=log_time_nanos, publish_time_nanos=0)


def test_messages_that_wait_are_counted_when_they_are_logged() -> None:
    setup = Setup()
    setup.topic.converter = Waiting()
    for _ in range(3):
        setup.receive(b'wait')
    setup.finish()
    assert (setup.topic.counts().waiting, setup.topic.num_waiting) == (3, 3)
    setup.topic.advance(600, setup.log)
    assert setup.topic.counts().converted == 0
    setup.topic.advance(1000, setup.log)
    counts = setup.topic.counts()
    assert (counts.converted, counts.waiting, counts.skipped, counts.displaced) == (3, 0, 0, 3)


def test_messages_that_wait_go_with_the_next_one_or_at_the_end() -> None:
    setup = Setup()
    setup.topic.converter = Waiting()
    for data in (b'wait', b'wait', b'good', b'wait'):
        setup.receive(data)
    setup.finish()
    assert (setup.topic.counts().converted, setup.topic.counts().waiting) == (3, 1)
    setup.log.is_open = False
    setup.topic.release(600, setup.log)
    setup.topic.release(600, setup.log)
    counts = setup.topic.counts()
    assert (counts.converted, counts.discarded, counts.displaced) == (3, 1, 1)
    setup.topic.adopt(Waiting(), 600, setup.log)
    assert setup.topic.counts().displaced == 1


def test_what_waits_is_logged_before_another_converter_takes_over() -> None:
    setup = Setup()

    class Old(Waiting):
        def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
            # The next message comes now, and is for the new converter.
            next_one.start()
            next_one.join(0.05)
            self.drawn = {'/a': ()}
            return super().advance(log_time_nanos, is_end=is_end)

    next_one = threading.Thread(
        target=setup.topic.process, args=([Sample(b'wait', 3000, 3000)], setup.log)
    )
    setup.topic.converter = Old()
    for data in (b'wait', b'wait'):
        setup.receive(data)
    setup.finish()
    new = Waiting()
    setup.topic.adopt(new, 600, setup.log)
    next_one.join()
    assert setup.topic.converter is new
    assert (setup.topic.counts().converted, new.num_waiting) == (2, 1)
    assert new.drawn == {'/a': ()}


def test_what_cannot_be_logged_any_more_has_failed() -> None:
    class Stuck(Waiting):
        def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
            raise ZeroDivisionError(log_time_nanos, is_end)

    setup = Setup()
    setup.topic.converter = Stuck()
    for data in (b'wait', b'wait'):
        setup.receive(data)
    setup.finish()
    setup.topic.adopt(Waiting(), 600, setup.log)
    assert (setup.topic.counts().failed, setup.topic.counts().waiting) == (2, 0)


def test_what_fails_when_it_is_due_is_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(Waiting):
        def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
            self.num_waiting -= 1
            raise ZeroDivisionError(log_time_nanos, is_end)

    setup = Setup()
    setup.topic.converter = Faulty()
    for _ in range(3):
        setup.receive(b'wait')
    setup.finish()
    setup.topic.advance(1000, setup.log)
    assert (setup.topic.counts().failed, setup.topic.counts().waiting) == (1, 2)
    setup.topic.release(1000, setup.log)
    assert (setup.topic.counts().failed, setup.topic.counts().waiting) == (3, 0)
    assert [record.levelname for record in caplog.records] == ['ERROR']


def test_what_becomes_due_is_logged_without_a_message() -> None:
    class Marker(Numbers):
        next_due_nanos: int | None = 500

        def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
            assert (log_time_nanos, is_end) == (600, False)
            self.next_due_nanos = None
            return self.convert(b'good', log_time_nanos=600, publish_time_nanos=0)

    setup = Setup()
    setup.topic.converter = Marker()
    for now_nanos in (400, 600, 800):
        setup.topic.advance(now_nanos, setup.log)
    assert len(setup.log.rows) == 1
