# SPDX-License-Identifier: Apache-2.0
"""
Reads RRD streams; no I/O.

Bytes are fed in pieces of any size. For whatever arrives the result is messages, a need for more
bytes, or `DecodeError`; nothing else.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding.messages import MessageKind
from rerun_bridge.log_encoding.protobuf import fields, Value
from rerun_bridge.log_encoding.rrd import (
    FOURCC,
    MESSAGE_HEADER,
    STREAM_FOOTER_BYTES,
    STREAM_HEADER_BYTES,
)
from rerun_bridge.log_types import StoreId, StoreKind, Tuid

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MESSAGE_BYTES = 1 << 32
_PROTOBUF = 2
_UNCOMPRESSED, _LZ4 = 1, 2


class DecodedMsg(NamedTuple):
    """
    A message read from a stream.

    Attributes
    ----------
    kind
        What it is.
    store_id
        What it belongs to.
    chunk_id
        Of an Arrow message that states it.
    is_static
        Of an Arrow message.
    payload
        The Arrow IPC stream, decompressed; empty for other kinds.

    """

    kind: MessageKind
    store_id: StoreId
    chunk_id: Tuid | None = None
    is_static: bool = False
    payload: bytes = b''

    def batch(self) -> pa.RecordBatch:
        """
        Read the chunk of an Arrow message.

        Returns
        -------
        pyarrow.RecordBatch
            With the schema metadata of the chunk.

        Raises
        ------
        DecodeError
            If the payload is not one record batch.

        """
        try:
            reader = pa.ipc.open_stream(self.payload)
            batch = reader.read_next_batch()
            batch.validate(full=True)
        except (pa.ArrowException, StopIteration, OSError) as exc:
            msg = f'the payload is not an Arrow IPC stream: {exc}'
            raise DecodeError(msg) from exc
        return batch


class Decoder:
    """Takes a stream in pieces and gives whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._expects_header = True
        self._footer_may_follow = False
        self.num_bytes = 0
        """How many bytes of the stream were understood."""

    def feed(self, data: bytes) -> Iterator[DecodedMsg]:
        """
        Take more bytes.

        Parameters
        ----------
        data
            The next part of the stream.

        Yields
        ------
        DecodedMsg
            Every message that is complete; the End message is not among them.

        Raises
        ------
        DecodeError
            If this is not a stream.

        """
        self._buffer += data
        while True:
            if self._expects_header:
                if not self._take_stream_header():
                    return
                continue
            if len(self._buffer) < MESSAGE_HEADER.size:
                return
            kind, size = MESSAGE_HEADER.unpack_from(self._buffer)
            if kind not in MessageKind._value2member_map_ or size > MAX_MESSAGE_BYTES:
                msg = f'no message starts here: kind {kind}, {size} bytes'
                raise DecodeError(msg)
            end = MESSAGE_HEADER.size + size
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[MESSAGE_HEADER.size : end])
            self._consume(end)
            if kind == MessageKind.END:
                self._expects_header = True
                self._footer_may_follow = size > 0
                continue
            yield decode(MessageKind(kind), payload)

    def _take_stream_header(self) -> bool:
        size = STREAM_HEADER_BYTES
        if self._footer_may_follow:
            size = STREAM_FOOTER_BYTES
        if len(self._buffer) < size:
            return False
        if self._footer_may_follow:
            if self._buffer[20:28] != FOURCC + b'FOOT':
                msg = 'no stream footer follows the footer; the file was changed after writing'
                raise DecodeError(msg)
            self._footer_may_follow = False
        else:
            if self._buffer[:4] != FOURCC or self._buffer[9:12] != bytes((_PROTOBUF, 0, 0)):
                msg = f'no RRD stream starts here: {bytes(self._buffer[:12]).hex()}'
                raise DecodeError(msg)
            self._expects_header = False
        self._consume(size)
        return True

    def _consume(self, size: int) -> None:
        del self._buffer[:size]
        self.num_bytes += size


def decode(kind: MessageKind, payload: bytes) -> DecodedMsg:
    """
    Read one message.

    Parameters
    ----------
    kind
        Any but END.
    payload
        Its bytes, without a header.

    Returns
    -------
    DecodedMsg
        The message.

    Raises
    ------
    DecodeError
        If the bytes are no such message.

    """
    message = dict(fields(payload))
    if kind == MessageKind.SET_STORE_INFO:
        info = dict(fields(_content(message, 2)))
        return DecodedMsg(kind, _store_id(_content(info, 2)))
    store_id = _store_id(_content(message, 1))
    if kind == MessageKind.BLUEPRINT_ACTIVATION:
        return DecodedMsg(kind, store_id)
    chunk_id = None
    if 6 in message:  # noqa: PLR2004
        tuid = dict(fields(_content(message, 6)))
        chunk_id = Tuid(_number(tuid, 1), _number(tuid, 2))
    content = _decompress(message)
    return DecodedMsg(kind, store_id, chunk_id, bool(_number(message, 7)), content)


def _decompress(message: dict[int, Value]) -> bytes:
    content = _content(message, 5)
    compression = _number(message, 2)
    if compression == _UNCOMPRESSED:
        return bytes(content)
    size = _number(message, 3)
    if compression != _LZ4 or size > MAX_MESSAGE_BYTES:
        msg = f'unknown compression {compression} of {size} bytes'
        raise DecodeError(msg)
    # LZ4 shrinks by at most 255: a greater claim is garbage, not worth the memory.
    if size > 255 * (len(content) + 16):
        msg = f'{len(content)} compressed bytes cannot hold {size}'
        raise DecodeError(msg)
    try:
        return bytes(pa.Codec('lz4_raw').decompress(content, size, asbytes=True))
    except (pa.ArrowException, OSError) as exc:
        msg = f'the compressed payload is damaged: {exc}'
        raise DecodeError(msg) from exc


def _store_id(content: memoryview) -> StoreId:
    message = dict(fields(content))
    application = dict(fields(_content(message, 3)))
    try:
        kind = StoreKind(_number(message, 1))
        recording_id = bytes(_content(message, 2)).decode()
        return StoreId(kind, recording_id, bytes(_content(application, 1)).decode())
    except ValueError as exc:
        msg = f'the store id is damaged: {exc}'
        raise DecodeError(msg) from exc


def _content(message: dict[int, Value], number: int) -> memoryview:
    value = message.get(number, memoryview(b''))
    if isinstance(value, memoryview):
        return value
    msg = f'protobuf field {number} is a number where content was expected'
    raise DecodeError(msg)


def _number(message: dict[int, Value], number: int) -> int:
    value = message.get(number, 0)
    if isinstance(value, int):
        return value
    msg = f'protobuf field {number} is content where a number was expected'
    raise DecodeError(msg)
