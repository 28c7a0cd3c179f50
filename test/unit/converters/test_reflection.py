# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from rerun_bridge.cdr import definitions_of_store
from rerun_bridge.converters import TopicConverter
from test.unit.converters.ros_messages import convert, HEADER, LOG_TIME, read_batch, values_of

ALL = """
bool truth
byte octet
char letter
int8 small
uint8[] bytes
bool[2] pair
string text
string<=5 short
string[] texts
string[2] two_texts
float32[3] three
float64[<=4] few
geometry_msgs/Point[2] corners
geometry_msgs/Point[] path
builtin_interfaces/Duration[] waits
"""


def test_struct_is_that_of_the_official_importer() -> None:
    fields = {'header': HEADER, 'polygon': {'points': [{'x': 1.0}, {'y': 2.0}]}}
    rows = convert('my_msgs/msg/Outline', fields)
    [name] = [each for each in values_of(rows) if 'Outline' in each]
    assert name == '/topic@my_msgs.msg.Outline:message'
    [struct] = values_of(rows)[name]
    assert struct == {
        'header': HEADER,
        'polygon': {'points': [{'x': 1.0, 'y': 0.0, 'z': 0.0}, {'x': 0.0, 'y': 2.0, 'z': 0.0}]},
    }
    field = read_batch(rows[-1]).schema.field(name.partition('@')[2])
    assert field.metadata[b'rerun:archetype'] == b'my_msgs.msg.Outline'
    assert b'rerun:component_type' not in field.metadata
    assert str(field.type) == (
        'list<item: struct<header: struct<stamp: struct<sec: int32 not null, '
        'nanosec: uint32 not null> not null, frame_id: string not null> not null, '
        'polygon: struct<points: list<item: struct<x: float not null, y: float not null, '
        'z: float not null>> not null> not null>>'
    )


def values_of_all() -> dict[str, Any]:
    return {
        'truth': True,
        'octet': 1,
        'letter': 65,
        'small': -3,
        'bytes': np.array([1, 2], np.uint8),
        'pair': np.array([True, False]),
        'text': 'größer',
        'short': 'ab',
        'texts': ['x', ''],
        'two_texts': ['p', 'q'],
        'three': np.array([1, 2, 3], np.float32),
        'few': np.array([1.5, np.nan]),
    }


@pytest.mark.parametrize('little_endian', [True, False])
def test_all_kinds_of_fields(*, little_endian: bool) -> None:
    typestore = get_typestore(Stores.ROS2_JAZZY)
    typestore.register(get_types_from_msg(ALL, 'my_msgs/msg/All'))
    point = typestore.types['geometry_msgs/msg/Point']
    duration = typestore.types['builtin_interfaces/msg/Duration']
    given = values_of_all()
    message = typestore.types['my_msgs/msg/All'](
        **given,
        corners=[point(x=1.0, y=2.0, z=3.0)] * 2,
        path=[],
        waits=[duration(sec=-1, nanosec=i) for i in range(3)],
    )
    data = bytes(typestore.serialize_cdr(message, 'my_msgs/msg/All', little_endian=little_endian))
    definitions = definitions_of_store(typestore, 'my_msgs/msg/All')
    converter = TopicConverter('/all', 'my_msgs/msg/All', definitions)
    [rows] = converter.convert(data, log_time_nanos=LOG_TIME, publish_time_nanos=0)
    [struct] = values_of([rows])['/all@my_msgs.msg.All:message']
    few = struct.pop('few')
    assert few[0] == 1.5
    assert np.isnan(few[1])
    del given['few']
    assert struct == {
        **{
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in given.items()
        },
        'corners': [{'x': 1.0, 'y': 2.0, 'z': 3.0}] * 2,
        'path': [],
        'waits': [{'sec': -1, 'nanosec': i} for i in range(3)],
    }


def test_message_without_fields() -> None:
    [struct] = values_of(convert('my_msgs/msg/Nothing', {}))['/topic@my_msgs.msg.Nothing:message']
    assert struct == {'structure_needs_at_least_one_member': 0}


def test_empty_sequences_keep_their_types() -> None:
    rows = convert('my_msgs/msg/Bytes', {})
    [column] = read_batch(rows[0]).columns[-1:]
    message = column.type.value_type
    assert message.field('data').type == pa.list_(pa.field('item', pa.uint8(), nullable=False))


def test_layout_is_shared_between_topics() -> None:
    layouts = {convert('my_msgs/msg/Outline', {}, topic=f'/{i}')[0].layout for i in range(3)}
    assert len(layouts) == 1


def test_nested_sequences() -> None:
    fields = {'status_list': [{'goal_info': {'stamp': {'sec': i}}} for i in range(2)]}
    rows = convert('my_msgs/msg/Goals', fields)
    [struct] = values_of(rows)['/topic@my_msgs.msg.Goals:message']
    assert [each['goal_info']['stamp']['sec'] for each in struct['status_list']] == [0, 1]
    assert all(len(each['goal_info']['goal_id']['uuid']) == 16 for each in struct['status_list'])
