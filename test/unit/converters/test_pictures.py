# SPDX-License-Identifier: Apache-2.0
"""Every encoding becomes the picture that it shows."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
import pytest

from rerun_bridge.converters.image_encodings import image_encoding
from rerun_bridge.converters.pictures import (
    Picture,
    read_picture,
    shrink,
    target_size,
    to_jpeg,
    to_picture,
)
from rerun_bridge.errors import ConversionError
from test.unit.converters.image_samples import COLORED, colors, GRAY, grays, HEIGHT, image, WIDTH


def picture_of(encoding: str) -> Picture:
    meaning = image_encoding(encoding)
    pixels = np.frombuffer(image(encoding)['data'], np.uint8)
    if meaning.convert is not None:
        pixels = meaning.convert(pixels, WIDTH, HEIGHT)
    return to_picture(pixels, WIDTH, HEIGHT, meaning)


def distances(picture: Picture, expected: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    mode = 'L' if expected.ndim == 2 else 'RGB'
    away: np.ndarray[Any, Any] = np.abs(np.asarray(picture.convert(mode)) - expected.astype(float))
    return away


@pytest.mark.parametrize('encoding', COLORED)
def test_colors(encoding: str) -> None:
    picture = picture_of(encoding)
    assert picture.size == (WIDTH, HEIGHT)
    # Pixels share their chroma in YUV, and take colors from their neighbors behind Bayer filters.
    tolerance = 10 if encoding.startswith(('y', 'u', 'n', 'bayer')) else 1
    away = distances(picture, colors())
    assert away[1:-1, 1:-1].max() <= tolerance
    assert away.mean() < 3
    decoded = Image.open(io.BytesIO(to_jpeg(picture, 95)))
    assert decoded.mode == 'RGB'
    assert distances(decoded, colors()).mean() < 3


@pytest.mark.parametrize('encoding', GRAY)
def test_grays(encoding: str) -> None:
    picture = picture_of(encoding)
    assert picture.mode == 'L'
    assert distances(picture, grays()).max() <= 1
    decoded = Image.open(io.BytesIO(to_jpeg(picture, 95)))
    assert decoded.mode == 'L'
    assert distances(decoded, grays()).mean() < 2


@pytest.mark.parametrize(
    ('values', 'expected'),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 0.5, np.nan, np.inf], [0, 128, 0, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([1000.0, 2000.0], [0, 255]),
        ([1000.0, 1000.0], [128, 128]),
        ([np.nan, np.nan], [0, 0]),
    ],
)
def test_wide_numbers_are_scaled_as_the_viewer_does(
    values: list[float], expected: list[int]
) -> None:
    meaning = image_encoding('32FC3')
    pixels = np.repeat(np.array(values, '<f4'), 3).view(np.uint8)
    picture = to_picture(pixels, len(values), 1, meaning)
    assert np.asarray(picture)[0, :, 0].tolist() == expected


def test_quality_makes_the_difference() -> None:
    picture = picture_of('rgb8')
    assert len(to_jpeg(picture, 10)) < len(to_jpeg(picture, 60)) < len(to_jpeg(picture, 100))


def test_a_smaller_pixel_is_the_average_of_those_that_it_stands_for() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[:2, :2], pixels[2:, 2:] = 200, 100
    pixels[0, 0] = 100
    found = np.asarray(shrink(Image.fromarray(pixels), (2, 2)))[..., 0]
    assert found.tolist() == [[175, 0], [0, 100]]


@pytest.mark.parametrize('encoding', ['mono8', 'rgb8', 'rgba8', 'nv12'])
def test_shrinking_keeps_the_colors(encoding: str) -> None:
    small = shrink(picture_of(encoding), (20, 10)).convert('RGB')
    expected = grays()[..., None].repeat(3, axis=2) if encoding == 'mono8' else colors()
    wanted = np.asarray(Image.fromarray(expected.astype(np.uint8)).resize((20, 10), 4))
    assert distances(small, wanted).mean() < 4


@pytest.mark.parametrize(
    ('resize', 'size', 'expected'),
    [
        (1.0, (640, 480), (640, 480)),
        (0.5, (640, 480), (320, 240)),
        (0.001, (640, 480), (1, 1)),
        (320.0, (640, 480), (320, 240)),
        (2.0, (640, 480), (2, 2)),
        (1280.0, (640, 480), (640, 480)),
        ('320x100', (640, 480), (320, 100)),
        ('1280x100', (640, 480), (640, 100)),
        (0.5, (3, 1), (2, 1)),
    ],
)
def test_target_sizes(
    resize: str | float, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert target_size(resize, *size) == expected


def file_of(picture: Picture, kind: str) -> Any:  # noqa: ANN401
    file = io.BytesIO()
    picture.save(file, kind)
    return np.frombuffer(file.getvalue(), np.uint8)


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP', 'BMP', 'TIFF'])
def test_files_are_read(kind: str) -> None:
    found = read_picture(file_of(picture_of('rgb8'), kind), 1.0)
    assert found is not None
    picture, size = found
    assert size == picture.size == (WIDTH, HEIGHT)
    assert distances(picture, colors()).mean() < 6


def test_big_files_are_read_as_big_as_needed() -> None:
    big = picture_of('rgb8').resize((1600, 1200))
    found = read_picture(file_of(big, 'JPEG'), '300x300')
    assert found is not None
    picture, size = found
    assert size == (1600, 1200)
    assert picture.size == (400, 300)


@pytest.mark.parametrize('mode', ['P', '1', 'LA', 'CMYK'])
def test_files_of_other_kinds_of_pixels(mode: str) -> None:
    picture = picture_of('rgb8').convert(mode)
    found = read_picture(file_of(picture, 'TIFF'), 1.0)
    assert found is not None
    assert found[0].mode == 'RGB'


def test_files_of_numbers_are_no_pictures() -> None:
    numbers = Image.fromarray(np.arange(12, dtype=np.uint16).reshape(3, 4))
    assert read_picture(file_of(numbers, 'PNG'), 0.5) is None


def test_bad_files() -> None:
    file = file_of(picture_of('rgb8'), 'JPEG')
    with pytest.raises(ConversionError, match='the picture file is damaged'):
        read_picture(file[:200], 1.0)
    with pytest.raises(ConversionError, match='no picture that Pillow reads'):
        read_picture(np.frombuffer(b'\xff\xd8\xff garbage', np.uint8), 1.0)
