# SPDX-License-Identifier: Apache-2.0
"""Positions and rotations of messages as arrays of 32-bit floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import InstancePoses3D, TransformAxes3D
from rerun_bridge.converters.base import RowType
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    import numpy.typing as npt

    from rerun_bridge.cdr import Message, StructSequence

    FloatArray: TypeAlias = npt.NDArray[np.float32]

_XYZ = ('x', 'y', 'z')
_XYZW = ('x', 'y', 'z', 'w')
AXES = TransformAxes3D.from_fields(axis_length=0.3)
"""Makes poses visible, for a static entry beside them."""
POSES = RowType(InstancePoses3D.FIELDS['translations'], InstancePoses3D.FIELDS['quaternions'])
_IDENTITY = (0.0, 0.0, 0.0, 1.0)


def xyz(message: Message) -> tuple[float, float, float]:
    """
    Read a point or vector.

    Parameters
    ----------
    message
        With ``x``, ``y`` and ``z``.

    Returns
    -------
    tuple
        Three numbers.

    """
    return message.x, message.y, message.z


def xyzw(message: Message) -> tuple[float, float, float, float]:
    """
    Read a quaternion.

    Parameters
    ----------
    message
        With ``x``, ``y``, ``z`` and ``w``.

    Returns
    -------
    tuple
        Four numbers. All zeros, which many publishers leave it at, mean no rotation.

    """
    quaternion = message.x, message.y, message.z, message.w
    return quaternion if any(quaternion) else _IDENTITY


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
    return owned(messages.columns(path, _XYZ).astype(np.float32))


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
        Shape (n, 4); see `xyzw` for zeros.

    """
    quaternions = messages.columns(path, _XYZW).astype(np.float32)
    quaternions[~quaternions.any(axis=1)] = _IDENTITY
    return owned(quaternions)
