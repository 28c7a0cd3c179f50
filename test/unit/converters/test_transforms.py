# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    LOG_TIME,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows

TF = 'tf2_msgs/msg/TFMessage'
DATE = 1_700_000_000


def convert_below(topic: str, fields: dict[str, Any], **arguments: Any) -> list[Rows]:  # noqa: ANN401
    """Convert, without the axes and without what the root of the recording gets."""
    rows = convert(TF, fields, topic=topic, **arguments)
    return [each for each in rows if 'Transform3D:translation' in names_of(each)]


def names_of(rows: Rows) -> set[str]:
    return {component.name for component in rows.layout.components}


def transform(parent: str, child: str, x: float, sec: int = DATE) -> dict[str, Any]:
    return {
        'header': {'frame_id': parent, 'stamp': {'sec': sec, 'nanosec': 1}},
        'child_frame_id': child,
        'transform': {
            'translation': {'x': x, 'y': 1.0, 'z': 2.0},
            'rotation': {'x': 0.5, 'y': 0.5, 'z': 0.5, 'w': 0.5},
        },
    }


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('count', [1, 2, 30])
def test_transforms_are_rows_at_their_own_stamps(count: int, *, little_endian: bool) -> None:
    fields = {'transforms': [transform('map', f'/f{i}', i, DATE + i) for i in range(count)]}
    [rows] = convert_below('/tf', fields, little_endian=little_endian)
    columns = columns_of(rows)
    assert rows.entity_path == '/tf'
    assert columns['ros2_timestamp'] == [(DATE + i) * 10**9 + 1 for i in range(count)]
    assert columns['log_time'] == [LOG_TIME] * count
    assert columns['Transform3D:translation'] == [[[i, 1.0, 2.0]] for i in range(count)]
    assert columns['Transform3D:quaternion'] == [[[0.5] * 4]] * count
    assert columns['Transform3D:parent_frame'] == [['map']] * count
    assert columns['Transform3D:child_frame'] == [[f'f{i}'] for i in range(count)]


def test_dates_and_other_times_in_one_message() -> None:
    secs = (DATE, 5, 6, DATE + 1)
    fields = {'transforms': [transform('a', f'b{sec}', sec % 10, sec) for sec in secs]}
    pieces = [columns_of(rows) for rows in convert_below('/tf', fields)]
    stamps = [piece.get('ros2_timestamp') or piece['ros2_duration'] for piece in pieces]
    assert stamps == [[DATE * 10**9 + 1], [5 * 10**9 + 1, 6 * 10**9 + 1], [(DATE + 1) * 10**9 + 1]]
    assert [len(piece['Transform3D:child_frame']) for piece in pieces] == [1, 2, 1]
    assert pieces[1]['Transform3D:translation'] == [[[5.0, 1.0, 2.0]], [[6.0, 1.0, 2.0]]]


def test_missing_stamp_is_the_time_of_reception() -> None:
    missing = transform('a', 'b', 1)
    missing['header']['stamp'] = {}
    [rows] = convert_below('/tf', {'transforms': [missing, transform('a', 'c', 2)]})
    assert columns_of(rows)['ros2_timestamp'] == [LOG_TIME, DATE * 10**9 + 1]


def test_restamp() -> None:
    fields = {'transforms': [transform('a', 'b', 1), transform('a', 'c', 2)]}
    [rows] = convert_below('/tf', fields, options=TopicOptions(restamp=True))
    assert columns_of(rows)['ros2_timestamp'] == [LOG_TIME] * 2


@pytest.mark.parametrize(
    ('topic', 'is_latched'), [('/tf_static', True), ('/robot/tf_static', False), ('/fixed', True)]
)
def test_static_transforms_have_an_entity_per_child(topic: str, *, is_latched: bool) -> None:
    fields = {'transforms': [transform('base', 'cam/left', 1), transform('base', '/imu', 2)]}
    rows = convert_below(topic, fields, is_latched=is_latched)
    assert [each.entity_path for each in rows] == [f'{topic}/cam\\/left', f'{topic}/imu']
    assert all(not each.times for each in rows)
    values = values_of(rows)
    assert values[f'{topic}/imu@CoordinateFrame:frame'] == ['imu']
    assert values[f'{topic}/imu@TransformAxes3D:axis_length'] == [pytest.approx(0.3)]
    assert values[f'{topic}/imu@Transform3D:translation'] == [[2.0, 1.0, 2.0]]
    assert values[f'{topic}/imu@Transform3D:parent_frame'] == ['base']
    assert values[f'{topic}/imu@Transform3D:child_frame'] == ['imu']


def test_static_transforms_can_change() -> None:
    converter = topic_converter(TF, '/tf_static')
    for x in (1.0, 2.0):
        values = values_of(convert(TF, {'transforms': [transform('a', 'b', x)]}, using=converter))
        assert values['/tf_static/b@Transform3D:translation'] == [[x, 1.0, 2.0]]


def test_rotation_that_was_not_set() -> None:
    unset = transform('a', 'b', 1)
    unset['transform']['rotation'] = {}
    [rows] = convert_below('/tf', {'transforms': [unset]})
    assert columns_of(rows)['Transform3D:quaternion'] == [[[0.0, 0.0, 0.0, 1.0]]]


@pytest.mark.parametrize('topic', ['/tf', '/tf_static'])
def test_nothing(topic: str) -> None:
    assert convert(TF, {}, topic=topic) == []


def test_bad_stamp_of_one_transform() -> None:
    with pytest.raises(ConversionError, match='-7 s'):
        convert(TF, {'transforms': [transform('a', 'b', 1), transform('a', 'c', 1, -7)]})


def test_single_transform() -> None:
    fields = transform('map', '/gps', 1.0)
    [rows, *roots] = convert('geometry_msgs/msg/TransformStamped', fields)
    columns = columns_of(rows)
    assert rows.entity_path == '/topic'
    assert columns['ros2_timestamp'] == [DATE * 10**9 + 1]
    assert columns['Transform3D:child_frame'] == [['gps']]
    assert {each.entity_path for each in roots} == {'/topic/gps', '/'}


def test_each_moving_frame_has_axes_once() -> None:
    topic = '/tf'
    converter = topic_converter(TF, topic)
    fields = {'transforms': [transform('map', 'base', 1), transform('base', 'cam/left', 2)]}
    for paths in ({f'{topic}/base', f'{topic}/cam\\/left'}, set()):
        rows = convert(TF, fields, using=converter)
        axes = [each for each in rows if 'TransformAxes3D:axis_length' in names_of(each)]
        assert {each.entity_path for each in axes} == paths
        assert all(not each.times for each in axes)
        frames = values_of([each for each in rows if each.entity_path in paths])
        for path in paths:
            assert len(frames[f'{path}@CoordinateFrame:frame']) == 1
