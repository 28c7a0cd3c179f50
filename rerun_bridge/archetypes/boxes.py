# SPDX-License-Identifier: Apache-2.0
"""Boxes as people describe them, in the terms of the schema: centers and half sizes."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.enums import Box2DFormat
from rerun_bridge.encodings import to_owned
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = np.ndarray[Any, Any]

_FLOAT = np.dtype('<f4')


def centers_and_half_sizes(
    *,
    sizes: npt.ArrayLike | None,
    mins: npt.ArrayLike | None,
    half_sizes: npt.ArrayLike | None,
    centers: npt.ArrayLike | None,
) -> tuple[npt.ArrayLike | None, npt.ArrayLike | None]:
    """
    Describe boxes by their centers and half sizes.

    Parameters
    ----------
    sizes, half_sizes
        One of the two, shape (n, d).
    mins, centers
        At most one of the two, shape (n, d).

    Returns
    -------
    tuple
        Centers, None if nothing tells them, and half sizes.

    Raises
    ------
    UsageError
        If arguments exclude each other or `mins` come without sizes.

    """
    if sizes is not None:
        if half_sizes is not None:
            msg = 'sizes and half_sizes exclude each other; give one of them'
            raise UsageError(msg)
        half_sizes = to_owned(sizes, _FLOAT) / np.float32(2)
    if mins is not None:
        if centers is not None:
            msg = 'mins and centers exclude each other; give one of them'
            raise UsageError(msg)
        if half_sizes is None:
            msg = 'mins alone make no boxes; give sizes= or half_sizes= too'
            raise UsageError(msg)
        centers = _add(to_owned(mins, _FLOAT), to_owned(half_sizes, _FLOAT))
    return centers, half_sizes


def _add(mins: Floats, half_sizes: Floats) -> Floats:
    try:
        return mins + half_sizes
    except ValueError as exc:
        msg = f'mins of shape {mins.shape} do not fit sizes of shape {half_sizes.shape}'
        raise UsageError(msg) from exc


def from_array(array: npt.ArrayLike, array_format: Box2DFormat) -> tuple[Floats, Floats]:
    """
    Describe boxes in 2D by their centers and half sizes.

    Parameters
    ----------
    array
        Shape (n, 4) or (4,).
    array_format
        What the four numbers are.

    Returns
    -------
    tuple
        Centers and half sizes, shape (n, 2).

    Raises
    ------
    UsageError
        If the shape is another one.

    """
    numbers = to_owned(array, np.dtype('<f8'))
    if numbers.size % 4 or (numbers.ndim > 1 and numbers.shape[-1] != 4):  # noqa: PLR2004
        msg = f'expected boxes of four numbers, got an array of shape {numbers.shape}'
        raise UsageError(msg)
    numbers = numbers.reshape(-1, 4)
    if array_format in {Box2DFormat.YXHW, Box2DFormat.YXYX}:
        numbers = numbers[:, [1, 0, 3, 2]]
    first, second = numbers[:, :2], numbers[:, 2:]
    if array_format in {Box2DFormat.XYWH, Box2DFormat.YXHW}:
        return first + second / 2, second / 2
    if array_format in {Box2DFormat.XYXY, Box2DFormat.YXYX}:
        return (first + second) / 2, (second - first) / 2
    if array_format is Box2DFormat.XCYCWH:
        return first, second / 2
    return first, second
