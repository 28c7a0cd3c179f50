# SPDX-License-Identifier: Apache-2.0
"""Stamps of messages: seconds and nanoseconds to one number."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    import numpy.typing as npt

    from rerun_bridge.cdr import MessageTable

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
        msg = (
            f'the stamp is {sec} s + {nanosec} ns, which is no time; repair the publisher, '
            'or set restamp for this topic'
        )
        raise ConversionError(msg)
    return int(sec * NANOS_PER_SEC + nanosec)


def stamps_nanos(messages: MessageTable, path: str) -> npt.NDArray[np.int64] | None:
    """
    Read the stamps of many messages.

    Parameters
    ----------
    messages
        Of one shape.
    path
        Of a ``builtin_interfaces/msg/Time``.

    Returns
    -------
    numpy.ndarray or None
        Nanoseconds, one for each; None if one of them is no time.

    """
    secs = messages.columns(path, ('sec',)).reshape(-1)
    nanosecs = messages.columns(path, ('nanosec',)).reshape(-1)
    if secs.size and (secs.min() < 0 or nanosecs.max() >= NANOS_PER_SEC):
        return None
    stamps: npt.NDArray[np.int64] = secs * np.int64(NANOS_PER_SEC) + nanosecs
    return stamps


def duration_nanos(duration: Any) -> int:  # noqa: ANN401 - any message with these two fields
    """
    Read a ``builtin_interfaces/msg/Duration``.

    Parameters
    ----------
    duration
        Has ``sec`` and ``nanosec``.

    Returns
    -------
    int
        Nanoseconds; may be negative.

    """
    return int(duration.sec * NANOS_PER_SEC + duration.nanosec)
