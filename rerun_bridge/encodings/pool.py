# SPDX-License-Identifier: Apache-2.0
"""
Copies of big arrays, in memory that is used again.

The system takes fresh memory back and clears it page by page, which takes longer than copying a
picture into it, and now and then much longer. So some blocks are kept. A block is free when nobody
but the pool refers to it; whoever holds a view of it, holds it.
"""

from __future__ import annotations

import math
import sys
import threading
from typing import Any, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    Numbers: TypeAlias = np.ndarray[Any, Any]

MIN_BYTES = 256 << 10
"""Smaller arrays come from the heap, which keeps its memory by itself."""
_MAX_KEPT_BYTES = 64 << 20
_GRAIN_BYTES = 64 << 10
_MAX_WASTE = 2

_lock = threading.Lock()
_blocks: list[Numbers] = []


def _num_references(blocks: list[Numbers], i: int) -> int:
    block = blocks[i]
    return sys.getrefcount(block)


_UNUSED = _num_references([np.empty(1, np.uint8)], 0)
"""References to a block that nobody uses: how many the question adds is up to Python's version."""
_IS_COUNTING = getattr(sys, '_is_gil_enabled', lambda: True)()
"""Whether references are counted one by one; without the global lock they are not."""


def copied(array: Numbers, dtype: np.dtype[Any]) -> Numbers:
    """
    Copy an array.

    Parameters
    ----------
    array
        Of numbers.
    dtype
        Of the copy.

    Returns
    -------
    numpy.ndarray
        C-contiguous, of the same shape.

    """
    copy = empty(array.shape, dtype)
    np.copyto(copy, array, casting='unsafe')
    return copy


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Numbers:
    """
    Make an array, as ``numpy.empty``.

    Parameters
    ----------
    shape, dtype
        Of the array.

    Returns
    -------
    numpy.ndarray
        With any numbers in it.

    """
    num_bytes = math.prod(shape) * dtype.itemsize
    if num_bytes < MIN_BYTES or not _IS_COUNTING:
        return np.empty(shape, dtype)
    return _block(num_bytes)[:num_bytes].view(dtype).reshape(shape)


def _block(num_bytes: int) -> Numbers:
    # Never waited for: after a fork nobody may be there to release it.
    if not _lock.acquire(blocking=False):
        return np.empty(num_bytes, np.uint8)
    try:
        free = []
        kept_bytes = 0
        for i in range(len(_blocks)):
            size = _blocks[i].nbytes
            kept_bytes += size
            if _num_references(_blocks, i) == _UNUSED:
                if num_bytes <= size <= _MAX_WASTE * num_bytes:
                    return _blocks[i]
                free.append(i)
        return _new_block(-(-num_bytes // _GRAIN_BYTES) * _GRAIN_BYTES, kept_bytes, free)
    finally:
        _lock.release()


def _new_block(num_bytes: int, kept_bytes: int, free: list[int]) -> Numbers:
    """Make a block, in place of those that were useful once and may not be any more."""
    while free and kept_bytes + num_bytes > _MAX_KEPT_BYTES:
        kept_bytes -= _blocks.pop(free.pop()).nbytes
    block = np.empty(num_bytes, np.uint8)
    if kept_bytes + num_bytes <= _MAX_KEPT_BYTES:
        _blocks.append(block)
    return block
