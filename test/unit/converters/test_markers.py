# SPDX-License-Identifier: Apache-2.0
"""How markers come, change and go; their shapes are in another module."""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    columns_of,
    LOG_TIME,
    SEC,
    to_cdr,
    topic_converter,
    values_of,
    without_frames,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters import TopicConverter

MARKER = 'visualization_msgs/msg/Marker'
ARRAY = 'visualization_msgs/msg/MarkerArray'
ADD, DELETE, DELETE_ALL = 0, 2, 3
CUBE, SPHERE, MESH = 1, 2, 10
SECOND = 1_000_000_000


def marker(marker_id: int = 7, sec: int = SEC, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    header = {'frame_id': '/map', 'stamp': {'sec': sec, 'nanosec': 0}}
    cube = {'type': CUBE, 'scale': {'x': 2.0, 'y': 4.0, 'z': 6.0}}
    return {'header': header, 'ns': 'a', 'id': marker_id, **cube, **fields}


def deletion(marker_id: int = 7, sec: int = 0) -> dict[str, Any]:
    return marker(marker_id, sec, action=DELETE)


EVERYTHING = marker(0, 0, ns='', action=DELETE_ALL)


def feed(converter: TopicConverter, *markers: dict[str, Any], at: float = 0.0) -> list[Rows]:
    """Convert an array that is received some seconds later."""
    data = to_cdr(ARRAY, {'markers': list(markers)})
    time = LOG_TIME + round(at * SECOND)
    return converter.convert(data, log_time_nanos=time, publish_time_nanos=time)


def events(rows: list[Rows]) -> list[tuple[str, str, float]]:
    """Return what comes and goes when, in seconds after the first stamp."""
    found = []
    for each in without_frames(rows):
        columns = columns_of(each)
        stamp = columns['ros2_timestamp'][0]
        start = LOG_TIME if stamp >= LOG_TIME else SEC * SECOND
        name = next(key for key in columns if ':' in key and 'Coordinate' not in key)
        kind, value = name.partition(':')[0], columns[name]
        if kind == 'Clear' and value == [[True]]:
            kind = 'ClearAll'
        found.append((each.entity_path, kind, (stamp - start) / SECOND))
    return found


def test_marker() -> None:
    converter = topic_converter(MARKER)
    rows = converter.convert(
        to_cdr(MARKER, marker(pose={'position': {'x': 1.0}})),
        log_time_nanos=LOG_TIME,
        publish_time_nanos=0,
    )
    assert values_of(rows) == {
        '/topic/a/7@CoordinateFrame:frame': ['map'],
        '/topic/a/7@InstancePoses3D:translations': [[1.0, 0.0, 0.0]],
        '/topic/a/7@InstancePoses3D:quaternions': [[0.0, 0.0, 0.0, 1.0]],
        '/topic/a/7@Boxes3D:half_sizes': [[1.0, 2.0, 3.0]],
        '/topic/a/7@Boxes3D:centers': [[0.0, 0.0, 0.0]],
        '/topic/a/7@Boxes3D:colors': [0],
        '/topic/a/7@Boxes3D:fill_mode': [3],
    }
    assert columns_of(rows[0])['ros2_timestamp'] == [SEC * SECOND]
    assert not rows[0].is_retained


@pytest.mark.parametrize(
    ('ns', 'path'), [('', '/topic/7'), ('b/c', '/topic/b\\/c/7'), ('x y', '/topic/x\\ y/7')]
)
def test_entity(ns: str, path: str) -> None:
    [row] = feed(topic_converter(ARRAY), marker(ns=ns))
    assert row.entity_path == path


def test_marker_without_frame() -> None:
    [row] = feed(topic_converter(ARRAY), marker(header={}))
    assert not any('Coordinate' in name for name in columns_of(row))


def test_change_of_type_ends_what_was_there() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker())
    rows = feed(converter, marker(type=SPHERE))
    values = values_of(rows)
    assert values['/topic/a/7@Boxes3D:half_sizes'] == []
    assert values['/topic/a/7@Ellipsoids3D:half_sizes'] == [[1.0, 2.0, 3.0]]
    assert len(feed(converter, marker(type=SPHERE))) == 1


