# SPDX-License-Identifier: Apache-2.0
"""A bar that shows how far a command is."""

from __future__ import annotations

import shutil
import sys
import time

_INTERVAL_SEC = 0.1
_BAR_WIDTH = 24
_ERASE = '\r\x1b[K'
_SEC_PER_MIN = 60


class ProgressBar:
    """
    One line that is written again and again; nothing where no person sees it.

    Parameters
    ----------
    is_wanted
        False to show nothing.

    """

    def __init__(self, *, is_wanted: bool) -> None:
        self._stream = sys.stderr
        self._is_shown = is_wanted and self._stream.isatty()
        self._start_sec = time.monotonic()
        self._next_sec = self._start_sec

    def update(self, num_bytes: int, total_bytes: int) -> None:
        """
        Show how far it is; cheap when nothing is to be shown yet.

        Parameters
        ----------
        num_bytes, total_bytes
            What is done, of what.

        """
        now_sec = time.monotonic()
        if not self._is_shown or now_sec < self._next_sec:
            return
        self._next_sec = now_sec + _INTERVAL_SEC
        part = min(1.0, num_bytes / total_bytes) if total_bytes else 1.0
        used_sec = now_sec - self._start_sec
        speed = num_bytes / used_sec / 1e6 if used_sec else 0.0
        left = f', {_duration(used_sec * (1 - part) / part)} left' if part else ''
        bar = ('#' * round(_BAR_WIDTH * part)).ljust(_BAR_WIDTH, '.')
        text = f'[{bar}] {part:4.0%}  {speed:.0f} MB/s{left}'
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f'{_ERASE}{text[:width]}')
        self._stream.flush()

    def clear(self) -> None:
        """Remove the bar."""
        if self._is_shown:
            self._stream.write(_ERASE)
            self._stream.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), _SEC_PER_MIN)
    return f'{minutes}:{rest:02} min' if minutes else f'{rest} s'
