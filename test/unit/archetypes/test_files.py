# SPDX-License-Identifier: Apache-2.0
"""Files given by path, by contents or open."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge.archetypes import Asset3D, AssetVideo, EncodedImage
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of

if TYPE_CHECKING:
    from pathlib import Path

PNG = b'\x89PNG\r\n\x1a\n...'


@pytest.mark.parametrize(
    'contents', [PNG, bytearray(PNG), memoryview(PNG), np.frombuffer(PNG, 'u1'), BytesIO(PNG)]
)
def test_contents(contents: bytes) -> None:
    image = EncodedImage(contents=contents)
    assert values_of(image) == {'blob': [list(PNG)], 'media_type': ['image/png']}


def test_unknown_contents() -> None:
    assert set(values_of(EncodedImage(contents=b'?'))) == {'blob'}
    assert set(values_of(Asset3D(contents=PNG))) == {'blob'}


def test_paths(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(PNG)
    assert values_of(EncodedImage(path=path))['media_type'] == ['image/jpeg']
    assert values_of(EncodedImage(path=str(path), media_type='x/y'))['media_type'] == ['x/y']
    unnamed = tmp_path / 'image'
    unnamed.write_bytes(PNG)
    assert values_of(EncodedImage(path=unnamed))['media_type'] == ['image/png']


def test_needed_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='give path= or contents='):
        AssetVideo()
    with pytest.raises(UsageError, match='give path= or contents='):
        Asset3D(path=tmp_path, contents=b'')
