# SPDX-License-Identifier: Apache-2.0
"""Keeps repeated warnings from flooding the log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


class Throttle:
    """
    Lets one of many equal events through now and then.

    Parameters
    ----------
    interval_sec
        How long after one event the next of the same key is let through.
    clock
        Returns seconds.

    """

    def __init__(
        self, interval_sec: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_sec = interval_sec
        self._clock = clock
        self._last: dict[Hashable, float] = {}
        self._held_back: dict[Hashable, int] = {}

    def admit(self, key: Hashable) -> int | None:
        """
        Ask whether to report an event.

        Parameters
        ----------
        key
            What makes events equal.

        Returns
        -------
        int or None
            None to stay silent; otherwise how many were held back since the last report.

        """
        now = self._clock()
        last = self._last.get(key)
        if last is not None and now - last < self._interval_sec:
            self._held_back[key] = self._held_back.get(key, 0) + 1
            return None
        self._last[key] = now
        return self._held_back.pop(key, 0)
