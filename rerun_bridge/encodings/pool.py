# SPDX-License-Identifier: Apache-2.0
"""
Copies of big arrays, in memory that is used again.

The system takes fresh memory back and clears it page by page, which takes longer than copying a
picture into it, and now and then much longer. So some blocks are kept. A block is free when nobody
but the pool refers to it; whoever holds a view of it, holds it.
"""

from __future__ import annotations

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
_UNUSED = 3
"""References to a block that nobody uses: the list, the loop variable, and the question."""

_lock = threading.Lock()
_blocks: list[Numbers] = []


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
    num_bytes = array.size * dtype.itemsize
    if num_bytes < MIN_BYTES:
        return np.array(array, dtype, order='C')
    copy: Numbers = _block(num_bytes)[:num_bytes].view(dtype).reshape(array.shape)
    np.copyto(copy, array, casting='unsafe')
    return copy


def _block(num_bytes: int) -> Numbers:
    # Never waited for: after a fork nobody may be there to release it.
    if not _lock.acquire(blocking=False):
        return np.empty(num_bytes, np.uint8)
    try:
        for block in _blocks:
            fits = num_bytes <= block.nbytes <= _MAX_WASTE * num_bytes
            if fits and sys.getrefcount(block) == _UNUSED:
                return block
        return _new_block(-(-num_bytes // _GRAIN_BYTES) * _GRAIN_BYTES)
    finally:
        _lock.release()


def _new_block(num_bytes: int) -> Numbers:
    block = np.empty(num_bytes, np.uint8)
    if num_bytes <= _MAX_KEPT_BYTES:
        kept_bytes = num_bytes + sum(each.nbytes for each in _blocks)
        # What was useful once may not be any more.
        while kept_bytes > _MAX_KEPT_BYTES:
            kept_bytes -= _blocks.pop(0).nbytes
        _blocks.append(block)
    return block
