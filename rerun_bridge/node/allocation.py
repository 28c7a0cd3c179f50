# SPDX-License-Identifier: Apache-2.0
"""Keeps big received messages on the heap, where memory is used again instead of mapped anew."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MMAP_THRESHOLD_BYTES = 64 << 20
_TRIM_THRESHOLD_BYTES = 256 << 20


def keep_big_buffers_on_heap() -> bool:
    """
    Tell the C library not to give every big buffer pages of its own.

    Without this each received image is mapped, faulted in page by page and unmapped again, and
    Python's global lock is held all that time. Call it before any message is received.

    Returns
    -------
    bool
        Whether the C library (glibc) has such a setting and took it.

    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    settings = (
        (_M_MMAP_THRESHOLD, _MMAP_THRESHOLD_BYTES),
        (_M_TRIM_THRESHOLD, _TRIM_THRESHOLD_BYTES),
    )
    return all(mallopt(name, num_bytes) == 1 for name, num_bytes in settings)
