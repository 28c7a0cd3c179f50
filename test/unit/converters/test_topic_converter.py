# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.converters import supported_types, TimelineNames, TopicConverter, TopicOptions
from rerun_bridge.errors import CdrError, ConversionError, UnsupportedTypeError, UsageError
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    definitions_of,
    HEADER,
    LOG_TIME,
    PUBLISH_TIME,
    STAMP,
    to_cdr,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rerun_bridge.chunk import Rows
    from rerun_bridge.encodings import Layout

VECTOR = 'geometry_msgs/msg/Vector3Stamped'
RECEIVED = {
    'log_time': [LOG_TIME],
    'message_log_time': [LOG_TIME],
    'message_publish_time': [PUBLISH_TIME],
}
FIRST_DATE_SEC = 631_152_000


def times_of(rows: Rows) -> dict[str, list[int]]:
    return {
        name: column
        for name, column in columns_of(rows).items()
        if 'time' in name or 'duration' in name
    }


def stamped(sec: int, nanosec: int = 0, frame_id: str = '') -> dict[str, Any]:
    return {'header': {'stamp': {'sec': sec, 'nanosec': nanosec}, 'frame_id': frame_id}}


@pytest.mark.parametrize(
    ('fields', 'options', 'index'),
    [
        (stamped(FIRST_DATE_SEC, 7), {}, {'ros2_timestamp': FIRST_DATE_SEC * 10**9 + 7}),
        (stamped(FIRST_DATE_SEC - 1), {}, {'ros2_duration': (FIRST_DATE_SEC - 1) * 10**9}),
        (stamped(12, 300_000_000), {}, {'ros2_duration': 12_300_000_000}),
        (stamped(0, 1), {}, {'ros2_duration': 1}),
        (stamped(0), {}, {'ros2_timestamp': LOG_TIME}),
        (stamped(12), {'restamp': True}, {'ros2_timestamp': LOG_TIME}),
        (stamped(-1, 2**32 - 1), {'restamp': True}, {'ros2_timestamp': LOG_TIME}),
        (stamped(2**31 - 1), {}, {'ros2_timestamp': (2**31 - 1) * 10**9}),
    ],
)
def test_stamps_choose_the_timeline(
    fields: dict[str, Any], options: dict[str, Any], index: dict[str, int]
) -> None:
    rows = convert(VECTOR, fields, options=TopicOptions(**options))
    expected = {**RECEIVED, **{name: [time] for name, time in index.items()}}
    assert times_of(rows[-1]) == expected


def test_types_without_stamp_are_at_the_time_of_reception() -> None:
    rows = convert('std_msgs/msg/Float64', {'data': 1.5})
    assert times_of(rows[0]) == {**RECEIVED, 'ros2_timestamp': [LOG_TIME]}


def test_top_level_stamp() -> None:
    rows = convert('rcl_interfaces/msg/Log', {'stamp': HEADER['stamp'], 'msg': 'hello'})
    assert times_of(rows[0])['ros2_timestamp'] == [STAMP]


def test_unknown_publication_is_that_of_reception() -> None:
    data = to_cdr('std_msgs/msg/Bool', {})
    [row] = topic_converter('std_msgs/msg/Bool').convert(
        data, log_time_nanos=LOG_TIME, publish_time_nanos=0
    )
    assert times_of(row)['message_publish_time'] == [LOG_TIME]


@pytest.mark.parametrize('stamp', [(-1, 0), (1, 1_000_000_000), (5, 2**32 - 1)])
def test_bad_stamps_are_refused(stamp: tuple[int, int]) -> None:
    with pytest.raises(ConversionError, match=r'/topic \(geometry_msgs.*which is no time'):
        convert(VECTOR, stamped(*stamp))


def test_timelines_can_be_renamed_and_turned_off() -> None:
    names = TimelineNames(
        log_time='', message_log_time='z', message_publish_time='', ros2_timestamp='a'
    )
    rows = convert(VECTOR, stamped(FIRST_DATE_SEC), timelines=names)
    columns = columns_of(rows[-1])
    assert list(columns)[1:3] == ['a', 'z']
    assert (columns['a'], columns['z']) == ([FIRST_DATE_SEC * 10**9], [LOG_TIME])


