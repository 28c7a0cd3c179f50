# SPDX-License-Identifier: Apache-2.0
"""Positions and rotations of messages as arrays of 32-bit floats."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import TransformAxes3D
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from rerun_bridge.cdr import Message, StructSequence

FloatArray = np.ndarray[Any, np.dtype[np.float32]]

XYZ = ('x', 'y', 'z')
XYZW = ('x', 'y', 'z', 'w')
AXES = TransformAxes3D.from_fields(axis_length=0.3)
"""Makes poses visible, for a static entry beside them."""
_IDENTITY = (0.0, 0.0, 0.0, 1.0)


def vector(message: Message) -> FloatArray:
    """
    Read a point or vector.

    Parameters
    ----------
    message
        With ``x``, ``y`` and ``z``.

    Returns
    -------
    numpy.ndarray
        Shape (1, 3).

    """
    return owned(np.array(((message.x, message.y, message.z),), np.float32))


def rotation(message: Message) -> FloatArray:
    """
    Read a quaternion.

    Parameters
    ----------
    message
        With ``x``, ``y``, ``z`` and ``w``.

    Returns
    -------
    numpy.ndarray
        Shape (1, 4). All zeros, which many publishers leave it at, mean no rotation.

    """
    xyzw = (message.x, message.y, message.z, message.w)
    return owned(np.array((xyzw if any(xyzw) else _IDENTITY,), np.float32))


def vectors(messages: StructSequence, path: str) -> FloatArray:
    """
    Read the points or vectors of a sequence.

    Parameters
    ----------
    messages
        Any number.
    path
        Where they are in each, for instance ``pose.position``.

    Returns
    -------
    numpy.ndarray
        Shape (n, 3).

    """
    return owned(messages.columns(path, XYZ).astype(np.float32))


def rotations(messages: StructSequence, path: str) -> FloatArray:
    """
    Read the quaternions of a sequence.

    Parameters
    ----------
    messages
        Any number.
    path
        Where they are in each, for instance ``pose.orientation``.

    Returns
    -------
    numpy.ndarray
        Shape (n, 4); see `rotation` for zeros.

    """
    quaternions = messages.columns(path, XYZW).astype(np.float32)
    quaternions[~quaternions.any(axis=1)] = _IDENTITY
    return owned(quaternions)
