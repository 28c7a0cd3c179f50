# SPDX-License-Identifier: Apache-2.0
"""A plain writer of PNG files with 16-bit gray, for tests of their reader."""

from __future__ import annotations

import struct
from typing import Any, TYPE_CHECKING
import zlib

if TYPE_CHECKING:
    import numpy as np


def write_gray_png(
    pixels: np.ndarray[Any, np.dtype[np.uint16]], filters: list[int] | None = None
) -> bytes:
    """Write an image; `filters` has the kind of each row, 0 to 4."""
    height, width = pixels.shape
    rows = [list(row.astype('>u2').tobytes()) for row in pixels]
    body = bytearray()
    above = [0] * (2 * width)
    for y, row in enumerate(rows):
        kind = filters[y] if filters else 0
        body.append(kind)
        for i, value in enumerate(row):
            left = row[i - 2] if i > 1 else 0
            corner = above[i - 2] if i > 1 else 0
            body.append((value - _predict(kind, left, above[i], corner)) % 256)
        above = row
    header = struct.pack('>IIBBBBB', width, height, 16, 0, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        chunk(name, content)
        for name, content in (
            (b'IHDR', header),
            (b'IDAT', zlib.compress(bytes(body))),
            (b'IEND', b''),
        )
    )


def chunk(name: bytes, content: bytes) -> bytes:
    """Write one chunk of a PNG file."""
    checksum = zlib.crc32(name + content)
    return struct.pack('>I', len(content)) + name + content + struct.pack('>I', checksum)


def _predict(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda value: abs(guess - value))
    return (0, left, up, (left + up) // 2)[kind]
