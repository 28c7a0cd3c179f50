# SPDX-License-Identifier: Apache-2.0
"""
Pictures of 8 bits per channel, by Pillow: made of the pixels of any image, shrunk, written.

This is the one module that needs Pillow; whoever imports it does so when a user asks for it.
"""

from __future__ import annotations

from functools import lru_cache
import io
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, UnidentifiedImageError

from rerun_bridge.archetypes import ColorModel, PixelFormat
from rerun_bridge.converters.demosaic import demosaic
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from rerun_bridge.converters.image_encodings import ImageEncoding, Pixels

    Array: TypeAlias = npt.NDArray[Any]

Picture: TypeAlias = Image.Image
"""Of mode L, RGB, RGBA or YCbCr."""
Size: TypeAlias = tuple[int, int]
"""Width and height."""
_MODES: Mapping[ColorModel, tuple[str, str]] = {
    ColorModel.L: ('L', 'L'),
    ColorModel.RGB: ('RGB', 'RGB'),
    ColorModel.RGBA: ('RGBA', 'RGBA'),
    ColorModel.BGR: ('RGB', 'BGR'),
    ColorModel.BGRA: ('RGBA', 'BGRA'),
}
_BAYER: Mapping[PixelFormat, str] = {
    PixelFormat.BayerRGGB8: 'rggb',
    PixelFormat.BayerBGGR8: 'bggr',
    PixelFormat.BayerGBRG8: 'gbrg',
    PixelFormat.BayerGRBG8: 'grbg',
}
_MAX_BYTE = 255
_LEVELS = np.arange(256)
_FULL_LUMA = ((_LEVELS - 16) * (_MAX_BYTE / 219)).round().clip(0, _MAX_BYTE).astype(np.uint8)
_FULL_CHROMA = ((_LEVELS - 128) * (_MAX_BYTE / 224) + 128).round().clip(0, _MAX_BYTE)
_FULL_CHROMA = _FULL_CHROMA.astype(np.uint8)


def to_picture(pixels: Pixels, width: int, height: int, encoding: ImageEncoding) -> Picture:
    """
    Make a picture of an image that is no depth image.

    Parameters
    ----------
    pixels
        As Rerun understands them, little-endian and without gaps.
    width, height
        In pixels.
    encoding
        What the pixels mean. Wider numbers than bytes are shown as the viewer shows them.

    """
    pixel_format = encoding.pixel_format
    if pixel_format is None:
        numbers = pixels.view(encoding.dtype)
        data = numbers if encoding.dtype == np.uint8 else _to_bytes(numbers)
        mode, raw_mode = _MODES[encoding.color_model or ColorModel.L]
        return Image.frombuffer(mode, (width, height), data, 'raw', raw_mode, 0, 1)
    if pixel_format in _BAYER:
        mosaic = pixels.reshape(height, width)
        return Image.fromarray(demosaic(mosaic, _BAYER[pixel_format]))
    luma, blue, red = _planes(pixels, width, height, pixel_format)
    bands = [Image.fromarray(_FULL_LUMA[luma])]
    for chroma in (blue, red):
        band = Image.fromarray(_FULL_CHROMA[chroma])
        bands.append(band.resize((width, height), Image.NEAREST))
    return Image.merge('YCbCr', bands)


@lru_cache(maxsize=256)
def target_size(resize: str | float, width: int, height: int) -> Size:
    """
    Return the size that a picture gets.

    Parameters
    ----------
    resize
        Checked value of the option.
    width, height
        Of the picture; it is never enlarged.

    Returns
    -------
    tuple of int
        Width and height, at least 1.

    """
    if isinstance(resize, str):
        wide, _, high = resize.partition('x')
        size = int(wide), int(high)
    else:
        factor = resize if resize <= 1 else resize / width
        size = round(width * factor), round(height * factor)
    return max(1, min(width, size[0])), max(1, min(height, size[1]))


def read_picture(data: Pixels, resize: str | float) -> tuple[Picture, Size] | None:
    """
    Decode a file.

    Parameters
    ----------
    data
        Its bytes.
    resize
        See `target_size`.

    Returns
    -------
    picture : Picture
        At least of the size that it is to get.
    size : tuple of int
        Width and height of the picture in the file. None in place of both if the file holds
        numbers wider than bytes.

    Raises
    ------
    ConversionError
        If the file is damaged or of a kind that Pillow does not know.

    """
    try:
        picture: Picture = Image.open(io.BytesIO(data.tobytes()))
        size = picture.size
        picture.draft(None, target_size(resize, *size))
        picture.load()
    except UnidentifiedImageError as exc:
        msg = 'the file is no picture that Pillow reads; unset resize, jpeg_quality and encode'
        raise ConversionError(msg) from exc
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as exc:
        msg = f'the picture file is damaged ({exc}); repair the publisher'
        raise ConversionError(msg) from exc
    if picture.mode.startswith(('I', 'F')):
        return None
    if picture.mode not in {'L', 'RGB', 'RGBA'}:
        picture = picture.convert('RGB')
    return picture, size


def shrink(picture: Picture, size: Size) -> Picture:
    """Return a smaller picture, each of its pixels the average of those that it stands for."""
    return picture.resize(size, Image.BOX, reducing_gap=1.0)


def to_jpeg(picture: Picture, quality: int) -> bytes:
    """Return a JPEG file, quality from 1 to 100; what is transparent shows its color."""
    file = io.BytesIO()
    opaque = picture.convert('RGB') if picture.mode == 'RGBA' else picture
    opaque.save(file, 'JPEG', quality=quality)
    return file.getvalue()


def _planes(
    pixels: Pixels, width: int, height: int, pixel_format: PixelFormat
) -> tuple[Pixels, Pixels, Pixels]:
    """Return luma and the two chromas, which may be smaller."""
    if pixel_format == PixelFormat.YUY2:
        rows = pixels.reshape(height, 2 * width)
        return rows[:, ::2], rows[:, 1::4], rows[:, 3::4]
    if pixel_format == PixelFormat.NV12:
        rows = pixels.reshape(-1, width)
        return rows[:height], rows[height:, ::2], rows[height:, 1::2]
    luma, blue, red = pixels.reshape(3, height, width)
    return luma, blue, red


def _to_bytes(numbers: Array) -> Pixels:
    """Scale numbers to bytes by the rule of the viewer, which looks at their range."""
    is_float = numbers.dtype.kind == 'f'
    finite = numbers[np.isfinite(numbers)] if is_float else numbers
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if is_float and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= _MAX_BYTE:
        low, high = 0.0, float(_MAX_BYTE)
    elif low == high:
        low, high = low - 1, high + 1
    if numbers.dtype == np.uint16:
        return _scaled(np.arange(1 << 16), low, high)[numbers]
    return _scaled(numbers, low, high)


def _scaled(numbers: Array, low: float, high: float) -> Pixels:
    scaled = (numbers.astype(np.float64) - low) * (_MAX_BYTE / (high - low))
    scaled = np.nan_to_num(scaled.round()).clip(0, _MAX_BYTE)
    pixels: Pixels = scaled.astype(np.uint8)
    return pixels
