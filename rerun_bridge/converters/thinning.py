# SPDX-License-Identifier: Apache-2.0
"""Which points of a cloud or scan stay: the options `voxel`, `stride` and `max_points`."""

from __future__ import annotations

from math import prod
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from rerun_bridge.converters.options import TopicOptions

    Array: TypeAlias = npt.NDArray[Any]

_AXES = range(3)
_EXACT_BITS = 52
"""Floats count that far without gaps."""


def thinned(positions: Array, options: TopicOptions) -> Array | None:
    """
    Choose points.

    Parameters
    ----------
    positions
        Shape (n, 3). Finite if `voxel` is set.
    options
        The user's choice, applied in the order voxel, stride, max_points.

    Returns
    -------
    numpy.ndarray or None
        Ascending indices; None if all stay.

    """
    stride, max_points = options.stride, options.max_points
    if not options.voxel and stride == 1 and not 0 < max_points < len(positions):
        return None
    has_cells = options.voxel and len(positions)
    chosen = first_per_voxel(positions, options.voxel) if has_cells else np.arange(len(positions))
    chosen = chosen[::stride]
    if 0 < max_points < len(chosen):
        chosen = chosen[np.arange(max_points) * len(chosen) // max_points]
    return chosen


def first_per_voxel(positions: Array, edge: float) -> Array:
    """
    Find the first point in each cube of a grid through the origin.

    Parameters
    ----------
    positions
        Finite, shape (n, 3), at least one.
    edge
        Of the cubes.

    Returns
    -------
    numpy.ndarray
        Ascending indices.

    """
    num_bits = len(positions).bit_length()
    cells = [np.floor(positions[:, i].astype(np.float64) / edge) for i in _AXES]
    starts = [cell.min() for cell in cells]
    sizes = [int(cell.max() - start) + 1 for cell, start in zip(cells, starts)]  # noqa: B905
    if prod(sizes) >= 1 << min(_EXACT_BITS, 63 - num_bits):
        return _first_per_scattered_voxel(cells)
    # One number per point, of its cell and its index, so that one sort of numbers does it all.
    numbers = np.zeros(len(positions), np.int64)
    for cell, start, size in zip(cells, starts, sizes):  # noqa: B905
        numbers *= size
        numbers += (cell - start).astype(np.int64)
    numbers <<= num_bits
    numbers |= np.arange(len(numbers))
    numbers.sort()
    cell = numbers >> num_bits
    is_first = np.ones(len(numbers), bool)
    np.not_equal(cell[1:], cell[:-1], out=is_first[1:])
    chosen = numbers[is_first] & ((1 << num_bits) - 1)
    chosen.sort()
    return chosen


def _first_per_scattered_voxel(cells: list[Array]) -> Array:
    """Do the same where the cells are too many to be numbered."""
    order = np.lexsort(cells)
    is_first = np.ones(len(order), bool)
    is_first[1:] = False
    for cell in cells:
        in_order = cell[order]
        is_first[1:] |= in_order[1:] != in_order[:-1]
    chosen = order[is_first]
    chosen.sort()
    return chosen
