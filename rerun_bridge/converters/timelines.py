# SPDX-License-Identifier: Apache-2.0
"""What times a message is logged at."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.errors import ConversionError, UsageError
from rerun_bridge.log_types import TimeKind, Timeline, TimelineSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from rerun_bridge.chunk import Rows

FIRST_DATE_NANOS = 631_152_000 * 1_000_000_000
"""1990-01-01: smaller stamps are the time of a simulation, which is no date."""

_END_OF_TIME = 1 << 63
_Times = tuple[Any, ...]


class TimelineNames(NamedTuple):
    """
    Names of the timelines that messages are logged on; an empty name turns one off.

    Attributes
    ----------
    log_time
        When the message was received.
    message_log_time
        The same, under the name that the official importer uses for recorded messages.
    message_publish_time
        When the message was published.
    ros2_timestamp
        The stamp in the message, if that is a date; the time of reception if it has none.
    ros2_duration
        The stamp in the message, if that is no date.

    """

    log_time: str = 'log_time'
    message_log_time: str = 'message_log_time'
    message_publish_time: str = 'message_publish_time'
    ros2_timestamp: str = 'ros2_timestamp'
    ros2_duration: str = 'ros2_duration'


TRAJECTORY_TIME = TimelineSet.of([Timeline('trajectory_time', TimeKind.DURATION)])
"""Plans are on a timeline of their own, which starts with each plan."""


class Moment(NamedTuple):
    """
    When a message was made and received, in nanoseconds.

    Attributes
    ----------
    stamp
        Its own stamp; 0 for none.
    log_time_nanos
        When it was received, since the Unix epoch.
    publish_time_nanos
        When it was published, since the Unix epoch; 0, or what does not fit in 64 bits with a
        sign, if that is not known.

    """

    stamp: int
    log_time_nanos: int
    publish_time_nanos: int


class Moments(NamedTuple):
    """
    When many messages were made and received; arrays of what `Moment` has.

    Attributes
    ----------
    stamps, log_times, publish_times
        Shape (n,), int64.

    """

    stamps: npt.NDArray[np.int64]
    log_times: npt.NDArray[np.int64]
    publish_times: npt.NDArray[np.int64]


class _Columns(NamedTuple):
    timelines: TimelineSet
    order: tuple[int, ...]

    @classmethod
    def of(cls, timelines: list[Timeline]) -> _Columns:
        """Sort the timelines that are on; `order` tells where each one stood."""
        order = [i for i, timeline in enumerate(timelines) if timeline.name]
        order.sort(key=lambda i: timelines[i].name)
        return cls(TimelineSet.of(timelines[i] for i in order), tuple(order))


class TimeIndex:
    """
    Finds timelines and times of rows.

    Parameters
    ----------
    names
        Of the timelines.

    Raises
    ------
    UsageError
        If two names are the same or all timelines are off.

    """

    def __init__(self, names: TimelineNames) -> None:
        used = [name for name in names if name]
        if len(set(used)) < len(used):
            msg = f'two timelines have the same name; name them apart: {", ".join(used)}'
            raise UsageError(msg)
        received = [Timeline(name, TimeKind.TIMESTAMP) for name in names[:3]]
        self._dated = _Columns.of([*received, Timeline(names.ros2_timestamp, TimeKind.TIMESTAMP)])
        self._undated = _Columns.of([*received, Timeline(names.ros2_duration, TimeKind.DURATION)])
        if not self._dated.order or not self._undated.order:
            msg = 'all timelines are off, so that nothing could be found again; keep one on'
            raise UsageError(msg)

    def at(self, moment: Moment) -> tuple[TimelineSet, _Times]:
        """
        Find the times of a message.

        Parameters
        ----------
        moment
            When it was made.

        Returns
        -------
        timelines : TimelineSet
            What it is on.
        times : tuple
            One number per timeline.

        """
        stamp, received, published = moment
        columns = self._undated if is_undated(stamp) else self._dated
        if not 0 < published < _END_OF_TIME:
            published = received
        values = (received, received, published, stamp or received)
        return columns.timelines, tuple([values[i] for i in columns.order])

    def at_many(self, moments: Moments) -> tuple[TimelineSet, _Times] | None:
        """
        Find the times of many messages.

        Parameters
        ----------
        moments
            When they were made.

        Returns
        -------
        timelines : TimelineSet
            What all of them are on.
        times : tuple
            One array per timeline.

        None if some stamps are dates and some are not.

        """
        stamps, received, published = moments
        columns = self._dated
        if stamps.size and stamps.min() < FIRST_DATE_NANOS:  # which few are
            without_date = (stamps > 0) & (stamps < FIRST_DATE_NANOS)
            if without_date.any() != without_date.all():
                return None
            columns = self._undated if without_date.all() else self._dated
            stamps = np.where(stamps, stamps, received)
        published = np.where(published > 0, published, received)
        values = (received, received, published, stamps)
        return columns.timelines, tuple([values[i] for i in columns.order])

    def split(self, rows: Rows, stamps: Sequence[int], moment: Moment) -> Iterator[Rows]:
        """
        Give every row a stamp of its own.

        Parameters
        ----------
        rows
            At least one, whatever their times.
        stamps
            Nanoseconds, one per row; 0 for none.
        moment
            When the message was made that they come from.

        Yields
        ------
        Rows
            One piece, or several if some stamps are dates and some are not.

        """
        _, received, published = moment
        if not 0 < published < _END_OF_TIME:
            published = received
        start = 0
        for has_no_date, group in groupby(stamps, is_undated):
            times = [stamp or received for stamp in group]
            stop = start + len(times)
            columns = self._undated if has_no_date else self._dated
            values = (received, received, published, times_of_rows(times))
            yield slice_rows(rows, start, stop)._replace(
                timelines=columns.timelines, times=tuple([values[i] for i in columns.order])
            )
            start = stop


def times_of_rows(nanos: Sequence[int]) -> int | npt.NDArray[np.int64]:
    """
    Make the times of rows on one timeline.

    Parameters
    ----------
    nanos
        One per row.

    Returns
    -------
    int or numpy.ndarray
        As `Rows` has them.

    Raises
    ------
    ConversionError
        If one has no place in 64 bits.

    """
    if len(nanos) == 1 and -_END_OF_TIME <= nanos[0] < _END_OF_TIME:
        return nanos[0]
    try:
        return np.array(nanos, np.int64)
    except OverflowError:
        msg = 'a time in nanoseconds does not fit in 64 bits; repair what computes it'
        raise ConversionError(msg) from None


def is_undated(stamp: int) -> bool:
    """Tell whether a stamp is the time of a simulation, which is no date."""
    return 0 < stamp < FIRST_DATE_NANOS


def slice_rows(rows: Rows, start: int, stop: int) -> Rows:
    """
    Take some rows out of many.

    Parameters
    ----------
    rows
        Many.
    start, stop
        Row numbers, as in a slice.

    Returns
    -------
    Rows
        These; their times are those of all.

    """
    if (start, stop) == (0, rows.num_rows):
        return rows
    datas = []
    lengths = rows.lengths or (None,) * len(rows.datas)
    for component, data, given in zip(rows.layout.components, rows.datas, lengths):  # noqa: B905
        first, last = (start, stop) if given is None else (sum(given[:start]), sum(given[:stop]))
        datas.append(component.encoding.slice(data, first, last))
    return rows._replace(
        datas=tuple(datas),
        num_rows=stop - start,
        lengths=tuple(given and given[start:stop] for given in lengths),
    )
