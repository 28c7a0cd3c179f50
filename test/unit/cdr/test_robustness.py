# SPDX-License-Identifier: Apache-2.0
"""Any bytes become a message or a CdrError, soon, and without much memory."""

from __future__ import annotations

import struct
import tracemalloc
from typing import Any, TYPE_CHECKING, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from rerun_bridge.cdr import (
    Array,
    decoder_for,
    Field,
    Message,
    Nested,
    Primitive,
    Sequence,
    StructSequence,
    Text,
)
from rerun_bridge.errors import CdrError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rosbags.typesys.store import Typestore

    from rerun_bridge.cdr import FieldType

Value: TypeAlias = Any
"""A number, a text, an array or list, or a message."""
TYPE_NAMES = [
    'diagnostic_msgs/msg/DiagnosticArray',
    'geometry_msgs/msg/PoseArray',
    'nav_msgs/msg/Path',
    'sensor_msgs/msg/CameraInfo',
    'sensor_msgs/msg/JointState',
    'sensor_msgs/msg/PointCloud2',
    'std_msgs/msg/Float64MultiArray',
    'tf2_msgs/msg/TFMessage',
    'trajectory_msgs/msg/JointTrajectory',
    'visualization_msgs/msg/MarkerArray',
]


def touch(value: Value) -> None:
    """Read everything that a message holds."""
    if isinstance(value, Message):
        for name in value.__slots__:
            touch(getattr(value, name))
    elif isinstance(value, StructSequence):
        for path, leaf in value._reader.shape.leaves.items():  # noqa: SLF001  # all paths
            if leaf.size is not None:
                assert len(value.column(path)) == len(value)
        for each in value:
            touch(each)
    elif isinstance(value, np.ndarray):
        value.tobytes()


def check(decode: Callable[[bytes], Message], data: bytes) -> None:
    try:
        message = decode(data)
    except CdrError as error:
        assert ' byte ' in str(error)  # noqa: PT017
    else:
        touch(message)


