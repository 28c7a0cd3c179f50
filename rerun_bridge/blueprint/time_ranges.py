# SPDX-License-Identifier: Apache-2.0
"""Ranges of time: from the cursor, between times, or without end."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from rerun_bridge.archetypes.values import Time
from rerun_bridge.encodings import Arrow
from rerun_bridge.errors import UsageError

_ARMS = ('_null_markers', 'CursorRelative', 'Absolute', 'Infinite')
_BOUNDARY = pa.dense_union(
    [
        pa.field('_null_markers', pa.null()),
        pa.field('CursorRelative', pa.int64(), nullable=False),
        pa.field('Absolute', pa.int64(), nullable=False),
        pa.field('Infinite', pa.null()),
    ],
    list(range(len(_ARMS))),
)
_RANGE = pa.struct([pa.field('start', _BOUNDARY), pa.field('end', _BOUNDARY)])
_VISIBLE_RANGE = pa.struct(
    [
        pa.field('timeline', pa.utf8(), nullable=False),
        pa.field('range', _RANGE, nullable=False),
    ]
)


class TimeRangeBoundary(NamedTuple):
    """
    One end of a range of time.

    Attributes
    ----------
    kind
        ``CursorRelative``, ``Absolute`` or ``Infinite``.
    value
        Nanoseconds or steps.

    """

    kind: str
    value: int = 0

    @classmethod
    def cursor_relative(
        cls,
        offset: Time | int | None = None,
        *,
        seq: int | None = None,
        seconds: float | None = None,
        nanos: int | None = None,
    ) -> TimeRangeBoundary:
        """
        Return an end that moves with the time cursor.

        Parameters
        ----------
        offset, seq, seconds, nanos
            From the cursor, negative before it; at most one of them.

        Returns
        -------
        TimeRangeBoundary
            At the cursor if nothing is given.

        """
        if offset is None and seq is None and seconds is None and nanos is None:
            offset = 0
        return cls('CursorRelative', _one_time(offset, seq, seconds, nanos))

    @classmethod
    def absolute(
        cls,
        time: Time | int | None = None,
        *,
        seq: int | None = None,
        seconds: float | None = None,
        nanos: int | None = None,
    ) -> TimeRangeBoundary:
        """
        Return an end that stands still.

        Parameters
        ----------
        time, seq, seconds, nanos
            Exactly one of them.

        Returns
        -------
        TimeRangeBoundary
            At this time.

        """
        return cls('Absolute', _one_time(time, seq, seconds, nanos))

    @classmethod
    def infinite(cls) -> TimeRangeBoundary:
        """Return no end at all."""
        return cls('Infinite')


def _one_time(
    time: Time | int | None, seq: int | None, seconds: float | None, nanos: int | None
) -> int:
    if time is None:
        return int(Time(seq=seq, seconds=seconds, nanos=nanos))
    if seq is not None or seconds is not None or nanos is not None:
        msg = 'the time is given twice; give one of the arguments'
        raise UsageError(msg)
    return int(time)


class TimeRange(NamedTuple):
    """
    A range of time.

    Attributes
    ----------
    start, end
        Both included.

    """

    start: TimeRangeBoundary
    end: TimeRangeBoundary


class VisibleTimeRange:
    """
    Which part of a timeline is shown.

    Parameters
    ----------
    timeline
        Its name.
    range
        Which part.
    start, end
        Its boundaries, in place of `range`.

    Raises
    ------
    UsageError
        If the range is given twice or not at all.

    """

    def __init__(
        self,
        timeline: str,
        range: TimeRange | None = None,  # noqa: A002 - as in rerun-sdk
        *,
        start: TimeRangeBoundary | None = None,
        end: TimeRangeBoundary | None = None,
    ) -> None:
        if range is None and start is not None and end is not None:
            range = TimeRange(start, end)  # noqa: A001
        elif range is None or start is not None or end is not None:
            msg = 'a visible range needs range=, or start= and end='
            raise UsageError(msg)
        self.timeline = str(timeline)
        self.range = range


class Ranges(Arrow):
    """One range of time per instance."""

    def __init__(self) -> None:
        super().__init__(_RANGE)

    def coerce(self, value: Any) -> pa.Array:  # noqa: ANN401
        """Take one range or a sequence of them."""
        ranges = [value] if isinstance(value, TimeRange) else list(value)
        ends = (_boundaries([r.start for r in ranges]), _boundaries([r.end for r in ranges]))
        return pa.StructArray.from_arrays(ends, fields=list(_RANGE))


class VisibleRanges(Arrow):
    """One timeline with its visible range per instance."""

    def __init__(self) -> None:
        super().__init__(_VISIBLE_RANGE)

    def coerce(self, value: Any) -> pa.Array:  # noqa: ANN401
        """Take one visible range or a sequence of them."""
        visible = [value] if isinstance(value, VisibleTimeRange) else list(value)
        return pa.StructArray.from_arrays(
            [
                pa.array([item.timeline for item in visible], pa.utf8()),
                Ranges().coerce([item.range for item in visible]),
            ],
            fields=list(_VISIBLE_RANGE),
        )


def _boundaries(boundaries: list[TimeRangeBoundary]) -> pa.Array:
    by_arm: list[list[int]] = [[] for _ in _ARMS]
    types, positions = [], []
    for kind, value in boundaries:
        arm = _ARMS.index(kind)
        types.append(arm)
        positions.append(len(by_arm[arm]))
        by_arm[arm].append(value)
    children = [
        pa.nulls(len(values))
        if pa.types.is_null(_BOUNDARY.field(arm).type)
        else pa.array(values, pa.int64())
        for arm, values in enumerate(by_arm)
    ]
    buffers = [
        None,
        pa.py_buffer(np.array(types, 'i1').tobytes()),
        pa.py_buffer(np.array(positions, '<i4').tobytes()),
    ]
    return pa.Array.from_buffers(_BOUNDARY, len(boundaries), buffers, 0, children=children)
