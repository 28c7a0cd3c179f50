# SPDX-License-Identifier: Apache-2.0
"""
Rerun's log messages: what travels to files, viewers and browsers.

The payload of a message is the same in a file, in gRPC and in a WebSocket; only the frame
around it differs. Field numbers follow ``rerun/log_msg/v1alpha1/log_msg.proto``.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
import struct
import sys
from typing import TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.log_encoding.protobuf import (
    bytes_field,
    length_prefix,
    text_field,
    varint_field,
)

if TYPE_CHECKING:
    from rerun_bridge.chunk import Chunk
    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_types import StoreId, Tuid

RERUN_VERSION = (0, 41, 0)
"""The version of Rerun whose formats are written."""

_OBJECT_BYTES = 1500  # of the objects around the payload
_PYTHON_SDK = 2
_ARROW_IPC = 1
_COMPRESSION_NONE, _COMPRESSION_LZ4 = 1, 2
_MIN_COMPRESSED_BYTES = 512
_MAX_COMPRESSED_BYTES = 256 << 10
_WORTHWHILE = 0.9
# Two fields of type fixed64, each after its tag.
_TUID = struct.Struct('<BQBQ')
_TIME_TAG, _COUNTER_TAG = 1 << 3 | 1, 2 << 3 | 1
_LZ4 = pa.Codec('lz4_raw')


class MessageKind(IntEnum):
    """Kinds of messages; the numbers are those of files and of gRPC alike."""

    END = 0
    SET_STORE_INFO = 1
    ARROW_MSG = 2
    BLUEPRINT_ACTIVATION = 3


class LogMsg:
    """
    One encoded message.

    Attributes
    ----------
    kind
        What it is.
    store_id
        What it belongs to.
    pieces
        The payload; never changed.
    num_bytes
        Length of the payload.
    memory_bytes
        About how much memory it takes: other messages have parts of the payload in common.
    chunk
        The facts of an Arrow message's chunk, else None.
    is_retained
        Whether sinks must not drop it: later messages need it.
    is_superseded
        Whether it was retained once, until a later message replaced it.

    """

    __slots__ = (
        'chunk',
        'is_retained',
        'is_superseded',
        'kind',
        'memory_bytes',
        'num_bytes',
        'pieces',
        'store_id',
    )

    def __init__(  # noqa: PLR0913 - the facts of a message
        self,
        kind: MessageKind,
        store_id: StoreId,
        pieces: list[Bytes],
        *,
        chunk: Chunk | None = None,
        num_shared_bytes: int = 0,
        is_retained: bool = True,
    ) -> None:
        self.kind = kind
        self.store_id = store_id
        self.pieces = pieces
        self.num_bytes = sum(map(len, pieces))
        self.memory_bytes = self.num_bytes - num_shared_bytes + _OBJECT_BYTES
        self.chunk = chunk
        self.is_retained = is_retained
        self.is_superseded = False


@lru_cache(maxsize=64)
def _store_and_compression(store_id: StoreId, compression: int) -> bytes:
    return bytes_field(1, encode_store_id(store_id)) + varint_field(2, compression)


def encode_store_id(store_id: StoreId) -> bytes:
    """Encode a ``StoreId``."""
    application_id = text_field(1, store_id.application_id)
    return (
        varint_field(1, store_id.kind)
        + text_field(2, store_id.recording_id)
        + bytes_field(3, application_id)
    )


def encode_tuid(tuid: Tuid) -> bytes:
    """Encode a ``Tuid``."""
    return _TUID.pack(_TIME_TAG, tuid.time_nanos, _COUNTER_TAG, tuid.counter)


def set_store_info(store_id: StoreId, row_id: Tuid) -> LogMsg:
    """
    Make the message that opens a store.

    Parameters
    ----------
    store_id
        The recording or blueprint.
    row_id
        A fresh id.

    Returns
    -------
    LogMsg
        To be sent first; sending it again does no harm.

    """
    python = b''.join(varint_field(i + 1, part) for i, part in enumerate(sys.version_info[:3]))
    source = varint_field(1, _PYTHON_SDK) + bytes_field(2, bytes_field(1, python))
    version = int.from_bytes(bytes((*RERUN_VERSION, 0)), 'little')
    info = (
        bytes_field(2, encode_store_id(store_id))
        + bytes_field(5, source)
        + bytes_field(6, varint_field(1, version))
    )
    payload = bytes_field(1, encode_tuid(row_id)) + bytes_field(2, info)
    return LogMsg(MessageKind.SET_STORE_INFO, store_id, [payload])


def arrow_msg(
    store_id: StoreId, chunk: Chunk, *, compress: bool, is_retained: bool = False
) -> LogMsg:
    """
    Make the message that carries a chunk.

    Parameters
    ----------
    store_id
        What it belongs to.
    chunk
        Its pieces are taken over, or compressed.
    compress
        Whether to try LZ4; it is used where it saves a tenth, and not tried on big chunks,
        whose pixels and points hardly shrink.
    is_retained
        See `LogMsg`.

    Returns
    -------
    LogMsg
        The message.

    """
    content: list[Bytes] = chunk.pieces
    compression = _COMPRESSION_NONE
    num_shared_bytes = chunk.num_shared_bytes
    if compress and _MIN_COMPRESSED_BYTES <= chunk.num_bytes <= _MAX_COMPRESSED_BYTES:
        packed = _LZ4.compress(b''.join(content), asbytes=True)
        if len(packed) < chunk.num_bytes * _WORTHWHILE:
            content, compression, num_shared_bytes = [packed], _COMPRESSION_LZ4, 0
    size = sum(map(len, content))
    head = (
        _store_and_compression(store_id, compression)
        + varint_field(3, chunk.num_bytes)
        + varint_field(4, _ARROW_IPC)
        + length_prefix(5, size)
    )
    tail = bytes_field(6, encode_tuid(chunk.id)) + varint_field(7, int(chunk.is_static))
    return LogMsg(
        MessageKind.ARROW_MSG,
        store_id,
        [head, *content, tail],
        chunk=chunk._replace(pieces=[]),
        num_shared_bytes=num_shared_bytes,
        is_retained=is_retained,
    )


def blueprint_activation(store_id: StoreId, *, make_active: bool, make_default: bool) -> LogMsg:
    """
    Make the message that tells viewers to use a blueprint.

    Parameters
    ----------
    store_id
        The blueprint, whose chunks were sent before.
    make_active
        Show it now, even over what the user has arranged.
    make_default
        Show it where the user has arranged nothing, and on reset.

    Returns
    -------
    LogMsg
        The message.

    """
    payload = bytes_field(1, encode_store_id(store_id))
    payload += varint_field(2, int(make_active)) + varint_field(3, int(make_default))
    return LogMsg(MessageKind.BLUEPRINT_ACTIVATION, store_id, [payload])


def grpc_pieces(message: LogMsg) -> list[Bytes]:
    """
    Frame a message for gRPC, without copying its payload.

    Parameters
    ----------
    message
        Any message.

    Returns
    -------
    list
        Joined: a ``WriteMessagesRequest``, which is also a ``ReadMessagesResponse``. The frame
        is the first piece alone.

    """
    inner = length_prefix(message.kind, message.num_bytes)
    outer = length_prefix(1, len(inner) + message.num_bytes)
    return [outer + inner, *message.pieces]


def grpc_message(message: LogMsg) -> bytes:
    """
    Frame a message for gRPC.

    Parameters
    ----------
    message
        Any message.

    Returns
    -------
    bytes
        A ``WriteMessagesRequest``, which is also a ``ReadMessagesResponse``.

    """
    return b''.join(grpc_pieces(message))
