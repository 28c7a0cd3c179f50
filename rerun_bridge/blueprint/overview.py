# SPDX-License-Identifier: Apache-2.0
"""
A blueprint made of what a recording holds.

The scene in 3D beside the cameras with what is drawn on their pictures, plots of like quantities,
and what is told in words or states. Beside a scene views that share a place are tabs, so that a
viewer draws a few at a time; without one they share the window.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rerun_bridge.blueprint.blueprint import Blueprint
from rerun_bridge.blueprint.containers import Container, Grid, Horizontal, Tabs, Vertical
from rerun_bridge.blueprint.panels import SelectionPanel, TimePanel
from rerun_bridge.blueprint.plot_groups import plot_views, Plotted
from rerun_bridge.blueprint.spatial_properties import SpatialInformation
from rerun_bridge.blueprint.views import (
    AudioView,
    BarChartView,
    MapView,
    Spatial2DView,
    Spatial3DView,
    StateTimelineView,
    TensorView,
    TextLogView,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.blueprint.view import View
    from rerun_bridge.chunk import Rows
    from rerun_bridge.encodings import Layout

_PREFIX = 'rerun.archetypes.'
_ROOT = '/'
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
_COLORS = frozenset({'Image', 'EncodedImage', 'VideoStream', 'SegmentationImage'})
_DEPTHS = frozenset({'DepthImage', 'EncodedDepthImage'})
_DRAWINGS = frozenset({'Arrows2D', 'Boxes2D', 'Ellipses2D', 'LineStrips2D', 'Points2D'})
_PLOTS = frozenset({'Scalars', 'Measurements'})
_PLACES = frozenset({'GeoPoints', 'GeoLineStrings'})
_DIAGNOSTICS = '/diagnostics/'
"""Their states tell enough; plots of all their numbers would bury the others."""
_FRAME, _PLANE = 'CoordinateFrame:frame', 'Pinhole:child_frame'
_NAMES, _UNITS, _LEVEL = 'SeriesLines:names', 'Measurements:units', 'TextLog:level'
_TEXTS = frozenset({_FRAME, _PLANE, _NAMES, _UNITS, _LEVEL})
_MAX_VIEWS = 24
"""Of a kind: who has more will arrange them by hand."""
_MAX_IN_GRID = 6
_MAX_LIKE = 256
"""Entities with one parent and one layout that are noted."""


@dataclass
class _Entity:
    """What is known of an entity: its archetypes, and the texts of some components."""

    archetypes: set[str] = field(default_factory=set)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def frame(self) -> str:
        """Get the frame that it is in; empty if that is not known."""
        return self.texts.get(_FRAME, ('',))[0]


class Overview:
    """
    Notes what is logged, and arranges it.

    Parameters
    ----------
    own_name
        Of the node that logs, whose diagnostics are no part of the robot.

    """

    def __init__(self, own_name: str = 'rerun_bridge') -> None:
        self._own = f'{_DIAGNOSTICS}{own_name}/'
        self._seen: set[tuple[str, Layout]] = set()
        self._num_like: Counter[tuple[str, Layout]] = Counter()
        self._entities: dict[str, _Entity] = {}
        self.is_new = False
        """Whether the last blueprint lacks something."""

    def note(self, rows: Iterable[Rows]) -> None:
        """Look at rows that are logged."""
        for row in rows:
            key = row.entity_path, row.layout
            if key not in self._seen and not self._has_many_like(row) and self._note_new(row):
                self._seen.add(key)
                self._num_like[_parent(row.entity_path), row.layout] += 1

    def blueprint(self) -> Blueprint:
        """
        Arrange what has been noted so far.

        Returns
        -------
        Blueprint
            Left to the viewer's own heuristics if there is nothing to show.

        """
        self.is_new = False
        scene, stacks = self._scene(), [self._cameras(), self._plots(), self._others()]
        main: View | Container | None = scene
        if main is None:
            # The first kind that there is gets the room of the scene.
            first = next((stack for stack in stacks if stack), None)
            if first is not None:
                stacks.remove(first)
                main = _grid(first)
        columns = [part for part in (main, _side(stacks)) if part is not None]
        parts: list[View | Container] = [*columns]
        if len(columns) > 1:
            parts = [Horizontal(*columns, column_shares=[3, 2])]
        return Blueprint(*parts, SelectionPanel(state='collapsed'), TimePanel(state='collapsed'))

    def _has_many_like(self, row: Rows) -> bool:
        """Tell whether one more changes nothing: markers may have new numbers for ever."""
        return self._num_like[_parent(row.entity_path), row.layout] >= _MAX_LIKE

    def _note_new(self, row: Rows) -> bool:
        """Tell whether others like this row tell nothing more."""
        is_enough = True
        entity = self._entities.setdefault(row.entity_path, _Entity())
        for component, data in zip(row.layout.components, row.datas):  # noqa: B905 - one of each
            name = component.archetype or ''
            if name.startswith(_PREFIX):
                archetype = name[len(_PREFIX) :]
                self.is_new |= archetype not in entity.archetypes
                entity.archetypes.add(archetype)
            if component.name in _TEXTS:
                texts = tuple(text.decode('utf-8', 'replace') for text in data)
                if texts:
                    self.is_new |= entity.texts.get(component.name) != texts
                    entity.texts[component.name] = texts
                is_enough &= bool(texts)  # else it is one that ends something
        return is_enough

    def _with(self, wanted: Iterable[str]) -> dict[str, _Entity]:
        wanted = set(wanted)
        entities = self._entities.copy()  # another thread may note something meanwhile
        found = (path for path in entities if entities[path].archetypes & wanted)
        return {path: entities[path] for path in sorted(found)}

    def _scene(self) -> View | None:
        pictures, plotted = self._with(_COLORS | _DEPTHS), self._with(_PLOTS)
        # Pictures have a pose where they were shrunk, and series have arrows beside them.
        apart = {*pictures, *plotted, *map(_parent, plotted)}
        in_scene = {
            path: entity
            for path, entity in self._with(_SCENE).items()
            if path not in apart and _parent(path) not in plotted
        }
        if not in_scene:
            return None
        planes = {
            plane
            for entity in self._with({'Pinhole'}).values()
            for plane in entity.texts.get(_PLANE, ())
        }
        # Without a camera they have no place in the scene.
        lost = [path for path, entity in pictures.items() if entity.frame not in planes]
        contents = ['+ $origin/**', *(f'- {path}/**' for path in lost)]
        information = None
        if _FRAME not in self._entities.get(_ROOT, _Entity()).texts:
            frames = Counter(entity.frame for entity in in_scene.values() if entity.frame)
            if frames:
                # Nothing connects them, so that only one of them can be seen.
                information = SpatialInformation(frames.most_common(1)[0][0])
        return Spatial3DView(
            origin=_ROOT, contents=contents, name='scene', spatial_information=information
        )

    def _cameras(self) -> list[View]:
        depths = self._with(_DEPTHS)
        colors = {path: each for path, each in self._with(_COLORS).items() if path not in depths}
        pictures = {**colors, **depths}
        # Below a picture are other encodings of the same.
        shown = {
            path: entity for path, entity in pictures.items() if _parent(path) not in pictures
        }
        drawings = {
            path: each for path, each in self._with(_DRAWINGS).items() if path not in pictures
        }
        views: list[View] = []
        for path, picture in shown.items():
            upon = [
                each
                for each, drawing in drawings.items()
                if (drawing.frame == picture.frame if drawing.frame else _are_beside(each, path))
            ]
            views.append(Spatial2DView(origin=path, contents=['$origin', *upon], name=path))
        return views

    def _plots(self) -> list[View]:
        plotted = {
            path: Plotted(entity.texts.get(_NAMES, ()), entity.texts.get(_UNITS, ('',))[0])
            for path, entity in self._with(_PLOTS).items()
            if not path.startswith(_DIAGNOSTICS)
        }
        return [*plot_views(plotted)]

    def _others(self) -> list[View]:
        views: list[View] = []
        states = [path for path in self._with({'StateChange'}) if not path.startswith(self._own)]
        if states:
            contents = ['+ /**', f'- {self._own}**']
            views.append(StateTimelineView(origin=_ROOT, contents=contents, name='states'))
        logs = self._with({'TextLog'})
        texts = [path for path, entity in logs.items() if _LEVEL not in entity.texts]
        if len(texts) < len(logs):
            contents = ['+ /**', *(f'- {path}' for path in texts)]
            views.append(TextLogView(origin=_ROOT, contents=contents, name='log'))
        if texts:
            views.append(TextLogView(origin=_ROOT, contents=texts, name='texts'))
        if self._with(_PLACES):
            views.append(MapView(origin=_ROOT, name='map'))
        views += [BarChartView(origin=path, name=path) for path in self._with({'BarChart'})]
        if self._with({'AssetAudio'}):
            views.append(AudioView(origin='/', name='sound'))
        views += [TensorView(origin=path, name=path) for path in self._with({'Tensor'})]
        return views


def _parent(path: str) -> str:
    return path.rpartition('/')[0]


def _are_beside(path: str, picture_path: str) -> bool:
    return path.startswith(f'{_parent(picture_path)}/')


def _grid(views: Sequence[View]) -> Container | View:
    """Show as many as the window has room for, others in tabs."""
    firsts = range(0, min(len(views), _MAX_VIEWS), _MAX_IN_GRID)
    pages = [_page(views[first : first + _MAX_IN_GRID], first + 1) for first in firsts]
    return pages[0] if len(pages) == 1 else Tabs(*pages)


def _page(views: Sequence[View], first: int) -> Container | View:
    if len(views) == 1:
        return views[0]
    return Grid(*views, name=f'views {first} to {first + len(views) - 1}')


def _side(stacks: Sequence[Sequence[View]]) -> Container | View | None:
    """Put stacks of tabs below each other."""
    parts = [
        stack[0] if len(stack) == 1 else Tabs(*stack[:_MAX_VIEWS]) for stack in stacks if stack
    ]
    if len(parts) < 2:  # noqa: PLR2004 - nothing to put below
        return parts[0] if parts else None
    return Vertical(*parts)
