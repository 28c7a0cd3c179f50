# SPDX-License-Identifier: Apache-2.0
"""
Time-based unique ids of rows and chunks.

A TUID is 128 bits: nanoseconds since the Unix epoch, then a counter that starts at a random
63-bit value and grows by one with every id. In memory it is a pair of integers; see
``re_tuid`` for the original.
"""

from __future__ import annotations

import os
import struct
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PAIR = struct.Struct('>QQ')


class Tuid(NamedTuple):
    """
    One id; orders by time, then by counter.

    Attributes
    ----------
    time_nanos
        Nanoseconds since the Unix epoch.
    counter
        Number that makes ids of the same nanosecond different.

    """

    time_nanos: int
    counter: int

    def to_int(self) -> int:
        """Return one number, which orders as the id does."""
        return self.time_nanos << 64 | self.counter

    def to_bytes(self) -> bytes:
        """
        Encode for Arrow: 16 bytes, big-endian, so that byte order is time order.

        Returns
        -------
        bytes
            Time, then counter.

        """
        return _PAIR.pack(*self)

    def to_hex(self) -> bytes:
        """
        Encode as the 32 hexadecimal digits of ``rerun:id``.

        Returns
        -------
        bytes
            Time in upper case, counter in lower case, as the official SDK writes them.

        """
        return b'%016X%016x' % self


class TuidGenerator:
    """
    Makes ascending ids; not thread-safe, the owner serialises calls.

    Parameters
    ----------
    clock_nanos
        Returns nanoseconds since the Unix epoch.

    """

    def __init__(self, clock_nanos: Callable[[], int]) -> None:
        self._clock_nanos = clock_nanos
        self._time_nanos = 0
        self._counter = int.from_bytes(os.urandom(8), 'big') >> 1

    def next(self, count: int = 1) -> Tuid:
        """
        Reserve consecutive ids.

        Parameters
        ----------
        count
            How many ids to reserve; they share the time and have consecutive counters.

        Returns
        -------
        Tuid
            The first of them.

        """
        time_nanos = self._clock_nanos()
        if time_nanos < self._time_nanos:
            time_nanos = self._time_nanos
        else:
            self._time_nanos = time_nanos
        first = self._counter
        self._counter = first + count
        return Tuid(time_nanos, first)
