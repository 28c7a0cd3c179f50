# SPDX-License-Identifier: Apache-2.0
"""Known values of xxHash32."""

from __future__ import annotations

import pytest

from rerun_bridge.log_encoding.xxh32 import xxh32


@pytest.mark.parametrize(
    ('content', 'seed', 'expected'),
    [
        (b'', 0, 0x02CC5D05),
        (b'a', 0, 0x550D7456),
        (b'abc', 0, 0x32D153FF),
        (b'Nobody inspects the spammish repetition', 0, 0xE2293B2F),
    ],
)
def test_known_values(content: bytes, seed: int, expected: int) -> None:
    assert xxh32(content, seed) == expected


def test_seed_matters() -> None:
    assert xxh32(b'abc', 1) != xxh32(b'abc', 0)
