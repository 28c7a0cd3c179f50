# SPDX-License-Identifier: Apache-2.0
"""``diagnostic_msgs``: how the parts of a robot are."""

from __future__ import annotations

import math
import re
from typing import NamedTuple, TYPE_CHECKING, TypeAlias

from rerun_bridge.archetypes import StateChange, StateConfiguration, TextLog
from rerun_bridge.converters.base import child_path, converts, Entry, SCALARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic


_Last: TypeAlias = dict[str, tuple[int, str]]


class _Level(NamedTuple):
    name: str
    log_level: str
    color: int


_LEVELS = (
    _Level('OK', 'INFO', 0x2E9E44FF),
    _Level('WARN', 'WARN', 0xFFA500FF),
    _Level('ERROR', 'ERROR', 0xFF0000FF),
    _Level('STALE', 'WARN', 0x808080FF),
)
_COLORS = StateConfiguration(
    values=[level.name for level in _LEVELS], colors=[level.color for level in _LEVELS]
)


@converts('diagnostic_msgs/msg/DiagnosticArray')
def diagnostic_array(topic: Topic) -> Convert:  # noqa: ARG001
    """
    Make an entity per status, its name being a path.

    It has `StateChange` of the level, `TextLog` when level or text change, and `Scalars` of the
    values that are numbers.
    """
    last: _Last = {}

    def convert(message: Message) -> Iterator[Entry]:
        for status in message.status:
            yield from _status_entries(status, last)

    return convert


@converts('diagnostic_msgs/msg/DiagnosticStatus')
def diagnostic_status(topic: Topic) -> Convert:  # noqa: ARG001
    """Make `StateChange`, `TextLog` and `Scalars`, on an entity whose path is the name."""
    last: _Last = {}
    return lambda message: _status_entries(message, last)


def _status_entries(status: Message, last: _Last) -> Iterator[Entry]:
    path = child_path(*(part for part in re.split(r'\s*[:/]\s*', status.name) if part))
    level = _LEVELS[min(status.level, len(_LEVELS) - 1)]
    yield Entry(_COLORS, path, is_static=True)
    yield Entry(StateChange.from_fields(state=level.name), path)
    if last.get(status.name) != (status.level, status.message):
        last[status.name] = status.level, status.message
        yield Entry(
            TextLog.from_fields(
                text=f'[{status.name}] {status.message}',
                level=level.log_level,
                color=level.color,
            ),
            path,
        )
    yield from _values(status, path)


def _values(status: Message, path: str) -> Iterator[Entry]:
    for pair in status.values:
        try:
            value = float(pair.value)
        except ValueError:
            continue
        if math.isfinite(value):
            yield Entry(SCALARS(value), path + child_path('values', pair.key))
