# SPDX-License-Identifier: Apache-2.0
"""Times of many rows at once, for `send_columns`."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.log_types import Timeline
from rerun_bridge.sdk.time_state import CONVERSIONS, only_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rerun_bridge.sdk.time_state import DurationLike, TimestampLike

_UNITS = {'timestamp': 'datetime64[ns]', 'duration': 'timedelta64[ns]'}


class TimeColumn:
    """
    The times of many rows on one timeline.

    Parameters
    ----------
    timeline
        Name.
    sequence, timestamp, duration
        Exactly one of them: a time per row, as `set_time` takes it.

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
        self.timeline = Timeline(timeline, time_kind)
        self.times = _convert(kind, values, convert)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.times)


def _convert(kind: str, values: Any, convert: Any) -> np.ndarray[Any, np.dtype[np.int64]]:  # noqa: ANN401
    array = values if isinstance(values, np.ndarray) else None
    if array is not None and array.dtype.kind in 'mM':
        return array.astype(_UNITS[kind]).astype(np.int64)
    if array is not None and kind == 'sequence':
        return array.astype(np.int64)
    return np.fromiter(map(convert, values), np.int64)
