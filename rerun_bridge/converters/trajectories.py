# SPDX-License-Identifier: Apache-2.0
"""``trajectory_msgs`` and joints with many degrees of freedom: where joints are to go."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import InstancePoses3D, LineStrips3D
from rerun_bridge.converters.base import (
    child_path,
    converts,
    converts_each,
    Entry,
    RowType,
    SCALARS,
    series,
)
from rerun_bridge.converters.geometry import AXES, rotations, vectors, xyz, xyzw
from rerun_bridge.converters.stamps import duration_nanos, stamp_nanos
from rerun_bridge.converters.transforms import note_transforms, TRANSFORMS
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message, StructSequence
    from rerun_bridge.converters.base import Convert, Topic

_QUANTITIES = ('positions', 'velocities', 'accelerations', 'effort')
_PLANNED = RowType(LineStrips3D.FIELDS['strips'])
_POSES = RowType(InstancePoses3D.FIELDS['translations'], InstancePoses3D.FIELDS['quaternions'])


@converts_each('trajectory_msgs/msg/JointTrajectory', frame='none')
def joint_trajectory(message: Message) -> Iterator[Entry]:
    """Make `Scalars` on the timeline ``trajectory_time``, an entity per joint and quantity."""
    names, points = message.joint_names, message.points
    nanos = _offsets(points)
    for quantity in _QUANTITIES:
        rows = [getattr(each, quantity) for each in points]
        if not any(len(row) for row in rows):
            continue
        if any(len(row) != len(names) for row in rows):
            msg = (
                f'a trajectory of {len(names)} joints has points of another number of {quantity}; '
                'publish one for each joint, or none at all'
            )
            raise ConversionError(msg)
        table = np.array(rows, np.float64)
        for number, name in enumerate(names):
            yield Entry(
                SCALARS(owned(np.ascontiguousarray(table[:, number]))),
                child_path(name, quantity),
                num_rows=len(rows),
                trajectory_nanos=nanos,
            )


@converts_each('trajectory_msgs/msg/JointTrajectoryPoint')
def joint_trajectory_point(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of positions, velocities, accelerations and effort."""
    return quantity_entries(message, (), '')


@converts_each('trajectory_msgs/msg/MultiDOFJointTrajectory', frame='none')
def multi_dof_joint_trajectory(message: Message) -> Iterator[Entry]:
    """Make the poses of each joint as `InstancePoses3D`, and the line through them."""
    frame_id = message.header.frame_id
    names = message.joint_names
    if any(len(each.transforms) != len(names) for each in message.points):
        msg = (
            f'a trajectory of {len(names)} joints has points of another number of transforms; '
            'publish one for each joint'
        )
        raise ConversionError(msg)
    for number, name in enumerate(names):
        transforms = [each.transforms[number] for each in message.points]
        translations = np.array([xyz(each.translation) for each in transforms], np.float32)
        quaternions = [xyzw(each.rotation) for each in transforms]
        path = child_path(name)
        yield Entry(AXES, path, is_static=True)
        yield Entry(
            _POSES(translations.reshape(-1, 3), np.reshape(quaternions, (-1, 4))),
            path,
            frame_id=frame_id,
        )
        strips = [owned(translations)] if transforms else []
        yield Entry(_PLANNED(strips), path + '/line', frame_id=frame_id)


@converts('sensor_msgs/msg/MultiDOFJointState', frame='none')
def multi_dof_joint_state(topic: Topic) -> Convert:
    """Make `Transform3D` from the frame of the header to that of each joint."""

    def convert(message: Message) -> Iterator[Entry]:
        names, transforms = list(message.joint_names), message.transforms
        if len(names) != len(transforms):
            msg = f'there are {len(names)} joints but {len(transforms)} transforms'
            raise ConversionError(msg)
        parent = message.header.frame_id.removeprefix('/')
        parents = [parent] * len(names)
        children = [name.removeprefix('/') for name in names]
        if names:
            translations = vectors(transforms, 'translation')
            quaternions = rotations(transforms, 'rotation')
            poses = translations.tolist(), quaternions.tolist()
            stamp = stamp_nanos(message.header.stamp)
            note_transforms(topic, zip(*poses, parents, children), repeat(stamp))  # noqa: B905
            columns = TRANSFORMS(translations, quaternions, parents, children)
            yield Entry(columns, num_rows=len(names))

    return convert


def quantity_entries(point: Message, names: tuple[str, ...], path: str) -> Iterator[Entry]:
    """
    Make the series of one point of a trajectory.

    Parameters
    ----------
    point
        A ``trajectory_msgs/msg/JointTrajectoryPoint``.
    names
        Of the joints; none if they are not known.
    path
        Above the entities of the quantities.

    Yields
    ------
    Entry
        Names and values of each quantity that is there.

    """
    for quantity in _QUANTITIES:
        values = getattr(point, quantity)
        if len(values):
            if len(names) == len(values):
                yield Entry(series(*names), f'{path}/{quantity}', is_static=True)
            yield Entry(SCALARS(values), f'{path}/{quantity}')


def _offsets(points: StructSequence) -> list[int]:
    return [duration_nanos(each.time_from_start) for each in points]
