# SPDX-License-Identifier: Apache-2.0
"""The times that a thread has set, and what they make of a row."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
import operator
import threading
from typing import Any

import numpy as np

from rerun_bridge.errors import UsageError
from rerun_bridge.log_types import (
    LOG_TICK,
    LOG_TIME,
    new_timeline,
    TimeKind,
    Timeline,
    TimelineSet,
)

TimestampLike = int | float | datetime | np.datetime64
DurationLike = int | float | timedelta | np.timedelta64
_NANOS_PER_SEC = 1_000_000_000
_NANOS_PER_MICRO = 1000
_NO_TIME = 'NaT is no time'
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_sequence(value: object) -> int:
    """Take a whole number."""
    return operator.index(value)  # type: ignore[arg-type]


def to_timestamp_nanos(value: TimestampLike) -> int:
    """
    Convert a moment.

    Parameters
    ----------
    value
        Seconds since the Unix epoch, ``datetime`` (UTC if naive) or ``numpy.datetime64``.

    Returns
    -------
    int
        Nanoseconds since the Unix epoch.

    """
    if isinstance(value, np.datetime64):
        if np.isnat(value):
            raise ValueError(_NO_TIME)
        return int(value.astype('datetime64[ns]').astype(np.int64))
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return to_duration_nanos(aware - _EPOCH)
    if isinstance(value, (timedelta, np.timedelta64)):
        msg = 'it is a duration'
        raise TypeError(msg)
    return to_duration_nanos(value)


def to_duration_nanos(value: DurationLike) -> int:
    """
    Convert a length of time.

    Parameters
    ----------
    value
        Seconds, ``timedelta`` or ``numpy.timedelta64``.

    Returns
    -------
    int
        Nanoseconds.

    """
    if type(value) is float:  # the usual case
        return round(value * _NANOS_PER_SEC)
    if isinstance(value, np.timedelta64):
        if np.isnat(value):
            raise ValueError(_NO_TIME)
        return int(value.astype('timedelta64[ns]').astype(np.int64))
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1) * _NANOS_PER_MICRO
    if isinstance(value, (int, np.integer)):
        return int(value) * _NANOS_PER_SEC
    if isinstance(value, (str, bytes, datetime, np.datetime64)):
        msg = f'{type(value).__name__} is no number of seconds'
        raise TypeError(msg)
    return round(float(value) * _NANOS_PER_SEC)


CONVERSIONS = {
    'sequence': (TimeKind.SEQUENCE, to_sequence),
    'timestamp': (TimeKind.TIMESTAMP, to_timestamp_nanos),
    'duration': (TimeKind.DURATION, to_duration_nanos),
}


_MIN, _MAX = -(1 << 63) + 1, (1 << 63) - 1
"""The number below is what NumPy calls NaT, and Rerun static."""
_MAX_SEC = _MAX // _NANOS_PER_SEC


def out_of_range(name: object, kind: str) -> str:
    """
    Say that a time has more than 64 bits.

    Parameters
    ----------
    name
        Of the timeline.
    kind
        Of the time: ``sequence``, ``timestamp`` or ``duration``.

    Returns
    -------
    str
        The fact, and what may be wrong.

    """
    hint = '' if kind == 'sequence' else '; give seconds, not milliseconds or nanoseconds'
    return f'a {kind} on timeline {name!r} does not fit into 64 bits{hint}'


def only_kind(sequence: Any, timestamp: Any, duration: Any) -> tuple[str, Any]:  # noqa: ANN401
    """
    Pick the one time that is given.

    Parameters
    ----------
    sequence, timestamp, duration
        None but for one.

    Returns
    -------
    tuple
        Its name and value.

    Raises
    ------
    UsageError
        If none or several are given.

    """
    if timestamp is None and duration is None and sequence is not None:
        return 'sequence', sequence
    if sequence is None and duration is None and timestamp is not None:
        return 'timestamp', timestamp
    if sequence is None and timestamp is None and duration is not None:
        return 'duration', duration
    count = sum(value is not None for value in (sequence, timestamp, duration))
    msg = f'give exactly one of sequence, timestamp and duration, not {count}'
    raise UsageError(msg)


def _read(name: str, sequence: Any, timestamp: Any, duration: Any) -> tuple[TimeKind, int]:  # noqa: ANN401
    kind, value = only_kind(sequence, timestamp, duration)
    time_kind, convert = CONVERSIONS[kind]
    try:
        return time_kind, convert(value)
    except (TypeError, ValueError, OverflowError) as exc:
        msg = f'cannot read a {kind} for timeline {name!r}: {exc}'
        raise UsageError(msg) from exc


class TimeState(threading.local):
    """
    The current times of each thread.

    Parameters
    ----------
    log_time, log_tick
        Which timelines every row gets by itself.

    Attributes
    ----------
    here
        The times of this thread.

    """

    def __init__(self, *, log_time: bool, log_tick: bool) -> None:
        super().__init__()
        self.here = Times(log_time=log_time, log_tick=log_tick)


class Times:
    """The current times of one thread; see `TimeState`."""

    __slots__ = (
        '_automatic',
        '_log_tick_at',
        '_log_time_at',
        '_position',
        '_set',
        '_timelines',
        '_values',
    )

    def __init__(self, *, log_time: bool, log_tick: bool) -> None:
        self._automatic = {LOG_TIME.name: log_time, LOG_TICK.name: log_tick}
        self._set: dict[str, Timeline] = {}
        self._position: dict[str, int] = {}
        self._values: list[int] = []
        self._compile()

    def set(self, name: str, sequence: Any, timestamp: Any, duration: Any) -> None:  # noqa: ANN401
        """Set the time on one timeline; all but one are None."""
        # The usual cases first, in less time.
        if type(sequence) is int and timestamp is duration is None:
            kind, number = TimeKind.SEQUENCE, sequence
        elif (
            type(duration) is float and sequence is timestamp is None and abs(duration) < _MAX_SEC
        ):
            kind, number = TimeKind.DURATION, round(duration * _NANOS_PER_SEC)
        else:
            kind, number = _read(name, sequence, timestamp, duration)
        if not _MIN <= number <= _MAX:
            raise UsageError(out_of_range(name, kind.value))
        old = self._set.get(name)
        if old is None or old.kind is not kind:
            self._set[name] = new_timeline(name, kind)
            self._compile()
        self._values[self._position[name]] = number

    def disable(self, name: str) -> None:
        """Log on this timeline no more."""
        self._set.pop(name, None)
        self._automatic = {**self._automatic, name: False}
        self._compile()

    def reset(self) -> None:
        """Forget all times."""
        self._set.clear()
        self._compile()

    def now(self, log_time_nanos: int, log_tick: int) -> tuple[TimelineSet, tuple[int, ...]]:
        """
        Return what a row logged now is indexed by.

        Parameters
        ----------
        log_time_nanos, log_tick
            For the automatic timelines.

        Returns
        -------
        tuple
            Timelines and times, sorted by name.

        """
        values = self._values
        if self._log_time_at >= 0:
            values[self._log_time_at] = log_time_nanos
        if self._log_tick_at >= 0:
            values[self._log_tick_at] = log_tick
        return self._timelines, tuple(values)

    def _compile(self) -> None:
        """Sort the timelines; the times that are known stay."""
        known = {name: self._values[i] for name, i in self._position.items()}
        automatic = {
            timeline.name: timeline
            for timeline in (LOG_TIME, LOG_TICK)
            if self._automatic[timeline.name] and timeline.name not in self._set
        }
        timelines = {**self._set, **automatic}
        names = sorted(timelines)
        self._timelines = TimelineSet.of(timelines[name] for name in names)
        self._values = [known.get(name, 0) for name in names]
        self._position = {name: i for i, name in enumerate(names)}
        self._log_time_at, self._log_tick_at = (
            self._position[timeline.name] if timeline.name in automatic else -1
            for timeline in (LOG_TIME, LOG_TICK)
        )