def test_delete() -> None:
    converter = topic_converter(ARRAY)
    assert feed(converter, deletion(7)) == []
    feed(converter, marker(7), marker(8))
    rows = feed(converter, deletion(7, SEC + 2), at=3)
    assert events(rows) == [('/topic/a/7', 'Clear', 2.0)]
    (left,) = converter.drawn['/topic/a/7']
    assert [each.name for each in left.components] == ['CoordinateFrame:frame']
    assert feed(converter, deletion(7)) == []


@pytest.mark.parametrize('ids', [(7,), (7, 8)])
def test_what_is_deleted_stays_in_its_frame(ids: tuple[int, ...]) -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(7), marker(8))
    rows = feed(converter, *(deletion(i) for i in ids))
    assert [row.entity_path for row in rows][-len(ids) :] == [f'/topic/a/{i}' for i in ids]
    values = values_of(rows)
    assert all(values[f'/topic/a/{i}@CoordinateFrame:frame'] == ['map'] for i in ids)


def test_deletion_without_stamp_is_on_the_clock_of_the_marker() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(7, SEC), marker(8, 0), marker(9, SEC + 1))
    rows = without_frames(feed(converter, deletion(7), deletion(8), at=3))
    assert events(rows) == [('/topic/a/7', 'Clear', 3.0), ('/topic/a/8', 'Clear', 3.0)]
    assert columns_of(rows[0])['ros2_timestamp'] == [(SEC + 3) * SECOND]
    assert columns_of(rows[1])['ros2_timestamp'] == [LOG_TIME + 3 * SECOND]


def test_delete_all() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1), marker(2, ns='b'))
    assert events(feed(converter, EVERYTHING, at=2)) == [('/topic', 'ClearAll', 2.0)]
    assert feed(converter, EVERYTHING) == []


def test_delete_all_where_some_have_no_stamp() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1), marker(2, 0))
    found = events(feed(converter, EVERYTHING, at=2))
    assert [(path, kind) for path, kind, _ in found] == [
        ('/topic/a/1', 'Clear'),
        ('/topic/a/2', 'Clear'),
    ]


def test_what_comes_back_at_once_is_not_cleared() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1), marker(2))
    rows = feed(converter, EVERYTHING, marker(1, SEC + 1), marker(3, SEC + 1), at=1.5)
    assert events(rows) == [
        ('/topic/a/1', 'Boxes3D', 1.0),
        ('/topic/a/3', 'Boxes3D', 1.0),
        ('/topic/a/2', 'Clear', 1.5),
    ]


def test_what_comes_back_late_is_not_hidden_by_its_end() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1))
    feed(converter, EVERYTHING, at=1.5)
    assert events(feed(converter, marker(1, SEC + 1), at=1.6)) == [('/topic/a/1', 'Boxes3D', 1.5)]
    feed(converter, EVERYTHING, at=9)
    assert events(feed(converter, marker(1, SEC + 2), at=10)) == [('/topic/a/1', 'Boxes3D', 2.0)]


def test_lifetime() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, lifetime={'sec': 2}), marker(2))
    assert converter.next_due_nanos == LOG_TIME + 2 * SECOND
    assert converter.advance(LOG_TIME + 2 * SECOND - 1) == []
    rows = converter.advance(LOG_TIME + 9 * SECOND)
    assert events(rows) == [('/topic/a/1', 'Clear', 2.0)]
    assert columns_of(rows[0])['log_time'] == [LOG_TIME + 2 * SECOND]
    assert converter.next_due_nanos is None


def test_lifetime_without_stamp() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, 0, lifetime={'sec': 2}))
    [row, _] = converter.advance(LOG_TIME + 9 * SECOND)
    assert columns_of(row)['ros2_timestamp'] == [LOG_TIME + 2 * SECOND]


def test_refreshed_marker_lives_on() -> None:
    converter = topic_converter(ARRAY)
    for i in range(5):
        rows = feed(converter, marker(1, SEC + i, lifetime={'sec': 2}), at=i)
        assert events(rows) == [('/topic/a/1', 'Boxes3D', float(i))]
    assert events(converter.advance(LOG_TIME + 9 * SECOND)) == [('/topic/a/1', 'Clear', 6.0)]


