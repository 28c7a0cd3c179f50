# SPDX-License-Identifier: Apache-2.0
"""``control_msgs``: what controllers measure and command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.cdr import Nested, Primitive
from rerun_bridge.converters.base import (
    child_path,
    converts,
    converts_each,
    Entry,
    SCALARS,
    series,
)
from rerun_bridge.converters.trajectories import quantity_entries
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_POINT = Nested('trajectory_msgs/msg/JointTrajectoryPoint')


@converts_each('control_msgs/msg/DynamicJointState')
def dynamic_joint_state(message: Message) -> Iterator[Entry]:
    """Make `Scalars` for each interface, a series per joint that has it."""
    return _interfaces(message.joint_names, message.interface_values)


@converts_each('control_msgs/msg/DynamicInterfaceGroupValues')
def dynamic_interface_group_values(message: Message) -> Iterator[Entry]:
    """Make `Scalars` for each interface, a series per group that has it."""
    return _interfaces(message.interface_groups, message.interface_values)


def _interfaces(joints: Iterable[str], values_of: Iterable[Message]) -> Iterator[Entry]:
    interfaces: dict[str, dict[str, float]] = {}
    for joint, each in zip(joints, values_of):  # noqa: B905 - what is more has no name
        if len(each.interface_names) != len(each.values):
            msg = (
                f'{joint!r} has {len(each.interface_names)} interfaces but '
                f'{len(each.values)} values; publish one for each'
            )
            raise ConversionError(msg)
        for name, value in zip(each.interface_names, each.values.tolist()):  # noqa: B905
            interfaces.setdefault(name, {})[joint] = value
    for name, values in interfaces.items():
        path = child_path(*name.split('/'))
        yield Entry(series(*values), path, is_static=True)
        yield Entry(SCALARS(list(values.values())), path)


@converts('control_msgs/msg/JointTrajectoryControllerState')
def controller_state(topic: Topic) -> Convert:
    """Make `Scalars` of reference, feedback, error and output of each quantity."""
    # They have changed their names over time.
    parts = [field.name for field in topic.definitions[topic.type_name] if field.type == _POINT]

    def convert(message: Message) -> Iterator[Entry]:
        names = tuple(message.joint_names)
        for part in parts:
            yield from quantity_entries(getattr(message, part), names, f'/{part}')

    return convert


@converts('control_msgs/msg/PidState', 'control_msgs/msg/JointControllerState')
def numbers(topic: Topic) -> Convert:
    """Make `Scalars` of all numbers."""
    names = [
        field.name
        for field in topic.definitions[topic.type_name]
        if isinstance(field.type, Primitive)
    ]

    def convert(message: Message) -> Iterator[Entry]:
        yield Entry(series(*names), is_static=True)
        yield Entry(SCALARS([float(getattr(message, name)) for name in names]))

    return convert
