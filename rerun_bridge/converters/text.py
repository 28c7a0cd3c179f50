# SPDX-License-Identifier: Apache-2.0
"""Messages to be read: ``std_msgs/msg/String``, and those that tell of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import TextDocument, TextLog
from rerun_bridge.converters.base import converts, converts_each, Entry
from rerun_bridge.converters.robot_description import is_robot_description, robot_description

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_TF2_ERRORS: Mapping[int, str] = {
    0: 'NO_ERROR',
    1: 'LOOKUP_ERROR',
    2: 'CONNECTIVITY_ERROR',
    3: 'EXTRAPOLATION_ERROR',
    4: 'INVALID_ARGUMENT_ERROR',
    5: 'TIMEOUT_ERROR',
    6: 'TRANSFORM_ERROR',
}


@converts('std_msgs/msg/String')
def string(topic: Topic) -> Convert:
    """Make `TextLog`, `TextDocument` if latched or of several lines, the robot of a URDF."""
    if is_robot_description(topic.name):
        return robot_description(topic)

    def convert(message: Message) -> Iterator[Entry]:
        if topic.is_latched or '\n' in message.data:
            document = TextDocument.from_fields(text=message.data)
            yield Entry(document, is_retained=topic.is_latched)
        else:
            yield Entry(TextLog.from_fields(text=message.data))

    return convert


@converts_each('std_msgs/msg/Empty')
def empty(_: Message) -> Iterator[Entry]:
    """Make `TextLog`: an event."""
    yield Entry(TextLog.from_fields(text='event', level='INFO'))


@converts_each('std_msgs/msg/Header')
def header(_: Message) -> tuple[Entry, ...]:
    """Make `CoordinateFrame`."""
    return ()


@converts_each('tf2_msgs/msg/TF2Error')
def tf2_error(message: Message) -> Iterator[Entry]:
    """Make `TextLog`."""
    name = _TF2_ERRORS.get(message.error, str(message.error))
    text = f'{name}: {message.error_string}' if message.error_string else name
    yield Entry(TextLog.from_fields(text=text, level='ERROR' if message.error else 'INFO'))
