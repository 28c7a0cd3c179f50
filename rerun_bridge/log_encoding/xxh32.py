# SPDX-License-Identifier: Apache-2.0
"""xxHash32, the checksum of the RRD footer; see the xxHash specification."""

from __future__ import annotations

import struct

_P1, _P2, _P3, _P4, _P5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
_MASK = 0xFFFFFFFF
_STRIPE = 16


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
    v1, v2 = (seed + _P1 + _P2) & _MASK, (seed + _P2) & _MASK
    v3, v4 = seed & _MASK, (seed - _P1) & _MASK
    for w1, w2, w3, w4 in struct.iter_unpack('<IIII', content):
        v1 = _rotate((v1 + w1 * _P2) & _MASK, 13) * _P1 & _MASK
        v2 = _rotate((v2 + w2 * _P2) & _MASK, 13) * _P1 & _MASK
        v3 = _rotate((v3 + w3 * _P2) & _MASK, 13) * _P1 & _MASK
        v4 = _rotate((v4 + w4 * _P2) & _MASK, 13) * _P1 & _MASK
    return _rotate(v1, 1) + _rotate(v2, 7) + _rotate(v3, 12) + _rotate(v4, 18)


def _rotate(word: int, bits: int) -> int:
    return (word << bits | word >> 32 - bits) & _MASK
