# SPDX-License-Identifier: Apache-2.0
"""MCAP files, whole, damaged at every kind of place, and random."""

from __future__ import annotations

from contextlib import closing
import struct
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from rerun_bridge.bags.mcap_file import McapFile
from rerun_bridge.bags.mcap_records import HEADER, Opcode, records
from test.unit.bags.mcap_bytes import (
    cdr,
    channel,
    Chunk,
    header,
    LATCHED,
    mcap_file,
    Message,
    message,
    record,
    schema,
    TYPE_NAME,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.bags import Damage, RecordedMessage

DEFINITIONS = schema() + channel(1, '/a') + channel(2, '/map', qos=LATCHED)
MESSAGES = [Message(1 + i % 2, 1000 + 10 * i, cdr(i, padding=i % 5)) for i in range(60)]
NUM_PER_CHUNK = 20
NOISE = np.random.default_rng(1).bytes(5000)


def chunks(compression: str = '') -> list[Chunk]:
    starts = range(0, len(MESSAGES), NUM_PER_CHUNK)
    return [Chunk(MESSAGES[i : i + NUM_PER_CHUNK], b'', compression) for i in starts]


def written(compression: str = '', *, is_indexed: bool = True, is_closed: bool = True) -> bytes:
    return mcap_file(
        chunks(compression),
        definitions=DEFINITIONS,
        is_indexed=is_indexed,
        is_closed=is_closed,
    )


def load(
    path: Path, data: bytes, *topics: str
) -> tuple[list[RecordedMessage], list[Damage], McapFile]:
    """Read a file with these contents."""
    path.write_bytes(data)
    damages: list[Damage] = []
    with closing(McapFile(path, damages.append)) as file:
        found = [
            each
            for segment in sorted(file.contents.segments, key=lambda each: each.start_nanos)
            for each in file.load(segment, lambda topic: not topics or topic.name in topics)
        ]
    assert all(damage.path == path for damage in damages)
    return found, damages, file


def plain(found: list[RecordedMessage]) -> list[Message]:
    """Give messages as they were written, and check what else is known of them."""
    for each in found:
        assert each.publish_time_nanos == each.log_time_nanos - 7
        assert each.topic.type_name == TYPE_NAME
        assert each.topic.is_latched is (each.topic.name == '/map')
    numbers = {'/a': 1, '/map': 2}
    return [
        Message(numbers[each.topic.name], each.log_time_nanos, bytes(each.data)) for each in found
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'trial.mcap'


@pytest.mark.parametrize('compression', ['', 'lz4', 'zstd'])
@pytest.mark.parametrize('is_indexed', [True, False])
def test_whole_file(path: Path, compression: str, *, is_indexed: bool) -> None:
    found, damages, file = load(path, written(compression, is_indexed=is_indexed))
    assert plain(found) == MESSAGES
    assert damages == []
    assert file.contents.num_messages == ({'/a': 30, '/map': 30} if is_indexed else None)
    assert file.contents.start_nanos == 1000


def test_unchunked_file(path: Path) -> None:
    body = header() + DEFINITIONS + b''.join(map(message, MESSAGES)) + record(0x0F, bytes(4))
    found, _, _ = load(path, body)
    assert plain(found) == MESSAGES


def test_big_messages_are_views_and_groups_are_bounded(path: Path) -> None:
    big = [Message(1, 10 + i, cdr(i, padding=3 << 20)) for i in range(5)]
    body = header() + DEFINITIONS + b''.join(map(message, big))
    found, _, file = load(path, body)
    assert [bytes(each.data) for each in found] == [each.data for each in big]
    assert all(isinstance(each.data, memoryview) for each in found)
    assert len(file.contents.segments) == 5


def test_unwanted_topics_are_not_read(path: Path) -> None:
    found, damages, _ = load(path, written(), '/map')
    assert {each.topic.name for each in found} == {'/map'}
    assert damages == []


def test_other_profiles_are_read(path: Path) -> None:
    data = written(is_indexed=False).replace(header(), header('other'))
    assert plain(load(path, data)[0]) == MESSAGES


@pytest.mark.parametrize('compression', ['', 'lz4', 'zstd'])
def test_cut_at_every_place(path: Path, compression: str) -> None:
    data = written(compression)
    body = written(compression, is_closed=False)
    ends = [end for _, _, end in records(body, 8, len(body))][1:]
    last = 0
    for cut in [*range(40, len(data), 37), *ends, *(end + 1 for end in ends)]:
        found, damages, _ = load(path, data[:cut])
        assert plain(found) == MESSAGES[: len(found)], cut
        num_whole = NUM_PER_CHUNK * sum(end <= cut for end in ends)
        assert len(found) >= num_whole, cut
        assert damages, cut
        is_clean = cut >= len(body) or cut in ends
        assert is_clean or any(damage.is_loss for damage in damages), (cut, damages)
        last = max(last, len(found) - num_whole)
    # Of a chunk that is cut, what is before the cut is read (the codecs give it in blocks).
    assert last > 0 or compression


def test_only_the_messages_behind_a_cut_are_lost_in_a_long_compressed_chunk(path: Path) -> None:
    noise = np.random.default_rng(1).bytes(1_000_000)
    payloads = [noise[i : i + 1000] for i in range(0, len(noise), 1000)]
    many = [Message(1, 10 + i, cdr(i) + payload) for i, payload in enumerate(payloads)]
    for compression in ('lz4', 'zstd'):
        data = mcap_file([Chunk(many, b'', compression)], definitions=DEFINITIONS)
        found, damages, _ = load(path, data[: len(data) // 2])
        assert plain(found) == many[: len(found)]
        assert len(found) > 200
        assert any(damage.is_loss for damage in damages)


@pytest.mark.parametrize('compression', ['', 'lz4', 'zstd'])
def test_damaged_chunk_costs_no_other_one(path: Path, compression: str) -> None:
    data = bytearray(written(compression))
    offsets = [start for opcode, start, _ in records(bytes(data), 8, len(data)) if opcode == 6]
    data[offsets[1] + 80 : offsets[1] + 90] = bytes(10)
    found, damages, _ = load(path, bytes(data))
    got = plain(found)
    for kept in (MESSAGES[:NUM_PER_CHUNK], MESSAGES[2 * NUM_PER_CHUNK :]):
        assert all(each in got for each in kept)
    assert damages
    assert any(damage.is_loss for damage in damages)
    assert f'the part at byte {offsets[1] - HEADER.size} (00:00:00 to 00:00:00)' in str(damages[0])


def test_wrong_checksum_is_told_and_messages_are_given(path: Path) -> None:
    wrong = [chunks()[0]._replace(crc=1), *chunks()[1:]]
    found, damages, _ = load(path, mcap_file(wrong, definitions=DEFINITIONS))
    assert plain(found) == MESSAGES
    assert len(damages) == 1
    assert 'its checksum is wrong' in str(damages[0])


def test_damaged_index_is_done_without(path: Path) -> None:
    data = bytearray(written())
    data[-60] ^= 0xFF
    found, damages, file = load(path, bytes(data))
    assert plain(found) == MESSAGES
    assert [(damage.text, damage.is_loss) for damage in damages] == [
        ('the index is damaged', False)
    ]
    assert file.contents.num_messages is None


@pytest.mark.parametrize('garbage', [bytes(5000), b'\x06' * 5000, NOISE])
def test_what_stands_behind_garbage_is_found(path: Path, garbage: bytes) -> None:
    first, *rest = chunks()
    body = header() + first._replace(definitions=DEFINITIONS).encode() + garbage
    body += b''.join(each.encode() for each in rest)
    found, damages, _ = load(path, body)
    assert plain(found) == MESSAGES
    assert any('there is no whole record' in damage.text for damage in damages)


def test_without_index_the_chunk_that_names_a_topic_may_come_later(path: Path) -> None:
    early, late = Chunk(MESSAGES[:20]), Chunk(MESSAGES[20:])
    body = header() + late._replace(definitions=DEFINITIONS).encode() + early.encode()
    found, damages, _ = load(path, body)
    assert plain(found) == MESSAGES
    assert not any(damage.is_loss for damage in damages)


def test_messages_of_unknown_topics_are_counted(path: Path) -> None:
    stray = [*MESSAGES[:20], Message(9, 11, cdr(1)), Message(9, 12, cdr(2))]
    data = mcap_file([Chunk(stray)], definitions=DEFINITIONS, is_indexed=False)
    found, damages, _ = load(path, data)
    assert plain(found) == MESSAGES[:20]
    assert 'nothing tells the topic of 2 messages (no. 9)' in str(damages[0])
    assert damages[0].is_loss


def test_unknown_compression_is_named(path: Path) -> None:
    packed = struct.pack('<QQQI', 1, 2, 100, 0) + b'\4\0\0\0rar!' + struct.pack('<Q', 3) + b'abc'
    found, damages, _ = load(path, header() + DEFINITIONS + record(Opcode.CHUNK, packed))
    assert found == []
    assert any("there is no decompressor for 'rar!'" in damage.text for damage in damages)


@settings(max_examples=150)
@given(
    compression=st.sampled_from(['', 'lz4', 'zstd']),
    is_indexed=st.booleans(),
    faults=st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 1 << 30),
)
def test_random_faults_never_raise(
    tmp_path_factory: pytest.TempPathFactory,
    compression: str,
    faults: list[tuple[int, int]],
    cut: int,
    *,
    is_indexed: bool,
) -> None:
    path = tmp_path_factory.mktemp('fuzz') / 'trial.mcap'
    data = bytearray(written(compression, is_indexed=is_indexed))
    for at, value in faults:
        data[at % len(data)] = value
    if cut % 3 == 0:
        del data[cut % len(data) :]
    found, _, _ = load(path, bytes(data))
    assert len(found) <= 2 * len(MESSAGES)


@settings(max_examples=50)
@given(data=st.binary(max_size=3000))
def test_random_bytes_never_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp('fuzz') / 'trial.mcap'
    found, _, _ = load(path, header() + data)
    assert found == []
