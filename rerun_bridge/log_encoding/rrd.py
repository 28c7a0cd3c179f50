# SPDX-License-Identifier: Apache-2.0
"""
Frames of an RRD stream.

::

    stream header (12)  { message header (16)  payload }*  [ End message  stream footer (32) ]

All numbers are little-endian; see ``re_log_encoding/src/rrd/frames.rs``.
"""

from __future__ import annotations

import struct

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding.messages import LogMsg, MessageKind, RERUN_VERSION
from rerun_bridge.log_encoding.xxh32 import xxh32

FOURCC = b'RRF2'
STREAM_HEADER_BYTES = 12
MESSAGE_HEADER = struct.Struct('<QQ')
STREAM_FOOTER = struct.Struct('<QQI4s4sI')
MAX_MESSAGE_BYTES = 1 << 32
_LZ4, _PROTOBUF = 1, 2
_FOOTER_SEED = 7850921


def stream_header() -> bytes:
    """
    Make the start of a stream.

    Returns
    -------
    bytes
        Twelve bytes that declare the Rerun version and the serializer.

    """
    return FOURCC + bytes((*RERUN_VERSION, 0, _LZ4, _PROTOBUF, 0, 0))


def message_header(message: LogMsg) -> bytes:
    """
    Make the header that stands before a message's payload.

    Parameters
    ----------
    message
        Any message.

    Returns
    -------
    bytes
        Kind and length.

    """
    return MESSAGE_HEADER.pack(message.kind, message.num_bytes)


def end_of_stream(footer: bytes, offset: int) -> bytes:
    """
    Make the end of a stream.

    Parameters
    ----------
    footer
        An encoded ``RrdFooter``, see `Manifest`.
    offset
        Where in the file this end starts.

    Returns
    -------
    bytes
        End message with the footer, then the stream footer that points back to it.

    """
    end = MESSAGE_HEADER.pack(MessageKind.END, len(footer)) + footer
    if not footer:
        return end
    return end + stream_footer(footer, offset + MESSAGE_HEADER.size)


def stream_footer(footer: bytes, offset: int) -> bytes:
    """
    Make what stands behind a footer.

    Parameters
    ----------
    footer
        An encoded ``RrdFooter``.
    offset
        Where in the file it starts.

    Returns
    -------
    bytes
        Points back to it.

    """
    checksum = xxh32(footer, _FOOTER_SEED)
    return STREAM_FOOTER.pack(offset, len(footer), checksum, FOURCC, b'FOOT', 1)


def check_stream_header(content: bytes) -> None:
    """
    Check the start of a stream.

    Parameters
    ----------
    content
        Twelve bytes.

    Raises
    ------
    DecodeError
        If no stream starts so.

    """
    if content[:4] != FOURCC or content[9:12] != bytes((_PROTOBUF, 0, 0)):
        msg = f'no RRD stream starts here: {content.hex()}'
        raise DecodeError(msg)


def read_message_header(content: bytes | bytearray) -> tuple[MessageKind, int]:
    """
    Read what stands before a message's payload.

    Parameters
    ----------
    content
        At least its 16 bytes.

    Returns
    -------
    kind
        What follows.
    num_bytes
        Length of the payload.

    Raises
    ------
    DecodeError
        If there is no such kind, or no message of that length.

    """
    kind, size = MESSAGE_HEADER.unpack_from(content)
    if kind not in MessageKind._value2member_map_ or size > MAX_MESSAGE_BYTES:
        msg = f'no message starts here: kind {kind}, {size} bytes'
        raise DecodeError(msg)
    return MessageKind(kind), size
