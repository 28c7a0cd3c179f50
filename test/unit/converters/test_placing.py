# SPDX-License-Identifier: Apache-2.0
"""With a fixed frame, data are where their frame was at their own stamp."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

import pytest

from rerun_bridge.converters import Shared, TopicOptions
from rerun_bridge.converters.row_maker import RowMaker
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import columns_of, LOG_TIME, to_cdr, topic_converter

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters import TopicConverter

TF, POINT = 'tf2_msgs/msg/TFMessage', 'geometry_msgs/msg/PointStamped'
POSE, IMU = 'geometry_msgs/msg/PoseWithCovarianceStamped', 'sensor_msgs/msg/Imu'
CAMERA, IMAGE = 'sensor_msgs/msg/CameraInfo', 'sensor_msgs/msg/Image'
MARKERS, CIRCLE = 'visualization_msgs/msg/MarkerArray', 'visualization_msgs/msg/ImageMarker'
FIX, BATTERY = 'sensor_msgs/msg/NavSatFix', 'sensor_msgs/msg/BatteryState'
GRID, UPDATE = 'nav_msgs/msg/OccupancyGrid', 'map_msgs/msg/OccupancyGridUpdate'
START = 1_700_000_000
SECOND = 1_000_000_000
WAIT = 0.2


def header(sec: float, frame_id: str) -> dict[str, Any]:
    """Make a header; a negative time means that there is no stamp."""
    nanos = START * SECOND + round(sec * SECOND)
    stamp = {'sec': nanos // SECOND, 'nanosec': nanos % SECOND} if sec >= 0 else {}
    return {'stamp': stamp, 'frame_id': frame_id}


def transform(sec: float, parent: str, child: str, x: float) -> dict[str, Any]:
    rotation = {'x': 0.0, 'y': 0.0, 'z': 0.0, 'w': 1.0}
    pose = {'translation': {'x': x}, 'rotation': rotation}
    return {'header': header(sec, parent), 'child_frame_id': child, 'transform': pose}


class Place(NamedTuple):
    """A row that tells where an entity is."""

    entity: str
    sec: float
    parent: str
    frame: str
    x: float


class Robot:
    """Topics that share a fixed frame; times are seconds, and reception is immediate."""

    def __init__(self, fixed_frame: str = 'map') -> None:
        self.shared = Shared(fixed_frame=fixed_frame)
        self.topics: dict[str, TopicConverter] = {}
        self.now = 0.0

    def add(self, name: str, type_name: str, **arguments: Any) -> TopicConverter:  # noqa: ANN401
        self.topics[name] = topic_converter(type_name, name, shared=self.shared, **arguments)
        return self.topics[name]

    def send(self, name: str, type_name: str, fields: dict[str, Any]) -> list[Rows]:
        topic = self.topics.get(name) or self.add(name, type_name)
        time = LOG_TIME + round(self.now * SECOND)
        return topic.convert(
            to_cdr(type_name, fields), log_time_nanos=time, publish_time_nanos=time
        )

    def move(self, *transforms: dict[str, Any], name: str = '/tf') -> list[Rows]:
        return self.send(name, TF, {'transforms': list(transforms)})

    def point(self, sec: float, frame_id: str = 'base', name: str = '/point') -> list[Rows]:
        return self.send(name, POINT, {'header': header(sec, frame_id)})

    def advance(self, name: str = '/point', *, is_end: bool = False) -> list[Rows]:
        """Do what whoever feeds a converter does."""
        now_nanos = LOG_TIME + round(self.now * SECOND)
        due_nanos = self.topics[name].next_due_nanos
        if is_end or (due_nanos is not None and due_nanos <= now_nanos):
            return self.topics[name].advance(now_nanos, is_end=is_end)
        return []


def places(rows: list[Rows]) -> list[Place]:
    found = []
    for each in rows:
        columns = columns_of(each)
        if 'Transform3D:translation' in columns and 'tf' not in each.entity_path:
            [[parent]] = columns['Transform3D:parent_frame']
            [[frame]] = columns['Transform3D:child_frame']
            [[[x, _, _]]] = columns['Transform3D:translation']
            sec = (columns['ros2_timestamp'][0] - START * SECOND) / SECOND
            found.append(Place(each.entity_path, sec, parent, frame, round(x, 5)))
    return found


def frames(rows: list[Rows]) -> dict[str, str]:
    """Return the coordinate frames that entities get."""
    found = {}
    for each in rows:
        for frame in columns_of(each).get('CoordinateFrame:frame', [[]])[0]:
            found[each.entity_path] = frame
    return found


def entities(rows: list[Rows]) -> list[str]:
    return [each.entity_path for each in rows]


def moving(until: float = 10.0) -> Robot:
    """Make a robot that drives one meter per second, with a laser on top."""
    robot = Robot()
    robot.move(transform(0, 'base', 'laser', 0.5), name='/tf_static')
    robot.move(*(transform(sec, 'map', 'base', sec) for sec in (0.0, until)))
    return robot


def test_data_are_where_their_frame_was() -> None:
    robot = moving()
    rows = robot.point(2.5, 'laser')
    assert frames(rows) == {'/point': 'map:/point'}
    assert places(rows) == [Place('/point', 2.5, 'map', 'map:/point', 3.0)]
    assert entities(rows) == ['/point'] * 3
    assert [row.is_retained for row in rows] == [True, False, False]
    rows = robot.point(4.0, '/laser')
    assert frames(rows) == {}, 'the name of the frame stays'
    assert places(rows) == [Place('/point', 4.0, 'map', 'map:/point', 4.5)]


def test_without_a_fixed_frame_nothing_changes() -> None:
    robot = Robot('')
    robot.move(transform(0, 'map', 'base', 1))
    rows = robot.point(0.5)
    assert frames(rows) == {'/point': 'base'}
    assert places(rows) == []
    assert robot.topics['/point'].next_due_nanos is None


def test_data_in_the_fixed_frame_need_no_transform() -> None:
    robot = Robot()
    rows = robot.point(1, 'map')
    assert frames(rows) == {'/': 'map', '/point': 'map'}, 'the view is in the fixed frame'
    assert places(rows) == []
    assert frames(robot.point(2, 'map')) == {}
    assert frames(robot.point(2, 'map', name='/other')) == {'/other': 'map'}


def test_fixed_frame_is_the_root_wherever_it_is_in_the_tree() -> None:
    robot = Robot('odom')
    robot.move(transform(0, 'map', 'far', 1))
    rows = robot.move(transform(0, 'map', 'odom', 1), transform(0, 'odom', 'base', 1))
    assert frames(rows)['/'] == 'odom'


def test_data_above_the_fixed_frame() -> None:
    robot = Robot('odom')
    robot.move(transform(0, 'map', 'odom', 1), transform(2, 'map', 'odom', 3))
    rows = robot.point(1, 'map')
    assert places(rows) == [Place('/point', 1, 'odom', 'odom:/point', -2)]


def test_parts_of_a_message_are_placed_together() -> None:
    robot = moving()
    fields = {
        'header': header(3, 'base'),
        'pose': {'covariance': [float(i % 7 == 0) for i in range(36)]},
    }
    rows = robot.send('/pose', POSE, fields)
    assert places(rows) == [
        Place('/pose', 3, 'map', 'map:/pose', 3),
        Place('/pose/covariance', 3, 'map', 'map:/pose/covariance', 3),
    ]


def test_a_message_waits_for_its_transform() -> None:
    robot = moving(until=1.0)
    topic = robot.add('/point', POINT)
    assert robot.point(1.5) == []
    assert topic.num_waiting == 1
    assert topic.next_due_nanos == LOG_TIME + round(WAIT * SECOND)
    robot.now = 0.1
    assert robot.advance() == []
    robot.move(transform(1.4, 'map', 'base', 1.4))
    assert topic.next_due_nanos == 0, 'it may have come'
    assert robot.advance() == []
    assert topic.next_due_nanos == LOG_TIME + round(WAIT * SECOND)
    robot.move(transform(2.0, 'map', 'base', 3.4))
    rows = robot.advance()
    [place] = places(rows)
    assert place.x == pytest.approx(1.4 + 2 / 6, abs=1e-4)
    assert columns_of(rows[-1])['log_time'] == [LOG_TIME], 'when it was received'
    assert (topic.num_waiting, topic.num_displaced) == (0, 0)
    assert topic.next_due_nanos is None


def test_the_next_message_releases_those_before_it() -> None:
    robot = moving(until=1.0)
    assert robot.point(1.2) == []
    assert robot.point(1.4) == []
    robot.move(transform(1.5, 'map', 'base', 1.5))
    assert [place.sec for place in places(robot.point(1.5))] == [1.2, 1.4, 1.5]


def test_messages_stay_in_order() -> None:
    robot = moving(until=1.0)
    assert robot.point(1.2) == []
    assert robot.point(0.5) == [], 'its transform is there, but not that of the one before'
    assert robot.point(0.0, '') == [], 'needs none'
    robot.now = WAIT
    rows = robot.advance()
    assert [place.sec for place in places(rows)] == [1.2, 0.5]
    stamps = [columns_of(row)['ros2_timestamp'][0] for row in rows if not row.is_retained]
    assert stamps == sorted(stamps, key=stamps.index)
    assert len(stamps) == 5


def test_transforms_that_do_not_come_are_replaced_by_the_latest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    robot = moving(until=1.0)
    for number in range(3):
        robot.now = number
        assert robot.point(1.5 + number) == []
        robot.now = number + WAIT - 0.001
        assert robot.advance() == []
        robot.now = number + WAIT
        assert places(robot.advance()) == [Place('/point', 1.5 + number, 'map', 'map:/point', 1.0)]
    assert robot.topics['/point'].num_displaced == 3
    [record] = caplog.records
    assert '/point: the transform of base to map at the stamp has not come' in record.getMessage()
    assert 'that of 0.5 s before' in record.getMessage()


def test_a_recording_that_ends_has_nothing_to_wait_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    robot = moving(until=1.0)
    robot.point(1.5)
    assert len(places(robot.advance(is_end=True))) == 1
    point = robot.topics['/point']
    assert (point.num_waiting, point.num_displaced) == (0, 1)
    assert not caplog.records


def test_a_clock_that_is_set_back_does_not_stop_a_topic() -> None:
    robot = moving(until=1.0)
    robot.now = 1000
    assert robot.point(1.5) == []
    robot.now = 0
    assert len(places(robot.point(0.5))) == 2


def test_what_nothing_connects_is_in_its_own_frame(caplog: pytest.LogCaptureFixture) -> None:
    robot = moving()
    assert robot.point(1, 'lost') == [], 'the transforms may still come'
    robot.now = WAIT
    assert places(robot.advance()) == [Place('/point', 1, 'lost', 'map:/point', 0)]
    assert not caplog.records
    for sec in (1, 3):
        robot.now = sec
        assert len(places(robot.point(sec, 'lost'))) == 1, 'only the first one waits'
    [record] = caplog.records
    assert 'no transforms connect lost with the fixed frame map' in record.getMessage()
    assert robot.topics['/point'].num_displaced == 3
    robot.move(transform(0, 'base', 'lost', 7), name='/tf_static')
    assert places(robot.point(3, 'lost')) == [Place('/point', 3, 'map', 'map:/point', 10)]


def test_what_is_not_drawn_needs_no_place(caplog: pytest.LogCaptureFixture) -> None:
    robot = moving()
    for name, type_name in (('/fix', FIX), ('/battery', BATTERY)):
        for robot.now in (0, 3):
            rows = robot.send(name, type_name, {'header': header(robot.now, 'lost')})
            assert name in entities(rows)
            assert places(rows) == []
        assert robot.topics[name].num_displaced == 0
    assert not caplog.records


def test_stamps_long_before_all_transforms_are_told(caplog: pytest.LogCaptureFixture) -> None:
    robot = Robot()
    robot.move(transform(10, 'map', 'base', 4))
    assert places(robot.point(9.5)) == [Place('/point', 9.5, 'map', 'map:/point', 4)]
    assert not caplog.records, 'so it is at the start'
    assert len(places(robot.point(2))) == 1
    [record] = caplog.records
    assert 'its stamp is 8 s before the first transform of base to map' in record.getMessage()
    assert robot.topics['/point'].num_displaced == 1


def test_without_a_stamp_the_latest_transform_counts() -> None:
    robot = moving()
    [place] = places(robot.point(-1))
    assert place.x == 10
    robot.add('/again', POINT, options=TopicOptions(restamp=True))
    [place] = places(robot.point(2, name='/again'))
    assert place.x == 10


def test_latched_data_keep_their_place() -> None:
    robot = moving()
    robot.add('/point', POINT, is_latched=True)
    rows = robot.point(2)
    assert [row.is_retained for row in rows[:2]] == [True, True]


def test_entity_path() -> None:
    robot = moving()
    robot.add('/point', POINT, options=TopicOptions(entity_path='/else where'))
    [place] = places(robot.point(2))
    assert (place.entity, place.frame) == ('/else\\ where', 'map:/else\\ where')


def test_messages_that_are_alike_are_placed_one_by_one() -> None:
    robot = moving()
    imu = robot.add('/imu', IMU)
    datas = [to_cdr(IMU, {'header': header(sec, 'base')}) for sec in (1, 2, 3)]
    imu.convert(datas[0], log_time_nanos=LOG_TIME, publish_time_nanos=0)
    assert imu.convert_many(datas[1:], [LOG_TIME] * 2, [0] * 2) is None


def test_transforms_that_are_converted_together_count() -> None:
    robot = Robot()
    tf = robot.add('/tf', TF)
    datas = [
        to_cdr(TF, {'transforms': [transform(sec, 'map', 'base', sec + 0.1)]}) for sec in range(4)
    ]
    tf.convert(datas[0], log_time_nanos=LOG_TIME, publish_time_nanos=0)
    assert tf.convert_many(datas[1:], [LOG_TIME] * 3, [0] * 3)
    [place] = places(robot.point(2.5))
    assert place.x == pytest.approx(2.6)


def test_bad_messages_do_not_disturb_those_that_wait() -> None:
    robot = moving(until=1.0)
    assert robot.point(1.5) == []
    with pytest.raises(ConversionError):
        robot.topics['/point'].convert(b'\0\1\0\0', log_time_nanos=LOG_TIME, publish_time_nanos=0)
    robot.move(transform(2, 'map', 'base', 2))
    assert len(places(robot.advance())) == 1


def test_what_fails_when_it_is_released_does_not_stop_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    robot = moving(until=1.0)
    assert robot.point(1.5) == robot.point(1.6) == []
    robot.move(transform(2, 'map', 'base', 2))
    with monkeypatch.context() as patch:
        patch.setattr(RowMaker, 'make', lambda *_: 1 // 0)
        with pytest.raises(ConversionError, match='ZeroDivisionError'):
            robot.advance()
    assert robot.topics['/point'].num_waiting == 1
    assert len(places(robot.advance(is_end=True))) == 1


def test_reset_forgets_what_waits() -> None:
    robot = moving(until=1.0)
    robot.point(1.5)
    robot.shared.reset()
    robot.topics['/point'].reset()
    assert robot.topics['/point'].num_waiting == 0
    robot.move(transform(0, 'map', 'base', 8))
    [place] = places(robot.point(0))
    assert place.x == 8


def info(sec: float, frame_id: str = 'laser') -> dict[str, Any]:
    k = [100.0, 0, 32, 0, 100, 24, 0, 0, 1]
    return {'header': header(sec, frame_id), 'width': 64, 'height': 48, 'k': k}


def image(sec: float, frame_id: str = 'laser') -> dict[str, Any]:
    return {
        'header': header(sec, frame_id),
        'width': 2,
        'height': 1,
        'step': 2,
        'encoding': 'mono8',
        'data': [1, 2],
    }


def test_pictures_move_the_camera_that_they_belong_to() -> None:
    robot = moving()
    rows = robot.send('/cam/camera_info', CAMERA, info(1))
    columns = columns_of(rows[-1])
    assert columns['Pinhole:parent_frame'] == [['map:/cam/camera_info']]
    assert columns['Pinhole:child_frame'] == [['laser_image_plane']]
    at_one = Place('/cam/camera_info', 1, 'map', 'map:/cam/camera_info', 1.5)
    assert places(rows) == [at_one]
    rows = robot.send('/cam/image', IMAGE, image(2))
    assert frames(rows)['/cam/image'] == 'laser_image_plane'
    assert places(rows) == [at_one._replace(sec=2, x=2.5)]
    circle = {'header': header(3, 'laser'), 'scale': 5.0}
    rows = robot.send('/cam/circles', CIRCLE, circle)
    assert frames(rows)['/cam/circles/0'] == 'laser_image_plane'
    assert places(rows) == [at_one._replace(sec=3, x=3.5)]


def test_pictures_without_a_camera_do_not_wait() -> None:
    robot = moving(until=1.0)
    rows = robot.send('/cam/image', IMAGE, image(5))
    assert frames(rows) == {'/cam/image': 'laser_image_plane'}
    assert places(rows) == []


def test_camera_in_the_fixed_frame() -> None:
    robot = Robot()
    rows = robot.send('/cam/camera_info', CAMERA, info(1, 'map'))
    assert columns_of(rows[-1])['Pinhole:parent_frame'] == [['map']]
    assert places(robot.send('/cam/image', IMAGE, image(2, 'map'))) == []


def marker(sec: float, number: int = 1, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {'header': header(sec, 'base'), 'id': number, 'type': 1, **fields}


def test_markers_stay_where_their_frame_was() -> None:
    robot = moving()
    rows = robot.send('/m', MARKERS, {'markers': [marker(1, 1), marker(2, 2)]})
    assert places(rows) == [
        Place('/m/1', 1, 'map', 'map:/m/1', 1),
        Place('/m/2', 2, 'map', 'map:/m/2', 2),
    ]
    assert frames(rows) == {'/m/1': 'map:/m/1', '/m/2': 'map:/m/2'}


def test_locked_markers_follow_their_frame() -> None:
    robot = moving()
    rows = robot.send('/m', MARKERS, {'markers': [marker(1, frame_locked=True)]})
    assert places(rows) == []
    assert frames(rows) == {'/m/1': 'base'}
    rows = robot.send('/m', MARKERS, {'markers': [marker(2)]})
    assert (len(places(rows)), frames(rows)) == (1, {'/m/1': 'map:/m/1'})
    rows = robot.send('/m', MARKERS, {'markers': [marker(3, frame_locked=True)]})
    assert (places(rows), frames(rows)) == ([], {'/m/1': 'base'})


def test_marker_that_comes_back_is_placed_at_its_own_stamp() -> None:
    robot = moving()
    robot.send('/m', MARKERS, {'markers': [marker(1, 1), marker(1, 2)]})
    robot.send('/m', MARKERS, {'markers': [marker(2, action=2)]})
    rows = robot.send('/m', MARKERS, {'markers': [marker(1.5)]})
    assert frames(rows) == {'/m/1': 'map:/m/1'}
    assert places(rows) == [Place('/m/1', 2, 'map', 'map:/m/1', 1.5)]


def test_lifetime_ends_after_the_marker_that_waits() -> None:
    robot = moving(until=1.0)
    lifetime = {'nanosec': SECOND // 10}
    assert robot.send('/m', MARKERS, {'markers': [marker(1.5, lifetime=lifetime)]}) == []
    robot.now = 0.15
    assert robot.advance('/m') == []
    robot.now = 0.25
    kinds = [
        {component.name.partition(':')[0] for component in row.layout.components}
        for row in robot.advance('/m')
    ]
    assert kinds.index({'Clear'}) > kinds.index({'Transform3D'})


def test_updates_of_a_map_move_it() -> None:
    robot = moving()
    size = {'width': 2, 'height': 1}
    grid = {'header': header(1, 'base'), 'info': {**size, 'resolution': 1.0}, 'data': [0, 1]}
    assert [place.x for place in places(robot.send('/map', GRID, grid))] == [1]
    update = {'header': header(2, 'base'), **size, 'data': [1, 0]}
    rows = robot.send('/map_updates', UPDATE, update)
    assert places(rows) == [Place('/map', 2, 'map', 'map:/map', 2)]
