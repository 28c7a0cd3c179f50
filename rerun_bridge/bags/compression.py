# SPDX-License-Identifier: Apache-2.0
"""The compressions of bags, by the codecs that pyarrow brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.errors import DecodeError

if TYPE_CHECKING:
    from pathlib import Path

MAGICS = {b'\x28\xb5\x2f\xfd': 'zstd', b'\x04\x22\x4d\x18': 'lz4'}
"""The first four bytes of compressed data to the name of the codec."""
_PIECE_BYTES, _FILE_PIECE_BYTES = 1 << 12, 1 << 20
MAGIC_SIZE = 4
_MAX_BYTES = 4 << 30
_FAULTS = (OSError, ValueError, MemoryError)
"""Of pyarrow: ArrowInvalid is a ValueError, and I/O faults of codecs are OSErrors."""


def decompress(data: bytes | memoryview, codec: str, num_bytes: int) -> bytes:
    """
    Decompress what is known to have a certain size.

    Parameters
    ----------
    data
        Compressed.
    codec
        ``zstd`` or ``lz4`` (with frames).
    num_bytes
        Size of the result.

    Returns
    -------
    bytes
        As many. Where an LZ4 frame holds fewer, the rest is whatever was in memory.

    Raises
    ------
    DecodeError
        If the data is damaged or the codec unknown.

    """
    if num_bytes > _MAX_BYTES:
        msg = f'{codec} data claims to hold {num_bytes} bytes; copy the file again'
        raise DecodeError(msg)
    try:
        found: bytes = pa.decompress(data, num_bytes, codec=_known(codec), asbytes=True)
    except _FAULTS as exc:
        msg = f'{codec} data is damaged ({_first_line(exc)}); copy the file again'
        raise DecodeError(msg) from exc
    if len(found) != num_bytes:
        msg = f'{codec} data holds {len(found)} bytes, not {num_bytes}; copy the file again'
        raise DecodeError(msg)
    return found


def decompress_all(data: bytes | memoryview, codec: str) -> bytes:
    """
    Decompress what may have any size.

    Parameters
    ----------
    data
        Compressed.
    codec
        ``zstd`` or ``lz4``.

    Returns
    -------
    bytes
        Everything.

    Raises
    ------
    DecodeError
        If the data is damaged or the codec unknown.

    """
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), _known(codec)) as stream:
            found: bytes = stream.read()
    except _FAULTS as exc:
        msg = f'{codec} data is damaged ({_first_line(exc)})'
        raise DecodeError(msg) from exc
    return found


def decompress_prefix(data: bytes | memoryview, codec: str) -> bytes:
    """
    Decompress damaged data as far as possible.

    Parameters
    ----------
    data
        Compressed, with an end missing or a fault somewhere.
    codec
        ``zstd`` or ``lz4``.

    Returns
    -------
    bytes
        What stands before the fault.

    """
    pieces = []
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), _known(codec)) as stream:
            while piece := stream.read(_PIECE_BYTES):
                pieces.append(piece)
    except (*_FAULTS, DecodeError):
        pass
    return b''.join(pieces)


def unpack_file(source: Path, codec: str, target: Path) -> str:
    """
    Decompress a file.

    Parameters
    ----------
    source
        Compressed.
    codec
        ``zstd`` or ``lz4``.
    target
        Created; holds what could be decompressed.

    Returns
    -------
    str
        What went wrong on the way; empty if nothing did.

    Raises
    ------
    OSError
        If the target cannot be written.

    """
    with target.open('wb') as unpacked:
        try:
            stream = pa.input_stream(str(source), compression=_known(codec))
        except _FAULTS as exc:
            return _first_line(exc)
        with stream:
            while True:
                try:
                    piece = stream.read(_FILE_PIECE_BYTES)
                except _FAULTS as exc:
                    return _first_line(exc)
                if not piece:
                    return ''
                unpacked.write(piece)


def _known(codec: str) -> str:
    if codec not in MAGICS.values() or not pa.Codec.is_available(codec):
        msg = f"there is no decompressor for '{codec}'; convert the bag with `ros2 bag convert`"
        raise DecodeError(msg)
    return codec


def _first_line(exc: BaseException) -> str:
    return (str(exc) or type(exc).__name__).splitlines()[0]
