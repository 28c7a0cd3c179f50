# SPDX-License-Identifier: Apache-2.0
"""Sequences of messages, read as columns or one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr.definitions import Array, CODES, Primitive, Text
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr.definitions import ByteOrder
    from rerun_bridge.cdr.layout import ElementShape, Leaf
    from rerun_bridge.cdr.message import Message


class ElementReader(NamedTuple):
    """
    How to read elements of one type in one byte order.

    Attributes
    ----------
    shape
        Where their fields lie.
    order
        Byte order, ``<`` or ``>``.
    read_all
        Generated function: data, position, count to the decoded elements and the end position.
    read_length
        ``unpack_from`` of an unsigned 32-bit number.
    texts
        Functions from raw bytes to text, for ``string`` and for ``wstring``.

    """

    shape: ElementShape
    order: ByteOrder
    read_all: Callable[[bytes | memoryview, int, int], tuple[list[Message], int]]
    read_length: Callable[..., tuple[int, ...]]
    texts: tuple[Callable[[bytes], str], Callable[[bytes], str]]


class StructSequence(ABC):
    """
    A received sequence or array of messages.

    Prefer :meth:`column` and :meth:`columns`: where the elements lie at constant distances these
    are views of the received bytes, and no element is ever turned into an object.
    """

    __slots__ = ('_reader',)

    def __init__(self, reader: ElementReader) -> None:
        self._reader = reader

    def __repr__(self) -> str:
        """Show the element type and the count."""
        return f'<{len(self)} x {self._reader.shape.type_name}>'

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of elements."""

    @abstractmethod
    def __iter__(self) -> Iterator[Message]:
        """Iterate over the elements as message objects."""

    @abstractmethod
    def __getitem__(self, index: int) -> Message:
        """Return one element as a message object."""

    @abstractmethod
    def _numbers(self, leaf: Leaf) -> npt.NDArray[Any]:
        """Return the numbers at one leaf of all elements."""

    @abstractmethod
    def _texts(self, leaf: Leaf, kind: Text) -> list[str]:
        """Return the texts at one leaf of all elements."""

    def column(self, path: str) -> Any:  # noqa: ANN401  # which of the two follows from the path
        """
        Return one field of every element.

        Parameters
        ----------
        path
            Field names joined by dots, such as ``header.stamp.sec``.

        Returns
        -------
        numpy.ndarray or list of str
            For numbers an array (n,) of their type, for arrays of k numbers an array (n, k);
            possibly read-only and strided, and in the byte order of the message. For strings a
            list.

        Raises
        ------
        UsageError
            The path does not lead to a number, an array of numbers or a string.

        """
        leaf = self._leaf(path)
        kind = leaf.type
        return self._texts(leaf, kind) if isinstance(kind, Text) else self._numbers(leaf)

    def columns(self, path: str, names: tuple[str, ...]) -> npt.NDArray[Any]:
        """
        Return several numbers of every element side by side.

        Parameters
        ----------
        path
            Where the numbers are, such as ``pose.orientation``; empty for the element itself.
        names
            Their field names, such as ``('x', 'y', 'z', 'w')``.

        Returns
        -------
        numpy.ndarray
            Shape (n, len(names)), float32 if all of them are that and else float64, in native
            byte order; possibly read-only and strided.

        Raises
        ------
        UsageError
            A name does not lead to a number.

        """
        leaves = [self._leaf(f'{path}.{name}' if path else name) for name in names]
        for leaf in leaves:
            if not isinstance(leaf.type, Primitive):
                msg = f'{leaf.path!r} is not a single number; read it with column()'
                raise UsageError(msg)
        singles = bool(leaves) and all(leaf.type == Primitive('float32') for leaf in leaves)
        return self._side_by_side(leaves, np.dtype('f4' if singles else 'f8'))

    def _side_by_side(self, leaves: list[Leaf], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        table = np.empty((len(self), len(leaves)), dtype)
        # Received bytes may be signalling NaNs, at which a conversion would warn.
        with np.errstate(invalid='ignore'):
            for number, leaf in enumerate(leaves):
                table[:, number] = self._numbers(leaf)
        return table

    def _leaf(self, path: str) -> Leaf:
        leaf = self._reader.shape.leaves.get(path)
        if leaf is None or leaf.size is None:
            msg = (
                f'{self._reader.shape.type_name} has no number or string at {path!r}; '
                'name one by its full path, or iterate over the elements'
            )
            raise UsageError(msg)
        return leaf


def dtype_and_shape(leaf: Leaf) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """
    Return what the numbers of one element are in NumPy.

    Parameters
    ----------
    leaf
        A leaf that is a number or an array of numbers.

    """
    kind = leaf.type
    shape: tuple[int, ...] = ()
    if isinstance(kind, Array):
        shape = (kind.length,)
        kind = kind.element
    assert isinstance(kind, Primitive)  # noqa: S101  # only such leaves have a size
    return np.dtype(CODES[kind.name].numpy), shape