@pytest.mark.parametrize('type_name', TYPE_NAMES)
@given(header=st.sampled_from([b'\0\1\0\0', b'\0\0\0\0', b'']), body=st.binary(max_size=300))
@settings(max_examples=40, deadline=None)
def test_any_bytes(
    type_name: str,
    header: bytes,
    body: bytes,
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    check(lambda data: decode_as(data, type_name), header + body)


@pytest.mark.parametrize('type_name', TYPE_NAMES)
def test_changed_bytes(
    type_name: str,
    typestore: Typestore,
    random_message: Callable[..., Any],
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    rng = np.random.default_rng(5)
    for _ in range(3):
        message = random_message(type_name, rng)
        for little_endian in (True, False):
            data = typestore.serialize_cdr(message, type_name, little_endian=little_endian)
            for _ in range(20):
                changed = bytearray(data)
                for _ in range(3):
                    changed[rng.integers(4, len(changed))] = rng.choice([0, 1, 3, 8, 255])
                check(lambda given: decode_as(given, type_name), bytes(changed))


@pytest.mark.parametrize('type_name', TYPE_NAMES[:-1])
@pytest.mark.parametrize('little_endian', [True, False])
def test_every_truncation(
    type_name: str,
    little_endian: bool,  # noqa: FBT001
    typestore: Typestore,
    random_message: Callable[..., Any],
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    message = random_message(type_name, np.random.default_rng(2))
    data = bytes(typestore.serialize_cdr(message, type_name, little_endian=little_endian))
    for size in range(len(data)):
        with pytest.raises(CdrError, match=rf'{type_name}.* byte \d+'):
            decode_as(data[:size], type_name)


@pytest.mark.parametrize('last', ['x/msg/Empty', 'x/msg/Pair', 'x/msg/List', 'x/msg/Named'])
def test_every_truncation_of_nested_structs(last: str, write_cdr: Callable[..., bytes]) -> None:
    kinds: dict[str, FieldType] = {
        'numbers': Array(Primitive('float32'), 2),
        'last': Nested(last),
    }
    fields = tuple(Field(name, kind) for name, kind in kinds.items())
    definitions = {**DEFINITIONS, 'x/msg/M': fields}
    decode = decoder_for('x/msg/M', definitions)
    first = {'x/msg/Pair': 1.0, 'x/msg/List': [1], 'x/msg/Named': 'a'}.get(last)
    value = {'numbers': [1.0, 2.0], 'last': {'a': first, 'b': 2.0}}
    for order in '<>':
        data = write_cdr('x/msg/M', definitions, value, order=order)
        touch(decode(data))
        for size in range(len(data)):
            with pytest.raises(CdrError, match=r'x/msg/M.* byte '):
                decode(data[:size])


def test_truncated_strided_sequences(
    typestore: Typestore,
    random_message: Callable[..., Any],
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    rng = np.random.default_rng(3)
    for type_name, field in (
        ('geometry_msgs/msg/PoseArray', 'poses'),
        ('nav_msgs/msg/Path', 'poses'),
    ):
        message = random_message(type_name, rng)
        element = random_message(
            {'PoseArray': 'geometry_msgs/msg/Pose', 'Path': 'geometry_msgs/msg/PoseStamped'}[
                type_name.rsplit('/', 1)[1]
            ],
            rng,
        )
        setattr(message, field, [element] * 20)
        data = bytes(typestore.serialize_cdr(message, type_name))
        touch(decode_as(data, type_name))
        for size in range(len(data) - 200, len(data)):
            with pytest.raises(CdrError, match=rf'{type_name}\.{field}'):
                decode_as(data[:size], type_name)


ELEMENTS: dict[str, Primitive | Text | Nested] = {
    'numbers': Primitive('float64'),
    'texts': Text(),
    'wide texts': Text(wide=True),
    'structs': Nested('x/msg/Pair'),
    'empty structs': Nested('x/msg/Empty'),
    'irregular structs': Nested('x/msg/List'),
    'structs with texts': Nested('x/msg/Named'),
}
DEFINITIONS = {
    'x/msg/Empty': (),
    'x/msg/Pair': (Field('a', Primitive('float32')), Field('b', Primitive('float64'))),
    'x/msg/List': (Field('a', Sequence(Primitive('int16'))),),
    'x/msg/Named': (Field('a', Text()), Field('b', Primitive('float64'))),
}


@pytest.mark.parametrize('element', ELEMENTS)
@pytest.mark.parametrize('count', [0xFFFFFFFF, 0x7FFFFFFF, 100_000, 1000])
def test_absurd_counts(element: str, count: int) -> None:
    definitions = {**DEFINITIONS, 'x/msg/M': (Field('items', Sequence(ELEMENTS[element])),)}
    decode = decoder_for('x/msg/M', definitions)
    data = b'\0\1\0\0' + struct.pack('<I', count) + bytes(600)
    tracemalloc.start()
    try:
        with pytest.raises(CdrError, match=r'x/msg/M\.items at byte (8|12) '):
            decode(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize('kind', [Text(), Text(wide=True), Sequence(Primitive('uint8'))])
def test_absurd_lengths(kind: Text | Sequence) -> None:
    definitions = {'x/msg/M': (Field('a', Primitive('int16')), Field('b', kind))}
    data = b'\0\1\0\0' + struct.pack('<hxxI', 1, 0xFFFFFFFF) + bytes(100)
    with pytest.raises(CdrError, match=r'x/msg/M\.b at byte 12 needs .* 100 of 112 are left'):
        decoder_for('x/msg/M', definitions)(data)


@pytest.mark.parametrize('element', ELEMENTS)
def test_absurd_array_lengths(element: str) -> None:
    kind = Array(ELEMENTS[element], 2**32 - 1)
    definitions = {**DEFINITIONS, 'x/msg/M': (Field('items', kind),)}
    with pytest.raises(CdrError, match=r'x/msg/M\.items'):
        decoder_for('x/msg/M', definitions)(b'\0\1\0\0' + bytes(100))
