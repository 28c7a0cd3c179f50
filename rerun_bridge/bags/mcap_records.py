# SPDX-License-Identifier: Apache-2.0
"""
The records of MCAP files: bytes in, values out.

A record is an opcode, a length and as many bytes (https://mcap.dev/spec). Records of messages
stand between other ones, or together in chunks, which may be compressed.
"""

from __future__ import annotations

from enum import IntEnum
import struct
from typing import NamedTuple, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Bytes = bytes | memoryview

MAGIC = b'\x89MCAP0\r\n'
FAULTS = (struct.error, IndexError, ValueError)
"""What the functions here raise for bytes that are no such record."""

HEADER = struct.Struct('<BQ')
"""Opcode and length."""
MESSAGE = struct.Struct('<BQHIQQ')
"""The same of a message, then its channel, number, log time and publish time."""
FOOTER_SIZE = HEADER.size + 20 + len(MAGIC)
CHUNK_HEAD_SIZE = 64
"""Enough for the head of any chunk."""

_CHUNK = struct.Struct('<QQQI')
_CHUNK_INDEX = struct.Struct('<QQQQ')
_FOOTER = struct.Struct('<QQI')
_STATISTICS = struct.Struct('<QHIIIIQQ')
_U16, _U32, _U64 = struct.Struct('<H'), struct.Struct('<I'), struct.Struct('<Q')
_CHANNEL_COUNT = struct.Struct('<HQ')


class Opcode(IntEnum):
    """Those that are read."""

    HEADER = 0x01
    FOOTER = 0x02
    SCHEMA = 0x03
    CHANNEL = 0x04
    MESSAGE = 0x05
    CHUNK = 0x06
    CHUNK_INDEX = 0x08
    STATISTICS = 0x0B
    DATA_END = 0x0F


class Schema(NamedTuple):
    """A message type."""

    id: int
    name: str
    encoding: str
    text: str


class Channel(NamedTuple):
    """A topic, by one kind of publisher."""

    id: int
    schema_id: int
    topic: str
    encoding: str
    metadata: dict[str, str]


class Chunk(NamedTuple):
    """The head of a chunk; its records are `size` bytes from `start` on, in the same buffer."""

    start_nanos: int
    end_nanos: int
    uncompressed_size: int
    crc: int
    compression: str
    start: int
    size: int


class ChunkIndex(NamedTuple):
    """Where a chunk is in the file, its record's header included, and what channels are in it."""

    start_nanos: int
    end_nanos: int
    offset: int
    length: int
    channel_ids: frozenset[int]


class Footer(NamedTuple):
    """The end of a file."""

    summary_start: int
    summary_offset_start: int
    summary_crc: int


class Statistics(NamedTuple):
    """Counts of the whole file."""

    num_messages: int
    num_chunks: int
    channel_counts: dict[int, int]


def records(data: Bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """
    Go through records.

    Parameters
    ----------
    data
        Holds them.
    at, end
        Where they begin and end.

    Yields
    ------
    tuple
        Opcode, start and end of the contents. A record that is not whole is left out.

    """
    while at + HEADER.size <= end:
        opcode, length = HEADER.unpack_from(data, at)
        at += HEADER.size
        if length > end - at:
            return
        yield opcode, at, at + length
        at += length


def read_schema(data: Bytes, at: int) -> Schema:
    """Read the contents of a schema record."""
    name, after = _text(data, at + 2)
    encoding, after = _text(data, after)
    text, _ = _text(data, after)
    return Schema(_U16.unpack_from(data, at)[0], name, encoding, text)


def read_channel(data: Bytes, at: int) -> Channel:
    """Read the contents of a channel record."""
    topic, after = _text(data, at + 4)
    encoding, after = _text(data, after)
    metadata: dict[str, str] = {}
    end = after + 4 + _U32.unpack_from(data, after)[0]
    after += 4
    while after < end:
        key, after = _text(data, after)
        metadata[key], after = _text(data, after)
    schema_id = _U16.unpack_from(data, at + 2)[0]
    return Channel(_U16.unpack_from(data, at)[0], schema_id, topic, encoding, metadata)


def read_chunk(data: Bytes, at: int) -> Chunk:
    """Read the contents of a chunk record up to its records."""
    compression, after = _text(data, at + _CHUNK.size)
    size = _U64.unpack_from(data, after)[0]
    start_nanos, end_nanos, uncompressed_size, crc = _CHUNK.unpack_from(data, at)
    return Chunk(
        start_nanos, end_nanos, uncompressed_size, crc, compression, after + _U64.size, size
    )


def read_chunk_index(data: Bytes, at: int) -> ChunkIndex:
    """Read the contents of a chunk index record."""
    after = at + _CHUNK_INDEX.size
    end = after + 4 + _U32.unpack_from(data, after)[0]
    channel_ids = frozenset(
        _U16.unpack_from(data, each)[0] for each in range(after + 4, end, _CHANNEL_COUNT.size)
    )
    start_nanos, end_nanos, offset, length = _CHUNK_INDEX.unpack_from(data, at)
    return ChunkIndex(start_nanos, end_nanos, offset, length, channel_ids)


def read_footer(data: Bytes, at: int) -> Footer:
    """Read the contents of a footer record."""
    return Footer(*_FOOTER.unpack_from(data, at))


def read_statistics(data: Bytes, at: int) -> Statistics:
    """Read the contents of a statistics record."""
    num_messages, _, _, _, _, num_chunks, *_ = _STATISTICS.unpack_from(data, at)
    after = at + _STATISTICS.size
    end = after + 4 + _U32.unpack_from(data, after)[0]
    counts = dict(
        _CHANNEL_COUNT.unpack_from(data, each)
        for each in range(after + 4, end, _CHANNEL_COUNT.size)
    )
    return Statistics(num_messages, num_chunks, counts)


def _text(data: Bytes, at: int) -> tuple[str, int]:
    start = at + 4
    end = start + _U32.unpack_from(data, at)[0]
    if end > len(data):
        raise IndexError(end)
    return bytes(data[start:end]).decode(errors='replace'), end
