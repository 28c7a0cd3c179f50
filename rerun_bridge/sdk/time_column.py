# SPDX-License-Identifier: Apache-2.0
"""Times of many rows at once, for `send_columns`."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.errors import UsageError
from rerun_bridge.log_types import new_timeline
from rerun_bridge.sdk.time_state import CONVERSIONS, only_kind, out_of_range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rerun_bridge.sdk.time_state import DurationLike, TimestampLike

_UNITS = {'timestamp': ('M', 'datetime64[ns]'), 'duration': ('m', 'timedelta64[ns]')}
_NAT = -(1 << 63)


class TimeColumn:
    """
    The times of many rows on one timeline.

    Parameters
    ----------
    timeline
        Name.
    sequence, timestamp, duration
        Exactly one of them: a time per row, as `set_time` takes it.

    Raises
    ------
    UsageError
        If these are no times, or not in one dimension.

    """

    def __init__(
        self,
        timeline: str,
        *,
        sequence: Iterable[int] | None = None,
        timestamp: Iterable[TimestampLike] | None = None,
        duration: Iterable[DurationLike] | None = None,
    ) -> None:
        kind, values = only_kind(sequence, timestamp, duration)
        time_kind, convert = CONVERSIONS[kind]
        self.timeline = new_timeline(timeline, time_kind)
        try:
            self.times = _convert(kind, values, convert)
        except OverflowError as exc:
            raise UsageError(out_of_range(timeline, kind)) from exc
        except (TypeError, ValueError) as exc:
            msg = f'cannot read a column of {kind}s for timeline {timeline!r}: {exc}'
            raise UsageError(msg) from exc
        if kind in _UNITS and (self.times == _NAT).any():
            msg = f'a column of {kind}s for timeline {timeline!r} has NaT, which is no time'
            raise UsageError(msg)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.times)


def _convert(kind: str, values: Any, convert: Any) -> np.ndarray[Any, np.dtype[np.int64]]:  # noqa: ANN401
    if isinstance(values, np.ndarray):
        if values.ndim != 1:
            msg = f'the times must have one dimension, not {values.ndim}'
            raise ValueError(msg)
        if kind == 'sequence' and values.dtype.kind in 'bi':
            return values.astype(np.int64)
        if kind == 'sequence' and values.dtype.kind == 'f':
            numbers = values.astype(np.int64)
            if not (numbers == values).all():
                msg = 'some are no whole numbers'
                raise ValueError(msg)
            return numbers
        if kind in _UNITS and values.dtype.kind == _UNITS[kind][0]:
            return values.astype(_UNITS[kind][1]).astype(np.int64)
    return np.fromiter(map(convert, values), np.int64)
