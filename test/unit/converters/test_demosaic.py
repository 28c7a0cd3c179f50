# SPDX-License-Identifier: Apache-2.0
"""Colors behind a Bayer filter come back where they change slowly, up to the border."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.converters.demosaic import demosaic

PATTERNS = ('rggb', 'bggr', 'gbrg', 'grbg')


def filtered(colors: np.ndarray[Any, Any], pattern: str) -> np.ndarray[Any, Any]:
    """Keep of each pixel the color that the filter lets through."""
    height, width, _ = colors.shape
    y, x = np.mgrid[:height, :width]
    channel = np.array(['rgb'.index(color) for color in pattern])[2 * (y % 2) + x % 2]
    mosaic: np.ndarray[Any, Any] = np.take_along_axis(colors, channel[..., None], axis=2)[..., 0]
    return mosaic


@pytest.mark.parametrize('pattern', PATTERNS)
@pytest.mark.parametrize('shape', [(8, 12), (7, 9), (2, 2), (3, 2)])
def test_one_color_comes_back(pattern: str, shape: tuple[int, int]) -> None:
    colors = np.full((*shape, 3), (200, 90, 10), np.uint8)
    np.testing.assert_array_equal(demosaic(filtered(colors, pattern), pattern), colors)


@pytest.mark.parametrize('pattern', PATTERNS)
def test_slopes_come_back(pattern: str) -> None:
    y, x = np.mgrid[:20, :30]
    colors = np.stack((4 * x + 2 * y, 250 - 4 * x, 100 + 4 * y - 2 * x), axis=2).astype(np.uint8)
    found = demosaic(filtered(colors, pattern), pattern).astype(int)
    np.testing.assert_allclose(found[1:-1, 1:-1], colors[1:-1, 1:-1], atol=1)
    np.testing.assert_allclose(found, colors, atol=8)


@pytest.mark.parametrize('shape', [(1, 1), (1, 6), (6, 1)])
def test_a_line_has_no_color_between_its_pixels(shape: tuple[int, int]) -> None:
    assert demosaic(np.full(shape, 7, np.uint8), 'rggb').shape == (*shape, 3)
