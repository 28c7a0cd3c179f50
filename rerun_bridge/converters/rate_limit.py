# SPDX-License-Identifier: Apache-2.0
"""Lets so many messages of a topic through and no more."""

from __future__ import annotations

_NANOS_PER_SEC = 1e9


class RateLimit:
    """
    Thins out the messages of a topic.

    Parameters
    ----------
    max_rate
        Messages per second that are let through on average; 0 for all.

    """

    def __init__(self, max_rate: float) -> None:
        self._interval_nanos = int(_NANOS_PER_SEC / max_rate) if max_rate else 0
        self._due_nanos = 0

    def admits(self, now_nanos: int) -> bool:
        """
        Ask whether to let a message through.

        Parameters
        ----------
        now_nanos
            When it was received, in nanoseconds since the Unix epoch. A clock that was set back
            does not stop the topic.

        """
        interval_nanos = self._interval_nanos
        if not interval_nanos:
            return True
        if 0 < self._due_nanos - now_nanos <= interval_nanos:
            return False
        # Due times keep their grid, so that the average is the wished one.
        next_nanos = self._due_nanos + interval_nanos
        is_on_grid = now_nanos < next_nanos <= now_nanos + interval_nanos
        self._due_nanos = next_nanos if is_on_grid else now_nanos + interval_nanos
        return True
