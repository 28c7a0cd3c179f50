# SPDX-License-Identifier: Apache-2.0
"""Bytes of strings."""

from __future__ import annotations

import pytest

from rerun_bridge.cdr.text import narrow_text, wide_text_big, wide_text_little


@pytest.mark.parametrize(
    ('raw', 'text'),
    [
        (b'', ''),
        (b'\0', ''),
        (b'a\0', 'a'),
        (b'a', 'a'),
        ('猫\0'.encode(), '猫'),
        (b'\xe7\x8c\0', '\ufffd'),
    ],
)
def test_narrow(raw: bytes, text: str) -> None:
    assert narrow_text(raw) == narrow_text(memoryview(raw)) == text


@pytest.mark.parametrize(
    ('units', 'text'),
    [
        ([], ''),
        ([0x61], 'a'),
        ([0x61, 0], 'a'),
        ([0xD83D, 0xDE00], '😀'),
        ([0x1F600], '😀'),
        ([0xD83D], '\ufffd'),
        ([0xDE00, 0xD83D, 0x62], '\ufffd\ufffdb'),
        ([0x61, 0xFFFFFFFF], 'a\ufffd'),
    ],
)
def test_wide(units: list[int], text: str) -> None:
    little = b''.join(unit.to_bytes(4, 'little') for unit in units)
    big = b''.join(unit.to_bytes(4, 'big') for unit in units)
    assert wide_text_little(little) == wide_text_little(memoryview(little)) == text
    assert wide_text_big(big) == text
