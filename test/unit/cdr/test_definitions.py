# SPDX-License-Identifier: Apache-2.0
"""What definitions must be like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rerun_bridge.cdr import Array, Field, Nested, Primitive, Sequence, Text
from rerun_bridge.cdr.definitions import attribute_name, closure
from rerun_bridge.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from rerun_bridge.cdr import FieldType

A = 'x/msg/A'


def test_kinds_are_values() -> None:
    assert Sequence(Text(5)) == Sequence(Text(5))
    assert len({Primitive('x'), Nested('x'), Text(), Sequence(Text()), Array(Text(), 1)}) == 5


def test_closure_is_what_a_type_needs() -> None:
    definitions = {
        A: (Field('b', Array(Nested('x/msg/B'), 2)), Field('c', Sequence(Nested('x/msg/C')))),
        'x/msg/B': (Field('c', Nested('x/msg/C')),),
        'x/msg/C': (),
        'x/msg/D': (Field('e', Nested('x/msg/E')),),
    }
    assert set(closure(A, definitions)) == {A, 'x/msg/B', 'x/msg/C'}


@pytest.mark.parametrize(
    ('fields', 'fault'),
    [
        ([('a', Nested('x/msg/B'))], r'x/msg/B \(contained in x/msg/A\) has no definition'),
        ([('a', Sequence(Nested(A)))], 'x/msg/A contains itself'),
        ([('a', Nested('../msg'))], 'no definition'),
        ([('a', Primitive('float128'))], r'x/msg/A\.a is of unknown type float128'),
        ([('a', Sequence(Primitive('time')))], r'x/msg/A\.a is of unknown type time'),
        ([('a', Array(Text(), 0))], 'array of 0 elements'),
        ([('a', Array(Text(), 2**32))], 'array of 4294967296 elements'),
        ([('a b', Text())], "field named 'a b'"),
        ([('_a', Text())], "field named '_a'"),
        ([('a;b', Text())], "field named 'a;b'"),
        ([('ä', Text())], "field named 'ä'"),
        ([('', Text())], "field named ''"),
        ([('ros_type', Text())], "field named 'ros_type'"),
        ([('a', Text()), ('a', Text())], 'two fields of the same name'),
        ([('in', Text()), ('in_', Text())], 'two fields of the same name'),
    ],
)
def test_unusable_definitions(fields: list[tuple[str, FieldType]], fault: str) -> None:
    definitions = {A: tuple(Field(name, kind) for name, kind in fields)}
    with pytest.raises(UnsupportedTypeError, match=fault):
        closure(A, definitions)


def test_unusable_type_name() -> None:
    with pytest.raises(UnsupportedTypeError, match='not a type name'):
        closure('x/msg/A\n', {'x/msg/A\n': ()})


def test_size_is_bounded() -> None:
    doubling = {
        f'x/msg/A{n}': tuple(Field(name, Nested(f'x/msg/A{n + 1}')) for name in 'ab')
        for n in range(40)
    }
    with pytest.raises(UnsupportedTypeError, match='more than 20000 fields'):
        closure('x/msg/A0', {**doubling, 'x/msg/A40': ()})


def test_depth_is_bounded() -> None:
    chain = {f'x/msg/A{n}': (Field('a', Nested(f'x/msg/A{n + 1}')),) for n in range(2000)}
    with pytest.raises(UnsupportedTypeError, match='more than 64 levels'):
        closure('x/msg/A0', chain)


def test_attribute_names() -> None:
    assert attribute_name('data') == 'data'
    assert attribute_name('from') == 'from_'
