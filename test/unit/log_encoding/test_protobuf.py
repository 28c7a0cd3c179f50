# SPDX-License-Identifier: Apache-2.0
"""The wire format of protobuf, against known bytes and the round trip."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding.protobuf import (
    bytes_field,
    fields,
    text_field,
    varint,
    varint_field,
)


@pytest.mark.parametrize(
    ('encoded', 'expected'),
    [
        (varint(0), '00'),
        (varint(127), '7f'),
        (varint(128), '8001'),
        (varint(300), 'ac02'),
        (varint((1 << 64) - 1), 'ffffffffffffffffff01'),
        (varint_field(1, 150), '089601'),
        (text_field(2, 'testing'), '120774657374696e67'),
        (bytes_field(3, b'\x01'), '1a0101'),
    ],
)
def test_known_bytes(encoded: bytes, expected: str) -> None:
    assert encoded.hex() == expected


@given(st.integers(1, 1000), st.integers(0, (1 << 64) - 1), st.binary(max_size=300))
def test_round_trip(number: int, value: int, content: bytes) -> None:
    message = varint_field(number, value) + bytes_field(number, content)
    assert list(fields(message)) == [(number, value), (number, content)]


@pytest.mark.parametrize('bad', ['08', '0aff', '0b', 'ff' * 11, '09010203'])
def test_malformed(bad: str) -> None:
    with pytest.raises(DecodeError, match='protobuf'):
        list(fields(bytes.fromhex(bad)))
