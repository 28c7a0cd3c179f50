# SPDX-License-Identifier: Apache-2.0
"""
MCAP files, whole or not.

A file that was closed has an index, which is trusted as far as it fits the file. Any other one
is gone through from record to record; behind bytes that are no records the next chunk is looked
for. What a chunk holds before a fault in it is read, too.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
import os
import re
import struct
from typing import TYPE_CHECKING
import zlib

from rerun_bridge.bags import mcap_records as mcap
from rerun_bridge.bags.compression import decompress, decompress_prefix
from rerun_bridge.bags.mcap_records import FAULTS, HEADER, Opcode
from rerun_bridge.bags.model import Contents, Damage, RecordedMessage, RecordedTopic, Segment
from rerun_bridge.bags.qos import is_latched
from rerun_bridge.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MESSAGE_HEAD = struct.Struct('<HIQQ')
_SCAN_BUFFER_BYTES = 1 << 14
_SEARCH_BYTES = 1 << 24
_GROUP_BYTES = 4 << 20
_COPIED_BYTES = 1 << 16
"""Smaller messages are copied: decoding bytes is faster, and no chunk lives on for their sake."""
_CHUNK_PATTERN = re.compile(
    rb'\x06(?=.{5}\0{3}.{16}.{5}\0{3}.{4}(?:\0{4}|\x03\0{3}lz4|\x04\0{3}zstd))', re.DOTALL
)
_TYPE_NAME_PARTS = 3


class McapFile:
    """
    One MCAP file.

    Parameters
    ----------
    path
        The file.
    report
        Called with everything that is wrong.
    distribution
        Of ROS, if known.

    Raises
    ------
    OSError
        If it cannot be opened.

    """

    def __init__(
        self, path: Path, report: Callable[[Damage], None], *, distribution: str = ''
    ) -> None:
        self._path = path
        self._report = report
        self._distribution = distribution
        self._schemas: dict[int, mcap.Schema] = {}
        self._topics: dict[int, RecordedTopic] = {}
        self._file = path.open('rb', buffering=_SCAN_BUFFER_BYTES)
        self._size = os.fstat(self._file.fileno()).st_size
        indexed = self._read_summary()
        self._is_indexed = indexed is not None
        self.contents = indexed or self._scan()
        self._unread = dict.fromkeys(sorted(self.contents.segments, key=lambda each: each.key))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def load(
        self, segment: Segment, accepts: Callable[[RecordedTopic], bool]
    ) -> list[RecordedMessage]:
        """Read a chunk, or some messages that are in none."""
        self._unread.pop(segment, None)
        data, at, end = self._records_of(segment)
        messages: list[RecordedMessage] = []
        chosen: dict[int, RecordedTopic | None] = {}
        unknown: Counter[int] = Counter()
        view = memoryview(data)
        try:
            for opcode, start, stop in mcap.records(data, at, end):
                if opcode == Opcode.MESSAGE:
                    channel, _, received, published = _MESSAGE_HEAD.unpack_from(data, start)
                    if channel not in chosen:
                        chosen[channel] = self._choose(channel, accepts, unknown)
                    topic = chosen[channel]
                    if topic is not None:
                        content = view[start + _MESSAGE_HEAD.size : stop]
                        small = len(content) < _COPIED_BYTES
                        payload = content.tobytes() if small else content
                        messages.append(RecordedMessage(received, published, topic, payload))
                    elif channel in unknown:
                        unknown[channel] += 1
                else:
                    self._define(opcode, data, start)
                at = stop
        except FAULTS:
            pass
        if at != end:
            self._damaged(segment, f'{end - at} bytes at its end are no whole message')
        for channel, count in unknown.items():
            self._damaged(segment, f'nothing tells the topic of {count} messages (no. {channel})')
        return messages

    def _choose(
        self,
        channel: int,
        accepts: Callable[[RecordedTopic], bool],
        unknown: Counter[int],
    ) -> RecordedTopic | None:
        """Return the topic of a channel if it is wanted."""
        while channel not in self._topics and self._unread:
            # Without an index, the chunk that names the channel may be a later one.
            self._learn(next(iter(self._unread)))
        topic = self._topics.get(channel)
        if topic is None:
            unknown[channel] = 0
        return topic if topic is not None and accepts(topic) else None

    def _learn(self, segment: Segment) -> None:
        del self._unread[segment]
        report, self._report = self._report, lambda _: None
        data, at, end = self._records_of(segment)
        self._report = report
        try:
            for opcode, start, _ in mcap.records(data, at, end):
                self._define(opcode, data, start)
        except FAULTS:
            return

    def _define(self, opcode: int, data: mcap.Bytes, at: int) -> None:
        """Note a topic."""
        if opcode == Opcode.SCHEMA:
            schema = mcap.read_schema(data, at)
            self._schemas.setdefault(schema.id, schema)
        elif opcode == Opcode.CHANNEL:
            channel = mcap.read_channel(data, at)
            if channel.id not in self._topics:
                self._topics[channel.id] = self._topic_of(channel)

    def _topic_of(self, channel: mcap.Channel) -> RecordedTopic:
        schema = self._schemas.get(channel.schema_id) or mcap.Schema(0, '', '', '')
        return RecordedTopic(
            channel.topic,
            _full_type_name(schema.name),
            channel.encoding,
            schema.text,
            schema.encoding,
            is_latched(channel.topic, channel.metadata.get('offered_qos_profiles', '')),
            self._distribution,
        )

    def _read(self, offset: int, length: int) -> bytes:
        """Read at an offset; less than asked for where the file ends or the disk fails."""
        try:
            data = os.pread(self._file.fileno(), length, offset)
            while len(data) < length and (more := self._read_more(data, offset, length)):
                data += more
        except OSError as exc:
            self._report(Damage(self._path, f'cannot be read at byte {offset}: {exc.strerror}'))
            return b''
        return data

    def _read_more(self, data: bytes, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length - len(data), offset + len(data))

    def _records_of(self, segment: Segment) -> tuple[bytes, int, int]:
        """Return a buffer with records, and where in it they begin and end."""
        offset, length = segment.key
        data = self._read(offset, length)
        if not data or data[0] != Opcode.CHUNK:
            if self._is_indexed:
                self._damaged(segment, 'it is not there')
            return data, 0, 0 if self._is_indexed else len(data)
        try:
            chunk = mcap.read_chunk(data, HEADER.size)
        except FAULTS:
            self._damaged(segment, 'its head is damaged')
            return data, 0, 0
        end = min(len(data), chunk.start + chunk.size)
        if end < chunk.start + chunk.size:
            self._damaged(segment, 'it is cut off')
        if chunk.compression:
            compressed = memoryview(data)[chunk.start : end]
            try:
                data = decompress(compressed, chunk.compression, chunk.uncompressed_size)
            except DecodeError as exc:
                if end == chunk.start + chunk.size:
                    self._damaged(segment, str(exc))
                data = decompress_prefix(compressed, chunk.compression)
                return data, 0, len(data)
            at, end = 0, len(data)
        else:
            at = chunk.start
        is_whole = end - at == chunk.uncompressed_size
        if is_whole and chunk.crc and zlib.crc32(memoryview(data)[at:end]) != chunk.crc:
            self._damaged(segment, 'its checksum is wrong, so that its messages may be')
        return data, at, end

    def _damaged(self, segment: Segment, text: str) -> None:
        times = ' to '.join(_clock(nanos) for nanos in (segment.start_nanos, segment.end_nanos))
        self._report(Damage(self._path, f'the part at byte {segment.key[0]} ({times}): {text}'))

    def _read_summary(self) -> Contents | None:
        """Read the index; None if there is none to trust."""
        tail = self._read(max(0, self._size - mcap.FOOTER_SIZE), mcap.FOOTER_SIZE)
        if not tail.startswith(HEADER.pack(Opcode.FOOTER, 20)) or not tail.endswith(mcap.MAGIC):
            self._report(
                Damage(
                    self._path,
                    'the end is missing, as when a recorder or a copy was stopped',
                    is_loss=False,
                )
            )
            return None
        footer = mcap.read_footer(tail, HEADER.size)
        start, end = footer.summary_start, self._size - mcap.FOOTER_SIZE
        if not 0 < start <= end:
            return None
        data = self._read(start, end - start)
        crc = zlib.crc32(tail[: HEADER.size + 16], zlib.crc32(data))
        try:
            if footer.summary_crc in {0, crc}:
                return self._index_of(data)
        except FAULTS:
            pass
        self._report(Damage(self._path, 'the index is damaged', is_loss=False))
        return None

    def _index_of(self, data: bytes) -> Contents | None:
        chunks: list[mcap.ChunkIndex] = []
        statistics: mcap.Statistics | None = None
        for opcode, at, _ in mcap.records(data, 0, len(data)):
            self._define(opcode, data, at)
            if opcode == Opcode.CHUNK_INDEX:
                chunks.append(mcap.read_chunk_index(data, at))
            elif opcode == Opcode.STATISTICS:
                statistics = mcap.read_statistics(data, at)
        if statistics is None or not chunks or statistics.num_chunks != len(chunks):
            return None
        if any(chunk.offset + chunk.length > self._size for chunk in chunks):
            self._report(Damage(self._path, 'the index names parts that are not there'))
        segments = [
            Segment(
                chunk.start_nanos,
                chunk.end_nanos,
                chunk.length,
                (chunk.offset, chunk.length),
                self._topics_of(chunk),
            )
            for chunk in chunks
        ]
        counts: Counter[str] = Counter()
        for channel, count in statistics.channel_counts.items():
            if channel in self._topics:
                counts[self._topics[channel].name] += count
        return Contents(segments, counts)

    def _topics_of(self, chunk: mcap.ChunkIndex) -> frozenset[RecordedTopic] | None:
        known = chunk.channel_ids and all(each in self._topics for each in chunk.channel_ids)
        return frozenset(self._topics[each] for each in chunk.channel_ids) if known else None

    def _scan(self) -> Contents:
        """Find all chunks and messages without an index."""
        segments: list[Segment] = []
        group: list[tuple[int, int, int]] = []  # start, end, log time
        for opcode, at, end, head in self._top_level():
            if group and (opcode == Opcode.CHUNK or end - group[0][0] > _GROUP_BYTES):
                segments.append(_segment_of(group))
                group = []
            if opcode == Opcode.CHUNK:
                chunk = mcap.read_chunk(head, HEADER.size)
                times = chunk.start_nanos, chunk.end_nanos
                segments.append(Segment(*times, end - at, (at, end - at)))
            elif opcode == Opcode.MESSAGE:
                _, _, received, _ = _MESSAGE_HEAD.unpack_from(head, HEADER.size)
                group.append((at, end, received))
            elif opcode in {Opcode.SCHEMA, Opcode.CHANNEL}:
                try:
                    self._define(opcode, self._read(at, end - at), HEADER.size)
                except FAULTS:
                    continue
        if group:
            segments.append(_segment_of(group))
        return Contents(segments)

    def _top_level(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Yield opcode, start, end and first bytes of each record that is no part of a chunk."""
        at = len(mcap.MAGIC)
        while at < self._size:
            self._file.seek(at)
            head = self._file.read(HEADER.size + mcap.CHUNK_HEAD_SIZE)
            opcode, end = _extent(head, at)
            if opcode in {Opcode.DATA_END, Opcode.FOOTER}:
                return
            if opcode and end <= self._size:
                yield opcode, at, end, head
                at = end
                continue
            found = self._find_chunk(at + 1)
            is_cut_chunk = opcode == Opcode.CHUNK and found == self._size
            last = 'the end' if found == self._size else f'byte {found}'
            self._report(Damage(self._path, f'from byte {at} to {last} there is no whole record'))
            if is_cut_chunk:
                yield opcode, at, self._size, head
            at = found

    def _find_chunk(self, start: int) -> int:
        """Return where the next chunk is; the end of the file if there is none."""
        while start < self._size:
            block = self._read(start, _SEARCH_BYTES)
            for match in _CHUNK_PATTERN.finditer(block):
                head = block[match.start() : match.start() + HEADER.size + mcap.CHUNK_HEAD_SIZE]
                opcode, end = _extent(head, start + match.start())
                if opcode and end <= self._size:
                    return start + match.start()
            if len(block) < _SEARCH_BYTES:
                break
            start += _SEARCH_BYTES - HEADER.size - mcap.CHUNK_HEAD_SIZE
        return self._size


def _extent(head: bytes, at: int) -> tuple[int, int]:
    """Return opcode and end of a record; opcode 0 if that is none."""
    try:
        opcode, length = HEADER.unpack_from(head)
        if opcode == Opcode.CHUNK:
            chunk = mcap.read_chunk(head, HEADER.size)
            if chunk.start + chunk.size != HEADER.size + length:
                return 0, at
        if opcode == Opcode.MESSAGE:
            _MESSAGE_HEAD.unpack_from(head, HEADER.size)
    except FAULTS:
        return 0, at
    return opcode, at + HEADER.size + length


def _segment_of(group: list[tuple[int, int, int]]) -> Segment:
    start, end = group[0][0], group[-1][1]
    times = [received for _, _, received in group]
    return Segment(min(times), max(times), end - start, (start, end - start))


def _full_type_name(name: str) -> str:
    parts = name.split('/')
    return name if len(parts) >= _TYPE_NAME_PARTS else '/msg/'.join(parts)


def _clock(nanos: int) -> str:
    try:
        return datetime.fromtimestamp(nanos // 10**9, timezone.utc).strftime('%H:%M:%S')
    except (OverflowError, ValueError, OSError):
        return f'{nanos} ns'
