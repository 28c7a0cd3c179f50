# SPDX-License-Identifier: Apache-2.0
"""PNG files of 16-bit gray: what compressed depth images of 32 bits are quantized to."""

from __future__ import annotations

import struct
from typing import Any, TYPE_CHECKING, TypeAlias
import zlib

import numpy as np

from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[Any]


_SIGNATURE_SIZE = 8
_CHUNK_HEAD = struct.Struct('>I4s')
_HEADER = struct.Struct('>IIBBBBB')
_BITS, _GRAY = 16, 0
_PIXEL_SIZE = 2
_MAX_BYTE = 255
_NUM_FILTERS = 5
_MAX_PIXELS = 1 << 24


def decode_gray_png(file: Array) -> npt.NDArray[np.uint16]:
    """
    Decode an image.

    Parameters
    ----------
    file
        The bytes of a PNG file, shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (height, width).

    Raises
    ------
    ConversionError
        If the file is damaged or not 16-bit gray.

    """
    header, compressed = _read_chunks(file.data)
    width, height, bits, color, _, _, interlace = _HEADER.unpack(header)
    if (bits, color, interlace) != (_BITS, _GRAY, 0) or not 0 < width * height <= _MAX_PIXELS:
        msg = 'a compressed depth image is no PNG file of 16-bit gray; repair the publisher'
        raise ConversionError(msg)
    size = height * (1 + _PIXEL_SIZE * width)
    try:
        raw = zlib.decompressobj().decompress(compressed, size)
    except zlib.error as exc:
        msg = f'the PNG file of a compressed depth image is damaged: {exc}'
        raise ConversionError(msg) from exc
    if len(raw) < size:
        msg = 'the PNG file of a compressed depth image is truncated; repair the publisher'
        raise ConversionError(msg)
    rows = np.frombuffer(raw, np.uint8).reshape(height, -1)
    if (rows[:, 0] >= _NUM_FILTERS).any():
        msg = 'the PNG file of a compressed depth image has unknown filters; repair the publisher'
        raise ConversionError(msg)
    pixels = _unfilter(rows[:, 0], rows[:, 1:].reshape(height, width, _PIXEL_SIZE))
    numbers: npt.NDArray[np.uint16] = (
        np.ascontiguousarray(pixels).view('>u2').reshape(height, width).astype(np.uint16)
    )
    return numbers


def _read_chunks(file: memoryview) -> tuple[bytes, bytes]:
    """Return the contents of the header chunk and of all data chunks."""
    contents: dict[bytes, list[bytes]] = {b'IHDR': [], b'IDAT': []}
    at = _SIGNATURE_SIZE
    while at + _CHUNK_HEAD.size <= len(file):
        size, name = _CHUNK_HEAD.unpack_from(file, at)
        at += _CHUNK_HEAD.size
        contents.setdefault(name, []).append(bytes(file[at : at + size]))
        at += size + 4
    header = b''.join(contents[b'IHDR'])
    if len(header) != _HEADER.size:
        msg = 'the PNG file of a compressed depth image has no header; repair the publisher'
        raise ConversionError(msg)
    return header, b''.join(contents[b'IDAT'])


def _unfilter(filters: Array, filtered: Array) -> Array:
    """
    Undo the filters of all rows at once.

    Every byte depends on those left of it, above it and left above it, so that all bytes of a
    diagonal can be done together. Here ``table[x + y + 2, y + 1]`` is the pixel (x, y), and zeros
    surround the image.
    """
    height, width, _ = filtered.shape
    table = np.zeros((width + height + 1, height + 1, _PIXEL_SIZE), np.int16)
    y, x = np.mgrid[:height, :width]
    table[x + y + 2, y + 1] = filtered
    kinds = [(filters == kind).astype(np.int16)[:, None] for kind in range(1, 5)]
    for diagonal in range(width + height - 1):
        first, stop = max(0, diagonal - width + 1), min(height, diagonal + 1)
        left = table[diagonal + 1, first + 1 : stop + 1]
        up = table[diagonal + 1, first:stop]
        corner = table[diagonal, first:stop]
        is_sub, is_up, is_average, is_paeth = (kind[first:stop] for kind in kinds)
        pixels = table[diagonal + 2, first + 1 : stop + 1]
        pixels += left * is_sub + up * is_up + (left + up >> 1) * is_average
        pixels += _paeth(left, up, corner) * is_paeth
        pixels &= _MAX_BYTE
    image: Array = table[x + y + 2, y + 1].astype(np.uint8)
    return image


def _paeth(left: Array, up: Array, corner: Array) -> Array:
    """Return the neighbor that is closest to left + up - corner."""
    to_left, to_up = np.abs(up - corner), np.abs(left - corner)
    to_corner = np.abs(left + up - 2 * corner)
    closest: Array = np.where(
        (to_left <= to_up) & (to_left <= to_corner),
        left,
        np.where(to_up <= to_corner, up, corner),
    )
    return closest
