# SPDX-License-Identifier: Apache-2.0
"""What is read from a message are the facts that were known when it was written."""

from __future__ import annotations

import pytest

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding import chunk_facts, decode, Index, LogMsg
from rerun_bridge.log_types import StoreId, StoreKind
from test.unit.samples import blob_rows, message_of, points_rows, scalar_rows, STORE

MESSAGES = [
    message_of(*map(scalar_rows, range(200)), compress=True),
    message_of(scalar_rows(3), scalar_rows(1), scalar_rows(2)),
    message_of(scalar_rows(1, static=True)),
    message_of(points_rows(10)),
    message_of(blob_rows(b'x' * 500), compress=True),
]


def payload(message: LogMsg) -> bytes:
    return b''.join(message.pieces)


def index_of(messages: list[LogMsg], store_id: StoreId = STORE) -> Index:
    index = Index()
    for i, message in enumerate(messages):
        assert message.chunk
        index.add(store_id, message.chunk, 1000 * i, message.num_bytes)
    return index


def footer_of(index: Index) -> bytes:
    return index.end(0)[16:-32]


@pytest.mark.parametrize('message', MESSAGES)
def test_facts_are_those_of_the_encoder(message: LogMsg) -> None:
    known = message.chunk
    assert known
    found = chunk_facts(decode(message.kind, payload(message)))
    assert found[:2] == known[:2]
    assert found.timelines is known.timelines
    assert (found.num_rows, found.time_ranges) == (known.num_rows, known.time_ranges)
    assert found.num_bytes == known.num_bytes
    assert found.is_static == known.is_static
    described = [component[:3] for component in found.layout.components]
    assert described == [component[:3] for component in known.layout.components]


def test_both_make_the_same_footer() -> None:
    read = Index()
    for i, message in enumerate(MESSAGES):
        facts = chunk_facts(decode(message.kind, payload(message)))
        read.add(STORE, facts, 1000 * i, message.num_bytes)
    assert read.end(0) == index_of(MESSAGES).end(0)


@pytest.mark.parametrize('key', [b'rerun:id', b'rerun:entity_path', b'sorbet:version'])
def test_a_chunk_without_its_names_is_refused(key: bytes) -> None:
    content = payload(MESSAGES[3])
    assert key in content
    damaged = decode(MESSAGES[3].kind, content.replace(key, b'x' * len(key)))
    if key == b'sorbet:version':
        chunk_facts(damaged)
        return
    with pytest.raises(DecodeError, match='the payload is not a chunk'):
        chunk_facts(damaged)


def test_an_index_knows_its_footer_from_others() -> None:
    index = index_of(MESSAGES)
    index.check(footer_of(index))
    other_store = StoreId(StoreKind.RECORDING, 'other', 'application')
    with pytest.raises(DecodeError, match='other recordings'):
        index.check(footer_of(index_of(MESSAGES, other_store)))
    moved = [MESSAGES[1], MESSAGES[0], *MESSAGES[2:]]
    for others in (MESSAGES[:-1], MESSAGES[:1], moved, [*MESSAGES[:-1], MESSAGES[0]]):
        with pytest.raises(DecodeError, match='other chunks'):
            index.check(footer_of(index_of(others)))
    with pytest.raises(DecodeError, match='two tables'):
        index.check(2 * footer_of(index))
    for cut in range(1, len(footer_of(index)), 97):
        with pytest.raises(DecodeError):
            index.check(footer_of(index)[:cut])
