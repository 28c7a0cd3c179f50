# SPDX-License-Identifier: Apache-2.0
"""The same picture in every encoding of ``sensor_msgs``, by plain arithmetic."""

from __future__ import annotations

import re
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from test.unit.converters.ros_messages import HEADER

if TYPE_CHECKING:
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[Any]

COLORED = (
    *('rgb8', 'rgba8', 'bgr8', 'bgra8', 'rgb16', 'rgba16', 'bgr16', 'bgra16'),
    *('8UC3', '8UC4', '16UC3', '16UC4', '16SC3', '32SC3', '32FC3', '32FC4', '64FC3'),
    *('yuyv', 'yuv422_yuy2', 'uyvy', 'yuv422', 'nv12', 'nv21', 'nv24'),
    *(
        f'bayer_{pattern}{bits}'
        for pattern in ('rggb', 'bggr', 'gbrg', 'grbg')
        for bits in (8, 16)
    ),
)
GRAY = ('mono8', '8UC1', 'mono16', '8SC1', '16SC1', '32SC1')
WIDTH, HEIGHT = 48, 32


def colors() -> Array:
    """Return a colorful picture without edges, 0 to 255, shape (HEIGHT, WIDTH, 3)."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    red, green = x * 255 / (WIDTH - 1), y * 255 / (HEIGHT - 1)
    blue = 255 - (red + green) / 2
    picture: Array = np.stack((red, green, blue), axis=2).round()
    return picture


def grays() -> Array:
    """Return a gray picture that goes from 0 to 255, shape (HEIGHT, WIDTH)."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    gray: Array = ((x / (WIDTH - 1) + y / (HEIGHT - 1)) * 127.5).round()
    return gray


def image(encoding: str, **fields: object) -> dict[str, Any]:
    """Make a ``sensor_msgs/msg/Image`` of `colors` or `grays`."""
    data = _gray(encoding) if encoding in GRAY else _colored(encoding)
    planes = {'nv12': (3, 2), 'nv21': (3, 2), 'nv24': (3, 1)}
    times, per = planes.get(encoding, (1, 1))
    return {
        'header': HEADER,
        'width': WIDTH,
        'height': HEIGHT,
        'encoding': encoding,
        'step': len(data) * per // (times * HEIGHT),
        'data': data,
        **fields,
    }


def _gray(encoding: str) -> bytes:
    gray = grays()
    kinds = {'mono16': '<u2', '16SC1': '<i2', '32SC1': '<i4', '8SC1': 'i1'}
    if encoding == 'mono16':
        gray = gray * 257
    if encoding in {'8SC1', '16SC1'}:
        gray = gray - 128
    return gray.astype(kinds.get(encoding, 'u1')).tobytes()


def _colored(encoding: str) -> bytes:
    picture = colors()
    named = re.fullmatch(r'(rgb|bgr)(a?)(8|16)', encoding)
    numbered = re.fullmatch(r'(8|16|32|64)([USF])C([34])', encoding)
    if named:
        return _channels(picture, named[1], bool(named[2]), f'<u{int(named[3]) // 8}')
    if numbered:
        kind = f'<{numbered[2].lower().replace("s", "i")}{int(numbered[1]) // 8}'
        return _channels(picture, 'bgr', numbered[3] == '4', kind)
    if encoding.startswith('bayer'):
        return _bayer(picture, encoding[6:10], encoding[10:])
    return _yuv(picture, encoding)


def _channels(picture: Array, order: str, has_alpha: bool, kind: str) -> bytes:  # noqa: FBT001
    if order == 'bgr':
        picture = picture[..., ::-1]
    if has_alpha:
        picture = np.dstack((picture, np.full(picture.shape[:2], 255)))
    scales = {'<u2': 257, '<f4': 1 / 255, '<f8': 1 / 255, '<i2': 10, '<i4': 1000}
    return (picture * scales.get(kind, 1)).astype(kind).tobytes()


def _bayer(picture: Array, pattern: str, bits: str) -> bytes:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    channel = np.array(['rgb'.index(color) for color in pattern])[2 * (y % 2) + x % 2]
    mosaic = np.take_along_axis(picture, channel[..., None], axis=2)[..., 0]
    return (
        (mosaic * 257).astype('<u2').tobytes() if bits == '16' else mosaic.astype('u1').tobytes()
    )


def _yuv(picture: Array, encoding: str) -> bytes:
    """Apply BT.601 of limited range."""
    red, green, blue = np.moveaxis(picture / 255, 2, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    y = _bytes(16 + 219 * luma)
    chroma = np.stack(
        (128 + 112 * (blue - luma) / (1 - 0.114), 128 + 112 * (red - luma) / (1 - 0.299)), axis=2
    )
    if encoding == 'nv24':
        return y.tobytes() + _bytes(chroma).tobytes()
    pairs = (chroma[:, ::2] + chroma[:, 1::2]) / 2
    if encoding in {'nv12', 'nv21'}:
        pairs = (pairs[::2] + pairs[1::2]) / 2
        return y.tobytes() + _bytes(pairs[..., :: 1 if encoding == 'nv12' else -1]).tobytes()
    quads = [y[:, ::2], _bytes(pairs[..., 0]), y[:, 1::2], _bytes(pairs[..., 1])]
    if encoding in {'uyvy', 'yuv422'}:
        quads = [quads[i] for i in (1, 0, 3, 2)]
    return np.stack(quads, axis=2).tobytes()


def _bytes(values: Array) -> Array:
    found: Array = values.round().astype('u1')
    return found
