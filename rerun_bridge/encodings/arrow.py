# SPDX-License-Identifier: Apache-2.0
"""Everything that has no faster way: any Arrow type, by pyarrow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.encodings.base import ArrayBuffers, Buffer, is_immutable
from rerun_bridge.encodings.ipc_layout import read_batch_layout
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


class Arrow:
    """
    Instances of any Arrow type.

    Parameters
    ----------
    arrow_type
        Of one instance.

    """

    def __init__(self, arrow_type: pa.DataType) -> None:
        self.arrow_type = arrow_type

    def coerce(self, value: Any) -> pa.Array:  # noqa: ANN401
        """Take an Arrow array, or a list that pyarrow can convert."""
        try:
            if isinstance(value, pa.ChunkedArray):
                value = value.combine_chunks()
            if isinstance(value, pa.Array):
                return value if value.type == self.arrow_type else value.cast(self.arrow_type)
            # pyarrow would share the memory of arrays, and so their later changes.
            shared = hasattr(value, '__array__') and not is_immutable(value)
            return pa.array(np.array(value) if shared else value, self.arrow_type)
        except (pa.ArrowException, TypeError, ValueError) as exc:
            msg = f'cannot convert {type(value).__name__} to {self.arrow_type}: {exc}'
            raise UsageError(msg) from exc

    def count(self, data: pa.Array) -> int:
        """Return the number of instances."""
        return len(data)

    def num_bytes(self, data: pa.Array) -> int:
        """Return the size of the array."""
        return int(data.nbytes)

    def slice(self, data: pa.Array, start: int, stop: int) -> pa.Array:
        """Return some of the instances."""
        return data.slice(start, stop - start)

    def join(self, parts: Sequence[pa.Array]) -> ArrayBuffers:
        """Concatenate."""
        return take_apart(parts[0] if len(parts) == 1 else pa.concat_arrays(parts))


class Records:
    """
    Small structs that repeat from row to row, such as the format of an image.

    Parameters
    ----------
    arrow_type
        A struct; an instance is a tuple of its fields.

    """

    def __init__(self, arrow_type: pa.StructType) -> None:
        self.arrow_type = arrow_type
        self._names = [arrow_type.field(i).name for i in range(arrow_type.num_fields)]
        self._join = lru_cache(maxsize=256)(self._join_uncached)

    def coerce(self, value: Any) -> list[Hashable]:  # noqa: ANN401
        """Take one tuple, or a list of tuples."""
        return list(value) if isinstance(value, list) else [value]

    def count(self, data: list[Hashable]) -> int:
        """Return the number of structs."""
        return len(data)

    def num_bytes(self, data: list[Hashable]) -> int:
        """Return about the size of the structs."""
        return 16 * len(data)

    def slice(self, data: list[Hashable], start: int, stop: int) -> list[Hashable]:
        """Return some of the structs."""
        return data[start:stop]

    def join(self, parts: Sequence[list[Hashable]]) -> ArrayBuffers:
        """Concatenate."""
        return self._join(tuple(record for part in parts for record in part))

    def _join_uncached(self, records: tuple[tuple[object, ...], ...]) -> ArrayBuffers:
        rows = [dict(zip(self._names, record)) for record in records]  # noqa: B905
        return take_apart(pa.array(rows, self.arrow_type))


def take_apart(array: pa.Array) -> ArrayBuffers:
    """
    Split any Arrow array into nodes and buffers.

    Parameters
    ----------
    array
        Of any type; slices are fine.

    Returns
    -------
    ArrayBuffers
        Views of one new allocation.

    """
    if not len(array):
        return _empty(array.type)
    message = memoryview(pa.RecordBatch.from_arrays([array], ['item']).serialize())
    layout = read_batch_layout(message.tobytes())
    nodes = message[layout.nodes_at : layout.nodes_at + 16 * layout.num_nodes].cast('q')
    pairs = message[layout.buffers_at : layout.buffers_at + 16 * layout.num_buffers].cast('q')
    body = message[layout.metadata_end :]
    buffers: list[Buffer] = [
        body[start : start + size] if size else None
        for start, size in zip(pairs[::2], pairs[1::2])  # noqa: B905
    ]
    return ArrayBuffers(tuple(nodes), tuple(buffers))


def put_together(arrow_type: pa.DataType, parts: ArrayBuffers) -> pa.Array:
    """
    Undo `take_apart`.

    Parameters
    ----------
    arrow_type
        Of the items.
    parts
        Nodes and buffers, also as `Encoding.join` makes them.

    Returns
    -------
    pyarrow.Array
        Views of the buffers, where these are not in pieces.

    """
    nodes = iter(zip(parts.nodes[::2], parts.nodes[1::2]))  # noqa: B905
    return _build(arrow_type, nodes, iter(parts.buffers))


def _build(
    arrow_type: pa.DataType, nodes: Iterator[tuple[int, int]], buffers: Iterator[Buffer]
) -> pa.Array:
    length, num_null = next(nodes)
    if pa.types.is_null(arrow_type):
        return pa.nulls(length)
    is_union = pa.types.is_union(arrow_type)
    own = [None if is_union else _to_buffer(next(buffers))]
    # Only validity may be absent; other empty buffers must be there.
    own.extend(
        _to_buffer(next(buffers)) or pa.py_buffer(b'') for _ in range(arrow_type.num_buffers - 1)
    )
    children = [
        _build(arrow_type.field(i).type, nodes, buffers) for i in range(arrow_type.num_fields)
    ]
    return pa.Array.from_buffers(arrow_type, length, own, num_null, children=children)


def _to_buffer(content: Buffer) -> pa.Buffer | None:
    if isinstance(content, list):
        content = b''.join(content)
    return None if content is None else pa.py_buffer(content)


@lru_cache(maxsize=64)
def _empty(arrow_type: pa.DataType) -> ArrayBuffers:
    one = take_apart(pa.nulls(1, arrow_type))
    # Lists keep one offset even when empty; readers also take the absent buffer.
    return ArrayBuffers((0,) * len(one.nodes), (None,) * len(one.buffers))
