# SPDX-License-Identifier: Apache-2.0
"""Numbers to colors: 0xRRGGBBAA as 32-bit numbers."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[Any]
    ColorArray: TypeAlias = npt.NDArray[np.uint32]

_NUM_SHADES = 256
_MAX_BYTE = 255
_DARKEST = 0.08
"""What is below it in Turbo is hardly seen on a black ground."""

# The polynomials by which Google's colormap "Turbo" is approximated: red, green, blue, each from
# the constant to the fifth power.
_TURBO = (
    (0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943),
    (0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604),
    (0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973),
)


def pack(red: Array, green: Array, blue: Array, alpha: Array | int = _MAX_BYTE) -> ColorArray:
    """
    Pack channels.

    Parameters
    ----------
    red, green, blue, alpha
        0 to 255, shape (n,).

    Returns
    -------
    numpy.ndarray
        0xRRGGBBAA, uint32, shape (n,).

    """
    rgba = np.empty((len(red), 4), np.uint8)
    for i, channel in enumerate((red, green, blue, alpha)):
        rgba[:, i] = channel
    return rgba.view('>u4').reshape(-1).astype('<u4')


def turbo(values: Array, limits: Sequence[float] = ()) -> ColorArray:
    """
    Color numbers from blue over green to red.

    Parameters
    ----------
    values
        Of any kind, shape (n,).
    limits
        Values of the ends of the colors; what is beyond gets the color of the end, and what is no
        number the lower one. Without, the finite values set the range, and the others get its
        lower end; if all are the same, they get the middle.

    Returns
    -------
    numpy.ndarray
        0xRRGGBBAA, uint32, shape (n,).

    """
    if not len(values):
        return np.empty(0, '<u4')
    numbers = values.astype(np.float32 if values.dtype.itemsize <= 4 else np.float64)  # noqa: PLR2004
    if limits:
        low, high = limits
        numbers = np.nan_to_num(numbers, nan=low).clip(low, high)
    else:
        low, high = numbers.min(), numbers.max()
    if not np.isfinite(high - low):
        is_finite = np.isfinite(numbers)
        numbers = np.where(is_finite, numbers, np.min(numbers, where=is_finite, initial=np.inf))
        numbers = np.nan_to_num(numbers, posinf=0.0)
        low, high = numbers.min(), numbers.max()
    if low == high:
        return np.full(len(numbers), _SHADES[_NUM_SHADES // 2], '<u4')
    numbers -= low
    numbers *= (_NUM_SHADES - 1) / (high - low)
    # None is out of range, and the other modes do not look for that.
    return _SHADES.take(numbers.astype(np.uint8), mode='wrap')


def _shades() -> ColorArray:
    powers = np.linspace(_DARKEST, 1, _NUM_SHADES)[:, None] ** np.arange(6)
    channels = (powers @ np.array(_TURBO).T).clip(0, 1) * _MAX_BYTE
    return pack(*channels.round().T)


_SHADES = _shades()
