# SPDX-License-Identifier: Apache-2.0
"""Vectors, and pairs of them such as twists: series of their coordinates, and arrows."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import Arrows3D, Scalars, SeriesLines
from rerun_bridge.converters.base import converts, converts_each, Entry, RowType, SCALARS, series
from rerun_bridge.converters.geometry import xyz

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_XYZ = series('x', 'y', 'z')
_ARROW = RowType(Arrows3D.FIELDS['vectors'])
_COLORED_ARROWS = RowType(Arrows3D.FIELDS['vectors'], Arrows3D.FIELDS['colors'])
_SCALARS_AND_ARROW = RowType(Scalars.FIELDS['scalars'], Arrows3D.FIELDS['vectors'])
_METERS_PER_NEWTON = 0.02
_WRENCH_COLORS = (0xE06030FF, 0x3080E0FF)


class _Part(NamedTuple):
    """One of two vectors."""

    name: str
    series: SeriesLines

    @classmethod
    def of(cls, name: str, unit: str) -> _Part:
        return cls(name, series(*(f'{axis} [{unit}]' for axis in 'xyz')))


_VELOCITIES = _Part.of('linear', 'm/s'), _Part.of('angular', 'rad/s')
_ACCELERATIONS = _Part.of('linear', 'm/s²'), _Part.of('angular', 'rad/s²')
_FORCES = _Part.of('force', 'N'), _Part.of('torque', 'N·m')


class _Pair(NamedTuple):
    """Where two vectors of different units are: the one that moves, the one that turns."""

    path: str
    parts: tuple[_Part, _Part]

    def getter(self) -> Callable[[Message], Any]:
        return attrgetter(self.path) if self.path else lambda message: message


_PAIRS: Mapping[str, _Pair] = {
    'Twist': _Pair('', _VELOCITIES),
    'TwistWithCovariance': _Pair('twist', _VELOCITIES),
    'Accel': _Pair('', _ACCELERATIONS),
    'AccelWithCovariance': _Pair('accel', _ACCELERATIONS),
    'Wrench': _Pair('', _FORCES),
}
_STAMPED_PAIRS: Mapping[str, _Pair] = {
    'TwistStamped': _Pair('twist', _VELOCITIES),
    'TwistWithCovarianceStamped': _Pair('twist.twist', _VELOCITIES),
    'VelocityStamped': _Pair('velocity', _VELOCITIES),
    'AccelStamped': _Pair('accel', _ACCELERATIONS),
    'AccelWithCovarianceStamped': _Pair('accel.accel', _ACCELERATIONS),
}


def _full(names: Mapping[str, Any]) -> Iterator[str]:
    return (f'geometry_msgs/msg/{name}' for name in names)


@converts(*_full(_PAIRS))
def pair(topic: Topic) -> Convert:
    """Make `Scalars` of both parts; without a frame there is no place for an arrow."""
    place = _PAIRS[topic.type_name.rpartition('/')[2]]
    get = place.getter()

    def convert(message: Message) -> Iterator[Entry]:
        return _part_entries(get(message), place.parts)

    return convert


@converts(*_full(_STAMPED_PAIRS))
def stamped_pair(topic: Topic) -> Convert:
    """Make `Scalars` of both parts and an arrow of the linear one."""
    place = _STAMPED_PAIRS[topic.type_name.rpartition('/')[2]]
    get = place.getter()

    def convert(message: Message) -> Iterator[Entry]:
        both = get(message)
        yield Entry(_ARROW(xyz(both.linear)))
        yield from _part_entries(both, place.parts)

    return convert


@converts_each('geometry_msgs/msg/WrenchStamped')
def wrench_stamped(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of both parts and an arrow of each, with 50 newtons to the meter."""
    wrench = message.wrench
    arrows = [
        [_METERS_PER_NEWTON * part for part in xyz(vector)]
        for vector in (wrench.force, wrench.torque)
    ]
    yield Entry(_COLORED_ARROWS(arrows, _WRENCH_COLORS))
    yield from _part_entries(wrench, _FORCES)


@converts_each('geometry_msgs/msg/Vector3')
def vector3(message: Message) -> Iterator[Entry]:
    """Make `Scalars` and an arrow."""
    yield Entry(_XYZ, is_static=True)
    vector = xyz(message)
    yield Entry(_SCALARS_AND_ARROW(vector, vector))


@converts_each('geometry_msgs/msg/Vector3Stamped')
def vector3_stamped(message: Message) -> Iterator[Entry]:
    """Make `Scalars` and an arrow."""
    return vector3(message.vector)


def twist_entries(twist: Message, path: str = '') -> Iterator[Entry]:
    """
    Make the series of a twist.

    Parameters
    ----------
    twist
        A ``geometry_msgs/msg/Twist``.
    path
        Above the entities of the two parts, which have different units.

    Yields
    ------
    Entry
        Names and values of ``linear`` and of ``angular``.

    """
    return _part_entries(twist, _VELOCITIES, path)


def _part_entries(both: Message, parts: tuple[_Part, _Part], path: str = '') -> Iterator[Entry]:
    for part in parts:
        yield Entry(part.series, f'{path}/{part.name}', is_static=True)
        yield Entry(SCALARS(xyz(getattr(both, part.name))), f'{path}/{part.name}')
