# SPDX-License-Identifier: Apache-2.0
"""Numbers in sentences for a person."""

from __future__ import annotations

_UNITS = ('bytes', 'kB', 'MB', 'GB', 'TB')
_STEP = 1000


def plural(number: int, word: str) -> str:
    """Return a number of things, as `3 messages`."""
    return f'{number} {word}' if number == 1 else f'{number} {word}s'


def size(num_bytes: float) -> str:
    """Return a number of bytes in the unit that suits it, as `1.2 GB`."""
    value = float(num_bytes)
    for unit in _UNITS:
        if value < _STEP or unit == _UNITS[-1]:
            return f'{value:.0f} {unit}' if unit == _UNITS[0] else f'{value:.1f} {unit}'
        value /= _STEP
    raise AssertionError
