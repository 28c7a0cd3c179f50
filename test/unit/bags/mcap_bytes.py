# SPDX-License-Identifier: Apache-2.0
"""A small writer of MCAP, for files that no library would write."""

from __future__ import annotations

import struct
from typing import NamedTuple, TYPE_CHECKING
import zlib

import pyarrow as pa

from rerun_bridge.bags.mcap_records import HEADER, MAGIC, Opcode

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFINITION = 'uint32 number\n'
TYPE_NAME = 'trial_msgs/msg/Number'
LATCHED = '- history: 3\n  depth: 1\n  reliability: 1\n  durability: 1\n'


class Message(NamedTuple):
    """One message; published a bit before it was received."""

    channel: int
    nanos: int
    data: bytes

    @property
    def publish_nanos(self) -> int:
        return self.nanos - 7


def record(opcode: int, content: bytes) -> bytes:
    return HEADER.pack(opcode, len(content)) + content


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack('<I', len(data)) + data


def header(profile: str = 'ros2') -> bytes:
    return MAGIC + record(Opcode.HEADER, text(profile) + text('test'))


def schema(number: int = 1, *, name: str = TYPE_NAME, definition: str = DEFINITION) -> bytes:
    kind = 'ros2msg' if definition else 'unknown'  # as rosbag2 calls it that found no definition
    content = struct.pack('<H', number) + text(name) + text(kind) + text(definition)
    return record(Opcode.SCHEMA, content)


def channel(number: int, topic: str, *, qos: str = '', encoding: str = 'cdr') -> bytes:
    metadata = text('offered_qos_profiles') + text(qos)
    content = struct.pack('<HH', number, 1) + text(topic) + text(encoding)
    return record(Opcode.CHANNEL, content + struct.pack('<I', len(metadata)) + metadata)


def message(each: Message) -> bytes:
    head = struct.pack('<HIQQ', each.channel, 0, each.nanos, each.publish_nanos)
    return record(Opcode.MESSAGE, head + each.data)


class Chunk(NamedTuple):
    """A chunk to write: what it holds, and how."""

    messages: Sequence[Message]
    definitions: bytes = b''
    compression: str = ''
    crc: int | None = None
    """None for the right one."""

    def records(self) -> bytes:
        return self.definitions + b''.join(map(message, self.messages))

    def times(self) -> tuple[int, int]:
        nanos = [each.nanos for each in self.messages] or [0]
        return min(nanos), max(nanos)

    def encode(self) -> bytes:
        content = self.records()
        crc = zlib.crc32(content) if self.crc is None else self.crc
        packed = content
        if self.compression:
            packed = pa.compress(content, self.compression, asbytes=True)
        head = struct.pack('<QQQI', *self.times(), len(content), crc)
        return record(
            Opcode.CHUNK,
            head + text(self.compression) + struct.pack('<Q', len(packed)) + packed,
        )

    def index_at(self, offset: int) -> bytes:
        numbers = sorted({each.channel for each in self.messages})
        offsets = b''.join(struct.pack('<HQ', number, 0) for number in numbers)
        head = struct.pack('<QQQQ', *self.times(), offset, len(self.encode()))
        rest = struct.pack('<Q', 0) + text(self.compression) + struct.pack('<QQ', 0, 0)
        return record(Opcode.CHUNK_INDEX, head + struct.pack('<I', len(offsets)) + offsets + rest)


def mcap_file(
    chunks: Sequence[Chunk],
    *,
    definitions: bytes,
    is_indexed: bool = True,
    is_closed: bool = True,
) -> bytes:
    """Write a file; what it defines stands in the first chunk and in the index."""
    data = header()
    offsets = []
    for i, each in enumerate(chunks):
        offsets.append(len(data))
        data += (each._replace(definitions=definitions) if not i else each).encode()
    if not is_closed:
        return data
    data += record(Opcode.DATA_END, bytes(4))
    start = len(data)
    if is_indexed:
        first = [chunks[0]._replace(definitions=definitions), *chunks[1:]]
        data += definitions
        data += b''.join(each.index_at(at) for each, at in zip(first, offsets))  # noqa: B905
        data += statistics(chunks)
    footer = struct.pack('<QQ', start if is_indexed else 0, 0)
    head = HEADER.pack(Opcode.FOOTER, len(footer) + 4) + footer
    crc = zlib.crc32(data[start:] + head)
    return data + head + struct.pack('<I', crc) + MAGIC


def statistics(chunks: Sequence[Chunk]) -> bytes:
    counts: dict[int, int] = {}
    for each in (found for chunk in chunks for found in chunk.messages):
        counts[each.channel] = counts.get(each.channel, 0) + 1
    total = sum(counts.values())
    head = struct.pack('<QHIIIIQQ', total, 1, len(counts), 0, 0, len(chunks), 0, 0)
    listed = b''.join(struct.pack('<HQ', *item) for item in counts.items())
    return record(Opcode.STATISTICS, head + struct.pack('<I', len(listed)) + listed)


def cdr(number: int, *, padding: int = 0) -> bytes:
    """Serialize a `trial_msgs/msg/Number`."""
    return b'\0\1\0\0' + struct.pack('<I', number) + bytes(padding)
