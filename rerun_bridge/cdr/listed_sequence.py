# SPDX-License-Identifier: Apache-2.0
"""Sequences of messages that were decoded one by one."""

from __future__ import annotations

from operator import attrgetter
from operator import index as as_index
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr.struct_sequence import dtype_and_shape, StructSequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr.definitions import Text
    from rerun_bridge.cdr.layout import Leaf
    from rerun_bridge.cdr.message import Message
    from rerun_bridge.cdr.struct_sequence import ElementReader


class ListedSequence(StructSequence):
    """
    Elements that were decoded one by one.

    Parameters
    ----------
    reader
        How they were read.
    items
        The decoded elements.

    """

    __slots__ = ('_items',)

    def __init__(self, reader: ElementReader, items: list[Message]) -> None:
        super().__init__(reader)
        self._items = items

    def __len__(self) -> int:
        """Return the number of elements."""
        return len(self._items)

    def __iter__(self) -> Iterator[Message]:
        """Iterate over the elements."""
        return iter(self._items)

    def __getitem__(self, index: int) -> Message:
        """Return one element."""
        return self._items[as_index(index)]

    def _numbers(self, leaf: Leaf) -> npt.NDArray[Any]:
        dtype, shape = dtype_and_shape(leaf)
        values = map(attrgetter(leaf.path), self._items)
        if not shape:
            return np.fromiter(values, dtype, len(self._items))
        return np.array(list(values), dtype).reshape(-1, *shape)

    def _texts(self, leaf: Leaf, kind: Text) -> list[str]:  # noqa: ARG002  # they are decoded
        return list(map(attrgetter(leaf.path), self._items))
