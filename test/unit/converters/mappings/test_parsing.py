# SPDX-License-Identifier: Apache-2.0
"""What a file says is checked as far as it can be without a type; errors tell the line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.archetypes import Boxes3D, Scalars, TextLog
from rerun_bridge.converters.mappings.document import read_document
from rerun_bridge.converters.mappings.field_paths import FieldPath
from rerun_bridge.converters.mappings.parsing import parse_mapping
from rerun_bridge.converters.mappings.specification import Placeholder, Source, Stamp
from rerun_bridge.errors import MappingError

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.converters.mappings.specification import MessageMapping

ALL = """
type: a_msgs/msg/A
topic: /robot/.*
frame: 'robot/{name}'
stamp: {field: time, unit: ms}
names:
  state: {0: off, 5: on}
  mode: [idle, busy]
outputs:
  - archetype: Boxes3D
    entity: boxes/{mode}_{id:04d}
    each: things
    fields:
      centers: pose.position
      sizes: {field: [a, b, 1], scale: 0.5, offset: 1}
      quaternions: {rpy: [0, 0, yaw], scale: deg_to_rad}
      colors: {value: [255, 0, 0]}
      radii: 0.1
  - archetype: TextLog
    static: true
    fields: {text: '{state} {{x}}'}
  - archetype: Scalars
    series:
      speed [m/s]: v
      2: w
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'm.yaml'


def parse(path: Path, text: str) -> MessageMapping:
    path.write_text(text, encoding='utf-8')
    return parse_mapping(read_document(path))


def field(text: str, line: int, **more: object) -> Source:
    source = Source(f'm.yaml, line {line}', 'field', FieldPath.parse(text))
    return source._replace(**more)  # type: ignore[arg-type]


def test_all_keys(path: Path) -> None:
    mapping = parse(path, ALL)
    assert mapping.where == 'm.yaml, line 2'
    assert mapping.type_name == 'a_msgs/msg/A'
    assert mapping.fits('/robot/x', 'a_msgs/msg/A')
    assert not mapping.fits('/robots', 'a_msgs/msg/A')
    assert not mapping.fits('/robot/x', 'a_msgs/msg/B')
    assert mapping.stamp == Stamp('m.yaml, line 5', FieldPath.parse('time'), 1_000_000)
    assert mapping.names == {'state': {0: 'off', 5: 'on'}, 'mode': {0: 'idle', 1: 'busy'}}
    boxes, log, scalars = mapping.outputs
    assert (boxes.archetype, log.archetype, scalars.archetype) == (Boxes3D, TextLog, Scalars)
    assert (boxes.is_static, log.is_static) == (False, True)
    assert boxes.entity == (
        'boxes/',
        Placeholder(FieldPath.parse('mode'), ''),
        '_',
        Placeholder(FieldPath.parse('id'), '04d'),
    )
    assert boxes.each == FieldPath.parse('things')
    assert boxes.fields['centers'] == field('pose.position', 14)
    sizes = boxes.fields['sizes']
    assert (sizes.kind, sizes.scale, sizes.offset) == ('list', 0.5, 1.0)
    assert sizes.content == (field('a', 15), field('b', 15), Source('m.yaml, line 15', 'value', 1))
    assert boxes.fields['quaternions'].kind == 'rpy'
    assert boxes.fields['quaternions'].scale == pytest.approx(math.pi / 180)
    assert boxes.fields['colors'].content == [255, 0, 0]
    assert boxes.fields['radii'].content == pytest.approx(0.1)
    assert log.fields['text'].content == (Placeholder(FieldPath.parse('state'), ''), ' {', 'x}')
    assert scalars.series == ('speed [m/s]', '2')
    assert scalars.fields['scalars'].content == (field('v', 24), field('w', 25))


BEGIN = 'type: a/msg/A\noutputs:\n  - archetype: '
POINTS = f'{BEGIN}Points3D\n    fields:\n'


