# SPDX-License-Identifier: Apache-2.0
"""
What the ``encoding`` of an image means.

The names are those of ``sensor_msgs/image_encodings.hpp``: the usual ones, and OpenCV's such as
``16UC1``.
"""

from __future__ import annotations

from functools import lru_cache
import re
from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import ChannelDatatype, ColorModel, DepthImage, Image, PixelFormat
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Pixels: TypeAlias = npt.NDArray[np.uint8]


class ImageEncoding(NamedTuple):
    """
    How the bytes of an image are read.

    Attributes
    ----------
    archetype
        `Image` or `DepthImage`.
    dtype
        Of one number, little-endian.
    num_channels
        Numbers per pixel in a row of bytes.
    color_model, pixel_format
        What Rerun calls it.
    rows_per_line
        Rows of bytes for each row of pixels, as a fraction: planes follow one another.
    block
        Width and height are multiples of these.
    convert
        Bytes without gaps, width and height to what Rerun understands; None if it does already.

    """

    archetype: type[Image | DepthImage]
    dtype: np.dtype[Any]
    num_channels: int = 1
    color_model: ColorModel | None = None
    pixel_format: PixelFormat | None = None
    rows_per_line: tuple[int, int] = (1, 1)
    block: tuple[int, int] = (1, 1)
    convert: Callable[[Pixels, int, int], Pixels] | None = None


@lru_cache(maxsize=256)
def image_encoding(name: str) -> ImageEncoding:
    """
    Look an encoding up.

    Parameters
    ----------
    name
        The field ``encoding`` of a message.

    Returns
    -------
    ImageEncoding
        What it means.

    Raises
    ------
    ConversionError
        If it is not known.

    """
    found = _NAMED.get(name) or _opencv(name)
    if found is None:
        msg = (
            f'images of encoding {name!r} cannot be shown; publish rgb8, bgr8, mono8, 16UC1, '
            '32FC1 or another encoding of sensor_msgs'
        )
        raise ConversionError(msg)
    return found


def _opencv(name: str) -> ImageEncoding | None:
    match = re.fullmatch(r'(8|16|32|64)([USF])C([134])', name)
    if match is None:
        return None
    bits, kind, channels = int(match[1]), match[2].replace('S', 'I'), int(match[3])
    if f'{kind}{bits}' not in ChannelDatatype.__members__:
        return None
    dtype = np.dtype(f'<{kind.lower()}{bits // 8}')
    if name in _DEPTHS:
        return ImageEncoding(DepthImage, dtype)
    return ImageEncoding(Image, dtype, channels, _OPENCV_MODELS[channels])


def _swap_pairs(pixels: Pixels, _width: int, _height: int) -> Pixels:
    return owned(pixels.view(np.uint16).byteswap()).view(np.uint8)


def _swap_chroma(pixels: Pixels, width: int, height: int) -> Pixels:
    swapped = pixels.copy()
    chroma = swapped[width * height :].view(np.uint16)
    chroma.byteswap(inplace=True)
    return owned(swapped)


def _separate_chroma(pixels: Pixels, width: int, height: int) -> Pixels:
    planes = np.empty_like(pixels)
    size = width * height
    planes[:size] = pixels[:size]
    planes[size : 2 * size] = pixels[size::2]
    planes[2 * size :] = pixels[size + 1 :: 2]
    return owned(planes)


def _high_bytes(pixels: Pixels, _width: int, _height: int) -> Pixels:
    return owned(np.ascontiguousarray(pixels[1::2]))


_U8, _U16 = np.dtype('u1'), np.dtype('<u2')
_DEPTHS = {'16UC1', '32FC1', '64FC1'}
_OPENCV_MODELS = {1: ColorModel.L, 3: ColorModel.BGR, 4: ColorModel.BGRA}
_YUY2 = ImageEncoding(Image, _U8, 2, pixel_format=PixelFormat.YUY2, block=(2, 1))
_UYVY = _YUY2._replace(convert=_swap_pairs)
_NV12 = ImageEncoding(
    Image, _U8, pixel_format=PixelFormat.NV12, rows_per_line=(3, 2), block=(2, 2)
)
_BAYER = {
    'rggb': PixelFormat.BayerRGGB8,
    'bggr': PixelFormat.BayerBGGR8,
    'gbrg': PixelFormat.BayerGBRG8,
    'grbg': PixelFormat.BayerGRBG8,
}
_NAMED: Mapping[str, ImageEncoding] = {
    **{
        f'{model.name.lower()}{8 * dtype.itemsize}': ImageEncoding(
            Image, dtype, model.num_channels(), model
        )
        for model in (ColorModel.RGB, ColorModel.RGBA, ColorModel.BGR, ColorModel.BGRA)
        for dtype in (_U8, _U16)
    },
    'mono8': ImageEncoding(Image, _U8, color_model=ColorModel.L),
    'mono16': ImageEncoding(Image, _U16, color_model=ColorModel.L),
    'yuyv': _YUY2,
    'yuv422_yuy2': _YUY2,
    'uyvy': _UYVY,
    'yuv422': _UYVY,
    'nv12': _NV12,
    'nv21': _NV12._replace(convert=_swap_chroma),
    'nv24': ImageEncoding(
        Image,
        _U8,
        pixel_format=PixelFormat.Y_U_V24_LimitedRange,
        rows_per_line=(3, 1),
        convert=_separate_chroma,
    ),
    **{
        f'bayer_{pattern}8': ImageEncoding(Image, _U8, pixel_format=pixel_format)
        for pattern, pixel_format in _BAYER.items()
    },
    **{
        f'bayer_{pattern}16': ImageEncoding(
            Image, _U16, pixel_format=pixel_format, convert=_high_bytes
        )
        for pattern, pixel_format in _BAYER.items()
    },
}
