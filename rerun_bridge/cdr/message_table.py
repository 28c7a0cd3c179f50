# SPDX-License-Identifier: Apache-2.0
"""
Many messages as one table, where they differ in their numbers alone.

A sensor sends the same frame name and arrays of the same lengths again and again. Then all fields
lie at the same places, and what takes microseconds per message and field can be read at once.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.cdr.definitions import Array, closure, CODES, LENGTH, Nested, Primitive, Text
from rerun_bridge.cdr.layout import HEADER_SIZE
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from rerun_bridge.cdr.definitions import Definitions, FieldType

_ORDERS = {0: '>', 1: '<'}
_MARK_AT = 1
_NUM_MARKS = 2


class MessageShape:
    """
    Where the fields of a message lie, and of all that are like it.

    Parameters
    ----------
    type_name
        ``pkg/msg/Type``.
    definitions
        Of the type and of those it contains.
    reference
        CDR bytes of one that can be decoded; every byte of its texts costs memory.

    """

    def __init__(
        self, type_name: str, definitions: Definitions, reference: bytes | memoryview
    ) -> None:
        self._type_name = type_name
        self._size = len(reference)
        reference = bytes(reference)
        walk = _Walk(closure(type_name, definitions), reference)
        walk.struct(type_name, '')
        self._order = walk.order
        self._leaves = walk.leaves
        self._fixed = np.array(walk.fixed)
        self._expected = np.frombuffer(reference, np.uint8)[self._fixed].tobytes()
        self._places: dict[tuple[str, tuple[str, ...]], tuple[Any, ...]] = {}

    def table(self, messages: Sequence[bytes | memoryview]) -> MessageTable | None:
        """
        Read messages.

        Parameters
        ----------
        messages
            CDR bytes of the same type, at least one.

        Returns
        -------
        MessageTable or None
            None unless all of them have the same lengths and texts as the reference.

        """
        if set(map(len, messages)) != {self._size}:
            return None
        joined = np.frombuffer(b''.join(messages), np.uint8).reshape(len(messages), self._size)
        if joined.take(self._fixed, axis=1).tobytes() != self._expected * len(messages):
            return None
        return MessageTable(self, joined)

    def places(
        self, path: str, names: tuple[str, ...]
    ) -> tuple[npt.NDArray[np.intp], np.dtype[Any], int]:
        """
        Find numbers of one kind.

        Parameters
        ----------
        path, names
            See `MessageTable.columns`.

        Returns
        -------
        places : numpy.ndarray
            Of all their bytes, in the order of the table.
        dtype : numpy.dtype
            Of one number.
        count : int
            How many rows each message has.

        """
        key = path, names
        if key not in self._places:
            leaves = [self._leaf(f'{path}.{name}' if path else name) for name in names]
            kinds = {kind for kind, _ in leaves}
            counts = {len(offsets) for _, offsets in leaves}
            if len(kinds) > 1 or len(counts) > 1:
                msg = f'{names} of {path!r} are not of one kind and number; read them one by one'
                raise UsageError(msg)
            dtype = np.dtype(self._order + CODES[kinds.pop()].numpy)
            offsets = np.array([offsets for _, offsets in leaves], np.intp).T
            places = offsets[..., np.newaxis] + np.arange(dtype.itemsize)
            self._places[key] = places.reshape(-1), dtype, counts.pop()
        found: tuple[npt.NDArray[np.intp], np.dtype[Any], int] = self._places[key]
        return found

    def _leaf(self, path: str) -> tuple[str, list[int]]:
        if path not in self._leaves:
            msg = f'{self._type_name} has no number at {path!r}; name one by its full path'
            raise UsageError(msg)
        return self._leaves[path]


class MessageTable:
    """
    Messages of one shape.

    Parameters
    ----------
    shape
        Where their fields are.
    messages
        Their bytes, one in each row.

    """

    def __init__(self, shape: MessageShape, messages: npt.NDArray[np.uint8]) -> None:
        self._shape = shape
        self._bytes = messages

    def __len__(self) -> int:
        """Return the number of messages."""
        return len(self._bytes)

    def columns(self, path: str, names: tuple[str, ...]) -> npt.NDArray[Any]:
        """
        Read several numbers of each struct side by side.

        Parameters
        ----------
        path
            Of a struct or a sequence of structs; empty for the message.
        names
            Of its numbers, all of one type.

        Returns
        -------
        numpy.ndarray
            Shape (m, len(names)) with as many rows for each message as it has such structs;
            read-only, in native byte order.

        Raises
        ------
        UsageError
            If there are no such numbers.

        """
        places, dtype, count = self._shape.places(path, names)
        taken = self._bytes.take(places, axis=1).tobytes()  # faster than a view of another type
        numbers = np.frombuffer(taken, dtype).reshape(len(self) * count, len(names))
        return numbers.astype(dtype.newbyteorder('='), copy=False)

    def column(self, path: str) -> npt.NDArray[Any]:
        """
        Read one number of each struct, or an array or sequence of numbers.

        Parameters
        ----------
        path
            Such as ``header.stamp.sec``.

        Returns
        -------
        numpy.ndarray
            Shape (n, m) for n messages with m such numbers each; as `columns`.

        """
        return self.columns('', (path,)).reshape(len(self), -1)


class _Walk:
    """Goes through a message and notes where everything is."""

    def __init__(self, definitions: Definitions, data: bytes) -> None:
        self.order = _ORDERS[data[_MARK_AT]]
        self.fixed = list(range(_NUM_MARKS))
        self.leaves: dict[str, tuple[str, list[int]]] = {}
        self._definitions = definitions
        self._data = data
        self._byte_order = 'little' if self.order == '<' else 'big'
        self._at = HEADER_SIZE

    def struct(self, type_name: str, path: str) -> None:
        fields = self._definitions[type_name]
        for field in fields:
            self._value(field.type, f'{path}.{field.name}' if path else field.name)
        if not fields:
            self._at += 1

    def _value(self, kind: FieldType, path: str) -> None:
        if isinstance(kind, Primitive):
            self._numbers(kind, path, 1)
        elif isinstance(kind, Text):
            self._fix(kind.unit * self._count())
        elif isinstance(kind, Nested):
            self.struct(kind.type_name, path)
        else:
            count = kind.length if isinstance(kind, Array) else self._count()
            if isinstance(kind.element, Primitive):
                self._numbers(kind.element, path, count)
            else:
                for _ in range(count):
                    self._value(kind.element, path)

    def _numbers(self, kind: Primitive, path: str, count: int) -> None:
        size = CODES[kind.name].size
        offsets = self.leaves.setdefault(path, (kind.name, []))[1]
        if count:
            self._align(size)
            offsets.extend(range(self._at, self._at + count * size, size))
            self._at += count * size

    def _count(self) -> int:
        self._align(LENGTH.size)
        start = self._at
        self._fix(LENGTH.size)
        order: Any = self._byte_order
        return int.from_bytes(self._data[start : self._at], order)

    def _fix(self, num_bytes: int) -> None:
        self.fixed += range(self._at, self._at + num_bytes)
        self._at += num_bytes

    def _align(self, size: int) -> None:
        self._at += -(self._at - HEADER_SIZE) % size
