# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from rerun_bridge.converters.png_depth import decode_gray_png
from rerun_bridge.errors import ConversionError
from test.unit.converters.png_files import chunk, write_gray_png

PIXELS = np.random.default_rng(7).integers(0, 1 << 16, (6, 5), np.uint16)


def decode(file: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    return decode_gray_png(np.frombuffer(file, np.uint8))


@pytest.mark.parametrize(
    'filters',
    [[0] * 6, [1] * 6, [2] * 6, [3] * 6, [4] * 6, [4, 3, 2, 1, 0, 4], [0, 1, 2, 3, 4, 3]],
)
@pytest.mark.parametrize('shape', [(6, 5), (6, 1), (1, 5)])
def test_all_filters(filters: list[int], shape: tuple[int, int]) -> None:
    pixels = PIXELS[: shape[0], : shape[1]]
    np.testing.assert_array_equal(decode(write_gray_png(pixels, filters)), pixels)


def test_data_in_several_chunks() -> None:
    file = write_gray_png(PIXELS)
    start = file.index(b'IDAT') - 4
    (size,) = struct.unpack_from('>I', file, start)
    data = file[start + 8 : start + 8 + size]
    split = (
        file[:start] + chunk(b'IDAT', data[:7]) + chunk(b'tEXt', b'-') + chunk(b'IDAT', data[7:])
    )
    np.testing.assert_array_equal(decode(split), PIXELS)


def changed_header(**values: int) -> bytes:
    names = ('width', 'height', 'bits', 'color', 'compression', 'filter', 'interlace')
    header = dict(zip(names, (5, 6, 16, 0, 0, 0, 0), strict=True)) | values
    file = write_gray_png(PIXELS)
    return file[:8] + chunk(b'IHDR', struct.pack('>IIBBBBB', *header.values())) + file[33:]


@pytest.mark.parametrize(
    ('file', 'message'),
    [
        (b'', 'no header'),
        (write_gray_png(PIXELS)[:20], 'no header'),
        (write_gray_png(PIXELS)[:60], 'truncated'),
        (changed_header(bits=8), 'no PNG file of 16-bit gray'),
        (changed_header(color=2), 'no PNG file of 16-bit gray'),
        (changed_header(interlace=1), 'no PNG file of 16-bit gray'),
        (changed_header(width=0), 'no PNG file of 16-bit gray'),
        (changed_header(width=1 << 31, height=1 << 31), 'no PNG file of 16-bit gray'),
        (changed_header(height=7), 'truncated'),
        (write_gray_png(PIXELS)[:41] + b'????????', 'damaged'),
        (write_gray_png(np.zeros((1, 1), np.uint16)).replace(b'IDAT', b'idat'), 'truncated'),
    ],
)
def test_bad_files(file: bytes, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        decode(file)


def test_unknown_filters() -> None:
    file = write_gray_png(PIXELS)
    body = bytes([9]) + bytes(6 * 11 - 1)
    bad = file[: file.index(b'IDAT') - 4] + chunk(b'IDAT', zlib.compress(body))
    with pytest.raises(ConversionError, match='unknown filters'):
        decode(bad)
