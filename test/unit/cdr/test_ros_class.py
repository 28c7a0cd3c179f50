# SPDX-License-Identifier: Apache-2.0
"""Definitions out of message classes; with ROS 2 at hand, out of the real ones."""

from __future__ import annotations

from importlib import import_module
import sys
from types import ModuleType
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np
import pytest

from rerun_bridge.cdr import (
    Array,
    decoder_for,
    definitions_of_class,
    definitions_of_store,
    Field,
    Nested,
    Primitive,
    Sequence,
    StructSequence,
    Text,
)
from rerun_bridge.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rosbags.typesys.store import Typestore

    from rerun_bridge.cdr import Message

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre:DeprecationWarning")  # of rclpy

Value: TypeAlias = Any
"""A number, a text, an array or list, or a message."""
ROS_TYPE_NAMES = [
    'builtin_interfaces/msg/Time',
    'diagnostic_msgs/msg/DiagnosticArray',
    'geometry_msgs/msg/PolygonStamped',
    'geometry_msgs/msg/PoseArray',
    'geometry_msgs/msg/TwistWithCovarianceStamped',
    'nav_msgs/msg/GridCells',
    'nav_msgs/msg/OccupancyGrid',
    'nav_msgs/msg/Odometry',
    'nav_msgs/msg/Path',
    'rcl_interfaces/msg/ParameterEvent',
    'rosgraph_msgs/msg/Clock',
    'sensor_msgs/msg/BatteryState',
    'sensor_msgs/msg/CameraInfo',
    'sensor_msgs/msg/CompressedImage',
    'sensor_msgs/msg/Image',
    'sensor_msgs/msg/Imu',
    'sensor_msgs/msg/JointState',
    'sensor_msgs/msg/LaserScan',
    'sensor_msgs/msg/MultiEchoLaserScan',
    'sensor_msgs/msg/NavSatFix',
    'sensor_msgs/msg/PointCloud2',
    'shape_msgs/msg/SolidPrimitive',
    'std_msgs/msg/Byte',
    'std_msgs/msg/Char',
    'std_msgs/msg/Empty',
    'std_msgs/msg/Float64MultiArray',
    'std_msgs/msg/String',
    'tf2_msgs/msg/TFMessage',
    'trajectory_msgs/msg/JointTrajectory',
    'visualization_msgs/msg/InteractiveMarker',
    'visualization_msgs/msg/MarkerArray',
]


def message_type(module: str, name: str, fields: dict[str, str]) -> type:
    """Make a class like those that ROS generates."""
    return type(
        name,
        (),
        {
            '__module__': f'{module}._{name.lower()}',
            'get_fields_and_field_types': classmethod(lambda _: dict(fields)),
        },
    )


