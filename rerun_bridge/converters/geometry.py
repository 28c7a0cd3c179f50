# SPDX-License-Identifier: Apache-2.0
"""Positions and rotations of messages as arrays of 32-bit floats."""

from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import InstancePoses3D, TransformAxes3D
from rerun_bridge.converters.base import RowType
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    import numpy.typing as npt

    from rerun_bridge.cdr import Message, MessageTable, StructSequence

    FloatArray: TypeAlias = npt.NDArray[np.float32]
    Vector: TypeAlias = tuple[float, float, float]
    Quaternion: TypeAlias = tuple[float, float, float, float]
    Pose: TypeAlias = tuple[Vector, Quaternion]

XYZ = ('x', 'y', 'z')
_XYZW = ('x', 'y', 'z', 'w')
AXES = TransformAxes3D.from_fields(axis_length=0.3)
"""Makes poses visible, for a static entry beside them."""
POSES = RowType(InstancePoses3D.FIELDS['translations'], InstancePoses3D.FIELDS['quaternions'])
_IDENTITY = (0.0, 0.0, 0.0, 1.0)
_NEARLY_ONE = 0.9999999
"""Cosine of an angle that is as good as its sine."""


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


def pose_of(message: Message) -> Pose:
    """
    Read a pose.

    Parameters
    ----------
    message
        A ``geometry_msgs/msg/Pose``.

    Returns
    -------
    tuple
        Position and rotation.

    """
    return xyz(message.position), xyzw(message.orientation)


def chained(first: Pose, second: Pose) -> Pose:
    """
    Find where something is in the outer frame.

    Parameters
    ----------
    first
        Of the inner frame.
    second
        In the inner frame.

    Returns
    -------
    tuple
        Position and rotation.

    """
    x, y, z = rotated(first[1], second[0])
    origin = first[0]
    position = origin[0] + x, origin[1] + y, origin[2] + z
    return position, multiplied(first[1], second[1])


def inverted(pose: Pose) -> Pose:
    """Return where the outer frame is in the inner one."""
    (x, y, z), (qx, qy, qz, qw) = pose
    back = -qx, -qy, -qz, qw
    return rotated(back, (-x, -y, -z)), back


def interpolated(first: Pose, second: Pose, share: float) -> Pose:
    """
    Find a pose between two others.

    Parameters
    ----------
    first, second
        Position and rotation.
    share
        How far it is from the first to the second, 0 to 1.

    Returns
    -------
    tuple
        On the straight line, turned evenly and by the shorter way.

    """
    (x, y, z), start = first
    (to_x, to_y, to_z), end = second
    position = x + share * (to_x - x), y + share * (to_y - y), z + share * (to_z - z)
    rest, sign = 1 - share, 1.0
    cosine = start[0] * end[0] + start[1] * end[1] + start[2] * end[2] + start[3] * end[3]
    if cosine < 0:
        cosine, sign = -cosine, -1.0
    if cosine < _NEARLY_ONE:
        angle = math.acos(cosine)
        sine = math.sin(angle)
        rest, share = math.sin(rest * angle) / sine, math.sin(share * angle) / sine
    share *= sign
    qx, qy, qz, qw = (
        rest * start[0] + share * end[0],
        rest * start[1] + share * end[1],
        rest * start[2] + share * end[2],
        rest * start[3] + share * end[3],
    )
    length = math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw)
    return position, (qx / length, qy / length, qz / length, qw / length)


def vectors(messages: StructSequence | MessageTable, path: str) -> FloatArray:
    """
    Read the points or vectors of many messages.

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


def rotations(messages: StructSequence | MessageTable, path: str) -> FloatArray:
    """
    Read the quaternions of many messages.

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
    return owned(exact_rotations(messages, path).astype(np.float32))


def exact_rotations(messages: StructSequence | MessageTable, path: str) -> npt.NDArray[np.float64]:
    """Read quaternions as `rotations` does, with the precision of the messages."""
    quaternions = np.array(messages.columns(path, _XYZW), np.float64)
    is_zero = ~quaternions.any(axis=1)
    if is_zero.any():
        quaternions[is_zero] = _IDENTITY
    return quaternions


def quaternion_of(rotation: npt.NDArray[np.float64]) -> tuple[float, float, float, float]:
    """
    Turn a rotation matrix into a quaternion.

    Parameters
    ----------
    rotation
        Shape (3, 3).

    Returns
    -------
    tuple
        x, y, z and w.

    """
    # The largest of the four is what the others may be divided by.
    trace = float(np.trace(rotation))
    squares = [1 + 2 * float(rotation[i, i]) - trace for i in range(3)]
    largest = max(range(3), key=squares.__getitem__)
    if trace > 0:
        scale = 2 * math.sqrt(1 + trace)
        vector = [
            rotation[(i + 2) % 3, (i + 1) % 3] - rotation[(i + 1) % 3, (i + 2) % 3]
            for i in range(3)
        ]
        x, y, z = (float(part) / scale for part in vector)
        return x, y, z, scale / 4
    i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
    scale = 2 * math.sqrt(squares[i])
    quaternion = [0.0, 0.0, 0.0, float(rotation[k, j] - rotation[j, k]) / scale]
    quaternion[i] = scale / 4
    quaternion[j] = float(rotation[i, j] + rotation[j, i]) / scale
    quaternion[k] = float(rotation[i, k] + rotation[k, i]) / scale
    return tuple(quaternion)  # type: ignore[return-value]


def quaternion_of_rpy(roll_rad: float, pitch_rad: float, yaw_rad: float) -> Quaternion:
    """
    Turn roll, pitch and yaw around fixed axes, as in URDF, into a quaternion.

    Parameters
    ----------
    roll_rad, pitch_rad, yaw_rad
        Around x, then around y, then around z.

    Returns
    -------
    tuple
        x, y, z and w.

    """
    sr, cr = math.sin(roll_rad / 2), math.cos(roll_rad / 2)
    sp, cp = math.sin(pitch_rad / 2), math.cos(pitch_rad / 2)
    sy, cy = math.sin(yaw_rad / 2), math.cos(yaw_rad / 2)
    return (
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    )


def multiplied(first: Quaternion, second: Quaternion) -> Quaternion:
    """
    Chain two rotations.

    Parameters
    ----------
    first, second
        x, y, z and w; the second happens first.

    Returns
    -------
    tuple
        Four numbers.

    """
    ax, ay, az, aw = first
    bx, by, bz, bw = second
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def rotated(quaternion: Quaternion, vector: Vector) -> Vector:
    """
    Rotate a vector.

    Parameters
    ----------
    quaternion
        x, y, z and w, of length 1.
    vector
        Three numbers.

    Returns
    -------
    tuple
        Three numbers.

    """
    qx, qy, qz, w = quaternion
    x, y, z = vector
    # Twice the cross product of both; shorter than to multiply quaternions.
    tx, ty, tz = 2 * (qy * z - qz * y), 2 * (qz * x - qx * z), 2 * (qx * y - qy * x)
    return (
        x + w * tx + qy * tz - qz * ty,
        y + w * ty + qz * tx - qx * tz,
        z + w * tz + qx * ty - qy * tx,
    )


def forward(quaternions: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """
    Return where rotations turn the x axis to.

    Parameters
    ----------
    quaternions
        Shape (n, 4).

    Returns
    -------
    numpy.ndarray
        Shape (n, 3).

    """
    x, y, z, w = quaternions.T
    axis = (1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w))
    return np.stack(axis, axis=1)
