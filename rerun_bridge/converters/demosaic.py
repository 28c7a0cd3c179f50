# SPDX-License-Identifier: Apache-2.0
"""Colors of the pixels behind a Bayer filter, each of which sees one color."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels: TypeAlias = npt.NDArray[np.uint8]

_COLORS = 'rgb'
_SITES = ((0, 0), (0, 1), (1, 0), (1, 1))


def demosaic(mosaic: Pixels, pattern: str) -> Pixels:
    """
    Take what a pixel does not see from its neighbors, by linear interpolation.

    Parameters
    ----------
    mosaic
        Shape (height, width).
    pattern
        The colors of the upper left four pixels, such as ``rggb``.

    Returns
    -------
    numpy.ndarray
        Red, green and blue, shape (height, width, 3).

    """
    height, width = mosaic.shape
    colors = np.empty((height, width, len(_COLORS)), np.uint8)
    padded = np.pad(mosaic, 1, 'reflect').astype(np.uint16)
    for y, x in _SITES:

        def shifted(down: int, right: int, y: int = y, x: int = x) -> npt.NDArray[np.uint16]:
            return padded[
                1 + y + down : height + 1 + down : 2, 1 + x + right : width + 1 + right : 2
            ]

        here = colors[y::2, x::2]
        own = _COLORS.index(pattern[2 * y + x])
        beside = _COLORS.index(pattern[2 * y + 1 - x])
        above = _COLORS.index(pattern[2 * (1 - y) + x])
        sides, ends = shifted(0, -1) + shifted(0, 1), shifted(-1, 0) + shifted(1, 0)
        here[..., own] = shifted(0, 0)
        if beside == above:
            corners = shifted(-1, -1) + shifted(-1, 1) + shifted(1, -1) + shifted(1, 1)
            here[..., beside] = (sides + ends) >> 2
            here[..., 3 - own - beside] = corners >> 2
        else:
            here[..., beside] = sides >> 1
            here[..., above] = ends >> 1
    return colors