@pytest.mark.parametrize(
    ('names', 'message'),
    [
        (TimelineNames(log_time='x', ros2_duration='x'), 'two timelines'),
        (TimelineNames(ros2_duration='ros2_timestamp'), 'two timelines'),
        (TimelineNames('', '', '', '', ''), 'all timelines are off'),
        (TimelineNames('', '', '', 'stamp', ''), 'all timelines are off'),
    ],
)
def test_impossible_timelines(names: TimelineNames, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        topic_converter(VECTOR, timelines=names)


def test_frame_is_logged_when_it_changes() -> None:
    converter = topic_converter(VECTOR)
    seen = []
    for frame_id in ('/map', 'map', '', '/', 'odom'):
        rows = convert(VECTOR, stamped(FIRST_DATE_SEC, 0, frame_id), using=converter)
        seen.append(values_of(rows).get('/topic@CoordinateFrame:frame'))
    assert seen == [['map'], None, None, None, ['odom']]


def test_frame_is_retained_and_comes_first() -> None:
    rows = convert(VECTOR, {'header': HEADER})
    assert rows[0].is_retained
    assert [component.name for component in rows[0].layout.components] == ['CoordinateFrame:frame']
    assert not any(each.is_retained for each in rows[1:])


@pytest.mark.parametrize('second', [5, FIRST_DATE_SEC + 9])
def test_frame_is_logged_again_where_the_last_one_is_not_seen(second: int) -> None:
    converter = topic_converter(VECTOR)
    convert(VECTOR, stamped(FIRST_DATE_SEC + 10, 0, 'map'), using=converter)
    rows = convert(VECTOR, stamped(second, 0, 'map'), using=converter)
    assert values_of(rows)['/topic@CoordinateFrame:frame'] == ['map']


def test_static_names_are_logged_once_until_reset() -> None:
    converter = topic_converter(VECTOR)

    def is_named() -> bool:
        return '/topic@SeriesLines:names' in values_of(convert(VECTOR, {}, using=converter))

    assert [is_named(), is_named()] == [True, False]
    converter.reset()
    assert [is_named(), is_named()] == [True, False]


def test_rejected_messages_do_not_count_as_logged() -> None:
    type_name = 'sensor_msgs/msg/JointState'
    converter = topic_converter(type_name)
    bad = {'header': HEADER, 'name': ['a'], 'position': [1.0, 2.0]}
    with pytest.raises(ConversionError, match='1 names of joints but 2'):
        convert(type_name, bad, using=converter)
    rows = convert(type_name, {**bad, 'position': [1.0]}, using=converter)
    assert values_of(rows)['/topic@CoordinateFrame:frame'] == ['base']


@pytest.mark.parametrize(
    ('entity_path', 'expected'),
    [
        ('', {'/ns/topic/linear', '/ns/topic/angular'}),
        ('robot 1', {'/robot\\ 1/linear', '/robot\\ 1/angular'}),
        ('/', {'/linear', '/angular'}),
    ],
)
def test_entity_path(entity_path: str, expected: set[str]) -> None:
    rows = convert(
        'geometry_msgs/msg/Twist',
        {},
        topic='/ns/topic',
        options=TopicOptions(entity_path=entity_path),
    )
    assert {each.entity_path for each in rows} == expected


def test_root_entity() -> None:
    rows = convert('std_msgs/msg/Float64', {}, options=TopicOptions(entity_path='/'))
    assert [each.entity_path for each in rows] == ['/']


def test_truncated_bytes_are_a_cdr_error() -> None:
    data = to_cdr(VECTOR, {'header': HEADER})
    with pytest.raises(CdrError):
        topic_converter(VECTOR).convert(data[:20], log_time_nanos=1, publish_time_nanos=1)


def test_strange_definitions_are_a_conversion_error() -> None:
    definitions = {
        **definitions_of('sensor_msgs/msg/Imu'),
        'sensor_msgs/msg/Imu': definitions_of('std_msgs/msg/Float64')['std_msgs/msg/Float64'],
    }
    converter = TopicConverter('/imu', 'sensor_msgs/msg/Imu', definitions)
    data = to_cdr('std_msgs/msg/Float64', {})
    with pytest.raises(ConversionError, match=r'^/imu \(sensor_msgs/msg/Imu\): .*AttributeError'):
        converter.convert(data, log_time_nanos=1, publish_time_nanos=1)


def test_errors_do_not_quote_long_texts() -> None:
    with pytest.raises(ConversionError, match=r"'x+ \.\.\. x+' .*; publish rgb8") as error:
        convert('sensor_msgs/msg/Image', {'width': 1, 'height': 1, 'encoding': 'x' * 10**6})
    assert len(str(error.value)) < 500


def test_incomplete_definitions() -> None:
    definitions = dict(definitions_of(VECTOR))
    del definitions['std_msgs/msg/Header']
    with pytest.raises(UnsupportedTypeError):
        TopicConverter('/v', VECTOR, definitions)


def test_memoryviews_and_big_endian_bytes() -> None:
    fields = {'header': HEADER, 'vector': {'x': 1.0, 'y': 2.0, 'z': 3.0}}
    for little_endian in (True, False):
        data = memoryview(to_cdr(VECTOR, fields, little_endian=little_endian))
        rows = topic_converter(VECTOR).convert(data, log_time_nanos=1, publish_time_nanos=1)
        assert values_of(rows)['/topic@Scalars:scalars'] == [1.0, 2.0, 3.0]
        assert values_of(rows)['/topic@CoordinateFrame:frame'] == ['base']


def test_supported_types_have_full_names() -> None:
    types = supported_types()
    assert 'sensor_msgs/msg/Image' in types
    assert all(name.count('/') == 2 for name in types)


def names(drawn: Mapping[str, Collection[Layout]]) -> dict[str, set[str]]:
    return {
        path: {each.name for layout in layouts for each in layout.components}
        for path, layouts in drawn.items()
    }


def test_what_other_options_have_drawn_ends_with_the_first_message() -> None:
    type_name = 'geometry_msgs/msg/Twist'
    old = topic_converter(type_name, options=TopicOptions(entity_path='/old'))
    assert names(old.drawn) == {}
    convert(type_name, {}, using=old)
    drawn = {f'/old/{name}': {'Scalars:scalars'} for name in ('linear', 'angular')}
    assert names(old.drawn) == drawn
    # Another change before there was a message.
    skipped = topic_converter(type_name)
    skipped.take_over(old.drawn)
    assert names(skipped.drawn) == drawn
    new = topic_converter(type_name)
    new.take_over(skipped.drawn)
    with pytest.raises(CdrError):
        new.convert(b'', log_time_nanos=LOG_TIME, publish_time_nanos=PUBLISH_TIME)
    rows = convert(type_name, {}, using=new)
    assert {row.entity_path for row in rows if row.is_retained} == set(drawn)
    values = values_of(rows)
    ended = {name for name, value in values.items() if not value}
    assert ended == {f'{path}@Scalars:scalars' for path in drawn}
    assert set(names(new.drawn)) == {'/topic/linear', '/topic/angular'}
    assert all(values_of(convert(type_name, {}, using=new)).values())


def test_what_the_first_message_replaces_does_not_end() -> None:
    fields = {'header': HEADER, 'width': 2, 'height': 1, 'encoding': 'rgb8', 'data': bytes(6)}
    old = topic_converter('sensor_msgs/msg/Image', '/a')
    convert('sensor_msgs/msg/Image', fields, using=old)
    assert names(old.drawn) == {'/a': {'Image:buffer', 'Image:format', 'CoordinateFrame:frame'}}
    depth = {**fields, 'encoding': '16UC1', 'data': bytes(4)}
    new = topic_converter('sensor_msgs/msg/Image', '/a')
    new.take_over(old.drawn)
    values = values_of(convert('sensor_msgs/msg/Image', depth, using=new))
    assert {name for name, value in values.items() if not value} == {
        '/a@Image:buffer',
        '/a@Image:format',
    }


def test_what_belongs_to_others_does_not_end() -> None:
    transform = {'header': HEADER, 'child_frame_id': 'child'}
    converter = topic_converter('tf2_msgs/msg/TFMessage', '/tf')
    rows = convert('tf2_msgs/msg/TFMessage', {'transforms': [transform]}, using=converter)
    assert '/' in {each.entity_path for each in rows}
    assert '/' not in converter.drawn
