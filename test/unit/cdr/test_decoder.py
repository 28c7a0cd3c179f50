# SPDX-License-Identifier: Apache-2.0
"""Decoded messages equal what other implementations wrote."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np
import pytest
from rosbags.typesys import get_typestore, Stores

from rerun_bridge.cdr import (
    Array,
    decoder_for,
    definitions_of_store,
    Field,
    Nested,
    Primitive,
    Sequence,
    Text,
)
from rerun_bridge.errors import CdrError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rosbags.typesys.store import Typestore

    from rerun_bridge.cdr import FieldType, Message

PACKAGES = {
    'actionlib_msgs',
    'builtin_interfaces',
    'diagnostic_msgs',
    'geometry_msgs',
    'nav_msgs',
    'rcl_interfaces',
    'rosgraph_msgs',
    'sensor_msgs',
    'shape_msgs',
    'std_msgs',
    'stereo_msgs',
    'tf2_msgs',
    'trajectory_msgs',
    'visualization_msgs',
}
TYPE_NAMES = sorted(
    name for name in get_typestore(Stores.ROS2_JAZZY).fielddefs if name.split('/')[0] in PACKAGES
)


@pytest.mark.parametrize('type_name', TYPE_NAMES)
def test_decodes_what_rosbags_writes(
    type_name: str,
    typestore: Typestore,
    random_message: Callable[..., Any],
    assert_same: Callable[[Any, Any], None],
) -> None:
    decode = decoder_for(type_name, definitions_of_store(typestore, type_name))
    for seed in range(3):
        message = random_message(type_name, np.random.default_rng(seed))
        for little_endian in (True, False):
            data = bytes(typestore.serialize_cdr(message, type_name, little_endian=little_endian))
            assert_same(decode(data), message)
            assert_same(decode(memoryview(b'junk' + data + b'garbage')[4:]), message)


@pytest.mark.parametrize('order', ['<', '>'])
def test_decodes_every_kind_of_field(
    order: str, write_cdr: Callable[..., bytes], assert_same: Callable[[Any, Any], None]
) -> None:
    elements: list[Primitive | Text | Nested] = [
        Primitive('uint16'),
        Text(),
        Text(wide=True),
        Nested('x/msg/Empty'),
    ]
    kinds: list[FieldType] = [
        Primitive('uint8'),
        *elements,
        *(Array(element, 3) for element in elements),
        *(Sequence(element) for element in elements),
        Primitive('float64'),
    ]
    definitions = {
        'x/msg/Empty': (),
        'x/msg/All': tuple(Field(f'f{number}', kind) for number, kind in enumerate(kinds)),
    }
    value = {
        'f0': 7,
        'f1': 65535,
        'f2': 'ä',
        'f3': 'wide 😀',
        'f4': {},
        'f5': [1, 2, 3],
        'f6': ['', 'b', 'cc'],
        'f7': ['x', '', '猫'],
        'f8': [{}, {}, {}],
        'f9': [4, 5],
        'f10': ['one'],
        'f11': ['zwei', '😀'],
        'f12': [{}],
        'f13': -0.5,
    }
    data = write_cdr('x/msg/All', definitions, value, order=order)
    assert_same(decoder_for('x/msg/All', definitions)(data), value)


def test_wide_strings_as_fast_cdr_writes_them() -> None:
    definitions = {
        'x/msg/W': (Field('one', Text(wide=True)), Field('many', Sequence(Text(wide=True))))
    }
    # From rclpy.serialization.serialize_message: UTF-16 code units in 32 bits each.
    data = bytes.fromhex(
        '00010000'
        '05000000 61000000 e9000000 3dd80000 00de0000 62000000'
        '02000000 01000000 78000000 02000000 79000000 7a000000'
    )
    message = decoder_for('x/msg/W', definitions)(data)
    assert message.one == 'aé😀b'
    assert message.many == ['x', 'yz']


def test_arrays_of_numbers_are_read_only_views(
    typestore: Typestore, random_message: Callable[..., Any]
) -> None:
    name = 'sensor_msgs/msg/CameraInfo'
    message = random_message(name, np.random.default_rng(1))
    message.d = np.arange(5.0)
    data = bytes(typestore.serialize_cdr(message, name))
    decode = decoder_for(name, definitions_of_store(typestore, name))
    for given in (data, memoryview(data), memoryview(bytearray(data))):
        decoded = decode(given)
        for view in (decoded.d, decoded.k, decoded.p):
            assert np.shares_memory(view, np.frombuffer(given, np.uint8))
            assert not view.flags.writeable
    base: Any = decode(data).d
    while isinstance(base, np.ndarray):
        base = base.base
    assert base is data


def test_types_of_the_views(typestore: Typestore, random_message: Callable[..., Any]) -> None:
    name = 'rcl_interfaces/msg/ParameterValue'
    message = random_message(name, np.random.default_rng(1))
    message.bool_array_value = np.array([True, False])
    message.byte_array_value = np.array([1, 2], np.uint8)
    message.double_array_value = np.array([1.5])
    message.integer_array_value = np.array([], np.int64)
    decode = decoder_for(name, definitions_of_store(typestore, name))
    little = decode(bytes(typestore.serialize_cdr(message, name)))
    big = decode(bytes(typestore.serialize_cdr(message, name, little_endian=False)))
    assert little.bool_array_value.dtype == big.bool_array_value.dtype == np.bool_
    assert little.byte_array_value.dtype == big.byte_array_value.dtype == np.uint8
    assert little.double_array_value.dtype.str == '<f8'
    assert big.double_array_value.dtype.str == '>f8'
    assert little.integer_array_value.dtype.str == '<i8'
    assert big.integer_array_value.dtype.str == '>i8'


def test_empty_sequences_have_no_padding_behind_them(
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    # JointState with one name and one position; the other counts follow at once.
    body = bytes(8) + b'\x01\0\0\0\0\0\0\0' + b'\x01\0\0\0' + b'\x02\0\0\0a\0' + b'\xee\xee'
    body += b'\x01\0\0\0' + bytes(8) + bytes(4) + bytes(4)
    message = decode_as(b'\0\1\0\0' + body + b'trailing garbage', 'sensor_msgs/msg/JointState')
    assert message.name == ['a']
    assert message.position.tolist() == [0.0]
    assert len(message.velocity) == len(message.effort) == 0


@pytest.mark.parametrize('body', ['', '00', '00550000'])
def test_message_without_fields(
    body: str, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    message = decode_as(bytes.fromhex('00010000' + body), 'std_msgs/msg/Empty')
    assert repr(message) == 'Empty()'


@pytest.mark.parametrize(
    ('raw', 'text'),
    [
        (b'map\0', 'map'),
        (b'map', 'map'),
        (b'', ''),
        (b'\0', ''),
        (b'a\0b\0\0', 'a\0b\0'),
        (b'\xff\xfe\0', '\ufffd\ufffd'),
    ],
)
def test_strings_with_odd_content(
    raw: bytes, text: str, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    data = b'\0\1\0\0' + len(raw).to_bytes(4, 'little') + raw
    for given in (data, memoryview(data)):
        assert decode_as(given, 'std_msgs/msg/String').data == text


@pytest.mark.parametrize(
    'header',
    ['', '00', '000100', '00020000', '00030000', '00060000', '00070000', '000b0000', '01010000'],
)
def test_other_encapsulations_are_refused(
    header: str, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    data = bytes.fromhex(header)
    for given in (data, data.ljust(60, b'\0') if len(data) == 4 else data, memoryview(data)):
        with pytest.raises(CdrError, match=r'std_msgs/msg/(Empty|Header).* byte '):
            decode_as(given, 'std_msgs/msg/Empty')
        with pytest.raises(CdrError, match=r'std_msgs/msg/(Empty|Header).* byte '):
            decode_as(given, 'std_msgs/msg/Header')


def test_options_of_the_encapsulation_header_are_ignored(
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    assert decode_as(b'\0\1\0\3\x02\0\0\0a\0\0\0', 'std_msgs/msg/String').data == 'a'


def test_subclass_of_bytes(decode_as: Callable[[bytes | memoryview, str], Message]) -> None:
    class Sub(bytes):
        __slots__ = ()

    assert decode_as(Sub(b'\0\1\0\0\x02\0\0\0a\0'), 'std_msgs/msg/String').data == 'a'


def test_decoders_are_cached_by_content(typestore: Typestore) -> None:
    name = 'nav_msgs/msg/Path'
    first = definitions_of_store(typestore, name)
    assert decoder_for(name, first) is decoder_for(name, dict(reversed(first.items())))
    changed = {**first, 'std_msgs/msg/Header': (Field('frame_id', Text()),)}
    assert decoder_for(name, changed) is not decoder_for(name, first)


def test_definitions_must_be_complete() -> None:
    with pytest.raises(UnsupportedTypeError, match=r'x/msg/B.*contained in x/msg/A'):
        decoder_for('x/msg/A', {'x/msg/A': (Field('b', Nested('x/msg/B')),)})
