# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from rerun_bridge.cdr import Array, Nested, Primitive, Sequence
from rerun_bridge.converters.mappings.field_paths import Field, FieldPath, find_field, Steps
from rerun_bridge.errors import MappingError
from test.unit.converters.mappings.mapped import THINGS
from test.unit.converters.ros_messages import definitions_of


@pytest.mark.parametrize(
    ('text', 'steps', 'is_absolute'),
    [
        ('a', ('a',), False),
        ('a.b_c.D2', ('a', 'b_c', 'D2'), False),
        ('a[0].b[-1]', ('a', 0, 'b', -1), False),
        ('a[1][2]', ('a', 1, 2), False),
        ('/a.b', ('a', 'b'), True),
        ('.', (), False),
    ],
)
def test_paths(text: str, steps: Steps, *, is_absolute: bool) -> None:
    assert FieldPath.parse(text) == (text, steps, is_absolute)


@pytest.mark.parametrize('text', ['', 'a.', '.a', 'a..b', '[0]', 'a[x]', 'a b', '/', 'a.0', 'ä'])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(MappingError, match=r'is no path of a field; write a\.b'):
        FieldPath.parse(text)


def find(text: str) -> Field:
    return find_field(FieldPath.parse(text), THINGS, definitions_of(THINGS))


@pytest.mark.parametrize(
    ('text', 'field'),
    [
        ('radius', Field((), ('radius',), Primitive('float64'))),
        ('ranges', Field((), ('ranges',), Sequence(Primitive('float64')))),
        ('ranges[2]', Field((), ('ranges', 2), Primitive('float64'))),
        ('main.pose', Field((), ('main', 'pose'), Nested('geometry_msgs/msg/Pose'))),
        ('main.rgb', Field((), ('main', 'rgb'), Array(Primitive('uint8'), 3))),
        ('things', Field((('things',),), (), Nested('mapped_msgs/msg/Thing'))),
        ('things.id', Field((('things',),), ('id',), Primitive('uint32'))),
        ('things[0].id', Field((), ('things', 0, 'id'), Primitive('uint32'))),
        (
            'things.parts.outline.x',
            Field((('things',), ('parts',), ('outline',)), ('x',), Primitive('float64')),
        ),
        (
            'things[0].parts.weight',
            Field((('things', 0, 'parts'),), ('weight',), Primitive('float32')),
        ),
    ],
)
def test_fields(text: str, field: Field) -> None:
    assert find(text) == field


@pytest.mark.parametrize(
    ('text', 'error'),
    [
        ('radios', "mapped_msgs/msg/Things has no field 'radios'; did you mean radius?"),
        ('main.zzz', "mapped_msgs/msg/Thing has no field 'zzz'; there are id, name"),
        ('radius.x', "radius.x asks for 'x' of what is no struct"),
        ('ranges.x', "ranges.x asks for 'x' of what is no struct"),
        ('radius[0]', 'has an index where there is no array'),
        ('main.rgb[3]', 'has the index 3 of an array of 3'),
        ('main.rgb[-4]', 'has the index -4 of an array of 3'),
    ],
)
def test_what_is_not_there(text: str, error: str) -> None:
    with pytest.raises(MappingError) as caught:
        find(text)
    assert error in str(caught.value)
