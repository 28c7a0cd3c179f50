# SPDX-License-Identifier: Apache-2.0
"""One topic: its way from received bytes to logged rows, and what is counted on it."""

from __future__ import annotations

import logging
import threading
import time
from typing import NamedTuple, Protocol, TYPE_CHECKING

from rerun_bridge.converters import TopicOptions
from rerun_bridge.converters.rate_limit import RateLimit
from rerun_bridge.errors import ConversionError
from rerun_bridge.node.loss import LossCounter
from rerun_bridge.node.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from rerun_bridge.chunk import Rows
    from rerun_bridge.encodings import Layout
    from rerun_bridge.node.sample import Sample
    from rerun_bridge.node.topic_queue import QueueSet

_log = logging.getLogger('rerun_bridge.node')
_WARN_INTERVAL_SEC = 10.0
_LATENCY_WEIGHT = 0.05


class MessageConverter(Protocol):
    """What turns the messages of a topic into rows; `TopicConverter` is one."""

    def convert(self, data: bytes, *, log_time_nanos: int, publish_time_nanos: int) -> list[Rows]:
        """Convert one message, or raise `ConversionError`."""

    def convert_many(
        self, datas: Sequence[bytes], log_times: Sequence[int], publish_times: Sequence[int]
    ) -> list[Rows] | None:
        """Convert messages together, or return None if that is not possible."""

    @property
    def next_due_nanos(self) -> int | None:
        """Get when to call `advance`; None for never."""

    @property
    def num_waiting(self) -> int:
        """Get how many messages were converted, but cannot be logged yet."""

    @property
    def num_displaced(self) -> int:
        """Get how many messages are shown elsewhere than they should be."""

    @property
    def drawn(self) -> Mapping[str, Collection[Layout]]:
        """Get which rows it has put on which entities."""

    def take_over(self, drawn: Mapping[str, Collection[Layout]]) -> None:
        """Follow another converter, which has drawn this."""

    def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
        """Return what has become due, or raise `ConversionError`."""


class RowLog(Protocol):
    """Where rows go; `RecordingStream` is one."""

    @property
    def tick_sec(self) -> float:
        """Get how long rows wait for others before they are encoded."""

    def end_tick(self) -> None:
        """Encode now what waits for those who watch."""

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        """Log rows, or return False if no sink is open."""


class TopicCounts(NamedTuple):
    """
    What became of the messages of a topic.

    ``received = converted + skipped + failed + discarded + dropped + waiting``, and what was
    published is ``received + lost + missed_before``.

    Attributes
    ----------
    received
        Different messages that arrived.
    converted
        Of these, logged to the open sinks.
    skipped
        Left out on purpose: above the rate limit, or with nothing to show.
    failed
        That could not be converted.
    discarded
        Converted while no sink was open, or all were paused.
    dropped
        Given up because the conversion did not keep up.
    waiting
        Not converted yet, or waiting for transforms.
    lost
        Not delivered by the middleware, between messages that were.
    missed_before
        Published before the subscription was there.
    duplicates
        Received twice and ignored.
    num_bytes
        Size of the received messages.
    displaced
        Of the converted ones, not where their frame was, since transforms to the fixed frame
        were missing.

    """

    received: int
    converted: int
    skipped: int
    failed: int
    discarded: int
    dropped: int
    waiting: int
    lost: int
    missed_before: int
    duplicates: int
    num_bytes: int
    displaced: int


NO_COUNTS = TopicCounts(*[0] * len(TopicCounts._fields))


def added(*counts: TopicCounts) -> TopicCounts:
    """Add the counts of several topics."""
    return TopicCounts(*map(sum, zip(*counts)))  # noqa: B905 - of one kind


