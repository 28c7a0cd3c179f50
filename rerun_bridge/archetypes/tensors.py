# SPDX-License-Identifier: Apache-2.0
"""
How tensors are encoded: a struct of shape, names and a union of lists, one for each type.

The Arrow buffers are written down directly, so that numbers are copied at most once.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.archetypes.values import TensorData, to_numpy
from rerun_bridge.encodings import ArrayBuffers, non_null, offsets_of, raw, to_owned
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.encodings import Buffer

_DTYPES = ('u1', '<u2', '<u4', '<u8', 'i1', '<i2', '<i4', '<i8', '<f2', '<f4', '<f8')
_NULL_ARM = pa.field('_null_markers', pa.null())


def _arm(dtype: np.dtype[Any]) -> pa.Field:
    name = f'{dtype.kind.upper()}{8 * dtype.itemsize}'
    return pa.field(name, pa.list_(non_null(pa.from_numpy_dtype(dtype))), nullable=False)


class Tensor:
    """One tensor per instance."""

    def __init__(self) -> None:
        self._dtypes = [np.dtype(dtype) for dtype in _DTYPES]
        arms = [_NULL_ARM, *map(_arm, self._dtypes)]
        shape = pa.list_(non_null(pa.uint64()))
        self.arrow_type = pa.struct(
            [
                pa.field('shape', shape, nullable=False),
                pa.field('names', pa.list_(non_null(pa.utf8()))),
                pa.field('buffer', pa.dense_union(arms, list(range(len(arms))))),
            ]
        )

    def coerce(self, value: Any) -> list[TensorData]:  # noqa: ANN401
        """Take one `TensorData`, one array or a list with one `TensorData`."""
        if isinstance(value, (list, tuple)) and value and isinstance(value[0], TensorData):
            return [self._own(tensor) for tensor in value]
        if not isinstance(value, TensorData):
            value = TensorData(array=to_numpy(value))
        return [self._own(value)]

    def _own(self, tensor: TensorData) -> TensorData:
        dtype = tensor.buffer.dtype.newbyteorder('<')
        if dtype not in self._dtypes:
            msg = f'tensors of {dtype} do not exist; convert to integers or floats first'
            raise UsageError(msg)
        return TensorData(
            shape=tensor.shape, buffer=to_owned(tensor.buffer, dtype), dim_names=tensor.names
        )

    def count(self, data: list[TensorData]) -> int:
        """Return the number of tensors."""
        return len(data)

    def num_bytes(self, data: list[TensorData]) -> int:
        """Return the size of all tensors."""
        return sum(tensor.buffer.nbytes for tensor in data)

    def slice(self, data: list[TensorData], start: int, stop: int) -> list[TensorData]:
        """Return some of the tensors."""
        return data[start:stop]

    def join(self, parts: Sequence[list[TensorData]]) -> ArrayBuffers:
        """Concatenate."""
        tensors = [tensor for part in parts for tensor in part]
        arms: list[list[TensorData]] = [[] for _ in self._dtypes]
        types, positions = bytearray(), []
        for tensor in tensors:
            arm = self._dtypes.index(tensor.buffer.dtype)
            types.append(1 + arm)
            positions.append(len(arms[arm]))
            arms[arm].append(tensor)
        pieces = [
            ArrayBuffers((len(tensors), 0), (None,)),
            _shapes(tensors),
            _names(tensors),
            # Unions and nulls have no validity of their own.
            ArrayBuffers(
                (len(tensors), 0, 0, 0), (bytes(types), np.array(positions, '<i4').tobytes())
            ),
            *map(_numbers, arms),
        ]
        return ArrayBuffers(
            tuple(node for piece in pieces for node in piece.nodes),
            tuple(buffer for piece in pieces for buffer in piece.buffers),
        )


def _shapes(tensors: list[TensorData]) -> ArrayBuffers:
    lengths = np.array([length for tensor in tensors for length in tensor.shape], '<u8')
    return ArrayBuffers(
        (len(tensors), 0, len(lengths), 0),
        (None, offsets_of([len(tensor.shape) for tensor in tensors]), None, lengths.tobytes()),
    )


def _names(tensors: list[TensorData]) -> ArrayBuffers:
    texts = [name.encode() for tensor in tensors for name in tensor.names or ()]
    is_named = np.array([tensor.names is not None for tensor in tensors], bool)
    num_null = int(np.count_nonzero(~is_named))
    validity: Buffer = np.packbits(is_named, bitorder='little').tobytes() if num_null else None
    return ArrayBuffers(
        (len(tensors), num_null, len(texts), 0),
        (
            validity,
            offsets_of([len(tensor.names or ()) for tensor in tensors]),
            None,
            offsets_of([len(text) for text in texts]),
            b''.join(texts),
        ),
    )


def _numbers(tensors: list[TensorData]) -> ArrayBuffers:
    lengths = [tensor.buffer.size for tensor in tensors]
    numbers: Buffer = [raw(tensor.buffer) for tensor in tensors] or None
    return ArrayBuffers(
        (len(tensors), 0, sum(lengths), 0), (None, offsets_of(lengths), None, numbers)
    )
