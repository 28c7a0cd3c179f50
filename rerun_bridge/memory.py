# SPDX-License-Identifier: Apache-2.0
"""How a program that handles much data uses memory; a library leaves that to its program."""

from __future__ import annotations

import ctypes
import gc
import os

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MMAP_THRESHOLD_BYTES = 64 << 20
_TRIM_THRESHOLD_BYTES = 256 << 20
_NEW_OBJECTS = 10_000


def total_bytes() -> int:
    """Return how much memory the computer has."""
    return os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')


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


def spare_lasting_objects() -> None:
    """
    Keep the garbage collector away from what is there now, such as all modules.

    It would look at hundreds of thousands of objects again and again, which halts everything for
    a tenth of a second. Call it when a program has started; collections become rarer, too.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
