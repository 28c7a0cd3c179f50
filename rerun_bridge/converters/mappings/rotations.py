# SPDX-License-Identifier: Apache-2.0
"""Many rotations at once."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_IDENTITY = (0.0, 0.0, 0.0, 1.0)


def without_zeros(quaternions: Array) -> Array:
    """
    Let no rotation stand for what was never set.

    Parameters
    ----------
    quaternions
        Shape (n, 4), x, y, z and w; all zeros, which many publishers leave, are no rotation.

    Returns
    -------
    numpy.ndarray
        The same, or a copy.

    """
    unset = ~quaternions.any(axis=-1, keepdims=True)
    return np.where(unset, _IDENTITY, quaternions) if unset.any() else quaternions


def from_rpy(angles: Array) -> Array:
    """
    Turn angles into quaternions.

    Parameters
    ----------
    angles
        Roll, pitch and yaw in radians, shape (n, 3): about the fixed axes x, y, z, in this order.

    Returns
    -------
    numpy.ndarray
        Shape (n, 4), x, y, z and w.

    """
    sr, sp, sy = np.sin(angles / 2).T
    cr, cp, cy = np.cos(angles / 2).T
    parts = (
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    )
    return np.stack(parts, axis=-1)


def rotated(quaternions: Array, vectors: Array) -> Array:
    """
    Rotate vectors.

    Parameters
    ----------
    quaternions
        Shape (n, 4), x, y, z and w, of length 1.
    vectors
        Shape (n, 3).

    Returns
    -------
    numpy.ndarray
        Shape (n, 3).

    """
    axes, w = quaternions[..., :3], quaternions[..., 3:]
    turned: Array = vectors + 2 * np.cross(axes, np.cross(axes, vectors) + w * vectors)
    return turned
