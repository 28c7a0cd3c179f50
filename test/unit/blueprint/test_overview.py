# SPDX-License-Identifier: Apache-2.0
"""Which views a recording gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import (
    AssetAudio,
    BarChart,
    columns_of,
    DepthImage,
    EncodedImage,
    GeoPoints,
    InstancePoses3D,
    Points3D,
    Scalars,
    StateChange,
    TextDocument,
    TextLog,
)
from rerun_bridge.blueprint import Blueprint, Container, Overview, View
from rerun_bridge.chunk import Rows
from rerun_bridge.log_types import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG = b'\x89PNG\r\n\x1a\n'


def rows(path: str, values: object) -> Rows:
    layout, datas = columns_of(values)
    return Rows(path, STATIC, (), layout, datas)


def views_of(part: Blueprint | Container | View | None) -> Iterator[View]:
    if isinstance(part, Blueprint):
        yield from views_of(part.root_container)
    elif isinstance(part, Container):
        for content in part.contents:
            yield from views_of(content)
    elif part is not None:
        yield part


def arranged(*logged: Rows) -> list[tuple[str, str]]:
    overview = Overview()
    overview.note(logged)
    return [(type(view).__name__, str(view.name)) for view in views_of(overview.blueprint())]


def test_a_view_for_everything_that_can_be_looked_at() -> None:
    found = arranged(
        rows('/points', Points3D([[1, 2, 3]])),
        rows('/depth', DepthImage([[1.0]])),
        rows('/camera', EncodedImage(contents=PNG, media_type='image/png')),
        rows('/odom/twist/linear', Scalars(1.0)),
        rows('/cmd_vel/linear', Scalars(1.0)),
        rows('/battery', Scalars(1.0)),
        rows('/mode', StateChange(state='on')),
        rows('/rosout/node', TextLog('hello')),
        rows('/fix', GeoPoints(lat_lon=[[48, 11]])),
        rows('/histogram', BarChart([1, 2])),
        rows('/microphone', AssetAudio(contents=b'RIFF', media_type='audio/wav')),
        rows('/robot_description', TextDocument('<robot/>')),
        rows('/diagnostics/motor/values/degC', Scalars(1.0)),
    )
    assert found == [
        ('Spatial3DView', 'scene'),
        ('Spatial2DView', '/camera'),
        ('Spatial2DView', '/depth'),
        ('TimeSeriesView', 'linear velocity'),
        ('TimeSeriesView', '/battery'),
        ('StateTimelineView', 'states'),
        ('TextLogView', 'log'),
        ('MapView', 'map'),
        ('BarChartView', '/histogram'),
        ('AudioView', 'sound'),
    ]


def test_a_picture_in_its_place_is_no_scene() -> None:
    picture = EncodedImage(contents=PNG, media_type='image/png')
    logged = rows('/camera', picture), rows('/camera', InstancePoses3D(scales=[[2, 2, 1]]))
    assert arranged(*logged) == [('Spatial2DView', '/camera')]


def test_one_kind_alone_fills_the_window() -> None:
    assert arranged(rows('/a', Scalars(1.0))) == [('TimeSeriesView', '/a')]
    assert arranged(rows('/a', Points3D([[1, 2, 3]]))) == [('Spatial3DView', 'scene')]


def test_nothing_to_show_is_left_to_the_viewer() -> None:
    assert arranged() == []
    overview = Overview()
    assert overview.blueprint().root_container is None


def test_tells_when_there_is_something_new() -> None:
    overview = Overview()
    overview.note([rows('/a', Scalars(1.0))])
    assert overview.is_new
    overview.blueprint()
    overview.note([rows('/a', Scalars(2.0))])
    assert not overview.is_new
    overview.note([rows('/a', Scalars(2.0)), rows('/b', Scalars(2.0))])
    assert overview.is_new


def test_views_are_bounded() -> None:
    many = [rows(f'/topic{i}', Scalars(1.0)) for i in range(100)]
    assert 1 < len(arranged(*many)) <= 12
