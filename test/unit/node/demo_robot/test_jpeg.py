# SPDX-License-Identifier: Apache-2.0
"""JPEG keeps the colours in their order, whichever library made it."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from rerun_bridge.node.demo_robot.jpeg import jpeg_encoder


def test_none_without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('cv2', 'PIL', 'PIL.Image'):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    assert jpeg_encoder() is None


def test_red_stays_red() -> None:
    image = pytest.importorskip('PIL.Image')
    encode = jpeg_encoder()
    assert encode is not None
    pixels = np.full((16, 24, 3), (200, 40, 10), np.uint8)
    decoded = np.asarray(image.open(io.BytesIO(encode(pixels))))
    assert decoded.shape == pixels.shape
    assert np.abs(decoded.astype(int) - pixels).max() < 6
