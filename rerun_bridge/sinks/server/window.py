# SPDX-License-Identifier: Apache-2.0
"""How far ahead a page is sent data, and whether it keeps up."""

from __future__ import annotations

import asyncio
from collections import deque
import sys
import time
from typing import NamedTuple

_WINDOW_BYTES = 16 << 20
_MIN_MESSAGES, _FIRST_MESSAGES, _MAX_MESSAGES = 16, 256, 4096
_FULL_WINDOW_MESSAGES = 64
"""A client that is sent fewer ahead is sent fewer bytes ahead, too."""
_QUICK_FRAMES = 3
_SLOW_FRAME_SEC = 0.5
_PATIENCE_SEC = 2.0
_MIN_GAIN = 3
"""Who is late must be so many times as fast as the data comes, else it takes too long."""
_MIN_NEW = 1024
"""Messages; with fewer there is nothing to gain."""


class Window:
    """
    How much a client has been sent and has not taken in; only for clients that acknowledge.

    Viewers take in data between the frames that they draw, and some draw for seconds. So it counts
    messages. It grows while they are taken in within a few frames, and shrinks where that takes
    more of them, or where a slow one is not enough for half of the window.
    """

    def __init__(self) -> None:
        self._batches: deque[tuple[int, int]] = deque()
        self._sent = 0
        self._in_flight = 0
        self._size = _FIRST_MESSAGES
        self._acknowledged_at = time.monotonic()
        self._is_used = False
        self._moved = asyncio.Event()
        self._pace = _Pace()

    @property
    def max_messages(self) -> int:
        """Get how many messages may be sent together."""
        return self._size // 4 if self._is_used else sys.maxsize

    def acknowledge(self, num_bytes: int, num_frames: int = 0) -> None:
        """
        Note what the client has taken in.

        Parameters
        ----------
        num_bytes
            Of all that it was sent.
        num_frames
            That it has drawn since it last acknowledged.

        """
        self._is_used = True
        taken = 0
        while self._batches and self._batches[0][0] <= num_bytes:
            taken += self._batches.popleft()[1]
        self._in_flight -= taken
        now = time.monotonic()
        has_slow_frames = now - self._acknowledged_at > num_frames * _SLOW_FRAME_SEC
        self._acknowledged_at = now
        if num_frames > _QUICK_FRAMES:
            self._size //= 2
        elif has_slow_frames and self._in_flight > self._size // 2:
            self._size = max(self._size // 2, taken)
        else:
            self._size += taken
        self._size = min(max(self._size, _MIN_MESSAGES), _MAX_MESSAGES)
        self._moved.set()

    def is_overrun(self, position: int, last: int) -> bool:
        """
        Tell whether the client cannot keep up, and enough waits to do something about it.

        Parameters
        ----------
        position
            Up to where it was sent everything.
        last
            Where the data ends.

        Returns
        -------
        bool
            Always false for clients that do not acknowledge: they may be files.

        """
        return self._is_used and self._pace.is_overrun(position, last)

    async def wait_after(self, num_bytes: int, num_messages: int) -> None:
        """Count what was sent and wait until the client has taken in enough of it."""
        self._sent += num_bytes
        self._in_flight += num_messages
        self._batches.append((self._sent, num_messages))
        while self._is_used and self._is_full():
            self._moved.clear()
            await self._moved.wait()
        if not self._is_used:
            self._batches.clear()
            self._in_flight = 0

    def _is_full(self) -> bool:
        if not self._batches:
            return False
        behind_the_first = self._sent - self._batches[0][0]
        max_bytes = _WINDOW_BYTES * min(self._size / _FULL_WINDOW_MESSAGES, 1.0)
        return self._in_flight >= self._size or behind_the_first > max_bytes


class _Look(NamedTuple):
    time_sec: float
    position: int
    last: int


class _Pace:
    """
    Compares the progress of a client with that of the data.

    A client is overrun if it is late by more than has come within some seconds and gains but
    little. Then it stays so until it has got everything.
    """

    def __init__(self) -> None:
        self._before: _Look | None = None
        self._is_overrun = False
        self._told_at = 0

    def is_overrun(self, position: int, last: int) -> bool:
        """Tell whether it is, and enough has come since it was told last."""
        now = _Look(time.monotonic(), position, last)
        if position >= last:
            self._before, self._is_overrun = now, False
        before = self._before or now
        elapsed_sec = now.time_sec - before.time_sec
        if self._before is None or elapsed_sec > _PATIENCE_SEC:
            num_new = last - before.last
            num_usual = num_new * _PATIENCE_SEC / max(elapsed_sec, _PATIENCE_SEC)
            is_late = last - position > max(num_usual, _MIN_NEW)
            gains_little = position - before.position < _MIN_GAIN * num_new
            self._is_overrun |= is_late and gains_little
            self._before = now
        if not self._is_overrun or last - self._told_at < _MIN_NEW:
            return False
        self._told_at = last
        return True
