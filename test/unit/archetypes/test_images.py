# SPDX-License-Identifier: Apache-2.0
"""Pixels: how often they are copied, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.archetypes import DepthImage, Image, SegmentationImage
from rerun_bridge.encodings import owned
from rerun_bridge.errors import UsageError

PIXELS = np.arange(3 * 2000, dtype='u1').reshape(20, 100, 3)


def pixels_of(image: Image | DepthImage) -> Any:  # noqa: ANN401 - bytes or memoryview
    """Return the buffer of an encoded image."""
    return image.datas[0][0]


def test_pixels_are_copied() -> None:
    pixels = PIXELS.copy()
    image = Image(pixels)
    pixels[:] = 0
    assert bytes(pixels_of(image)) == PIXELS.tobytes()


@pytest.mark.parametrize(
    'pixels', [owned(PIXELS), np.frombuffer(PIXELS.tobytes(), 'u1').reshape(PIXELS.shape)]
)
def test_immutable_pixels_are_not_copied(pixels: Any) -> None:  # noqa: ANN401
    assert np.shares_memory(np.frombuffer(pixels_of(Image(pixels)), 'u1'), pixels)


def test_bytes_are_not_copied() -> None:
    content = PIXELS.tobytes()
    image = Image(bytes=content, width=100, height=20, color_model='RGB', datatype='U8')
    assert pixels_of(image) is content
    view = memoryview(content)[6:]
    image = Image(bytes=view, width=1, height=1, pixel_format='NV12')
    assert np.shares_memory(np.frombuffer(pixels_of(image), 'u1'), np.frombuffer(view, 'u1'))


def test_big_endian_pixels_are_swapped() -> None:
    pixels = np.arange(6, dtype='<u2').reshape(2, 3)
    assert bytes(pixels_of(Image(pixels.astype('>u2')))) == pixels.tobytes()
    assert bytes(pixels_of(DepthImage(pixels.astype('>u2')))) == pixels.tobytes()


def test_parts_of_images() -> None:
    part = PIXELS[::2, 10:20, ::-1]
    assert bytes(pixels_of(Image(part))) == part.tobytes()


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ({}, 'give image= or bytes='),
        ({'image': np.zeros((2, 3, 2), 'u1')}, 'an image of 2 channels is not L, RGB or RGBA'),
        ({'image': np.zeros((2, 3, 3), 'u1'), 'color_model': 'L'}, '3 channels is not L'),
        ({'image': np.zeros(3, 'u1')}, 'expected an image of shape'),
        ({'image': np.zeros((2, 3), '?')}, 'images of bool do not exist'),
        ({'image': np.zeros((2, 3), 'u1'), 'width': 9}, '9 x None is not the size'),
        ({'bytes': b'1'}, 'give width= and height='),
        ({'bytes': b'1', 'width': 1, 'height': 1}, 'give pixel_format= or color_model='),
        (
            {'bytes': b'1', 'width': 1, 'height': 1, 'pixel_format': 26, 'datatype': 6},
            'leave color_model= and datatype= out',
        ),
    ],
)
def test_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        Image(**arguments)


@pytest.mark.parametrize('archetype', [DepthImage, SegmentationImage])
def test_gray_images_refuse_colors(archetype: Any) -> None:  # noqa: ANN401
    with pytest.raises(UsageError, match=r'expected an image of shape \(height, width\)'):
        archetype(PIXELS)
