# SPDX-License-Identifier: Apache-2.0
"""Which views a recording gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import (
    Arrows3D,
    AssetAudio,
    BarChart,
    Boxes2D,
    columns_of,
    CoordinateFrame,
    DepthImage,
    EncodedImage,
    GeoPoints,
    InstancePoses3D,
    Measurements,
    Pinhole,
    Points3D,
    Scalars,
    SeriesLines,
    StateChange,
    TextDocument,
    TextLog,
)
from rerun_bridge.blueprint import (
    Blueprint,
    Container,
    Grid,
    Horizontal,
    Overview,
    Spatial3DView,
    SpatialInformation,
    StateTimelineView,
    Tabs,
    TimeSeriesView,
    Vertical,
    View,
)
from rerun_bridge.chunk import Rows
from rerun_bridge.converters.base import cleared
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


def contents_of(name: str, *logged: Rows) -> list[str]:
    overview = Overview()
    overview.note(logged)
    [found] = [view for view in views_of(overview.blueprint()) if view.name == name]
    return list(found.contents)  # type: ignore[arg-type]


def scene_of(*logged: Rows) -> Spatial3DView:
    overview = Overview()
    overview.note(logged)
    view = next(iter(views_of(overview.blueprint())))
    assert isinstance(view, Spatial3DView)
    return view


PICTURE = EncodedImage(contents=PNG, media_type='image/png')
POINTS = Points3D([[1, 2, 3]])
BOXES = Boxes2D(half_sizes=[[1, 1]])


def test_a_view_for_everything_that_can_be_looked_at() -> None:
    found = arranged(
        rows('/points', POINTS),
        rows('/depth', DepthImage([[1.0]])),
        rows('/camera', PICTURE),
        rows('/odom/twist/linear', SeriesLines(names='x [m/s]')),
        rows('/odom/twist/linear', Scalars(1.0)),
        rows('/cmd_vel/linear', SeriesLines(names='x [m/s]')),
        rows('/cmd_vel/linear', Scalars(1.0)),
        rows('/battery', Scalars(1.0)),
        rows('/pressure', Measurements(1.0, units='Pa')),
        rows('/mode', StateChange(state='on')),
        rows('/rosout/node', TextLog('hello', level='INFO')),
        rows('/chatter', TextLog('hello')),
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
        ('TimeSeriesView', 'velocity [m/s]'),
        ('TimeSeriesView', '/pressure [Pa]'),
        ('TimeSeriesView', '/battery'),
        ('StateTimelineView', 'states'),
        ('TextLogView', 'log'),
        ('TextLogView', 'texts'),
        ('MapView', 'map'),
        ('BarChartView', '/histogram'),
        ('AudioView', 'sound'),
    ]


def test_a_picture_in_its_place_is_no_scene() -> None:
    logged = rows('/camera', PICTURE), rows('/camera', InstancePoses3D(scales=[[2, 2, 1]]))
    assert arranged(*logged) == [('Spatial2DView', '/camera')]


def test_arrows_of_series_are_no_scene() -> None:
    arrow = Arrows3D(vectors=[[1, 0, 0]])
    series = [rows('/imu', Scalars(1.0)), rows('/imu', arrow), rows('/twist/linear', Scalars(1.0))]
    below = [rows('/imu/orientation', InstancePoses3D()), rows('/twist', arrow)]
    found = arranged(*series, *below)
    assert [kind for kind, _ in found] == ['TimeSeriesView'] * 2
    found = arranged(*series, *below, rows('/marker', arrow))
    assert found[0] == ('Spatial3DView', 'scene')


def test_one_kind_alone_fills_the_window() -> None:
    assert arranged(rows('/a', Scalars(1.0))) == [('TimeSeriesView', '/a')]
    assert arranged(rows('/a', POINTS)) == [('Spatial3DView', 'scene')]


def container_of(*logged: Rows) -> Container | View:
    overview = Overview()
    overview.note(logged)
    root = overview.blueprint().root_container
    assert root is not None
    return root


def test_without_a_scene_all_cameras_are_seen_at_once() -> None:
    root = container_of(*(rows(f'/camera{i}', PICTURE) for i in range(4)))
    assert isinstance(root, Grid)
    assert len(root.contents) == 4
    root = container_of(*(rows(f'/camera{i}', PICTURE) for i in range(9)))
    assert isinstance(root, Tabs)
    assert [len(list(views_of(page))) for page in root.contents] == [6, 3]
    assert [page.name for page in root.contents] == ['views 1 to 6', 'views 7 to 9']


def test_beside_a_scene_cameras_are_tabs() -> None:
    cameras = [rows(f'/camera{i}', PICTURE) for i in range(4)]
    root = container_of(rows('/points', POINTS), rows('/speed', Scalars(1.0)), *cameras)
    assert isinstance(root, Horizontal)
    scene, side = root.contents
    assert isinstance(scene, Spatial3DView)
    assert isinstance(side, Vertical)
    tabs, plot = side.contents
    assert isinstance(tabs, Tabs)
    assert len(tabs.contents) == 4
    assert isinstance(plot, TimeSeriesView)


def test_without_a_scene_plots_stand_beside_states() -> None:
    plots = [rows(f'/speed{i}', Scalars(1.0)) for i in range(3)]
    root = container_of(*plots, rows('/mode', StateChange(state='on')))
    assert isinstance(root, Horizontal)
    grid, states = root.contents
    assert isinstance(grid, Grid)
    assert isinstance(states, StateTimelineView)


def test_what_is_drawn_on_a_picture_is_in_its_view() -> None:
    plane, other = CoordinateFrame('a_image_plane'), CoordinateFrame('b_image_plane')
    logged = [
        *(rows('/a/image', each) for each in (plane, PICTURE)),
        *(rows('/b/image', each) for each in (other, PICTURE)),
        *(rows('/detections', each) for each in (plane, BOXES)),
        *(rows('/b/marks', each) for each in (other, BOXES)),
        rows('/a/annotations', BOXES),
    ]
    assert contents_of('/a/image', *logged) == ['$origin', '/a/annotations', '/detections']
    assert contents_of('/b/image', *logged) == ['$origin', '/b/marks']


def test_other_encodings_of_a_picture_have_no_view_of_their_own() -> None:
    logged = rows('/image', PICTURE), rows('/image/compressed', PICTURE)
    assert arranged(*logged) == [('Spatial2DView', '/image')]
    assert arranged(logged[1]) == [('Spatial2DView', '/image/compressed')]


def test_scene_is_in_the_root_of_the_transforms() -> None:
    logged = [rows('/', CoordinateFrame('map')), rows('/points', CoordinateFrame('laser'))]
    scene = scene_of(*logged, rows('/points', POINTS))
    assert scene.spatial_information is None
    assert scene.contents == ['+ $origin/**']


def test_without_transforms_the_scene_is_in_the_frame_of_most_things() -> None:
    logged = [
        *(rows('/points', each) for each in (CoordinateFrame('laser'), POINTS)),
        *(rows('/radar', each) for each in (CoordinateFrame('radar'), POINTS)),
        *(rows('/scan', each) for each in (CoordinateFrame('laser'), POINTS)),
    ]
    expected = SpatialInformation('laser').as_component_batches()[0].as_arrow_array()
    information = scene_of(*logged).spatial_information
    assert isinstance(information, SpatialInformation)
    assert information.as_component_batches()[0].as_arrow_array() == expected


def test_pictures_without_a_camera_are_not_in_the_scene() -> None:
    logged = [
        rows('/points', POINTS),
        *(rows('/a/image', each) for each in (CoordinateFrame('a_plane'), PICTURE)),
        *(rows('/b/image', each) for each in (CoordinateFrame('b_plane'), PICTURE)),
        rows('/a/camera_info', Pinhole.from_fields(child_frame='a_plane')),
    ]
    assert scene_of(*logged).contents == ['+ $origin/**', '- /b/image/**']


def test_diagnostics_of_the_bridge_are_left_out() -> None:
    own = rows('/diagnostics/my_bridge/topics', StateChange(state='OK'))
    overview = Overview('my_bridge')
    overview.note([own])
    assert overview.blueprint().root_container is None
    other = rows('/diagnostics/motor', StateChange(state='OK'))
    overview.note([other])
    [view] = views_of(overview.blueprint())
    assert view.contents == ['+ /**', '- /diagnostics/my_bridge/**']


def test_log_is_what_has_a_level() -> None:
    logged = rows('/rosout/a', TextLog('a', level='INFO')), rows('/mode', TextLog('fast'))
    assert contents_of('log', *logged) == ['+ /**', '- /mode']
    assert contents_of('texts', *logged) == ['/mode']


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
    overview.blueprint()
    overview.note([rows('/b', SeriesLines(names='x [m]'))])
    assert overview.is_new


def test_rows_that_end_something_tell_nothing() -> None:
    overview = Overview()
    for logged in (rows('/a', Measurements(1.0, units='Pa')), rows('/b', CoordinateFrame('b'))):
        overview.note([logged._replace(datas=cleared(logged.layout).datas)])
        overview.blueprint()
        overview.note([logged])
        assert overview.is_new
    assert [view.name for view in views_of(overview.blueprint())] == ['/a [Pa]']


def test_views_are_bounded() -> None:
    many = [rows(f'/topic{i}', Scalars(1.0)) for i in range(100)]
    assert 1 < len(arranged(*many)) <= 24


def test_ever_new_entities_of_one_kind_change_nothing_one_day() -> None:
    overview = Overview()
    for i in range(400):
        overview.note([rows(f'/markers/{i}', Points3D([[1, 2, 3]]))])
    overview.blueprint()
    overview.note([rows('/markers/400', Points3D([[1, 2, 3]]))])
    assert not overview.is_new
    overview.note([rows('/others/0', Points3D([[1, 2, 3]]))])
    assert overview.is_new
