# SPDX-License-Identifier: Apache-2.0
"""``rcl_interfaces/msg/Log``: what nodes say on ``/rosout``."""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import TextLog
from rerun_bridge.converters.base import child_path, converts_each, Entry, merge, RowType
from rerun_bridge.encodings import Component, Primitive, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message


class _Level(NamedTuple):
    name: str
    color: int


_LEVELS: Mapping[int, _Level] = {
    10: _Level('DEBUG', 0x808080FF),
    20: _Level('INFO', 0x0080FFFF),
    30: _Level('WARN', 0xFFA500FF),
    40: _Level('ERROR', 0xFF0000FF),
    50: _Level('CRITICAL', 0x8B0000FF),
}
_UNKNOWN = _Level('UNKNOWN', 0x808080FF)
_ARCHETYPE = 'rcl_interfaces.msg.Log'
_SOURCE = RowType(
    Component('file', _ARCHETYPE, None, Text()),
    Component('function', _ARCHETYPE, None, Text()),
    Component('line', _ARCHETYPE, None, Primitive('<u4')),
)


@converts_each('rcl_interfaces/msg/Log')
def log(message: Message) -> Iterator[Entry]:
    """Make `TextLog`, on an entity per logger, so that a view can choose among them."""
    yield _entry(message, message.level, message.msg, message.function)


@converts_each('foxglove_msgs/msg/Log')
def foxglove_log(message: Message) -> Iterator[Entry]:
    """Make `TextLog`, on an entity per logger, so that a view can choose among them."""
    yield _entry(message, 10 * message.level, message.message, '')


def _entry(message: Message, number: int, text: str, function: str) -> Entry:
    level = _LEVELS.get(number, _UNKNOWN)
    line = TextLog.from_fields(
        text=f'[{message.name}] {text}', level=level.name, color=level.color
    )
    source = _SOURCE(message.file, function, message.line)
    logger = [part for part in message.name.split('.') if part]
    return Entry(merge(line, source), child_path(*logger))
