# SPDX-License-Identifier: Apache-2.0
"""
A blueprint made of what a recording holds.

The scene in 3D, one view per camera, plots of like quantities together, and what is told in words
or states. Views that share a place are tabs, so that a viewer draws a few at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint.blueprint import Blueprint
from rerun_bridge.blueprint.containers import Container, Horizontal, Tabs, Vertical
from rerun_bridge.blueprint.panels import SelectionPanel, TimePanel
from rerun_bridge.blueprint.views import (
    AudioView,
    BarChartView,
    MapView,
    Spatial2DView,
    Spatial3DView,
    StateTimelineView,
    TensorView,
    TextLogView,
    TimeSeriesView,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.blueprint.view import View
    from rerun_bridge.chunk import Rows
    from rerun_bridge.encodings import Layout

_PREFIX = 'rerun.archetypes.'
_SCENE = frozenset(
    {
        'Arrows3D',
        'Asset3D',
        'Boxes3D',
        'Capsules3D',
        'Cylinders3D',
        'Ellipsoids3D',
        'GridMap',
        'InstancePoses3D',
        'LineStrips3D',
        'Mesh3D',
        'Points3D',
        'Transform3D',
        'VoxelGridMap',
    }
)
_PICTURES = ('Image', 'EncodedImage', 'VideoStream', 'SegmentationImage')
_DEPTHS = ('DepthImage', 'EncodedDepthImage')
_PLOTS = frozenset({'Scalars', 'Measurements'})
_PLACES = frozenset({'GeoPoints', 'GeoLineStrings'})
_WITHOUT_PLOT = '/diagnostics/'
_MAX_VIEWS = 12
"""Of a kind: who has more will arrange them by hand."""
_QUANTITIES = {
    'linear': 'linear velocity',
    'angular': 'angular velocity',
    'position': 'joint positions',
    'velocity': 'joint velocities',
    'effort': 'joint efforts',
}
"""Entities of these names show the same quantity, whichever topic they belong to."""


class Overview:
    """Notes what is logged, and arranges it."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, Layout]] = set()
        self._archetypes: dict[str, set[str]] = {}
        self.is_new = False
        """Whether the last blueprint lacks something."""

    def note(self, rows: Iterable[Rows]) -> None:
        """Look at rows that are logged."""
        for row in rows:
            key = row.entity_path, row.layout
            if key not in self._seen:
                self._seen.add(key)
                names = {component.archetype or '' for component in row.layout.components}
                known = self._archetypes.setdefault(row.entity_path, set())
                found = {name[len(_PREFIX) :] for name in names if name.startswith(_PREFIX)}
                self.is_new |= not found <= known
                known |= found

    def blueprint(self) -> Blueprint:
        """
        Arrange what has been noted so far.

        Returns
        -------
        Blueprint
            Left to the viewer's own heuristics if there is nothing to show.

        """
        self.is_new = False
        columns = [
            stack
            for stack in (self._scene(), _side([self._cameras(), self._plots(), self._others()]))
            if stack is not None
        ]
        parts: list[View | Container] = [*columns]
        if len(columns) > 1:
            parts = [Horizontal(*columns, column_shares=[3, 2])]
        return Blueprint(*parts, SelectionPanel(state='collapsed'), TimePanel(state='collapsed'))

    def _with(self, wanted: Iterable[str]) -> list[str]:
        wanted = set(wanted)
        return sorted(path for path, found in list(self._archetypes.items()) if found & wanted)

    def _scene(self) -> View | None:
        # Pictures have a pose where they were shrunk.
        in_scene = set(self._with(_SCENE)).difference(self._with(_PICTURES))
        return Spatial3DView(origin='/', name='scene') if in_scene else None

    def _cameras(self) -> list[View]:
        depths = self._with(_DEPTHS)
        pictures = [path for path in self._with(_PICTURES) if path not in depths]
        return [Spatial2DView(origin=path, name=path) for path in pictures + depths]

    def _plots(self) -> list[View]:
        groups: dict[str, list[str]] = {}
        for path in self._with(_PLOTS):
            if not path.startswith(_WITHOUT_PLOT):
                groups.setdefault(_quantity(path), []).append(path)
        common = [name for name in _QUANTITIES.values() if name in groups]
        ordered = [*common, *(name for name in groups if name not in common)]
        return [TimeSeriesView(origin='/', contents=groups[name], name=name) for name in ordered]

    def _others(self) -> list[View]:
        views: list[View] = []
        if self._with({'StateChange'}):
            views.append(StateTimelineView(origin='/', name='states'))
        if self._with({'TextLog'}):
            views.append(TextLogView(origin='/', name='log'))
        if self._with(_PLACES):
            views.append(MapView(origin='/', name='map'))
        views += [BarChartView(origin=path, name=path) for path in self._with({'BarChart'})]
        if self._with({'AssetAudio'}):
            views.append(AudioView(origin='/', name='sound'))
        views += [TensorView(origin=path, name=path) for path in self._with({'Tensor'})]
        return views


def _quantity(path: str) -> str:
    return _QUANTITIES.get(path.rpartition('/')[2], path)


def _side(stacks: Sequence[list[View]]) -> Container | View | None:
    """Put stacks of tabs below each other."""
    parts = [
        stack[0] if len(stack) == 1 else Tabs(*stack[:_MAX_VIEWS]) for stack in stacks if stack
    ]
    if len(parts) < 2:  # noqa: PLR2004 - nothing to put below
        return parts[0] if parts else None
    return Vertical(*parts)
