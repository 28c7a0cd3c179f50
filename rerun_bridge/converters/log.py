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
    level = _LEVELS.get(message.level, _UNKNOWN)
    text = TextLog.from_fields(
        text=f'[{message.name}] {message.msg}', level=level.name, color=level.color
    )
    source = _SOURCE(message.file, message.function, message.line)
    logger = [part for part in message.name.split('.') if part]
    yield Entry(merge(text, source), child_path(*logger))