class Topic:
    """
    A topic that is or was subscribed.

    `receive` is called by the intake alone; all others that count do so under one lock.

    Parameters
    ----------
    name
        Fully resolved.
    type_name
        ``pkg/msg/Type``.
    converter
        Of its messages; see `adopt` for another one.
    queues
        Where received messages wait.
    is_heavy
        Whether only the latest ones matter.

    Attributes
    ----------
    is_latched
        Whether its publishers keep messages for late subscribers.
    options
        What the converter follows.
    rate_limit
        Which messages are queued.
    latency_sec
        From publishing to logging, a moving average.

    """

    def __init__(
        self,
        name: str,
        type_name: str,
        converter: MessageConverter,
        queues: QueueSet[Topic],
        *,
        is_heavy: bool,
    ) -> None:
        self.name = name
        self.type_name = type_name
        self.converter = converter
        self._displaced_before = 0
        self.is_latched = False
        self.options = TopicOptions()
        self.rate_limit = RateLimit(self.options.max_rate)
        self.latency_sec = 0.0
        self.loss = LossCounter()
        self._queues = queues
        self._queue = queues.add(self, is_heavy=is_heavy)
        self._warnings = Throttle(_WARN_INTERVAL_SEC)
        self._received = self._num_bytes = self._rate_skipped = 0
        self._converted = self._empty = self._failed = self._discarded = 0
        # The converter has a state, and several threads use it: a worker's, that of the clock.
        self._converting = threading.Lock()

    def adopt(self, converter: MessageConverter, now_nanos: int, recording: RowLog) -> None:
        """Convert by another converter from the next message on; the old one logs what waits."""
        if converter is self.converter:
            return
        with self._converting:
            self._release(now_nanos, recording)
            self._failed += self.converter.num_waiting
            self._displaced_before += self.converter.num_displaced
            converter.take_over(self.converter.drawn)
            self.converter = converter

    def receive(self, sample: Sample) -> None:
        """Count a message and queue it."""
        if not self.loss.see(sample):
            return
        self._received += 1
        self._num_bytes += len(sample.data)
        if not self.rate_limit.admits(sample.received_nanos):
            self._rate_skipped += 1
            return
        self._queues.put(self._queue, sample)

    def process(self, samples: Sequence[Sample], recording: RowLog) -> None:
        """Convert and log messages; never raises."""
        if len(samples) > 1 and self._process_together(samples, recording):
            return
        # The first one may be what the others are like.
        first, *others = samples
        self._process_one(first, recording)
        if len(others) > 1 and self._process_together(others, recording):
            return
        for sample in others:
            self._process_one(sample, recording)

    def _process_together(self, samples: Sequence[Sample], recording: RowLog) -> bool:
        datas, published, received, *_ = zip(*samples)  # noqa: B905 - of one kind
        with self._converting:
            rows = self.converter.convert_many(datas, received, published)
            if rows is None:
                return False
            if recording.log_rows(rows):
                self._converted += len(samples)
            else:
                self._discarded += len(samples)
        self._note_latency(samples[-1])
        return True

    def _process_one(self, sample: Sample, recording: RowLog) -> None:
        with self._converting:
            num_open = self.converter.num_waiting + 1
            try:
                rows = self.converter.convert(
                    sample.data,
                    log_time_nanos=sample.received_nanos,
                    publish_time_nanos=sample.published_nanos,
                )
                self._log(rows, num_open, recording)
            except Exception as exc:  # noqa: BLE001 - one message must not end the others
                self._fail(exc, num_open)
                return
        self._note_latency(sample)

    def _log(self, rows: Sequence[Rows], num_open: int, recording: RowLog) -> None:
        """Log rows, and count the messages that do not wait any more."""
        num_done = num_open - self.converter.num_waiting
        if not rows:
            self._empty += num_done
        elif recording.log_rows(rows):
            self._converted += num_done
        else:
            self._discarded += num_done

    def _fail(self, exc: Exception, num_open: int) -> None:
        """Count the messages that were given up, and tell why."""
        self._failed += num_open - self.converter.num_waiting
        if isinstance(exc, ConversionError):
            self._warn(exc)
        elif self._warnings.admit('bug') is not None:
            text = '%s: a message was not logged, please report this'
            _log.error(text, self.name, exc_info=exc)

    def _note_latency(self, sample: Sample) -> None:
        latency_sec = (time.time_ns() - sample.published_nanos) * 1e-9
        self.latency_sec += _LATENCY_WEIGHT * (latency_sec - self.latency_sec)

    @property
    def num_waiting(self) -> int:
        """How many messages wait for transforms."""
        return self.converter.num_waiting

    def counts(self) -> TopicCounts:
        """Return what became of the messages; exact once nothing moves any more."""
        logged = self._converted, self._empty, self._failed, self._discarded
        skipped = self._rate_skipped
        dropped = self._queue.dropped
        return TopicCounts(
            received=self._received,
            converted=logged[0],
            skipped=logged[1] + skipped,
            failed=logged[2],
            discarded=logged[3],
            dropped=dropped,
            waiting=max(0, self._received - sum(logged) - skipped - dropped),
            lost=self.loss.lost,
            missed_before=self.loss.missed_before,
            duplicates=self.loss.duplicates,
            num_bytes=self._num_bytes,
            displaced=self._displaced_before + self.converter.num_displaced,
        )

    def advance(self, now_nanos: int, recording: RowLog) -> None:
        """Log what has become due without a message, such as the end of a marker; never raises."""
        due_nanos = self.converter.next_due_nanos
        if due_nanos is not None and due_nanos <= now_nanos:
            with self._converting:
                self._advance(now_nanos, recording)

    def release(self, now_nanos: int, recording: RowLog) -> None:
        """Log the messages that wait for transforms, though these have not come; never raises."""
        with self._converting:
            self._release(now_nanos, recording)

    def retire(self) -> TopicCounts | None:
        """Give up the queue of a topic that is gone; None if something of it is still to come."""
        with self._converting:
            counts = self.counts()
            is_over = counts.waiting == 0 and self.converter.next_due_nanos is None
            return counts if is_over and self._queues.remove(self._queue) else None

    def _release(self, now_nanos: int, recording: RowLog) -> None:
        num_before = self.converter.num_waiting + 1
        # One that fails does not take those behind it along.
        while 0 < self.converter.num_waiting < num_before:
            num_before = self.converter.num_waiting
            self._advance(now_nanos, recording, is_end=True)

    def _advance(self, now_nanos: int, recording: RowLog, *, is_end: bool = False) -> None:
        num_open = self.converter.num_waiting
        try:
            rows = self.converter.advance(now_nanos, is_end=is_end)
            self._log(rows, num_open, recording)
        except Exception as exc:  # noqa: BLE001 - the other topics go on
            self._fail(exc, num_open)

    def _warn(self, exc: ConversionError) -> None:
        held_back = self._warnings.admit(type(exc).__name__)
        if held_back is None:
            return
        more = f' ({held_back} more like it)' if held_back else ''
        text = str(exc)
        _log.warning('%s%s', text if self.name in text else f'{self.name}: {text}', more)
