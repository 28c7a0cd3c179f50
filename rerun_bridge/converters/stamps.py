# SPDX-License-Identifier: Apache-2.0
"""Stamps of messages: seconds and nanoseconds to one number."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from rerun_bridge.cdr import StructSequence

NANOS_PER_SEC = 1_000_000_000


def stamp_nanos(stamp: Any) -> int:  # noqa: ANN401 - any message with these two fields
    """
    Read a ``builtin_interfaces/msg/Time``.

    Parameters
    ----------
    stamp
        Has ``sec`` and ``nanosec``.

    Returns
    -------
    int
        Nanoseconds.

    Raises
    ------
    ConversionError
        If that is no time.

    """
    sec, nanosec = stamp.sec, stamp.nanosec
    if sec < 0 or nanosec >= NANOS_PER_SEC:
        raise _bad_stamp(sec, nanosec)
    return int(sec * NANOS_PER_SEC + nanosec)


def stamps_nanos(messages: StructSequence, path: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """
    Read the stamps of a sequence of messages.

    Parameters
    ----------
    messages
        Any number.
    path
        Where their stamps are, for instance ``header.stamp``.

    Returns
    -------
    numpy.ndarray
        Nanoseconds, int64, shape (n,).

    Raises
    ------
    ConversionError
        If one of them is no time.

    """
    sec = messages.column(f'{path}.sec').astype(np.int64)
    nanosec = messages.column(f'{path}.nanosec').astype(np.int64)
    is_bad = (sec < 0) | (nanosec >= NANOS_PER_SEC)
    if is_bad.any():
        i = int(is_bad.argmax())
        raise _bad_stamp(int(sec[i]), int(nanosec[i]))
    nanos: np.ndarray[Any, np.dtype[np.int64]] = sec * NANOS_PER_SEC + nanosec
    return nanos


def _bad_stamp(sec: int, nanosec: int) -> ConversionError:
    return ConversionError(
        f'the stamp is {sec} s + {nanosec} ns, which is no time; repair the publisher, '
        'or set restamp for this topic'
    )
