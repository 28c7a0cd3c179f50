# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/JointState`` and its kin: positions, velocities and efforts by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.converters.base import converts, Entry, SCALARS, series
from rerun_bridge.converters.robot_motion import RobotMotion
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message, MessageTable
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.bulk import ConvertTable

_QUANTITIES = ('position', 'velocity', 'effort')


@converts('sensor_msgs/msg/JointState')
def joint_state(topic: Topic) -> Convert:
    """
    Make `Scalars` for each quantity, a series per joint; and transforms where none come.

    Several nodes may publish their own joints on one topic. The names of series hold for all
    times, so the second set of joints gets entities of its own.
    """
    return _JointStates(topic)


class _JointStates:
    def __init__(self, topic: Topic) -> None:
        self._robot_motion = RobotMotion(topic)
        self._suffixes: dict[tuple[str, ...], str] = {}

    def __call__(self, message: Message) -> Iterator[Entry]:
        names = tuple(message.name)
        for quantity in _QUANTITIES:
            values = getattr(message, quantity)
            if len(values) not in {0, len(names)}:
                msg = (
                    f'there are {len(names)} names of joints but {len(values)} numbers of '
                    f'{quantity}; publish as many or none'
                )
                raise ConversionError(msg)
            if len(values):
                path = self._path(quantity, names)
                yield Entry(series(*names), path, is_static=True)
                yield Entry(SCALARS(values), path)
        if len(message.position):
            yield from self._robot_motion.entries(message, names)

    def bulk(self, message: Message) -> ConvertTable:
        names = tuple(message.name)
        paths = {
            quantity: self._path(quantity, names)
            for quantity in _QUANTITIES
            if len(getattr(message, quantity))
        }

        def convert(table: MessageTable) -> list[Entry] | None:
            if self._robot_motion.moves(names):
                return None
            return [
                SCALARS.many(len(table), table.column(quantity), path=path)
                for quantity, path in paths.items()
            ]

        return convert

    def _path(self, quantity: str, names: tuple[str, ...]) -> str:
        suffixes = self._suffixes
        suffix = suffixes.setdefault(names, f'/{len(suffixes) + 1}' if suffixes else '')
        return f'/{quantity}{suffix}'
