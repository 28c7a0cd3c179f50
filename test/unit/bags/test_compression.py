# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from rerun_bridge.bags.compression import (
    decompress,
    decompress_all,
    decompress_prefix,
    unpack_file,
)
from rerun_bridge.errors import DecodeError

if TYPE_CHECKING:
    from pathlib import Path

DATA = np.random.default_rng(1).bytes(300_000) + bytes(300_000)
CODECS = pytest.mark.parametrize('codec', ['lz4', 'zstd'])


@CODECS
def test_round_trip(codec: str, tmp_path: Path) -> None:
    packed = pa.compress(DATA, codec, asbytes=True)
    assert decompress(packed, codec, len(DATA)) == DATA
    assert decompress_all(memoryview(packed), codec) == DATA
    assert decompress_prefix(packed, codec) == DATA
    source, target = tmp_path / 'packed', tmp_path / 'unpacked'
    source.write_bytes(packed)
    assert unpack_file(source, codec, target) == ''
    assert target.read_bytes() == DATA


@CODECS
def test_damage(codec: str, tmp_path: Path) -> None:
    packed = pa.compress(DATA, codec, asbytes=True)
    for bad in (packed[:-9], b'', packed[:8] + bytes(8) + packed[16:]):
        with pytest.raises(DecodeError, match='damaged'):
            decompress(bad, codec, len(DATA))
        assert DATA.startswith(decompress_prefix(bad, codec)[:8] if bad else b'')
    half = packed[: len(packed) // 2]
    found = decompress_prefix(half, codec)
    assert DATA.startswith(found)
    assert len(found) > 50_000
    source, target = tmp_path / 'packed', tmp_path / 'unpacked'
    source.write_bytes(half)
    unpack_file(source, codec, target)
    assert DATA.startswith(target.read_bytes())


@pytest.mark.parametrize(
    ('codec', 'num_bytes'),
    [('zstd', len(DATA) + 1), *((codec, n) for codec in ('lz4', 'zstd') for n in (0, 1, 1 << 62))],
)
def test_wrong_size(codec: str, num_bytes: int) -> None:
    packed = pa.compress(DATA, codec, asbytes=True)
    with pytest.raises(DecodeError):
        decompress(packed, codec, num_bytes)


def test_unknown_codec() -> None:
    with pytest.raises(DecodeError, match="no decompressor for 'rar'"):
        decompress(b'', 'rar', 1)
    assert decompress_prefix(b'', 'rar') == b''
