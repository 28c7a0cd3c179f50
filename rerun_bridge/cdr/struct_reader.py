# SPDX-License-Identifier: Apache-2.0
"""Choose how the elements of one sequence are represented."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr.layout import HEADER_SIZE
from rerun_bridge.cdr.listed_sequence import ListedSequence
from rerun_bridge.cdr.strided_sequence import StridedSequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.cdr.layout import Layout
    from rerun_bridge.cdr.struct_sequence import ElementReader, StructSequence

_MIN_COUNT = 2
_MIN_COUNT_WITH_TEXTS = 8
"""With fewer elements, decoding them all costs little more than comparing their texts."""


def struct_reader(
    reader: ElementReader,
) -> Callable[[bytes | memoryview, int, int], tuple[StructSequence, int]]:
    """
    Return the function that reads sequences of one element type.

    Parameters
    ----------
    reader
        How to read single elements.

    Returns
    -------
    callable
        From data, position behind the count, and count to the sequence and the position behind
        it. Raises IndexError, ValueError or struct.error where the data are too short.

    """
    shape = reader.shape
    min_count = _MIN_COUNT_WITH_TEXTS if shape.has_texts else _MIN_COUNT

    empty = ListedSequence(reader, [])

    def read(data: bytes | memoryview, position: int, count: int) -> tuple[StructSequence, int]:
        if not count:
            return empty, position
        if shape.regular and count >= min_count:
            start = position + (HEADER_SIZE - position) % shape.alignment
            layout = shape.layout_at(start, data=data, read_length=reader.read_length)
            if layout is not None:
                end = layout.end(start, count)
                if end > len(data):
                    if not shape.has_texts:
                        raise IndexError
                elif _holds(layout, reader, data=data, start=start, count=count):
                    found = StridedSequence(reader, layout, data=data, start=start, count=count)
                    return found, end
        items, end = reader.read_all(data, position, count)
        return ListedSequence(reader, items), end

    return read


def _holds(
    layout: Layout, reader: ElementReader, *, data: bytes | memoryview, start: int, count: int
) -> bool:
    """Return whether the texts of all elements are as long as those of the first."""
    second = start + layout.origin + layout.stride
    # Where lengths differ they mostly do so at once, and then NumPy is not worth its call.
    for offset, length in layout.texts:
        if reader.read_length(data, second + offset)[0] != length:
            return False
    dtype = np.dtype(f'{reader.order}u4')
    for offset, length in layout.texts:
        lengths: np.ndarray[Any, np.dtype[np.uint32]] = np.ndarray(
            (count - 1,), dtype, data, second + offset, (layout.stride,)
        )
        if not (lengths == length).all():
            return False
    return True
