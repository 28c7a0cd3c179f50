# SPDX-License-Identifier: Apache-2.0
"""Messages that are numbers to be plotted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import StateChange
from rerun_bridge.converters.base import child_path, converts_each, Entry, SCALARS, series
from rerun_bridge.converters.stamps import NANOS_PER_SEC, stamp_nanos

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message

_NUMBERS = (
    *(f'{sign}Int{bits}' for sign in ('', 'U') for bits in (8, 16, 32, 64)),
    'Float32',
    'Float64',
    'Byte',
    'Char',
)
_FEEDBACKS: Mapping[int, str] = {0: 'led', 1: 'rumble', 2: 'buzzer'}


@converts_each(*(f'std_msgs/msg/{name}' for name in _NUMBERS))
def number(message: Message) -> Iterator[Entry]:
    """Make `Scalars`."""
    yield Entry(SCALARS(message.data))


@converts_each('std_msgs/msg/Bool')
def truth(message: Message) -> Iterator[Entry]:
    """Make `StateChange`."""
    yield Entry(StateChange.from_fields(state='true' if message.data else 'false'))


@converts_each('sensor_msgs/msg/Joy')
def joy(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of the axes and of the buttons."""
    yield Entry(SCALARS(message.axes), '/axes')
    yield Entry(SCALARS(message.buttons), '/buttons')


@converts_each('sensor_msgs/msg/JoyFeedback')
def joy_feedback(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of the intensity, on an entity per device and its number."""
    yield _feedback(message)


@converts_each('sensor_msgs/msg/JoyFeedbackArray')
def joy_feedback_array(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of the intensities, on an entity per device and its number."""
    for each in message.array:
        yield _feedback(each)


@converts_each('sensor_msgs/msg/TimeReference')
def time_reference(message: Message) -> Iterator[Entry]:
    """Make `Scalars`: by how many seconds the clock is ahead of the other one."""
    yield Entry(series('ahead [s]'), is_static=True)
    ahead_nanos = stamp_nanos(message.header.stamp) - stamp_nanos(message.time_ref)
    yield Entry(SCALARS(ahead_nanos / NANOS_PER_SEC))


def _feedback(message: Message) -> Entry:
    kind = _FEEDBACKS.get(message.type, str(message.type))
    return Entry(SCALARS(message.intensity), child_path(kind, str(message.id)))