@pytest.mark.parametrize(
    ('text', 'error'),
    [
        ('5', 'line 1: there must be keys with values'),
        ('outputs: []', 'line 1: a mapping needs a type or a topic'),
        ('type: a/msg/A', 'line 1: outputs must be a list'),
        ('type: a/msg/A\noutputs: []', 'line 2: outputs must be a list'),
        ('typ: a/msg/A', "line 1: there is no key 'typ'; did you mean type?"),
        ('type: a/A\noutputs: [x]', "line 1: 'a/A' is no type of messages"),
        ('type: 5', 'line 1: type must be a text, not 5'),
        ('topic: "["', "line 1: '[' is no regular expression"),
        (f'{BEGIN}Boxes3', "line 3: there is no archetype 'Boxes3'; did you mean Boxes3D?"),
        (f'{BEGIN}AnyValues', "line 3: there is no archetype 'AnyValues'"),
        ('type: a/msg/A\noutputs:\n  - fields: {}', 'line 3: archetype must be a text'),
        (f'{BEGIN}Points3D', 'line 3: Points3D needs positions; give it below fields:'),
        (f'{BEGIN}Boxes3D', 'line 3: Boxes3D needs one of sizes, mins'),
        (f'{POINTS}      position: a', "line 5: Points3D has no argument 'position'; did you"),
        (f'{POINTS}      positions: ', 'line 5: there must be a field, a list of fields'),
        (f'{POINTS}      positions: []', 'line 5: there must be a field, a list of fields'),
        (f'{POINTS}      positions: a b', "line 5: 'a b' is no path of a field"),
        (f'{POINTS}      positions: {{a: b}}', "line 5: there is no key 'a'"),
        (f'{POINTS}      positions: {{scale: 1}}', 'line 5: give exactly one of field, rpy'),
        (f'{POINTS}      positions: {{field: a, value: 1}}', 'line 5: give exactly one of'),
        (f'{POINTS}      positions: {{value: 1, scale: 2}}', 'line 5: a value is taken as it is'),
        (f'{POINTS}      positions: {{field: a, scale: x}}', "line 5: 'x' is no number; there"),
        (f'{POINTS}      positions: {{rpy: a}}', 'line 5: rpy takes a list of three'),
        (f'{POINTS}      positions: {{value: [1, 2]}}', 'line 5: positions cannot be [1, 2]'),
        (f'{POINTS}      positions: "{{a"', 'line 5: '),
        (f'{POINTS}      positions: "{{a!r}}"', "line 5: a cannot be written as 'r'"),
        (f'{POINTS}      positions: "{{a:.999f}}"', "line 5: a cannot be written as '.999f'"),
        (f'{POINTS}      positions: "{{a b}}"', "line 5: 'a b' is no path of a field"),
        (f'{POINTS}      positions: "{{}}"', "line 5: '' is no path of a field"),
        (f'{BEGIN}Asset3D\n    fields:\n      path: a', "line 5: Asset3D has no argument 'path'"),
        (
            f'{BEGIN}Boxes3D\n    fields: {{sizes: a, fill_mode: {{value: Solide}}}}',
            'line 4: fill',
        ),
        (f'{BEGIN}Scalars\n    static: 1\n    series: {{a: b}}', 'line 4: static must be true'),
        (f'{BEGIN}Points3D\n    series: {{a: b}}', 'line 4: series are for Scalars'),
        (f'{BEGIN}Scalars\n    series: [a]', 'line 4: there must be keys with values'),
        (f'stamp: {{field: a, unit: h}}\n{BEGIN}Scalars', "line 1: there is no unit 'h'; there"),
        (f'stamp: {{field: a}}\n{BEGIN}Scalars', 'line 1: unit must be a text'),
        (f'names: {{a: b}}\n{BEGIN}Scalars', 'line 1: the names of a must be a list'),
        (
            f'names: {{colour: [b]}}\n{BEGIN}TextLog\n    fields: {{text: color}}',
            "line 1: names are given for 'colour', which no output shows; did you mean color?",
        ),
        (
            f'{BEGIN}TextLog\n    fields: &f {{text: a}}\n  - {{archetype: TextLog, fields: *f}}',
            'line 5: TextLog is made twice on one entity',
        ),
    ],
)
def test_what_is_refused(path: Path, text: str, error: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse(path, text)
    assert str(caught.value).startswith(f'm.yaml, {error}'), str(caught.value)
