# SPDX-License-Identifier: Apache-2.0
"""xxHash32, the checksum of the RRD footer; see the xxHash specification."""

from __future__ import annotations

import struct

import numpy as np

_P1, _P2, _P3, _P4, _P5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
_MASK = 0xFFFFFFFF
_STRIPE = 16
_LANES = struct.Struct('<4Q')
_ALL_LANES = int.from_bytes(_LANES.pack(*[_MASK] * 4), 'little')


def xxh32(content: bytes, seed: int) -> int:
    """
    Compute a checksum.

    Parameters
    ----------
    content
        Any bytes.
    seed
        32-bit number.

    Returns
    -------
    int
        32-bit number.

    """
    striped = len(content) // _STRIPE * _STRIPE
    total = _stripes(content[:striped], seed) if striped else seed + _P5
    total = (total + len(content)) & _MASK
    at = striped
    while at + 4 <= len(content):
        (word,) = struct.unpack_from('<I', content, at)
        total = _rotate((total + word * _P3) & _MASK, 17) * _P4 & _MASK
        at += 4
    for byte in content[at:]:
        total = _rotate((total + byte * _P5) & _MASK, 11) * _P1 & _MASK
    total = (total ^ total >> 15) * _P2 & _MASK
    total = (total ^ total >> 13) * _P3 & _MASK
    return total ^ total >> 16


def _stripes(content: bytes, seed: int) -> int:
    """Run four sums, each in 64 bits of one number, which takes a third of the time."""
    words = np.frombuffer(content, '<u4').astype('<u8') * np.uint64(_P2) & np.uint64(_MASK)
    starts = (seed + _P1 + _P2, seed + _P2, seed, seed - _P1)
    sums = _LANES.pack(*(start & _MASK for start in starts))
    total = int.from_bytes(sums, 'little')
    for stripe in words.reshape(-1, len(starts)):
        total = total + int.from_bytes(stripe, 'little') & _ALL_LANES
        total = ((total << 13 | total >> 19) & _ALL_LANES) * _P1 & _ALL_LANES
    lanes = _LANES.unpack(total.to_bytes(_LANES.size, 'little'))
    return sum(map(_rotate, lanes, (1, 7, 12, 18)))


def _rotate(word: int, bits: int) -> int:
    return (word << bits | word >> 32 - bits) & _MASK
