# SPDX-License-Identifier: Apache-2.0
"""From the received bytes of one topic to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr import decoder_for, Nested
from rerun_bridge.converters.base import Converter, find_converter, Topic, TopicOptions
from rerun_bridge.converters.frames import Frames
from rerun_bridge.converters.reflection import reflect
from rerun_bridge.converters.row_maker import frame_entries, RowMaker
from rerun_bridge.converters.stamps import stamp_nanos
from rerun_bridge.converters.timelines import Moment, TimeIndex, TimelineNames
from rerun_bridge.errors import ConversionError
from rerun_bridge.log_types import normalize_entity_path

if TYPE_CHECKING:
    from rerun_bridge.cdr import Definitions, Message
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters.base import Entry

_HEADER = 'std_msgs/msg/Header'
_TIME = 'builtin_interfaces/msg/Time'


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
    frames
        Shared by all topics of a recording; None if this topic is the only one.

    Raises
    ------
    UnsupportedTypeError
        If the definitions are incomplete.
    UsageError
        If the names of the timelines are not distinct, or an option cannot be.

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
        frames: Frames | None = None,
    ) -> None:
        self._topic = Topic(topic, type_name, definitions, options, is_latched, frames or Frames())
        self._decode = decoder_for(type_name, definitions)
        self._converter = find_converter(type_name) or Converter(reflect)
        self._row_maker = RowMaker(
            normalize_entity_path(options.entity_path or topic),
            TimeIndex(timelines),
            restamp=options.restamp,
        )
        fields = {
            field.name: field.type.type_name
            for field in definitions[type_name]
            if isinstance(field.type, Nested)
        }
        self._has_header = fields.get('header') == _HEADER
        self._frame = self._converter.frame if self._has_header else 'none'
        self._has_stamp = fields.get('stamp') == _TIME
        self.reset()

    def reset(self) -> None:
        """Forget what was logged once, because a new recording starts."""
        self._convert = self._converter.factory(self._topic)
        self._row_maker.reset()

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
            When it was published; 0 if that is not known.

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
        try:
            with np.errstate(all='ignore'):
                message = self._decode(data)
                moment = Moment(self._stamp_of(message), log_time_nanos, publish_time_nanos)
                entries = [*self._frame_of(message), *self._convert(message)]
                return self._row_maker.make(entries, moment)
        except ConversionError as exc:
            if type(exc) is not ConversionError:
                raise
            msg = f'{self._topic.name} ({self._topic.type_name}): {exc}'
            raise ConversionError(msg) from exc
        except Exception as exc:
            msg = (
                f'{self._topic.name} ({self._topic.type_name}): a message has contents that '
                f'cannot be converted ({type(exc).__name__}: {exc}); repair the publisher'
            )
            raise ConversionError(msg) from exc

    def _stamp_of(self, message: Message) -> int:
        if self._topic.options.restamp:
            return 0
        if self._has_header:
            return stamp_nanos(message.header.stamp)
        return stamp_nanos(message.stamp) if self._has_stamp else 0

    def _frame_of(self, message: Message) -> tuple[Entry, ...]:
        if self._frame == 'none' or not message.header.frame_id:
            return ()
        frame_id = message.header.frame_id.removeprefix('/')
        if self._frame == 'image_plane':
            frame_id = self._topic.frames.image_plane(frame_id, self._topic.name)
        return frame_entries(frame_id, '')
