# SPDX-License-Identifier: Apache-2.0
"""Columns of message sequences, in all representations."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, TYPE_CHECKING, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from rerun_bridge.cdr import (
    Array,
    decoder_for,
    Field,
    Nested,
    Primitive,
    Sequence,
    StructSequence,
    Text,
)
from rerun_bridge.cdr.definitions import CODES
from rerun_bridge.cdr.listed_sequence import ListedSequence
from rerun_bridge.cdr.strided_sequence import StridedSequence
from rerun_bridge.errors import CdrError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rosbags.typesys.store import Typestore

    from rerun_bridge.cdr import FieldType, Message

Value: TypeAlias = Any
"""A number, a text, an array or list, or a message."""
POSITION = ('x', 'y', 'z')


class MakePath:
    """Make the bytes of Path messages with given frame ids."""

    def __init__(self, typestore: Typestore, random_message: Callable[..., Any]) -> None:
        self.typestore = typestore
        self.random_message = random_message

    def __call__(
        self, frame: str, frames: list[str], *, little_endian: bool = True
    ) -> tuple[Any, bytes]:
        rng = np.random.default_rng(len(frames))
        path = self.random_message('nav_msgs/msg/Path', rng)
        path.header.frame_id = frame
        path.poses = [self.random_message('geometry_msgs/msg/PoseStamped', rng) for _ in frames]
        for pose, frame_id in zip(path.poses, frames, strict=True):
            pose.header.frame_id = frame_id
        data = self.typestore.serialize_cdr(path, 'nav_msgs/msg/Path', little_endian=little_endian)
        return path, bytes(data)


@pytest.fixture(scope='module')
def make_path(typestore: Typestore, random_message: Callable[..., Any]) -> MakePath:
    return MakePath(typestore, random_message)


def assert_columns_agree(sequence: StructSequence) -> None:
    """Compare every column with the elements decoded one by one."""
    items = list(sequence)
    assert len(sequence) == len(items)
    for path, leaf in sequence._reader.shape.leaves.items():  # noqa: SLF001  # all paths
        if leaf.size is None:
            continue
        column = sequence.column(path)
        values = [attrgetter(path)(item) for item in items]
        if isinstance(column, list):
            assert column == values
            continue
        shape = (leaf.type.length,) if isinstance(leaf.type, Array) else ()
        assert column.shape == (len(items), *shape)
        np.testing.assert_array_equal(column, np.array(values).reshape(column.shape))


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('frame', ['', 'm', 'ma', 'map', 'odom', 'earth'])
@pytest.mark.parametrize('count', [0, 1, 7, 8, 40])
def test_path_with_equal_frame_ids(  # noqa: PLR0913  # parameters and fixtures
    *,
    frame: str,
    count: int,
    little_endian: bool,
    make_path: MakePath,
    decode_as: Callable[[bytes | memoryview, str], Message],
    assert_same: Callable[[Any, Any], None],
) -> None:
    path, data = make_path(frame, ['map'] * count, little_endian=little_endian)
    decoded = decode_as(data, 'nav_msgs/msg/Path')
    assert type(decoded.poses) is (StridedSequence if count >= 8 else ListedSequence)
    assert_same(decoded, path)
    assert_columns_agree(decoded.poses)
    poses = path.poses
    expected = [[p.pose.orientation.x, p.pose.orientation.w] for p in poses]
    columns = decoded.poses.columns('pose.orientation', ('x', 'w'))
    np.testing.assert_array_equal(columns, np.array(expected).reshape(-1, 2))
    assert columns.dtype == np.float64
    assert decoded.poses.column('header.frame_id') == ['map'] * count


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('odd', [0, 1, 2, 11])
def test_path_with_one_other_frame_id(
    *,
    odd: int,
    little_endian: bool,
    make_path: MakePath,
    decode_as: Callable[[bytes | memoryview, str], Message],
    assert_same: Callable[[Any, Any], None],
) -> None:
    frames = ['map'] * 12
    frames[odd] = 'elsewhere'
    path, data = make_path('map', frames, little_endian=little_endian)
    decoded = decode_as(data, 'nav_msgs/msg/Path')
    assert type(decoded.poses) is ListedSequence
    assert_same(decoded, path)
    assert_columns_agree(decoded.poses)


def test_frame_ids_of_equal_length_and_different_content(
    make_path: MakePath, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    frames = [f'map{number:02}' for number in range(20)]
    for frame in ('map', 'odom'):
        _, data = make_path(frame, frames)
        poses = decode_as(data, 'nav_msgs/msg/Path').poses
        assert type(poses) is StridedSequence
        assert poses.column('header.frame_id') == frames
        assert_columns_agree(poses)


@pytest.mark.parametrize('child', ['wheel_{:02}', 'wheel_{}'])
def test_transforms(
    child: str,
    typestore: Typestore,
    random_message: Callable[..., Any],
    decode_as: Callable[[bytes | memoryview, str], Message],
    assert_same: Callable[[Any, Any], None],
) -> None:
    rng = np.random.default_rng(1)
    transforms = []
    for number in range(20):
        transform = random_message('geometry_msgs/msg/TransformStamped', rng)
        transform.header.frame_id = 'base'
        transform.child_frame_id = child.format(number)
        transforms.append(transform)
    message = typestore.types['tf2_msgs/msg/TFMessage'](transforms)
    for little_endian in (True, False):
        data = typestore.serialize_cdr(
            message, 'tf2_msgs/msg/TFMessage', little_endian=little_endian
        )
        decoded = decode_as(bytes(data), 'tf2_msgs/msg/TFMessage')
        equal_lengths = child.endswith(':02}')
        assert type(decoded.transforms) is (StridedSequence if equal_lengths else ListedSequence)
        assert_same(decoded, message)
        assert_columns_agree(decoded.transforms)


def test_columns_side_by_side_are_views(
    make_path: MakePath, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    path, data = make_path('odom', ['map'] * 10)
    poses = decode_as(data, 'nav_msgs/msg/Path').poses
    positions = poses.columns('pose.position', POSITION)
    assert positions.shape == (10, 3)
    assert np.shares_memory(positions, np.frombuffer(data, np.uint8))
    assert not positions.flags.writeable
    np.testing.assert_array_equal(
        positions, [[p.pose.position.x, p.pose.position.y, p.pose.position.z] for p in path.poses]
    )
    assert np.shares_memory(poses.column('header.stamp.sec'), np.frombuffer(data, np.uint8))
    backwards = poses.columns('pose.position', POSITION[::-1])
    np.testing.assert_array_equal(backwards, positions[:, ::-1])
    assert poses.columns('pose.position', ()).shape == (10, 0)


def test_columns_have_native_byte_order(
    make_path: MakePath, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    path, data = make_path('odom', ['map'] * 10, little_endian=False)
    poses = decode_as(data, 'nav_msgs/msg/Path').poses
    assert poses.column('pose.position.x').dtype.str == '>f8'
    columns = poses.columns('pose.position', POSITION)
    assert columns.dtype.isnative
    assert columns[3, 1] == path.poses[3].pose.position.y


def test_columns_of_float32(
    typestore: Typestore,
    random_message: Callable[..., Any],
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    rng = np.random.default_rng(1)
    marker = random_message('visualization_msgs/msg/Marker', rng)
    marker.colors = [random_message('std_msgs/msg/ColorRGBA', rng) for _ in range(9)]
    data = bytes(typestore.serialize_cdr(marker, 'visualization_msgs/msg/Marker'))
    colors = decode_as(data, 'visualization_msgs/msg/Marker').colors.columns('', tuple('rgba'))
    assert colors.dtype == np.float32
    assert np.shares_memory(colors, np.frombuffer(data, np.uint8))
    np.testing.assert_array_equal(colors, [[c.r, c.g, c.b, c.a] for c in marker.colors])


def test_signalling_nans_do_not_warn(write_cdr: Callable[..., bytes]) -> None:
    definitions = {
        'x/msg/Pair': (Field('a', Primitive('float32')), Field('b', Primitive('float64'))),
        'x/msg/M': (Field('items', Sequence(Nested('x/msg/Pair'))),),
    }
    value = {'items': [{'a': 1.5, 'b': 2.5}] * 3}
    data = write_cdr('x/msg/M', definitions, value, order='<')
    data = data.replace(b'\0\0\xc0\x3f', b'\1\0\x80\x7f')
    table = decoder_for('x/msg/M', definitions)(data).items.columns('', ('a', 'b'))
    assert np.isnan(table[:, 0]).all()
    assert table[:, 1].tolist() == [2.5] * 3


def test_items_by_index(
    make_path: MakePath,
    decode_as: Callable[[bytes | memoryview, str], Message],
    assert_same: Callable[[Any, Any], None],
) -> None:
    for frames in (['map'] * 9, [f'{10**number}' for number in range(9)]):
        path, data = make_path('map', frames)
        poses = decode_as(data, 'nav_msgs/msg/Path').poses
        assert repr(poses) == '<9 x geometry_msgs/msg/PoseStamped>'
        for index in (0, 1, 8, -1, -9, np.int64(3)):
            assert_same(poses[index], path.poses[index])
        for index in (9, -10):
            with pytest.raises(IndexError):
                poses[index]
        assert next(iter(poses)) is next(iter(poses))


def test_paths_must_lead_to_values(
    make_path: MakePath, decode_as: Callable[[bytes | memoryview, str], Message]
) -> None:
    for count in (0, 2, 10):
        _, data = make_path('map', ['map'] * count)
        poses = decode_as(data, 'nav_msgs/msg/Path').poses
        for path in ('', 'pose', 'pose.position.w', 'pose.position.x.y', 'Pose.position.x'):
            with pytest.raises(UsageError, match='PoseStamped has no number or string at'):
                poses.column(path)
        with pytest.raises(UsageError, match=r"'header\.frame_id' is not a single number"):
            poses.columns('header', ('frame_id',))


def test_sequences_in_elements_have_no_column(write_cdr: Callable[..., bytes]) -> None:
    definitions = {
        'x/msg/E': (Field('a', Sequence(Primitive('uint8'))), Field('b', Primitive('uint16'))),
        'x/msg/M': (Field('items', Sequence(Nested('x/msg/E'))),),
    }
    value = {'items': [{'a': [1] * number, 'b': number} for number in range(10)]}
    data = write_cdr('x/msg/M', definitions, value, order='<')
    items = decoder_for('x/msg/M', definitions)(data).items
    assert items.column('b').tolist() == list(range(10))
    with pytest.raises(UsageError, match='no number or string'):
        items.column('a')


NUMBERS = st.sampled_from(sorted(CODES)).map(Primitive)
LEAVES = st.one_of(
    NUMBERS,
    NUMBERS,
    st.just(Text()),
    st.just(Text(wide=True)),
    st.builds(Array, NUMBERS, st.integers(1, 3)),
    st.just(Nested('x/msg/Empty')),
)
STRUCTS = st.lists(LEAVES, min_size=1, max_size=5)


def fields_of(kinds: list[FieldType]) -> tuple[Field, ...]:
    return tuple(Field(f'f{number}', kind) for number, kind in enumerate(kinds))


@given(
    outer=STRUCTS,
    inner=STRUCTS,
    prefix=st.text('p', max_size=8),
    count=st.integers(0, 12),
    width=st.integers(0, 6),
    order=st.sampled_from('<>'),
    seed=st.integers(0, 1000),
)
@settings(max_examples=150, deadline=None)
def test_any_element_of_any_phase(  # noqa: PLR0913  # one value each
    *,
    outer: list[FieldType],
    inner: list[FieldType],
    prefix: str,
    count: int,
    width: int,
    order: str,
    seed: int,
    write_cdr: Callable[..., bytes],
    assert_same: Callable[[Any, Any], None],
) -> None:
    definitions = {
        'x/msg/Empty': (),
        'x/msg/Inner': fields_of(inner),
        'x/msg/Outer': fields_of([*outer, Nested('x/msg/Inner')]),
        'x/msg/M': fields_of([Text(), Sequence(Nested('x/msg/Outer')), Primitive('uint8')]),
    }
    rng = np.random.default_rng(seed)

    def random_value(kind: FieldType) -> Value:
        if isinstance(kind, Text):
            return ''.join(rng.choice([*'abc'], width))
        if isinstance(kind, Nested):
            fields = definitions[kind.type_name]
            return {field.name: random_value(field.type) for field in fields}
        if isinstance(kind, Array):
            return [random_value(kind.element) for _ in range(kind.length)]
        assert isinstance(kind, Primitive)
        return bool(rng.integers(2)) if kind.name == 'bool' else random_number(kind.name)

    def random_number(name: str) -> Value:
        number = int(rng.integers(0, 128))
        return float(number) if name.startswith('float') else number

    value: Value = {
        'f0': prefix,
        'f1': [random_value(Nested('x/msg/Outer')) for _ in range(count)],
        'f2': 77,
    }
    data = write_cdr('x/msg/M', definitions, value, order=order)
    message = decoder_for('x/msg/M', definitions)(data)
    assert_same(message, value)
    assert_columns_agree(message.f1)
    assert type(message.f1) is StridedSequence or count < 8
    with pytest.raises(CdrError, match=r'x/msg/M.* byte '):
        decoder_for('x/msg/M', definitions)(data[: rng.integers(len(data))])
    for index in range(count):
        assert_same(message.f1[index], value['f1'][index])
