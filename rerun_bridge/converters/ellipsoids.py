# SPDX-License-Identifier: Apache-2.0
"""Symmetric matrices as ellipsoids: how uncertain a position is, how inert a body."""

from __future__ import annotations

import math
from typing import NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Ellipsoids3D, FillMode
from rerun_bridge.converters.base import cleared, Entry, RowType
from rerun_bridge.converters.geometry import quaternion_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.archetypes import Columns

    FloatArray = npt.NDArray[np.float64]

_PATH = '/covariance'
_NUM_SIGMAS = 2.0
_UNKNOWN_VARIANCE = 1e4
"""Many publishers write a huge number for what they do not know, such as the height."""
_THINNEST = 1e-3
_COLOR = 0xB050FF60
_ELLIPSOIDS = RowType(
    *(
        Ellipsoids3D.FIELDS[name]
        for name in ('half_sizes', 'centers', 'quaternions', 'colors', 'fill_mode')
    )
)


class Axes(NamedTuple):
    """
    What a symmetric matrix is along its own axes.

    Attributes
    ----------
    values
        Eigenvalues, shape (3,).
    quaternion
        From these axes to those of the matrix.

    """

    values: FloatArray
    quaternion: tuple[float, float, float, float]


def principal_axes(matrix: FloatArray) -> Axes:
    """
    Find the axes of a symmetric matrix.

    Parameters
    ----------
    matrix
        Shape (3, 3), finite.

    Returns
    -------
    Axes
        In the order of the values, the smallest first.

    """
    values, rotation = np.linalg.eigh(matrix)
    if np.linalg.det(rotation) < 0:
        rotation[:, 0] = -rotation[:, 0]
    return Axes(values, quaternion_of(rotation))


def ellipsoid(
    center: tuple[float, float, float], half_sizes: FloatArray, axes: Axes, color: int = _COLOR
) -> Columns:
    """
    Make a translucent ellipsoid.

    Parameters
    ----------
    center
        Where.
    half_sizes
        Along the axes, shape (3,).
    axes
        Their directions.
    color
        0xRRGGBBAA.

    Returns
    -------
    Columns
        Of `Ellipsoids3D`.

    """
    fill_mode = FillMode.TransparentFillMajorWireframe
    return _ELLIPSOIDS(half_sizes, center, axes.quaternion, color, fill_mode)


class Uncertainty:
    """The ellipsoids of an entity: two standard deviations around a position."""

    def __init__(self) -> None:
        self._is_shown = False
        self._last: tuple[bytes, tuple[FloatArray, Axes] | None] = b'', None

    def entries(
        self, position: tuple[float, float, float], covariance: FloatArray, frame_id: str
    ) -> Iterator[Entry]:
        """
        Show how certain a position is.

        Parameters
        ----------
        position
            Three numbers.
        covariance
            36 numbers, the position's before the rotation's. All zero if it is not known.
        frame_id
            Of both.

        Yields
        ------
        Entry
            None if the covariance is not known, or one that ends the ellipsoid before.

        """
        shape = self._shape(covariance) if all(map(math.isfinite, position)) else None
        if shape is not None:
            self._is_shown = True
            yield Entry(ellipsoid(position, *shape), _PATH, frame_id=frame_id)
        elif self._is_shown:
            self._is_shown = False
            layout = ellipsoid((0.0, 0.0, 0.0), np.ones(3), _ANY_AXES).layout
            yield Entry(cleared(layout), _PATH)

    def _shape(self, covariance: FloatArray) -> tuple[FloatArray, Axes] | None:
        """Return half axes; most publishers always send the same covariance."""
        key = covariance.tobytes()
        if key != self._last[0]:
            self._last = key, _confidence(covariance)
        return self._last[1]


def _confidence(covariance: FloatArray) -> tuple[FloatArray, Axes] | None:
    block = covariance.reshape(6, 6)[:3, :3].astype(float)
    if not (block.any() and np.isfinite(block).all()):
        return None
    axes = principal_axes(block)
    variances = np.where(axes.values < _UNKNOWN_VARIANCE, axes.values, 0.0)
    half_sizes = _NUM_SIGMAS * np.sqrt(variances.clip(0.0))
    return half_sizes.clip(_THINNEST), axes


_ANY_AXES = Axes(np.ones(3), (0.0, 0.0, 0.0, 1.0))
