# SPDX-License-Identifier: Apache-2.0
"""From the messages of bags to the rows of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TYPE_CHECKING

from rerun_bridge.blueprint import Overview
from rerun_bridge.converters import TopicConverter
from rerun_bridge.converters.options import resolve_options
from rerun_bridge.converters.rate_limit import RateLimit
from rerun_bridge.errors import CdrError, ConversionError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rerun_bridge.bags import DefinitionFinder, RecordedMessage, RecordedTopic
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters import Shared
    from rerun_bridge.sdk import RecordingStream

_READABLE_ENCODING = 'cdr'


@dataclass
class TopicReport:
    """
    What became of a topic.

    Attributes
    ----------
    name, type_name
        Of the topic.
    left_out
        Why it was not converted; empty if it was.
    is_struct
        Whether its type is shown as it is, because there is no converter for it.
    num_messages, num_bytes
        What was read.
    num_logged
        How many messages are in the recording; some have nothing to show.
    num_skipped
        How many were left out because of `max_rate`.
    num_failed
        How many could not be converted.
    num_broken
        How many of these have bytes that do not fit their type.
    num_displaced
        How many of the logged ones are not where their frame was, since transforms to the fixed
        frame are missing.
    error
        The first of their errors.

    """

    name: str
    type_name: str
    left_out: str = ''
    is_struct: bool = False
    num_messages: int = 0
    num_bytes: int = 0
    num_logged: int = 0
    num_skipped: int = 0
    num_failed: int = 0
    num_broken: int = 0
    num_displaced: int = 0
    error: str = ''


class _Topic:
    """A topic that is converted."""

    __slots__ = ('converter', 'rate_limit', 'report')

    def __init__(
        self, report: TopicReport, converter: TopicConverter | None, max_rate: float = 0.0
    ) -> None:
        self.report = report
        self.converter = converter
        self.rate_limit = RateLimit(max_rate)


class Conversion:
    """
    Converts messages and counts them.

    Parameters
    ----------
    recording
        Where the rows go.
    definitions
        Finds the definitions of types.
    options
        The user's choice, as `resolve_options` takes it.
    shared
        What the topics of the recording share; new.

    Attributes
    ----------
    overview
        Arranges what was logged.

    """

    def __init__(
        self,
        recording: RecordingStream,
        definitions: DefinitionFinder,
        options: Mapping[str, Any],
        shared: Shared,
    ) -> None:
        self._recording = recording
        self._definitions = definitions
        self._options = options
        self.overview = Overview()
        self._shared = shared
        self._by_source: dict[RecordedTopic, _Topic] = {}
        self._by_name: dict[tuple[str, str], _Topic] = {}
        self._scheduled: list[_Topic] = []

    @property
    def reports(self) -> list[TopicReport]:
        """Get what became of the topics so far, by name."""
        found = (topic.report for topic in self._by_name.values())
        return sorted(found, key=lambda report: (report.name, report.type_name))

    def run(self, messages: Iterable[RecordedMessage]) -> Iterator[int]:
        """
        Convert messages.

        Parameters
        ----------
        messages
            In the order of their log times.

        Yields
        ------
        int
            The number of messages that are done.

        Raises
        ------
        UsageError
            If an option cannot be.

        """
        log_time_nanos = 0
        for number, (log_time_nanos, publish_time_nanos, source, data) in enumerate(messages, 1):
            if self._scheduled:
                self._advance(log_time_nanos)
            topic = self._by_source.get(source) or self._add(source)
            report = topic.report
            report.num_messages += 1
            report.num_bytes += len(data)
            converter = topic.converter
            if not topic.rate_limit.admits(log_time_nanos):
                report.num_skipped += 1
            elif converter is not None:
                num_open = converter.num_waiting + 1
                try:
                    rows = converter.convert(
                        data,
                        log_time_nanos=log_time_nanos,
                        publish_time_nanos=publish_time_nanos,
                    )
                except ConversionError as exc:
                    _count_failures(report, exc, num_open - converter.num_waiting)
                else:
                    self._log(rows, report, converter, num_open)
                if converter.next_due_nanos is not None and topic not in self._scheduled:
                    self._scheduled.append(topic)
            yield number
        self._advance(log_time_nanos, is_end=True)

    def _log(
        self,
        rows: Sequence[Rows],
        report: TopicReport,
        converter: TopicConverter,
        num_open: int,
    ) -> None:
        """Log rows, and count the messages that do not wait any more."""
        self.overview.note(rows)
        if rows and self._recording.log_rows(rows):
            report.num_logged += num_open - converter.num_waiting
        report.num_displaced = converter.num_displaced

    def _advance(self, log_time_nanos: int, *, is_end: bool = False) -> None:
        """Log what has become due."""
        for topic in tuple(self._scheduled):
            converter = topic.converter
            if converter is None or converter.next_due_nanos is None:
                self._scheduled.remove(topic)
            elif is_end or converter.next_due_nanos <= log_time_nanos:
                self._release(topic.report, converter, log_time_nanos, is_end=is_end)

    def _release(
        self, report: TopicReport, converter: TopicConverter, log_time_nanos: int, *, is_end: bool
    ) -> None:
        is_over = False
        while not is_over:
            num_open = converter.num_waiting
            try:
                rows = converter.advance(log_time_nanos, is_end=is_end)
                self._log(rows, report, converter, num_open)
            except ConversionError as exc:
                _count_failures(report, exc, num_open - converter.num_waiting)
            # One that fails does not take those behind it along.
            is_over = not is_end or not 0 < converter.num_waiting < num_open

    def _add(self, source: RecordedTopic) -> _Topic:
        key = source.name, source.type_name
        if key not in self._by_name:
            self._by_name[key] = self._make(source)
        topic = self._by_source[source] = self._by_name[key]
        return topic

    def _make(self, source: RecordedTopic) -> _Topic:
        report = TopicReport(source.name, source.type_name)
        if source.encoding != _READABLE_ENCODING:
            report.left_out = f"its messages are '{source.encoding}', not CDR"
            return _Topic(report, None)
        options = resolve_options(self._options, source.name, source.type_name)
        try:
            converter = TopicConverter(
                source.name,
                source.type_name,
                self._definitions.find(source),
                options=options,
                is_latched=source.is_latched,
                shared=self._shared,
            )
        except UnsupportedTypeError as exc:
            report.left_out = str(exc)
            return _Topic(report, None)
        report.is_struct = converter.is_struct
        return _Topic(report, converter, options.max_rate)


def _count_failures(report: TopicReport, exc: ConversionError, number: int) -> None:
    report.num_failed += number
    report.num_broken += number if isinstance(exc, CdrError) else 0
    report.error = report.error or str(exc)
