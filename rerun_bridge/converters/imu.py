# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/Imu`` and ``MagneticField``: what a moving body feels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import Arrows3D, InstancePoses3D, Scalars
from rerun_bridge.converters.base import converts, converts_each, Entry, RowType, series
from rerun_bridge.converters.geometry import AXES, exact_rotations, XYZ, xyz, xyzw
from rerun_bridge.encodings import Component, Primitive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message, MessageTable
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.bulk import ConvertTable

_IMU_NAMES = Entry(
    series(*(f'{device}/{axis}' for device in ('gyroscope', 'accelerometer') for axis in 'xyz')),
    is_static=True,
)
_MAGNETIC_NAMES = Entry(series('x [T]', 'y [T]', 'z [T]'), is_static=True)
_ORIENTATION_AXES = Entry(AXES, '/orientation', is_static=True)
_ORIENTATION = Component(
    'sensor_msgs.msg.Imu:orientation', 'sensor_msgs.msg.Imu', None, Primitive('<f8')
)
_ARROW, _SCALARS = Arrows3D.FIELDS['vectors'], Scalars.FIELDS['scalars']
_SCALARS_AND_ARROW = RowType(_SCALARS, _ARROW)
_WITH_ORIENTATION = RowType(_SCALARS, _ARROW, _ORIENTATION)
_ROTATION = RowType(InstancePoses3D.FIELDS['quaternions'])
_GRAVITY = 9.80665
_NOT_MEASURED = -1
"""First number of the covariance of what a device does not measure, by REP 145."""


@converts('sensor_msgs/msg/Imu')
def imu(_: Topic) -> Convert:
    """Make six `Scalars`, an arrow of the acceleration, 1 m long per g, and the orientation."""
    return _Imu()


class _Imu:
    def __call__(self, message: Message) -> Iterator[Entry]:
        acceleration = xyz(message.linear_acceleration)
        arrow = [component / _GRAVITY for component in acceleration]
        scalars = (*xyz(message.angular_velocity), *acceleration)
        yield _IMU_NAMES
        if not _has_orientation(message):
            yield Entry(_SCALARS_AND_ARROW(scalars, arrow))
            return
        quaternion = xyzw(message.orientation)
        yield Entry(_WITH_ORIENTATION(scalars, arrow, quaternion))
        yield _ORIENTATION_AXES
        yield Entry(_ROTATION(quaternion), '/orientation', frame_id=message.header.frame_id)

    def bulk(self, message: Message) -> ConvertTable:
        has_orientation = _has_orientation(message)

        def convert(table: MessageTable) -> list[Entry] | None:
            count = len(table)
            marks = table.column('orientation_covariance')[:, 0].tolist()
            if any((mark != _NOT_MEASURED) != has_orientation for mark in marks):
                return None
            acceleration = table.columns('linear_acceleration', XYZ)
            scalars = np.concatenate((table.columns('angular_velocity', XYZ), acceleration), 1)
            arrows = acceleration / _GRAVITY
            if not has_orientation:
                return [_SCALARS_AND_ARROW.many(count, scalars, arrows)]
            turns = exact_rotations(table, 'orientation')
            return [
                _WITH_ORIENTATION.many(count, scalars, arrows, turns),
                _ROTATION.many(count, turns, path='/orientation'),
            ]

        return convert


def _has_orientation(message: Message) -> bool:
    return bool(message.orientation_covariance[0] != _NOT_MEASURED)


@converts_each('sensor_msgs/msg/MagneticField')
def magnetic_field(message: Message) -> Iterator[Entry]:
    """Make `Scalars` in tesla, and an arrow of one meter, since a tesla would be huge."""
    field = xyz(message.magnetic_field)
    strength = math.hypot(*field)
    direction = [component / strength for component in field] if strength else field
    yield _MAGNETIC_NAMES
    yield Entry(_SCALARS_AND_ARROW(field, direction))
