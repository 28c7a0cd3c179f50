# SPDX-License-Identifier: Apache-2.0
"""Colors that no official tool takes, and those that must not be copied or changed."""

from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.archetypes import Points3D
from rerun_bridge.archetypes.colors import Color
from rerun_bridge.encodings import owned
from rerun_bridge.errors import UsageError


@pytest.mark.parametrize('num_colors', [1, 2, 3, 1000])
@pytest.mark.parametrize('num_channels', [3, 4])
def test_packing(num_colors: int, num_channels: int) -> None:
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (num_colors, num_channels), np.uint8)
    expected = [int.from_bytes(bytes(row).ljust(4, b'\xff'), 'big') for row in colors]
    assert Color().coerce(colors).tolist() == expected
    assert Color().coerce(np.asfortranarray(colors)).tolist() == expected
    assert Color().coerce(colors.astype('<i8')).tolist() == expected
    assert Color().coerce([tuple(map(int, row)) for row in colors]).tolist() == expected
    assert Color().coerce(colors / 255).tolist() == expected


def test_float16_colors() -> None:
    assert Color().coerce(np.array([[1, 0, 1]], np.float16)).tolist() == [0xFF00FFFF]


@pytest.mark.parametrize(
    'value',
    [
        'red',
        [['red', 'green', 'blue']],
        np.zeros((2, 5), np.uint8),
        np.zeros((2, 2)),
        [object()],
        [1j, 0, 0],
        np.array([['a', 'b', 'c']]),
    ],
)
def test_refused(value: object) -> None:
    with pytest.raises(UsageError):
        Color().coerce(value)


@pytest.mark.parametrize(
    'colors', [np.ones((9, 3), np.uint8), np.ones((9, 4), np.uint8), np.ones(9, np.uint32)]
)
def test_later_changes_do_not_matter(
    colors: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> None:
    data = Color().coerce(colors)
    before = data.tolist()
    colors[:] = 0
    assert data.tolist() == before


def test_packed_colors_are_not_copied_once_handed_over() -> None:
    colors = np.arange(3000, dtype=np.uint32)
    points = Points3D([0, 0, 0], colors=owned(colors))
    assert np.shares_memory(points.datas[0], colors)
