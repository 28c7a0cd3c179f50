# SPDX-License-Identifier: Apache-2.0
"""Timelines: names with one of three kinds of 64-bit time."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


class TimeKind(Enum):
    """What the numbers on a timeline mean."""

    SEQUENCE = 'sequence'
    """Plain numbers."""
    TIMESTAMP = 'timestamp'
    """Nanoseconds since the Unix epoch."""
    DURATION = 'duration'
    """Nanoseconds."""

    __hash__ = object.__hash__  # that of `Enum` is Python, and timelines are looked up often


class Timeline(NamedTuple):
    """
    A named axis that rows are logged on.

    Attributes
    ----------
    name
        Any non-empty text.
    kind
        What its numbers mean; the same for the life of a recording.

    """

    name: str
    kind: TimeKind


class TimelineSet:
    """
    The timelines of a row, in the order of their columns; interned, so compared by identity.

    Attributes
    ----------
    timelines
        Sorted by name. Empty for static rows.

    """

    __slots__ = ('timelines',)
    _interned: dict[tuple[Timeline, ...], TimelineSet] = {}  # noqa: RUF012 - the intern table

    timelines: tuple[Timeline, ...]

    @classmethod
    def of(cls, timelines: Iterable[Timeline]) -> TimelineSet:
        """
        Return the one set with these timelines.

        Parameters
        ----------
        timelines
            Already sorted by name.

        Returns
        -------
        TimelineSet
            The same object for the same timelines.

        Raises
        ------
        UsageError
            If a name is no text or empty, or twice the same.

        """
        key = tuple(timelines)
        found = cls._interned.get(key)
        if found is None:
            for timeline in key:
                _check_name(timeline.name)
            if len({timeline.name for timeline in key}) < len(key):
                names = ', '.join(timeline.name for timeline in key)
                msg = f'two of these timelines have the same name; name them apart: {names}'
                raise UsageError(msg)
            found = cls()
            found.timelines = key
            found = cls._interned.setdefault(key, found)
        return found


@lru_cache(maxsize=4096)
def new_timeline(name: str, kind: TimeKind) -> Timeline:
    """
    Make a timeline, or return the one that was made before.

    Parameters
    ----------
    name, kind
        As the attributes.

    Returns
    -------
    Timeline
        That rows can be logged on.

    Raises
    ------
    UsageError
        If the name is no text or empty.

    """
    timeline = Timeline(name, kind)
    TimelineSet.of([timeline])
    return timeline


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        msg = f'the name of a timeline is a text, not {type(name).__name__}'
        raise UsageError(msg)
    if not name:
        msg = 'a timeline has an empty name; give it one'
        raise UsageError(msg)
    try:
        name.encode()
    except UnicodeError as exc:
        msg = f'the name of a timeline is no valid text: {name!r}'
        raise UsageError(msg) from exc


STATIC = TimelineSet.of(())
"""The empty set: static rows are on no timeline."""

LOG_TIME = Timeline('log_time', TimeKind.TIMESTAMP)
"""When the row was logged; the official SDK adds it to every temporal row."""

LOG_TICK = Timeline('log_tick', TimeKind.SEQUENCE)
"""How many rows the recording logged before this one; off by default."""
