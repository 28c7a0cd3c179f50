# SPDX-License-Identifier: Apache-2.0
"""Messages that are numbers to be plotted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import StateChange
from rerun_bridge.converters.base import converts_each, Entry, SCALARS, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_NUMBERS = (
    *(f'{sign}Int{bits}' for sign in ('', 'U') for bits in (8, 16, 32, 64)),
    'Float32',
    'Float64',
    'Byte',
    'Char',
)
_RANGE_NAMES = series('range', 'min_range', 'max_range')


@converts_each(
    *(f'std_msgs/msg/{name}' for name in _NUMBERS),
    'std_msgs/msg/Float32MultiArray',
    'std_msgs/msg/Float64MultiArray',
)
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


@converts_each('sensor_msgs/msg/Range')
def distance(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of the range and its limits."""
    yield Entry(_RANGE_NAMES, is_static=True)
    yield Entry(SCALARS((message.range, message.min_range, message.max_range)))