def test_end_of_lifetime_comes_before_the_next_message() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, lifetime={'sec': 2}))
    rows = feed(converter, marker(1, SEC + 5, lifetime={'sec': 2}), at=5)
    assert events(rows) == [('/topic/a/1', 'Clear', 2.0), ('/topic/a/1', 'Boxes3D', 5.0)]


def test_end_of_lifetime_survives_a_bad_message() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, lifetime={'sec': 2}))
    with pytest.raises(ConversionError):
        converter.convert(b'', log_time_nanos=LOG_TIME + 3 * SECOND, publish_time_nanos=0)
    assert events(converter.advance(LOG_TIME + 3 * SECOND)) == [('/topic/a/1', 'Clear', 2.0)]


@pytest.mark.parametrize('lifetime', [{}, {'nanosec': 100_000}, {'sec': -1}])
def test_no_lifetime(lifetime: dict[str, int]) -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, lifetime={'sec': 2}))
    feed(converter, marker(1, lifetime=lifetime), at=1)
    assert converter.advance(LOG_TIME + 99 * SECOND) == []


def test_deleted_marker_has_no_lifetime() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, lifetime={'sec': 2}), marker(2, lifetime={'sec': 2}))
    feed(converter, deletion(1))
    feed(converter, EVERYTHING)
    assert converter.advance(LOG_TIME + 99 * SECOND) == []


def test_reset_forgets_everything() -> None:
    converter = topic_converter(ARRAY)
    feed(converter, marker(1, lifetime={'sec': 2}), marker(2))
    converter.reset()
    assert converter.next_due_nanos is None
    assert feed(converter, EVERYTHING) == []


def test_latched_markers_and_their_ends_are_retained() -> None:
    converter = topic_converter(ARRAY, is_latched=True)
    assert all(row.is_retained for row in feed(converter, marker(1), marker(2)))
    assert all(row.is_retained for row in feed(converter, EVERYTHING))


def test_bad_markers_do_not_hide_good_ones(caplog: pytest.LogCaptureFixture) -> None:
    converter = topic_converter(ARRAY)
    for _ in range(2):
        rows = feed(converter, marker(1, type=77), marker(2), marker(3, action=9))
        assert [row.entity_path for row in rows] == ['/topic/a/2']
    [record] = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert '2 of 3 markers' in record.getMessage()
    with pytest.raises(ConversionError, match='type 77'):
        feed(converter, marker(1, type=77))


def test_mesh_is_logged_once_and_again_after_its_end(tmp_path: Path) -> None:
    path = tmp_path / 'arm.stl'
    path.write_bytes(b'solid arm')
    mesh = marker(type=MESH, mesh_resource=f'file://{path}', color={'r': 1.0, 'a': 1.0})
    converter = topic_converter(ARRAY)
    rows = feed(converter, mesh)
    values = values_of(rows)
    assert values['/topic/a/7@Asset3D:blob'] == [list(b'solid arm')]
    assert values['/topic/a/7@Asset3D:media_type'] == ['model/stl']
    assert values['/topic/a/7@Asset3D:albedo_factor'] == [0xFF0000FF]
    assert values['/topic/a/7@InstancePoses3D:scales'] == [[2.0, 4.0, 6.0]]
    assert [row.is_retained for row in rows] == [True, False]
    assert events(feed(converter, mesh)) == [('/topic/a/7', 'InstancePoses3D', 0.0)]
    assert all(row.is_retained for row in feed(converter, deletion(7), at=1))
    assert len(feed(converter, mesh, at=2)) == 2
    feed(converter, EVERYTHING, at=3)
    assert len(feed(converter, mesh, at=4)) == 2


def test_many_markers() -> None:
    converter = topic_converter(ARRAY)
    markers = [marker(i, lifetime={'sec': 1}) for i in range(2000)]
    assert len(feed(converter, *markers)) == 2000
    assert len(feed(converter, *markers, at=0.5)) == 2000
    assert len(without_frames(converter.advance(LOG_TIME + 2 * SECOND))) == 2000
