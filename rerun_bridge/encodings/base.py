# SPDX-License-Identifier: Apache-2.0
"""
What an encoding is: user values to owned data, owned data to Arrow buffers.

``coerce`` runs in ``log()``: it checks the shape and makes the data independent of what the
caller may change later. ``join`` runs on the encoder thread: it concatenates the data of many
rows into the nodes and buffers of one Arrow array.
"""

from __future__ import annotations

from itertools import accumulate
import struct
from typing import Any, NamedTuple, Protocol, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

SMALL_BYTES = 4096
_FEW = 64
Bytes = bytes | memoryview
Buffer = bytes | memoryview | list[Bytes] | None


class ArrayBuffers(NamedTuple):
    """
    One Arrow array, taken apart as the IPC format wants it.

    Attributes
    ----------
    nodes
        Length and null count of the array and of its children, depth first, flattened.
    buffers
        In the order of the IPC format; ``None`` where absent, a list where the content comes in
        pieces.

    """

    nodes: tuple[int, ...]
    buffers: tuple[Buffer, ...]


class Encoding(Protocol):
    """How the values of one component become Arrow."""

    arrow_type: pa.DataType

    def coerce(self, value: Any) -> Any:  # noqa: ANN401 - whatever users pass
        """
        Check a value and make it independent of the caller.

        Parameters
        ----------
        value
            Instances of one row.

        Returns
        -------
        Any
            Data for `count`, `num_bytes`, `slice` and `join`.

        Raises
        ------
        UsageError
            If the value does not fit.

        """

    def count(self, data: Any) -> int:  # noqa: ANN401
        """Return the number of instances in data that `coerce` returned."""

    def num_bytes(self, data: Any) -> int:  # noqa: ANN401
        """Return about how much memory the data takes."""

    def slice(self, data: Any, start: int, stop: int) -> Any:  # noqa: ANN401
        """Return some of the instances, without copying."""

    def join(self, parts: Sequence[Any]) -> ArrayBuffers:
        """Concatenate the data of several rows into one Arrow array."""


class Owned(np.ndarray):
    """An array whose maker promises never to change it again; `coerce` takes it uncopied."""


def owned(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """
    Hand over an array: the caller promises not to change it again.

    Parameters
    ----------
    array
        A fresh result of a computation.

    Returns
    -------
    numpy.ndarray
        A view of it that encodings do not copy.

    """
    return array.view(Owned)


def is_immutable(value: object) -> bool:
    """
    Tell whether nobody can change the memory of an array or buffer.

    Parameters
    ----------
    value
        Any object; only arrays and memoryviews can be immutable here.

    Returns
    -------
    bool
        Whether it is handed over by `owned` or a view of `bytes`.

    """
    if type(value) is Owned:
        return True
    base = value
    while isinstance(base, (np.ndarray, memoryview)):
        if isinstance(base, memoryview):
            base = base.obj
        elif base.flags.writeable:
            return type(base) is Owned
        else:
            base = base.base
    return isinstance(base, bytes)


def raw(array: np.ndarray[Any, Any]) -> Bytes:
    """
    Return the memory of a C-contiguous array.

    Parameters
    ----------
    array
        Any shape and element type.

    Returns
    -------
    bytes or memoryview
        Copied if small, else a view in bytes.

    """
    if array.nbytes <= SMALL_BYTES:
        return array.tobytes()
    return array.reshape(-1).view(np.uint8).data


def offsets_of(lengths: Sequence[int]) -> bytes:
    """
    Make the offsets buffer of a list array.

    Parameters
    ----------
    lengths
        Of each list.

    Returns
    -------
    bytes
        ``len(lengths) + 1`` 32-bit numbers.

    """
    if len(lengths) <= _FEW:
        return struct.pack(f'<{len(lengths) + 1}i', 0, *accumulate(lengths))
    offsets = np.zeros(len(lengths) + 1, '<i4')
    np.cumsum(lengths, out=offsets[1:])
    return offsets.tobytes()
