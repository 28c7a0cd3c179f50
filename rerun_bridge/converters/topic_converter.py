# SPDX-License-Identifier: Apache-2.0
"""From the received bytes of one topic to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr import decoder_for, Nested, Text
from rerun_bridge.converters.base import (
    cleared,
    Converter,
    Entry,
    find_converter,
    NOTHING,
    Topic,
)
from rerun_bridge.converters.bulk import Bulk, BulkConvert
from rerun_bridge.converters.options import TopicOptions
from rerun_bridge.converters.placing import Placing
from rerun_bridge.converters.reflection import reflect
from rerun_bridge.converters.row_maker import frame_entries, RowMaker
from rerun_bridge.converters.schedule import Schedule
from rerun_bridge.converters.shared import Shared
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.converters.timelines import Moment, TimeIndex, TimelineNames
from rerun_bridge.encodings import Layout
from rerun_bridge.errors import (
    CdrError,
    ConversionError,
    RerunBridgeError,
    UnsupportedTypeError,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from rerun_bridge.cdr import Definitions, Message
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters.base import Convert
    from rerun_bridge.converters.schedule import Task

_HEADER = Nested('std_msgs/msg/Header')
_TIME = Nested('builtin_interfaces/msg/Time')
_TEXT = Text()
_REFLECT = Converter(reflect)
_STAMPS = ('stamp', 'timestamp')
_MAX_ERROR = 400


class TopicConverter:
    """
    Converts the messages of one topic.

    Parameters
    ----------
    topic
        Its fully resolved name.
    type_name
        ``pkg/msg/Type``.
    definitions
        Of the type and of those it contains.
    options
        The user's choice for this topic.
    timelines
        Names of the timelines; the same for all topics of a recording.
    is_latched
        Whether late subscribers get the last messages, too (durability "transient local").
    shared
        What all topics of a recording share; None if this topic is the only one.

    Raises
    ------
    UnsupportedTypeError
        If the definitions are incomplete, or the converter of a plug-in fails.
    UsageError
        If the names of the timelines are not distinct.

    """

    def __init__(  # noqa: PLR0913 - what belongs to a topic
        self,
        topic: str,
        type_name: str,
        definitions: Definitions,
        *,
        options: TopicOptions = TopicOptions(),  # noqa: B008 - immutable
        timelines: TimelineNames = TimelineNames(),  # noqa: B008 - immutable
        is_latched: bool = False,
        shared: Shared | None = None,
    ) -> None:
        self._schedule = Schedule()
        self._topic = Topic(
            topic, type_name, definitions, options, is_latched, shared or Shared(), self._schedule
        )
        fixed_frame = self._topic.shared.fixed_frame
        self._placing = None if fixed_frame is None else Placing(self._topic, fixed_frame)
        self._decode = decoder_for(type_name, definitions)
        self._converter = (
            self._topic.shared.mappings.converter(self._topic)
            or find_converter(type_name)
            or _REFLECT
        )
        self._row_maker = RowMaker(
            self._topic.entity_path, TimeIndex(timelines), restamp=options.restamp
        )
        fields = {field.name: field.type for field in definitions[type_name]}
        self._has_header = fields.get('header') == _HEADER
        # Foxglove's messages have what others have in a header.
        has_frame = self._has_header or fields.get('frame_id') == _TEXT
        self._frame = self._converter.frame if has_frame else 'none'
        self._stamp_field = next((name for name in _STAMPS if fields.get(name) == _TIME), '')
        self._stale: Mapping[str, Collection[Layout]] = {}
        self.reset()

    def reset(self) -> None:
        """Forget what was logged once, because a new recording starts."""
        self._schedule.clear()
        if self._placing is not None:
            self._placing.clear()
        self._due: list[Rows] = []
        self._convert = self._make_convert()
        self._row_maker.reset()
        stamp_path = 'header.stamp' if self._has_header else self._stamp_field
        stamp_path = '' if self._topic.options.restamp else stamp_path
        self._bulk: Bulk | None = None
        is_placed = self._placing is not None and self._frame != 'none'
        if isinstance(self._convert, BulkConvert) and not is_placed:
            self._bulk = Bulk(self._topic, self._convert, self._row_maker, stamp_path)

    @property
    def is_struct(self) -> bool:
        """Whether messages are shown as they are, because nothing is known of their type."""
        return self._converter is _REFLECT

    @property
    def drawn(self) -> Mapping[str, Collection[Layout]]:
        """Which rows the entities of this topic have got, by path, and nobody has ended since."""
        return {**self._stale, **self._row_maker.drawn}

    @property
    def next_due_nanos(self) -> int | None:
        """
        When to call `advance`; None, which it is for most topics, for never.

        In nanoseconds since the Unix epoch, like times of reception. Later messages may make it
        earlier or later, and so may transforms that messages wait for.
        """
        due_nanos = self._schedule.next_due_nanos
        if self._placing is None:
            return due_nanos
        both = due_nanos, self._placing.next_due_nanos
        return min((each for each in both if each is not None), default=None)

    @property
    def num_waiting(self) -> int:
        """How many messages were converted but wait for transforms before they are logged."""
        return 0 if self._placing is None else self._placing.num_waiting

    @property
    def num_displaced(self) -> int:
        """How many messages are shown elsewhere than they should be, as transforms lacked."""
        return 0 if self._placing is None else self._placing.num_displaced

    def take_over(self, drawn: Mapping[str, Collection[Layout]]) -> None:
        """
        Follow a converter with other options, before the first message.

        Parameters
        ----------
        drawn
            What the other one has drawn, see `drawn`; what the first message does not replace
            ends with it.

        """
        self._stale = drawn

    def advance(self, log_time_nanos: int, *, is_end: bool = False) -> list[Rows]:
        """
        Log what has become due, such as the end of a marker's lifetime.

        Parameters
        ----------
        log_time_nanos
            The time: of the clock, or that of a recording when the next message of any topic is
            read, and its end.
        is_end
            Whether nothing more comes, so that there is nothing to wait for.

        Returns
        -------
        list of Rows
            At the times at which they were due; often empty.

        Raises
        ------
        ConversionError
            As `convert`.

        """
        try:
            with np.errstate(all='ignore'):
                self._collect(self._schedule.take_due(log_time_nanos))
                if is_end:
                    self._collect(self._schedule.take_last(log_time_nanos))
                self._due += self._released(log_time_nanos, is_end=is_end)
        except Exception as exc:
            raise self._failure(exc) from exc
        rows, self._due = self._due, []
        return rows

    def convert(
        self, data: bytes | memoryview, *, log_time_nanos: int, publish_time_nanos: int
    ) -> list[Rows]:
        """
        Convert one message.

        Parameters
        ----------
        data
            CDR bytes; rows may be views of them.
        log_time_nanos
            When it was received, in nanoseconds since the Unix epoch.
        publish_time_nanos
            When it was published; 0 if that is not known, as `Moment` has it.

        Returns
        -------
        list of Rows
            To be logged together. Empty if there is nothing to show, as in a position fix
            without a fix.

        Raises
        ------
        ConversionError
            If the bytes are no such message or make no sense. Nothing else is ever raised, and
            the next message is not affected.

        """
        schedule = self._schedule
        try:
            with np.errstate(all='ignore'):
                due_nanos = schedule.next_due_nanos
                if due_nanos is not None and due_nanos <= log_time_nanos:
                    self._collect(schedule.take_due(log_time_nanos))
                schedule.now_nanos = log_time_nanos
                message = self._decode(data)
                moment = Moment(self._stamp_of(message), log_time_nanos, publish_time_nanos)
                entries = [*self._frame_of(message), *self._convert(message)]
                rows = self._rows(entries, moment)
        except CdrError:
            raise
        except Exception as exc:
            raise self._failure(exc) from exc
        if self._bulk is not None:
            self._bulk.follow(data, message, moment)
        if self._due:
            rows, self._due = self._due + rows, []
        return rows

    def convert_many(
        self,
        datas: Sequence[bytes | memoryview],
        log_times: Sequence[int],
        publish_times: Sequence[int],
    ) -> list[Rows] | None:
        """
        Convert messages together, which costs a fraction.

        Parameters
        ----------
        datas, log_times, publish_times
            In order; see `convert`.

        Returns
        -------
        list of Rows or None
            The rows that `convert` would make of each, joined; None if that is not possible and
            nothing was done: they must be converted one by one.

        """
        schedule = self._schedule
        if self._bulk is None or schedule.next_due_nanos is not None or self._due:
            return None
        try:
            with np.errstate(all='ignore'):
                return self._bulk.convert(datas, log_times, publish_times)
        except Exception:  # noqa: BLE001 - one by one it shows which of them it is
            return None

    def _make_convert(self) -> Convert:
        try:
            return self._converter.factory(self._topic)
        except RerunBridgeError:
            raise
        except Exception as exc:
            msg = (
                f'the converter of {self._topic.type_name} cannot be made '
                f'({type(exc).__name__}: {exc}); repair the plug-in that it comes from'
            )
            raise UnsupportedTypeError(msg) from exc

    def _collect(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            moment = Moment(0, task.due_nanos, task.due_nanos)
            self._due += self._rows(task.make_entries(), moment)

    def _rows(self, entries: Iterable[Entry], moment: Moment) -> list[Rows]:
        """Make rows, but not of what has to wait; then also of what waited before."""
        if self._placing is None:
            return self._replacing(self._row_maker.make(entries, moment), moment)
        self._placing.add(entries, moment)
        return self._released(moment.log_time_nanos)

    def _released(self, now_nanos: int, *, is_end: bool = False) -> list[Rows]:
        if self._placing is None:
            return []
        rows = []
        for entries, moment in self._placing.take(now_nanos, is_end=is_end):
            rows += self._replacing(self._row_maker.make(entries, moment), moment)
        return rows

    def _replacing(self, rows: list[Rows], moment: Moment) -> list[Rows]:
        """Let the first rows end what a converter with other options has drawn."""
        if self._stale and rows:
            rows = self._row_maker.make(self._endings(rows), moment) + rows
            self._stale = {}
        return rows

    def _endings(self, rows: list[Rows]) -> Iterator[Entry]:
        """
        End what these rows do not replace.

        A `Clear` would not do: the viewer goes on to show the last file or frame of video. The
        ends are retained since some of what they end may be.
        """
        for path, layouts in self._stale.items():
            done = {
                each for row in rows if row.entity_path == path for each in row.layout.components
            }
            for layout in layouts:
                gone = [each for each in layout.components if each not in done]
                if gone:
                    end = cleared(Layout.of(gone))
                    yield Entry(end, path, is_absolute=True, is_retained=True)
                    done.update(gone)

    def _failure(self, exc: Exception) -> ConversionError:
        where = f'{self._topic.name} ({self._topic.type_name})'
        text = str(exc)
        if len(text) > _MAX_ERROR:  # it quotes a text of the message
            text = f'{text[: _MAX_ERROR // 2]} ... {text[-_MAX_ERROR // 2 :]}'
        if isinstance(exc, ConversionError):
            return ConversionError(f'{where}: {text}')
        return ConversionError(
            f'{where}: a message has contents that cannot be converted '
            f'({type(exc).__name__}: {text}); repair the publisher'
        )

    def _stamp_of(self, message: Message) -> int:
        if self._topic.options.restamp:
            return 0
        if self._has_header:
            return stamp_nanos(message.header.stamp)
        return stamp_nanos(getattr(message, self._stamp_field)) if self._stamp_field else 0

    def _frame_of(self, message: Message) -> tuple[Entry, ...]:
        if self._frame == 'none':
            return ()
        frame_id = (message.header if self._has_header else message).frame_id.removeprefix('/')
        if not frame_id:
            return ()
        if self._frame == 'image_plane':
            frame_id = self._topic.shared.frames.image_plane(frame_id, self._topic.name)
        if self._placing is not None:
            return (Entry(NOTHING, is_retained=self._topic.is_latched, frame_id=frame_id),)
        return frame_entries(frame_id, '')
