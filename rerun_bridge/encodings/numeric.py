# SPDX-License-Identifier: Apache-2.0
"""Numbers, vectors of fixed length, lists of such vectors, booleans."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.encodings.base import ArrayBuffers, is_immutable, offsets_of, raw
from rerun_bridge.encodings.pool import copied, MIN_BYTES
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.encodings.base import Buffer

    Numbers = np.ndarray[Any, Any]

_NO_NUMBERS = (TypeError, ValueError, OverflowError)
_BIG_BYTES = 16 << 10
"""Arrays of this size are rather written on their own than copied."""


def non_null(arrow_type: pa.DataType) -> pa.Field:
    """
    Make the item field of Rerun's nested lists.

    Parameters
    ----------
    arrow_type
        Of the items.

    Returns
    -------
    pyarrow.Field
        Named ``item``, never null.

    """
    return pa.field('item', arrow_type, nullable=False)


def to_owned(value: Any, dtype: np.dtype[Any], min_ndim: int = 1) -> Numbers:  # noqa: ANN401
    """
    Convert to an array that the caller cannot change.

    Parameters
    ----------
    value
        A number, a (nested) sequence, an array or anything with the buffer protocol.
    dtype
        Wanted element type.
    min_ndim
        Ones are put before the shape of what has fewer dimensions and is copied.

    Returns
    -------
    numpy.ndarray
        C-contiguous, of one dimension at least; a view only if the memory is immutable.

    Raises
    ------
    UsageError
        If the value has no numbers of this kind in it.

    """
    try:
        if isinstance(value, (np.ndarray, memoryview)) and is_immutable(value):
            return np.ascontiguousarray(value, dtype)
        if isinstance(value, np.ndarray) and value.nbytes >= MIN_BYTES and value.dtype != object:
            copy = copied(value, dtype)
            return copy if copy.ndim >= min_ndim else copy.reshape(1, *copy.shape)
        return np.array(value, dtype, order='C', ndmin=min_ndim)
    except _NO_NUMBERS as exc:
        raise _misread(value, dtype, exc) from exc


def _misread(value: object, dtype: np.dtype[Any], reason: Exception) -> UsageError:
    return UsageError(f'cannot read numbers of type {dtype} from {type(value).__name__}: {reason}')


def _joined(parts: Sequence[Numbers]) -> Buffer:
    """Return the memory of arrays, one behind the other; big ones stay where they are."""
    if len(parts) == 1:
        return raw(parts[0])
    if sum(part.nbytes for part in parts) >= _BIG_BYTES * len(parts):
        return [raw(part) for part in parts]
    return raw(np.concatenate(parts))


class Primitive:
    """
    One number per instance.

    Parameters
    ----------
    dtype
        NumPy's name of the type, for instance ``'<f4'``.

    """

    def __init__(self, dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.arrow_type = pa.from_numpy_dtype(self.dtype)

    def coerce(self, value: Any) -> Numbers:  # noqa: ANN401
        """Take a number or any array of numbers, flattened."""
        if type(value) is float:  # the usual case, in half the time
            number = np.empty(1, self.dtype)
            number[0] = value
            return number
        array = to_owned(value, self.dtype)
        return array if array.ndim == 1 else array.reshape(-1)

    # These run for every row that is logged.
    count = staticmethod(len)
    num_bytes = staticmethod(attrgetter('nbytes'))

    def slice(self, data: Numbers, start: int, stop: int) -> Numbers:
        """Return some of the numbers."""
        return data[start:stop]

    def join(self, parts: Sequence[Numbers]) -> ArrayBuffers:
        """Concatenate."""
        return ArrayBuffers((sum(map(len, parts)), 0), (None, _joined(parts)))


class Vector(Primitive):
    """
    A fixed number of numbers per instance.

    Parameters
    ----------
    dtype
        NumPy's name of the element type.
    size
        Numbers per instance.

    """

    def __init__(self, dtype: str, size: int) -> None:
        super().__init__(dtype)
        self.size = size
        self.arrow_type = pa.list_(non_null(self.arrow_type), size)

    def coerce(self, value: Any) -> Numbers:  # noqa: ANN401
        """Take one vector or an array of vectors; the result has shape (n, size)."""
        if type(value) is list and len(value) == self.size:  # the usual case, in less time
            try:
                array = np.array((value,), self.dtype)
            except _NO_NUMBERS as exc:
                raise _misread(value, self.dtype, exc) from exc
            if array.ndim == 2:  # noqa: PLR2004 - numbers, not vectors
                return array
        array = to_owned(value, self.dtype, 2)
        if array.shape[-1] == self.size or self._fits(np.shape(value)):
            return array if array.shape[1:] == (self.size,) else array.reshape(-1, self.size)
        msg = f'expected vectors of {self.size} numbers, got an array of shape {np.shape(value)}'
        raise UsageError(msg)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        if 0 in shape or len(shape) < 2:  # noqa: PLR2004 - not a matrix
            return math.prod(shape) % self.size == 0
        # Column vectors, as (n, 3, 1), are fine.
        return next((length for length in reversed(shape[1:]) if length != 1), 1) == self.size

    def join(self, parts: Sequence[Numbers]) -> ArrayBuffers:
        """Concatenate."""
        count = sum(map(len, parts))
        return ArrayBuffers((count, 0, count * self.size, 0), (None, None, _joined(parts)))


class Boolean(Primitive):
    """One truth value per instance."""

    def __init__(self) -> None:
        super().__init__('?')

    def join(self, parts: Sequence[Numbers]) -> ArrayBuffers:
        """Concatenate, eight to a byte."""
        array = np.concatenate(parts)
        packed = np.packbits(array, bitorder='little').tobytes()
        return ArrayBuffers((len(array), 0), (None, packed))


class VectorList:
    """
    A list of vectors per instance: line strips.

    Parameters
    ----------
    dtype
        NumPy's name of the element type.
    size
        Numbers per vector.

    """

    def __init__(self, dtype: str, size: int) -> None:
        self.vector = Vector(dtype, size)
        self.arrow_type = pa.list_(non_null(self.vector.arrow_type))

    def coerce(self, value: Any) -> list[Numbers]:  # noqa: ANN401
        """Take one strip of shape (m, size), or a sequence of strips."""
        try:
            if isinstance(value, memoryview):
                value = np.asarray(value)
            if isinstance(value, np.ndarray) and value.dtype != object:
                strips = [value] if value.ndim <= 2 else list(value)  # noqa: PLR2004
            else:
                strips = list(value)
                if strips and np.ndim(strips[0]) <= 1 and np.size(strips[0]):
                    strips = [strips]
        except (TypeError, ValueError) as exc:
            msg = f'expected a strip or a sequence of strips, got {type(value).__name__}: {exc}'
            raise UsageError(msg) from exc
        return [self.vector.coerce(strip) for strip in strips]

    def count(self, data: list[Numbers]) -> int:
        """Return the number of strips."""
        return len(data)

    def num_bytes(self, data: list[Numbers]) -> int:
        """Return the size of all strips."""
        return sum(strip.nbytes for strip in data)

    def slice(self, data: list[Numbers], start: int, stop: int) -> list[Numbers]:
        """Return some of the strips."""
        return data[start:stop]

    def join(self, parts: Sequence[list[Numbers]]) -> ArrayBuffers:
        """Concatenate."""
        strips = [strip for part in parts for strip in part]
        points = self.vector.join(strips or [self.vector.coerce([])])
        offsets = offsets_of([len(strip) for strip in strips])
        return ArrayBuffers((len(strips), 0, *points.nodes), (None, offsets, *points.buffers))
