# SPDX-License-Identifier: Apache-2.0
"""Sequences of messages that lie at constant distances in the received bytes."""

from __future__ import annotations

from operator import index as as_index
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr.definitions import LENGTH
from rerun_bridge.cdr.struct_sequence import dtype_and_shape, StructSequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr.definitions import Text
    from rerun_bridge.cdr.layout import Layout, Leaf
    from rerun_bridge.cdr.message import Message
    from rerun_bridge.cdr.struct_sequence import ElementReader


class StridedSequence(StructSequence):
    """
    Elements at constant distances, read from the received bytes when asked for.

    Parameters
    ----------
    reader
        How to read them.
    layout
        Where their fields lie; checked to hold for all elements and to end within the data.
    data
        The whole message including its header.
    start
        Position of the first element.
    count
        Number of elements.

    """

    __slots__ = ('_count', '_data', '_items', '_layout', '_start')

    def __init__(
        self,
        reader: ElementReader,
        layout: Layout,
        *,
        data: bytes | memoryview,
        start: int,
        count: int,
    ) -> None:
        super().__init__(reader)
        self._layout = layout
        self._data = data
        self._start = start
        self._count = count
        self._items: list[Message] | None = None

    def __len__(self) -> int:
        """Return the number of elements."""
        return self._count

    def __iter__(self) -> Iterator[Message]:
        """Iterate over the elements, decoding them the first time."""
        if self._items is None:
            self._items, _ = self._reader.read_all(self._data, self._start, self._count)
        return iter(self._items)

    def __getitem__(self, index: int) -> Message:
        """Decode one element."""
        number = range(self._count)[as_index(index)]
        position = self._start
        if number:
            position += self._layout.origin + number * self._layout.stride
        items, _ = self._reader.read_all(self._data, position, 1)
        return items[0]

    def _view(
        self, offset: int, dtype: np.dtype[Any], shape: tuple[int, ...], *, first: int = 0
    ) -> npt.NDArray[Any]:
        """Return what lies at `offset` within all elements from number `first` on."""
        layout = self._layout
        view: npt.NDArray[Any] = np.ndarray(
            (self._count - first, *shape),
            dtype,
            self._data,
            self._start + layout.origin + first * layout.stride + offset,
            (layout.stride, *(dtype.itemsize for _ in shape)),
        )
        return view

    def _gather(
        self, leaf: Leaf, dtype: np.dtype[Any], shape: tuple[int, ...], *, skip: int = 0
    ) -> npt.NDArray[Any]:
        """Return what lies `skip` bytes into a leaf, as a view unless the first one is shifted."""
        offset = self._layout.offsets[leaf.path] + skip
        shift = self._layout.shifts[leaf.path]
        if not shift:
            return self._view(offset, dtype, shape)
        table = np.empty((self._count, *shape), dtype)
        start = self._start + self._layout.origin + offset - shift
        table[0] = np.ndarray(shape, dtype, self._data, start)
        table[1:] = self._view(offset, dtype, shape, first=1)
        return table

    def _numbers(self, leaf: Leaf) -> npt.NDArray[Any]:
        dtype, shape = dtype_and_shape(leaf)
        return self._gather(leaf, dtype.newbyteorder(self._reader.order), shape)

    def _side_by_side(self, leaves: list[Leaf], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        layout = self._layout
        first = layout.offsets[leaves[0].path] if leaves else 0
        adjacent = all(
            dtype_and_shape(leaf)[0] == dtype
            and layout.offsets[leaf.path] == first + number * dtype.itemsize
            and not layout.shifts[leaf.path]
            for number, leaf in enumerate(leaves)
        )
        if leaves and adjacent and dtype == dtype.newbyteorder(self._reader.order):
            return self._view(first, dtype, (len(leaves),))
        return super()._side_by_side(leaves, dtype)

    def _texts(self, leaf: Leaf, kind: Text) -> list[str]:
        length = dict(self._layout.texts)[self._layout.offsets[leaf.path]]
        width = length * kind.unit
        decode = self._reader.texts[kind.wide]
        rows = self._gather(leaf, np.dtype(np.uint8), (width,), skip=LENGTH.size)
        if (rows == rows[0]).all():
            return [decode(rows[0].tobytes())] * self._count
        joined = rows.tobytes()
        return [decode(joined[at : at + width]) for at in range(0, len(joined), width)]
