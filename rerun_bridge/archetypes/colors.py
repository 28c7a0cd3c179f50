# SPDX-License-Identifier: Apache-2.0
"""
Colors: whatever users write, packed into numbers 0xRRGGBBAA.

Bytes and integers mean 0 to 255, floats mean 0 to 1 (both in gamma space), 32-bit numbers are
packed already. A missing alpha is opaque.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.encodings import copied, empty, Primitive
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    Array = np.ndarray[Any, Any]

_RGB, _RGBA = 3, 4
_OPAQUE = 0xFF
_PACKED = np.dtype('<u4')


class Color(Primitive):
    """One color per instance."""

    def __init__(self) -> None:
        super().__init__('<u4')

    def coerce(self, value: Any) -> Array:  # noqa: ANN401
        """Take one color or a sequence of them; see the module for the rules."""
        if isinstance(value, int):
            return super().coerce(value)
        if isinstance(value, (list, tuple)) and len(value) in {_RGB, _RGBA}:
            one = _pack_one(value)
            if one is not None:
                return np.array((one,), self.dtype)
        if isinstance(value, (list, tuple)) and _is_mixed(value):
            return _pack_mixed(value)
        try:
            colors = np.asarray(value)
        except ValueError as exc:
            msg = f'cannot read colors from {type(value).__name__}: {exc}'
            raise UsageError(msg) from exc
        if colors.dtype == object:
            return _pack_mixed(colors)
        if colors.dtype.kind not in 'iuf':
            msg = f'expected colors as integers or floats, got {colors.dtype}'
            raise UsageError(msg)
        if colors.ndim != 2:  # noqa: PLR2004 - rows of a matrix are the usual case
            colors = _as_rows(colors.squeeze())
        if colors.dtype == np.uint32:
            return super().coerce(value)
        return _pack_rows(colors)


def _pack_one(channels: list[Any] | tuple[Any, ...]) -> int | None:
    try:
        return int.from_bytes(bytes(channels).ljust(_RGBA, b'\xff'), 'big')
    except (TypeError, ValueError):  # floats, colors, or numbers above 255
        return None


def _as_rows(colors: Array) -> Array:
    """Shape anything but a matrix: numbers that are packed already, or colors in rows."""
    if colors.ndim > 1 or colors.dtype == np.uint32:
        return colors
    if not colors.size:
        return np.empty(0, np.uint32)
    if colors.dtype.kind == 'f' or colors.dtype == np.uint8:
        return colors.reshape(-1, _RGBA) if colors.size > _RGBA else colors.reshape(1, -1)
    if colors.size in {_RGB, _RGBA} and colors.max() <= _OPAQUE:
        return colors.reshape(1, -1)
    return colors.astype(np.uint32)


def _pack_rows(colors: Array) -> Array:
    if colors.ndim != 2 or colors.shape[1] not in {_RGB, _RGBA}:  # noqa: PLR2004
        if not colors.size:
            return np.empty(0, '<u4')
        if colors.dtype.kind in 'iu' and 1 in colors.shape:
            return colors.astype('<u4').reshape(-1)
        msg = f'expected colors with 3 or 4 channels, got an array of shape {colors.shape}'
        raise UsageError(msg)
    if colors.dtype.kind == 'f':
        colors = np.round(colors * 255.0)
    rgba = np.ascontiguousarray(colors, np.uint8)
    if rgba.shape[1] == _RGBA:
        return copied(rgba.view('>u4').reshape(-1), _PACKED)
    return _pack_rgb(rgba)


def _pack_rgb(rgb: Array) -> Array:
    # Big-endian words at every third byte are RGB and the next R, which becomes the alpha. The
    # last word would reach beyond the end.
    packed = empty((len(rgb),), _PACKED)
    if len(rgb):
        words: Array = np.ndarray((len(rgb) - 1,), '>u4', rgb, strides=(_RGB,))
        np.bitwise_or(words, _OPAQUE, out=packed[:-1])
        packed[-1] = int.from_bytes(rgb[-1].tobytes(), 'big') << 8 | _OPAQUE
    return packed


def _is_mixed(colors: list[Any] | tuple[Any, ...]) -> bool:
    return len({len(item) if isinstance(item, (list, tuple)) else None for item in colors}) > 1


def _pack_mixed(value: Any) -> Array:  # noqa: ANN401
    color = Color()
    try:
        return np.concatenate([color.coerce(item) for item in value])
    except (TypeError, RecursionError) as exc:
        msg = f'cannot read colors from {type(value).__name__}; use rows of 3 or 4 numbers'
        raise UsageError(msg) from exc
