# SPDX-License-Identifier: Apache-2.0
"""
Reads RRD streams; no I/O.

Bytes are fed in pieces of any size. For whatever arrives the result is messages, a need for more
bytes, or `DecodeError`; nothing else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding.messages import MessageKind
from rerun_bridge.log_encoding.protobuf import content_of, fields, number_of
from rerun_bridge.log_encoding.rrd import (
    check_stream_header,
    FOURCC,
    MAX_MESSAGE_BYTES,
    MESSAGE_HEADER,
    read_message_header,
    STREAM_FOOTER,
    STREAM_HEADER_BYTES,
)
from rerun_bridge.log_types import StoreId, StoreKind, Tuid

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARROW_IPC = 1
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
            kind, size = read_message_header(self._buffer)
            end = MESSAGE_HEADER.size + size
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[MESSAGE_HEADER.size : end])
            self._consume(end)
            if kind == MessageKind.END:
                self._expects_header = True
                self._footer_may_follow = size > 0
                continue
            yield decode(kind, payload)

    def _take_stream_header(self) -> bool:
        size = STREAM_HEADER_BYTES
        if self._footer_may_follow:
            size = STREAM_FOOTER.size
        if len(self._buffer) < size:
            return False
        if self._footer_may_follow:
            if self._buffer[20:28] != FOURCC + b'FOOT':
                msg = 'no stream footer follows the footer; the file was changed after writing'
                raise DecodeError(msg)
            self._footer_may_follow = False
        else:
            check_stream_header(bytes(self._buffer[:STREAM_HEADER_BYTES]))
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
        info = dict(fields(content_of(message, 2)))
        return DecodedMsg(kind, read_store_id(bytes(content_of(info, 2))))
    store_id = read_store_id(bytes(content_of(message, 1)))
    if kind == MessageKind.BLUEPRINT_ACTIVATION:
        return DecodedMsg(kind, store_id)
    if number_of(message, 4) != _ARROW_IPC:
        msg = f'unknown encoding {number_of(message, 4)}'
        raise DecodeError(msg)
    chunk_id = None
    if 6 in message:  # noqa: PLR2004
        tuid = dict(fields(content_of(message, 6)))
        chunk_id = Tuid(number_of(tuid, 1), number_of(tuid, 2))
    content = decompress(content_of(message, 5), number_of(message, 2), number_of(message, 3))
    return DecodedMsg(kind, store_id, chunk_id, bool(number_of(message, 7)), content)


def decompress(content: memoryview, compression: int, size: int) -> bytes:
    """
    Undo the compression of a payload.

    Parameters
    ----------
    content
        What is stored.
    compression
        The number of the way.
    size
        How long the payload is, as its message tells.

    Raises
    ------
    DecodeError
        If the content is damaged, or the way unknown.

    """
    if compression == _UNCOMPRESSED:
        return bytes(content)
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


@lru_cache(maxsize=64)
def read_store_id(content: bytes) -> StoreId:
    """Read a ``StoreId``; raises `DecodeError`."""
    message = dict(fields(content))
    application = dict(fields(content_of(message, 3)))
    try:
        kind = StoreKind(number_of(message, 1))
        recording_id = bytes(content_of(message, 2)).decode()
        return StoreId(kind, recording_id, bytes(content_of(application, 1)).decode())
    except ValueError as exc:
        msg = f'the store id is damaged: {exc}'
        raise DecodeError(msg) from exc