@pytest.fixture
def robot_msgs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give a message package that exists in this process only."""
    messages, actions = ModuleType('robot_msgs.msg'), ModuleType('robot_msgs.action')
    for name, module in (
        ('robot_msgs', ModuleType('robot_msgs')),
        ('robot_msgs.msg', messages),
        ('robot_msgs.action', actions),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    for module, name, fields in (
        (
            messages,
            'Whole',
            {
                'flag': 'boolean',
                'level': 'octet',
                'small': 'uint8',
                'real': 'float',
                'fixed': 'double[36]',
                'free': 'sequence<int64>',
                'few': 'sequence<octet, 3>',
                'name': 'string',
                'short': 'string<22>',
                'wide': 'wstring',
                'short_wide': 'wstring<4>',
                'names': 'string<5>[3]',
                'many_names': 'sequence<string<5>, 10>',
                'part': 'robot_msgs/Part',
                'parts': 'robot_msgs/Part[2]',
                'many_parts': 'sequence<robot_msgs/Part, 7>',
            },
        ),
        (messages, 'Part', {'nothing': 'robot_msgs/Nothing'}),
        (messages, 'Nothing', {}),
        (messages, 'Dangling', {'other': 'sequence<absent_msgs/Thing>'}),
        (messages, 'Odd', {'other': 'long double'}),
        (actions, 'Go_Message', {'feedback': 'robot_msgs/Go_Feedback', 'part': 'robot_msgs/Part'}),
        (actions, 'Go_Feedback', {'progress': 'float'}),
    ):
        setattr(module, name, message_type(module.__name__, name, fields))
    return messages


def test_every_spelling(robot_msgs: ModuleType) -> None:
    part = Nested('robot_msgs/msg/Part')
    assert definitions_of_class(robot_msgs.Whole) == {
        'robot_msgs/msg/Whole': (
            Field('flag', Primitive('bool')),
            Field('level', Primitive('byte')),
            Field('small', Primitive('uint8')),
            Field('real', Primitive('float32')),
            Field('fixed', Array(Primitive('float64'), 36)),
            Field('free', Sequence(Primitive('int64'))),
            Field('few', Sequence(Primitive('byte'), 3)),
            Field('name', Text()),
            Field('short', Text(22)),
            Field('wide', Text(wide=True)),
            Field('short_wide', Text(4, wide=True)),
            Field('names', Array(Text(5), 3)),
            Field('many_names', Sequence(Text(5), 10)),
            Field('part', part),
            Field('parts', Array(part, 2)),
            Field('many_parts', Sequence(part, 7)),
        ),
        'robot_msgs/msg/Part': (Field('nothing', Nested('robot_msgs/msg/Nothing')),),
        'robot_msgs/msg/Nothing': (),
    }


def test_parts_of_actions(robot_msgs: ModuleType) -> None:
    assert robot_msgs.__name__ == 'robot_msgs.msg'
    definitions = definitions_of_class(import_module('robot_msgs.action').Go_Message)
    assert definitions['robot_msgs/action/Go_Message'] == (
        Field('feedback', Nested('robot_msgs/action/Go_Feedback')),
        Field('part', Nested('robot_msgs/msg/Part')),
    )
    assert 'robot_msgs/msg/Nothing' in definitions


def test_nested_package_is_not_installed(robot_msgs: ModuleType) -> None:
    with pytest.raises(UnsupportedTypeError, match=r'absent_msgs/Thing.*install absent_msgs'):
        definitions_of_class(robot_msgs.Dangling)


def test_unknown_type(robot_msgs: ModuleType) -> None:
    with pytest.raises(UnsupportedTypeError, match='long double'):
        definitions_of_class(robot_msgs.Odd)


def test_no_message_class() -> None:
    with pytest.raises(UnsupportedTypeError, match='no ROS message class'):
        definitions_of_class(int)


def ros_class(type_name: str) -> type:
    package, namespace, name = type_name.split('/')
    module = pytest.importorskip(f'{package}.{namespace}', reason=f'{package} is not installed')
    found: type = getattr(module, name)
    return found


@pytest.mark.parametrize('type_name', ROS_TYPE_NAMES)
def test_real_classes_agree_with_rosbags(type_name: str, typestore: Typestore) -> None:
    definitions = definitions_of_class(ros_class(type_name))
    assert definitions == definitions_of_store(typestore, type_name)


@pytest.mark.parametrize('type_name', ROS_TYPE_NAMES)
def test_decodes_what_rclpy_writes(
    type_name: str,
    typestore: Typestore,
    random_message: Callable[..., Any],
) -> None:
    serialization = pytest.importorskip('rclpy.serialization')
    message_class = ros_class(type_name)
    decode = decoder_for(type_name, definitions_of_class(message_class))
    for seed in range(3):
        message = random_message(type_name, np.random.default_rng(seed))
        data = bytes(typestore.serialize_cdr(message, type_name))
        received = serialization.deserialize_message(data, message_class)
        assert_like_ros(decode(serialization.serialize_message(received)), received)


@pytest.mark.parametrize(
    'name', ['Arrays', 'BasicTypes', 'BoundedSequences', 'Empty', 'MultiNested', 'Strings']
)
def test_decodes_the_test_messages_of_ros(name: str) -> None:
    decode_defaults('test_msgs/msg/' + name)


def test_decodes_wide_strings_of_ros() -> None:
    message = decode_defaults(
        'test_msgs/msg/WStrings',
        wstring_value='aé😀b',
        wstring_value_default1='',
        wstring_value_default2='長' * 5000,
        array_of_wstrings=['', '😀', 'c'],
        bounded_sequence_of_wstrings=['ü', ''],
        unbounded_sequence_of_wstrings=['x', '', '猫😀'],
    )
    assert message.wstring_value == 'aé😀b'
    assert message.wstring_value_default3 == 'ハローワールド'
    assert message.array_of_wstrings == ['', '😀', 'c']
    empty = decode_defaults('test_msgs/msg/WStrings', unbounded_sequence_of_wstrings=[])
    assert empty.unbounded_sequence_of_wstrings == []


def decode_defaults(type_name: str, **fields: Value) -> Message:
    serialization = pytest.importorskip('rclpy.serialization')
    message_class = ros_class(type_name)
    written = message_class(**fields)
    data = serialization.serialize_message(written)
    decoded = decoder_for(type_name, definitions_of_class(message_class))(data)
    assert_like_ros(decoded, written)
    return decoded


def assert_like_ros(decoded: Value, expected: Value) -> None:
    if hasattr(decoded, 'ros_type'):
        assert list(decoded.__slots__) == list(expected.get_fields_and_field_types())
        for name in decoded.__slots__:
            assert_like_ros(getattr(decoded, name), getattr(expected, name))
    elif isinstance(decoded, (list, StructSequence)):
        assert len(decoded) == len(expected)
        for one, other in zip(decoded, expected, strict=True):
            assert_like_ros(one, other)
    elif isinstance(decoded, np.ndarray):
        if len(expected) and isinstance(expected[0], bytes):
            expected = [ord(byte) for byte in expected]
        np.testing.assert_array_equal(decoded, np.asarray(expected, decoded.dtype))
    else:
        assert decoded == (ord(expected) if isinstance(expected, bytes) else expected)
