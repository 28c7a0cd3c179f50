# SPDX-License-Identifier: Apache-2.0
"""What the encoder writes the decoder reads, however it is cut; garbage is refused."""

from __future__ import annotations

import contextlib
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding import (
    blueprint_activation,
    DecodedMsg,
    Decoder,
    MessageKind,
    set_store_info,
)
from test.unit.samples import blob_rows, message_of, new_id, scalar_rows, STORE, stream_of

MESSAGES = [
    set_store_info(STORE, new_id()),
    message_of(*map(scalar_rows, range(200)), compress=True),
    message_of(scalar_rows(1, static=True)),
    message_of(blob_rows(b'x' * 5000)),
    blueprint_activation(STORE, make_active=True, make_default=False),
]
STREAM = stream_of(MESSAGES)


def test_round_trip() -> None:
    decoded = list(Decoder().feed(STREAM))
    assert [msg.kind for msg in decoded] == [msg.kind for msg in MESSAGES]
    assert all(msg.store_id == STORE for msg in decoded)
    assert [msg.is_static for msg in decoded] == [False, False, True, False, False]
    assert decoded[1].batch().num_rows == 200
    assert decoded[1].chunk_id == MESSAGES[1].chunk.id  # type: ignore[union-attr]
    assert decoded[3].batch().column(3).to_pylist() == [[list(b'x' * 5000)]]


def test_compression_shrinks_what_it_should() -> None:
    rows = list(map(scalar_rows, range(200)))
    assert message_of(*rows, compress=True).num_bytes < message_of(*rows).num_bytes


def test_concatenated_streams() -> None:
    both = STREAM + stream_of(MESSAGES, footer=False)
    assert len(list(Decoder().feed(both))) == 2 * len(MESSAGES)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_split(cuts: list[int]) -> None:
    decoder = Decoder()
    found: list[DecodedMsg] = []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in pairwise(edges):
        found.extend(decoder.feed(STREAM[start:end]))
    assert found == list(Decoder().feed(STREAM))
    assert decoder.num_bytes == len(STREAM)


def test_byte_by_byte() -> None:
    decoder = Decoder()
    found = [msg for i in range(len(STREAM)) for msg in decoder.feed(STREAM[i : i + 1])]
    assert found == list(Decoder().feed(STREAM))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_garbage_is_refused(data: st.DataObject) -> None:
    """Any bytes: messages, a need for more, or DecodeError."""
    damaged = bytearray(STREAM)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(STREAM) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        for message in Decoder().feed(bytes(damaged)):
            if message.kind is MessageKind.ARROW_MSG:
                message.batch()
    except DecodeError:
        pass


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    decoder = Decoder()
    with contextlib.suppress(DecodeError):
        assert list(decoder.feed(noise)) == []


def test_not_a_stream() -> None:
    with pytest.raises(DecodeError, match='no RRD stream starts here'):
        list(Decoder().feed(b'hello world, this is not it'))


def test_absurd_length() -> None:
    bad = STREAM[:12] + (2).to_bytes(8, 'little') + (1 << 60).to_bytes(8, 'little')
    with pytest.raises(DecodeError, match='no message starts here'):
        list(Decoder().feed(bad))
