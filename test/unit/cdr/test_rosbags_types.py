# SPDX-License-Identifier: Apache-2.0
"""Definitions out of texts and type stores."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.cdr import (
    Array,
    decoder_for,
    definitions_of_store,
    definitions_of_text,
    Field,
    Nested,
    Primitive,
    Sequence,
    Text,
    types_of_idl,
    types_of_srv,
)
from rerun_bridge.errors import UnsupportedTypeError

if TYPE_CHECKING:
    from rosbags.typesys.store import Typestore

LINE = '=' * 80
TEXT = f"""\
# A comment
uint8 SMALL=1
bool flag
byte level
char letter
float64[3] fixed
float32[] free
int16[<=4] few
string name
string<=5 short
string[] names
Part part
geometry_msgs/Point[2] points
std_msgs/Empty[] nothing
{LINE}
MSG: x_msgs/Part
uint64 id
{LINE}
MSG: geometry_msgs/Point
float64 x
float64 y
float64 z
{LINE}
MSG: std_msgs/Empty
"""


@pytest.mark.parametrize('type_name', ['x_msgs/msg/Whole', 'x_msgs/Whole'])
@pytest.mark.parametrize('newline', ['\n', '\r\n'])
def test_text(type_name: str, newline: str) -> None:
    definitions = definitions_of_text(type_name, TEXT.replace('\n', newline))
    assert definitions == {
        'x_msgs/msg/Whole': (
            Field('flag', Primitive('bool')),
            Field('level', Primitive('byte')),
            Field('letter', Primitive('uint8')),
            Field('fixed', Array(Primitive('float64'), 3)),
            Field('free', Sequence(Primitive('float32'))),
            Field('few', Sequence(Primitive('int16'), 4)),
            Field('name', Text()),
            Field('short', Text(5)),
            Field('names', Sequence(Text())),
            Field('part', Nested('x_msgs/msg/Part')),
            Field('points', Array(Nested('geometry_msgs/msg/Point'), 2)),
            Field('nothing', Sequence(Nested('std_msgs/msg/Empty'))),
        ),
        'x_msgs/msg/Part': (Field('id', Primitive('uint64')),),
        'geometry_msgs/msg/Point': tuple(Field(name, Primitive('float64')) for name in 'xyz'),
        'std_msgs/msg/Empty': (),
    }
    decoder_for('x_msgs/msg/Whole', definitions)


def test_wide_texts() -> None:
    text = 'wstring w "ä"\n wstring<=5 v\nwstring[<=3] q\nwstring<=4[2] r\nint8 wstring_id\n'
    definitions = definitions_of_text('x_msgs/msg/Wide', text)
    assert definitions['x_msgs/msg/Wide'] == (
        Field('w', Text(wide=True)),
        Field('v', Text(wide=True)),
        Field('q', Sequence(Text(wide=True), 3)),
        Field('r', Array(Text(wide=True), 2)),
        Field('wstring_id', Primitive('int8')),
    )


def test_constants_and_defaults_are_no_fields() -> None:
    text = """
uint8 MANUAL=1  # not = this
string NAME='a # b'
uint8 mode 1
float64[] gains [1.5, 2.5]
string name "quoted # text"
"""
    fields = definitions_of_text('x_msgs/msg/M', text)['x_msgs/msg/M']
    assert [field.name for field in fields] == ['mode', 'gains', 'name']


IDL = f"""\
{LINE}
IDL: x_msgs/msg/Whole
// by hand
#include "x_msgs/msg/Part.idl"

