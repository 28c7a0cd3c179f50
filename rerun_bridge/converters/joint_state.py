# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/JointState`` and its kin: positions, velocities and efforts by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.converters.base import converts, Entry, SCALARS, series
from rerun_bridge.converters.robot_motion import RobotMotion
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_QUANTITIES = ('position', 'velocity', 'effort')


@converts('sensor_msgs/msg/JointState')
def joint_state(topic: Topic) -> Convert:
    """
    Make `Scalars` for each quantity, a series per joint; and transforms where none come.

    Several nodes may publish their own joints on one topic. The names of series hold for all
    times, so the second set of joints gets entities of its own.
    """
    robot_motion = RobotMotion(topic)
    suffixes: dict[tuple[str, ...], str] = {}

    def convert(message: Message) -> Iterator[Entry]:
        names = tuple(message.name)
        suffix = suffixes.setdefault(names, f'/{len(suffixes) + 1}' if suffixes else '')
        for quantity in _QUANTITIES:
            values = getattr(message, quantity)
            if len(values) not in {0, len(names)}:
                msg = (
                    f'there are {len(names)} names of joints but {len(values)} numbers of '
                    f'{quantity}; publish as many or none'
                )
                raise ConversionError(msg)
            if len(values):
                path = f'/{quantity}{suffix}'
                yield Entry(series(*names), path, is_static=True)
                yield Entry(SCALARS(values), path)
        if len(message.position):
            yield from robot_motion.entries(message, names)

    return convert
