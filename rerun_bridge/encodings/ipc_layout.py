# SPDX-License-Identifier: Apache-2.0
"""
Where the numbers stand in an Arrow IPC record batch message.

Such a message is ``ffffffff``, the metadata length, a flatbuffer ``Message`` and the body. The
flatbuffer lists field nodes (length, null count) and buffers (offset, length) as arrays of
64-bit pairs. Knowing their positions, one message that pyarrow made once serves as the template
of all later ones of its schema. Format: ``format/Message.fbs`` of Apache Arrow.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_PREFIX_BYTES = 8
_MESSAGE_HEADER, _MESSAGE_BODY_LENGTH = 2, 3
_BATCH_LENGTH, _BATCH_NODES, _BATCH_BUFFERS = 0, 1, 2


class BatchLayout(NamedTuple):
    """
    Byte positions in an encapsulated record batch message.

    Attributes
    ----------
    metadata_end
        Where the body starts.
    body_length_at, num_rows_at
        Positions of these two 64-bit numbers.
    nodes_at, num_nodes
        Position of the first field node; how many there are (16 bytes each).
    buffers_at, num_buffers
        Position of the first buffer descriptor; how many there are (16 bytes each).

    """

    metadata_end: int
    body_length_at: int
    num_rows_at: int
    nodes_at: int
    num_nodes: int
    buffers_at: int
    num_buffers: int


def read_batch_layout(message: bytes) -> BatchLayout:
    """
    Find the numbers of a record batch message.

    Parameters
    ----------
    message
        What ``pyarrow.RecordBatch.serialize`` returned, for at least one row (flatbuffers leave
        zeros out).

    Returns
    -------
    BatchLayout
        Positions in `message`.

    """
    metadata_end = _PREFIX_BYTES + _i32(message, 4)
    root = _PREFIX_BYTES + _u32(message, _PREFIX_BYTES)
    header_at = _field(message, root, _MESSAGE_HEADER)
    batch = header_at + _u32(message, header_at)
    nodes = _vector(message, _field(message, batch, _BATCH_NODES))
    buffers = _vector(message, _field(message, batch, _BATCH_BUFFERS))
    return BatchLayout(
        metadata_end,
        _field(message, root, _MESSAGE_BODY_LENGTH),
        _field(message, batch, _BATCH_LENGTH),
        *nodes,
        *buffers,
    )


def _field(message: bytes, table: int, index: int) -> int:
    vtable = table - _i32(message, table)
    (offset,) = struct.unpack_from('<H', message, vtable + 4 + 2 * index)
    return table + int(offset)


def _vector(message: bytes, at: int) -> tuple[int, int]:
    start = at + _u32(message, at)
    return start + 4, _u32(message, start)


def _u32(message: bytes, at: int) -> int:
    return int.from_bytes(message[at : at + 4], 'little')


def _i32(message: bytes, at: int) -> int:
    return int.from_bytes(message[at : at + 4], 'little', signed=True)
