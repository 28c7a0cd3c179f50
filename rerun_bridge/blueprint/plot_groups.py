# SPDX-License-Identifier: Apache-2.0
"""Which series share a plot: those of the same unit, as their names tell it: ``speed [m/s]``."""

from __future__ import annotations

from itertools import cycle
import re
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import SeriesLines
from rerun_bridge.blueprint.views import TimeSeriesView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_UNIT = re.compile(r' ?\[([^\]]+)\]$')
_UNITS = {
    'gyroscope': 'rad/s',
    'accelerometer': 'm/s²',
    'voltage': 'V',
    'current': 'A',
    'temperature': '°C',
}
"""By names, up to a slash, which are those of the official importer."""
_JOINTS = {
    'position': 'joint positions [rad, m]',
    'velocity': 'joint velocities [rad/s, m/s]',
    'effort': 'joint efforts [N·m, N]',
}
"""By the names of their entities, whose series have the names of joints."""
_QUANTITIES = {
    'm/s': 'velocity [m/s]',
    'rad/s': 'angular velocity [rad/s]',
    'm/s²': 'acceleration [m/s²]',
    'rad/s²': 'angular acceleration [rad/s²]',
    'N': 'force [N]',
    'N·m': 'torque [N·m]',
    'm': 'length [m]',
    'T': 'magnetic field [T]',
    'V': 'voltage [V]',
    'A': 'current [A]',
    '°C': 'temperature [°C]',
    'Pa': 'pressure [Pa]',
    'lux': 'illuminance [lux]',
}
_FIRST = ('velocity [m/s]', 'angular velocity [rad/s]', *_JOINTS.values())
_COLORS = (
    0xE4575BFF,
    0x54A868FF,
    0x4C8BD9FF,
    0xE8A33DFF,
    0xA779D6FF,
    0x45C1C7FF,
    0xD96BB0FF,
    0x9CB83EFF,
    0xB08A68FF,
    0xA0A6B0FF,
)
"""Those that the viewer chooses may be the same for x and z."""


class Plotted(NamedTuple):
    """
    An entity with numbers.

    Attributes
    ----------
    names
        Of its series; empty if they have none.
    unit
        Of all of them; empty if only the names tell it.

    """

    names: tuple[str, ...] = ()
    unit: str = ''


class _Part(NamedTuple):
    """Series of an entity that share a plot with others, by number."""

    path: str
    numbers: tuple[int, ...]
    unit: str = ''


def plot_views(plotted: Mapping[str, Plotted]) -> list[TimeSeriesView]:
    """
    Arrange plots.

    Parameters
    ----------
    plotted
        By path.

    Returns
    -------
    list of TimeSeriesView
        One for each unit, and one for each entity without.

    """
    groups: dict[str, list[_Part]] = {}
    for path, entity in sorted(plotted.items()):
        for title, part in _parts(path, entity):
            groups.setdefault(title, []).append(part)
    usual = [title for title in (*_FIRST, *_QUANTITIES.values()) if title in groups]
    ordered = dict.fromkeys([*usual, *groups])
    return [_view(title, groups[title], plotted) for title in ordered]


def _parts(path: str, entity: Plotted) -> Iterator[tuple[str, _Part]]:
    """Take an entity apart into what goes into different plots, by their titles."""
    parent, _, last = path.rpartition('/')
    # Things that have numbers are of one kind.
    title = parent if last.isdigit() else path
    if not entity.names:
        yield _title(entity.unit) or title, _Part(path, (), entity.unit)
        return
    if last in _JOINTS:
        yield _JOINTS[last], _Part(path, tuple(range(len(entity.names))))
        return
    by_unit: dict[str, list[int]] = {}
    for number, name in enumerate(entity.names):
        by_unit.setdefault(_unit_of(name), []).append(number)
    for unit, found in by_unit.items():
        yield _title(unit) or title, _Part(path, tuple(found), unit)


def _unit_of(name: str) -> str:
    found = _UNIT.search(name)
    if found is not None:
        return found[1]
    return _UNITS.get(name.partition('/')[0], '')


def _title(unit: str) -> str:
    return _QUANTITIES.get(unit, unit and f'[{unit}]')


def _view(title: str, parts: Sequence[_Part], plotted: Mapping[str, Plotted]) -> TimeSeriesView:
    colors = cycle(_COLORS)
    overrides = {}
    for path, numbers, _ in parts:
        names = [_UNIT.sub('', name) for name in plotted[path].names]
        if names:
            is_shown = [number in numbers for number in range(len(names))]
            overrides[path] = SeriesLines(
                # The viewer shows names without their entity, and several have an x.
                names=[f'{path} {name}' for name in names] if len(parts) > 1 else names,
                colors=[next(colors) if shown else _COLORS[-1] for shown in is_shown],
                visible_series=is_shown,
            )
    if len(parts) == 1 and parts[0].unit:
        title = f'{parts[0].path} [{parts[0].unit}]'
    contents = [part.path for part in parts]
    return TimeSeriesView(origin='/', contents=contents, name=title, overrides=overrides)