module x_msgs {{
  module msg {{
    module Whole_Constants {{ const uint8 MANUAL = 1; const string NAME = "a"; }};
    @extensibility(FINAL)
    enum Color {{ @value(3) RED, GREEN }};
    typedef double double__9[9];
    @verbatim (language="comment", text="a (b" "\\n" "#c")
    struct Whole {{
      @key uint32 id;
      @default (value="wörld")
      wstring<5> label;
      string<4> short_name;
      sequence<string<3>, 2> names;
      Color color;
      sequence<x_msgs::msg::Color> colors;
      @unit(value="m") double__9 matrix;
      sequence<x_msgs::msg::Part, 7> parts;
    }};
  }};
}};
{LINE}
IDL: x_msgs/msg/Part
module x_msgs {{ module msg {{ struct Part {{ long number; }}; }}; }};
"""


@pytest.mark.parametrize('newline', ['\n', '\r\n'])
def test_idl(newline: str) -> None:
    types = types_of_idl('x_msgs/msg/Whole', IDL.replace('\n', newline))
    found = definitions_of_store(SimpleNamespace(fielddefs=types), 'x_msgs/msg/Whole')
    assert found == {
        'x_msgs/msg/Whole': (
            Field('id', Primitive('uint32')),
            Field('label', Text(5, wide=True)),
            Field('short_name', Text(4)),
            Field('names', Sequence(Text(3), 2)),
            Field('color', Primitive('uint32')),
            Field('colors', Sequence(Primitive('uint32'))),
            Field('matrix', Array(Primitive('float64'), 9)),
            Field('parts', Sequence(Nested('x_msgs/msg/Part'), 7)),
        ),
        'x_msgs/msg/Part': (Field('number', Primitive('int32')),),
    }


def test_idl_that_cannot_be_parsed() -> None:
    with pytest.raises(UnsupportedTypeError, match=r'x/msg/Y cannot be parsed.*\.idl'):
        types_of_idl('x/msg/Y', 'module x { union')


def test_text_of_store_types(typestore: Typestore) -> None:
    for type_name in ('sensor_msgs/msg/JointState', 'visualization_msgs/msg/MarkerArray'):
        text, _ = typestore.generate_msgdef(type_name, ros_version=2)
        expected = definitions_of_store(typestore, type_name)
        assert definitions_of_text(type_name, text) == expected


def test_store(typestore: Typestore) -> None:
    assert definitions_of_store(typestore, 'std_msgs/msg/Empty') == {'std_msgs/msg/Empty': ()}
    assert definitions_of_store(typestore, 'shape_msgs/msg/SolidPrimitive')[
        'shape_msgs/msg/SolidPrimitive'
    ] == (
        Field('type', Primitive('uint8')),
        Field('dimensions', Sequence(Primitive('float64'), 3)),
        Field('polygon', Nested('geometry_msgs/msg/Polygon')),
    )


def test_unknown_type(typestore: Typestore) -> None:
    with pytest.raises(UnsupportedTypeError, match='x/msg/Y has no definition'):
        definitions_of_store(typestore, 'x/msg/Y')


def test_text_that_cannot_be_parsed() -> None:
    with pytest.raises(UnsupportedTypeError, match='definition of x/msg/Y cannot be parsed'):
        definitions_of_text('x/msg/Y', 'this is; no definition')


def test_text_lacks_a_nested_type() -> None:
    with pytest.raises(UnsupportedTypeError, match=r'geometry_msgs/msg/Point .*no definition'):
        definitions_of_text('x/msg/Y', 'geometry_msgs/Point point\n')


def test_text_without_rosbags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'rosbags.typesys', None)
    with pytest.raises(UnsupportedTypeError, match=r"pip install 'rerun_bridge\[bags\]'"):
        definitions_of_text('x/msg/Y', 'uint8 a\n')


SERVICE = """\
geometry_msgs/Point where
---
Part[] parts
"""
CONTAINED = f"""
{LINE}
MSG: x_msgs/Part
builtin_interfaces/Time at
{LINE}
MSG: geometry_msgs/Point
float64 x
"""


@pytest.mark.parametrize('heading', ['', f'{LINE}\nSRV: x_msgs/srv/Find\n'])
@pytest.mark.parametrize('newline', ['\n', '\r\n'])
def test_events_of_a_service(heading: str, newline: str) -> None:
    name = 'x_msgs/srv/Find_Event'
    types = types_of_srv(name, (heading + SERVICE + CONTAINED).replace('\n', newline))
    definitions = definitions_of_store(SimpleNamespace(fielddefs=types), name)
    assert definitions[name] == (
        Field('info', Nested('service_msgs/msg/ServiceEventInfo')),
        Field('request', Sequence(Nested('x_msgs/srv/Find_Request'), 1)),
        Field('response', Sequence(Nested('x_msgs/srv/Find_Response'), 1)),
    )
    assert definitions['x_msgs/srv/Find_Request'] == (
        Field('where', Nested('geometry_msgs/msg/Point')),
    )
    assert definitions['x_msgs/srv/Find_Response'] == (
        Field('parts', Sequence(Nested('x_msgs/msg/Part'))),
    )
    assert {'x_msgs/msg/Part', 'builtin_interfaces/msg/Time'} <= set(definitions)


@pytest.mark.parametrize('text', ['', '---', 'bool data', 'bool data\n---\n', '---\nbool done'])
def test_services_with_little_in_them(text: str) -> None:
    types = types_of_srv('x_msgs/srv/Do_Event', text)
    assert {'x_msgs/srv/Do_Request', 'x_msgs/srv/Do_Response'} <= set(types)


def test_a_service_that_cannot_be_read() -> None:
    with pytest.raises(UnsupportedTypeError, match='x_msgs/msg/Do_Event cannot be parsed'):
        types_of_srv('x_msgs/srv/Do_Event', 'bool[\n---\n')
