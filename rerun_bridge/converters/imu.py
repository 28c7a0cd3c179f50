# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/Imu`` and ``MagneticField``: what a moving body feels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Arrows3D, InstancePoses3D, Scalars
from rerun_bridge.converters.base import converts_each, Entry, loose, merge, series
from rerun_bridge.converters.geometry import AXES, rotation, vector
from rerun_bridge.encodings import Component, owned, Primitive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_IMU_NAMES = series(
    *(f'{device}/{axis}' for device in ('gyroscope', 'accelerometer') for axis in 'xyz')
)
_MAGNETIC_NAMES = series('x', 'y', 'z')
_ORIENTATION = Component(
    'sensor_msgs.msg.Imu:orientation', 'sensor_msgs.msg.Imu', None, Primitive('<f8')
)
_NOT_MEASURED = -1
"""First number of the covariance of what a device does not measure, by REP 145."""


@converts_each('sensor_msgs/msg/Imu')
def imu(message: Message) -> Iterator[Entry]:
    """Make six `Scalars` and an arrow of the acceleration, and a pose of the orientation."""
    rates, acceleration = message.angular_velocity, message.linear_acceleration
    yield Entry(_IMU_NAMES, is_static=True)
    columns = [
        Scalars.from_fields(
            scalars=(
                rates.x,
                rates.y,
                rates.z,
                acceleration.x,
                acceleration.y,
                acceleration.z,
            )
        ),
        Arrows3D.from_fields(vectors=vector(acceleration)),
    ]
    if message.orientation_covariance[0] == _NOT_MEASURED:
        yield Entry(merge(*columns))
        return
    turn = message.orientation
    yield Entry(merge(*columns, loose(_ORIENTATION, (turn.x, turn.y, turn.z, turn.w))))
    yield Entry(AXES, '/orientation', is_static=True)
    yield Entry(
        InstancePoses3D.from_fields(quaternions=rotation(turn)),
        '/orientation',
        frame_id=message.header.frame_id,
    )


@converts_each('sensor_msgs/msg/MagneticField')
def magnetic_field(message: Message) -> Iterator[Entry]:
    """Make `Scalars` in tesla, and an arrow of one meter, since a tesla would be huge."""
    field = vector(message.magnetic_field)
    strength = float(np.linalg.norm(field))
    direction = field / strength if strength else field
    yield Entry(_MAGNETIC_NAMES, is_static=True)
    yield Entry(
        merge(
            Scalars.from_fields(scalars=_xyz(message.magnetic_field)),
            Arrows3D.from_fields(vectors=owned(direction)),
        )
    )


def _xyz(message: Message) -> tuple[float, float, float]:
    return message.x, message.y, message.z
