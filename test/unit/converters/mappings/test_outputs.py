# SPDX-License-Identifier: Apache-2.0
"""Messages become what mappings say."""

from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.cdr.strided_sequence import StridedSequence
from rerun_bridge.converters import Shared, TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.mappings.mapped import mapped, mappings, outputs, THING, THINGS
from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    HEADER,
    LOG_TIME,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

HALF = math.sqrt(0.5)
LEFT = {'z': HALF, 'w': HALF}
POSE = {'position': {'x': 1.0, 'y': 2.0, 'z': 3.0}, 'orientation': LEFT}
UUID = {'uuid': list(range(16))}
PARTS = [{'name': 'a', 'weight': 1.5}, {'name': 'b', 'weight': 2.5}]
OUTLINE = [{'x': 0.0, 'y': 1.0}, {'x': 2.0, 'y': 3.0}]


def rounded(value: Any) -> Any:  # noqa: ANN401
    """Round the numbers in nested lists to what 32 bits can hold; no number is None."""
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 5)
    return value


def rounded_all(values: dict[str, Any]) -> dict[str, Any]:
    return {name: rounded(value) for name, value in values.items()}


def thing(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {'id': number, 'pose': POSE, **fields}


@pytest.mark.parametrize('count', [0, 1, 2, 9])
@pytest.mark.parametrize('little_endian', [True, False])
def test_an_instance_for_each_element(count: int, *, little_endian: bool) -> None:
    values = mapped(
        '{archetype: Boxes3D, each: things, fields: {centers: pose, quaternions: pose, '
        "sizes: size, colors: color, labels: 'n{id}', class_ids: kind}}",
        {'things': [thing(i, size={'x': 2.0}, color={'r': 1.0}, kind=3) for i in range(count)]},
        little_endian=little_endian,
    )
    assert rounded_all(values) == {
        '@Boxes3D:centers': [[1.0, 2.0, 3.0]] * count,
        '@Boxes3D:quaternions': [[0, 0, round(HALF, 5), round(HALF, 5)]] * count,
        '@Boxes3D:half_sizes': [[1.0, 0.0, 0.0]] * count,
        '@Boxes3D:colors': [0xFF000000] * count,
        '@Boxes3D:labels': [f'n{i}' for i in range(count)],
        '@Boxes3D:class_ids': [3] * count,
    }


POSITIONS, SCALARS, TEXTS, COLORS = (
    '@Points3D:positions',
    '@Scalars:scalars',
    '@TextLog:text',
    '@Points3D:colors',
)
QUATERNIONS, VECTORS = '@InstancePoses3D:quaternions', '@Arrows3D:vectors'
STRIPS = '@LineStrips3D:strips'
H = round(HALF, 5)
TWO = [thing(1)] * 2


def argument(component: str, source: str, each: str = '') -> str:
    """Write an output that makes one component."""
    archetype, _, name = component[1:].partition(':')
    begin = f'{{archetype: {archetype}' + (f', each: "{each}"' if each else '')
    needed = 'positions: pose, ' if component == COLORS else ''
    return f'{begin}, fields: {{{needed}{name}: {source}}}}}'


@pytest.mark.parametrize(
    ('component', 'source', 'fields', 'expected'),
    [
        # Structs are what the argument wants.
        (POSITIONS, 'main.pose', {'main': thing(1)}, [[1, 2, 3]]),
        (POSITIONS, 'start', {'start': {'pose': {'pose': POSE}}}, [[1, 2, 3]]),
        (POSITIONS, 'main.size', {'main': {'size': {'y': 4.0}}}, [[0, 4, 0]]),
        (POSITIONS, 'main.corner', {'main': {'corner': [7, 8, 9]}}, [[7, 8, 9]]),
        (POSITIONS, 'things', {'things': TWO}, [[1, 2, 3]] * 2),
        (POSITIONS, 'things.size', {'things': TWO}, [[0, 0, 0]] * 2),
        (POSITIONS, '"things[1].pose"', {'things': TWO}, [[1, 2, 3]]),
        (POSITIONS, '"things[2].pose"', {'things': TWO}, [[None] * 3]),
        (
            POSITIONS,
            'transforms',
            {'transforms': [{'transform': {'translation': {'x': 5.0}}}]},
            [[5, 0, 0]],
        ),
        (POSITIONS, 'ranges', {'ranges': [1, 2, 3, 4, 5, 6]}, [[1, 2, 3], [4, 5, 6]]),
        (POSITIONS, 'main.spot', {'main': {'spot': {'x': 1.0, 'y': 2.0}}}, [[1, 2, 0]]),
        ('@Points2D:positions', 'main.pose', {'main': thing(1)}, [[1, 2]]),
        # Lists put numbers side by side, whatever they come from.
        (
            POSITIONS,
            '[radius, 5, main.heading]',
            {'radius': 2.0, 'main': {'heading': 1.0}},
            [[2, 5, 1]],
        ),
        (POSITIONS, '[xs, ys, 0]', {'xs': [1, 2], 'ys': [3, 4]}, [[1, 3, 0], [2, 4, 0]]),
        (SCALARS, '[radius, lat, main.is_on]', {'lat': -3, 'main': {'is_on': True}}, [0, -3, 1]),
        (TEXTS, '[map_name, "{radius}m"]', {'map_name': 'a', 'radius': 0.5}, ['a', '0.5m']),
        # Numbers.
        (SCALARS, 'radius', {'radius': 0.5}, [0.5]),
        (SCALARS, 'ranges', {'ranges': [1, 2]}, [1, 2]),
        (SCALARS, '"ranges[-1]"', {'ranges': [1, 2]}, [2]),
        (SCALARS, '"ranges[5]"', {'ranges': [1, 2]}, [None]),
        (SCALARS, 'things.score', {'things': [{'score': 1.5}, {'score': 2.5}]}, [1.5, 2.5]),
        (SCALARS, 'main.age', {'main': {'age': {'sec': 1, 'nanosec': 500_000_000}}}, [1.5]),
        (SCALARS, '{field: radius, scale: 100, offset: -1}', {'radius': 0.5}, [49]),
        (SCALARS, '{field: ranges, scale: rad_to_deg}', {'ranges': [math.pi]}, [180]),
        (SCALARS, '{value: [1, 2]}', {}, [1, 2]),
        # Texts.
        (TEXTS, 'map_name', {'map_name': 'a'}, ['a']),
        (TEXTS, 'words', {'words': ['a', 'b']}, ['a', 'b']),
        (TEXTS, 'radius', {'radius': 0.5}, ['0.5']),
        (TEXTS, 'main.is_on', {}, ['false']),
        (TEXTS, '"ranges[1]"', {'ranges': [1, 2.5]}, ['2.5']),
        (TEXTS, 'main.uuid', {'main': {'uuid': UUID}}, ['000102030405060708090a0b0c0d0e0f']),
        (
            TEXTS,
            '"{main.uuid:.4} {main.id:03d} {radius:.2f} {{x}}"',
            {'radius': 1 / 3, 'main': {'id': 7, 'uuid': UUID}},
            ['0001 007 0.33 {x}'],
        ),
        (TEXTS, '"{things[0].id}|{things[0].score:.2f}|"', {}, ['||']),
        (TEXTS, '{value: always}', {}, ['always']),
        # Rotations.
        (QUATERNIONS, 'main.pose', {}, [[0, 0, 0, 1]]),
        (
            QUATERNIONS,
            '["main.wxyz[1]", "main.wxyz[2]", "main.wxyz[3]", "main.wxyz[0]"]',
            {'main': {'wxyz': [HALF, 0, 0, HALF]}},
            [[0, 0, H, H]],
        ),
        (
            QUATERNIONS,
            '{rpy: [0, 0, main.heading]}',
            {'main': {'heading': math.pi / 2}},
            [[0, 0, H, H]],
        ),
        (
            QUATERNIONS,
            '{rpy: [90, 0, main.heading], scale: deg_to_rad}',
            {'main': {'heading': 90.0}},
            [[0.5, 0.5, 0.5, 0.5]],
        ),
        # Strips.
        (STRIPS, 'things', {'things': TWO}, [[[1, 2, 3]] * 2]),
        (STRIPS, 'things', {}, [[]]),
        ('@LineStrips2D:strips', '[xs, ys]', {'xs': [1], 'ys': [3]}, [[[1, 3]]]),
        # All else.
        ('@EncodedImage:contents', 'picture', {'picture': b'\xff\xd8'}, [[255, 216]]),
    ],
)
def test_a_field_of_the_message(
    component: str, source: str, fields: dict[str, Any], expected: list[Any]
) -> None:
    values = mapped(argument(component, source), fields)
    assert rounded(values[component.replace('contents', 'blob')]) == expected


@pytest.mark.parametrize(
    ('component', 'each', 'source', 'fields', 'expected'),
    [
        (COLORS, 'things', 'color', {'things': [{'color': {'g': 1.0, 'a': 1.0}}]}, [0x00FF00FF]),
        (COLORS, 'things', 'rgb', {'things': [{'rgb': [1, 2, 3]}]}, [0x010203FF]),
        (COLORS, 'things', '[255, kind, 0]', {'things': [{'kind': 9}]}, [0xFF0900FF]),
        (COLORS, 'things', '{value: [0, 0, 255]}', {'things': [{}]}, [0x0000FFFF]),
        (SCALARS, 'things', 'score', {'things': [{'score': 1.5}, {'score': 2.5}]}, [1.5, 2.5]),
        (SCALARS, 'things', '"counts[0]"', {'things': [{'counts': [7]}, {}]}, [7, None]),
        (POSITIONS, 'things', '[id, /radius, 1]', {'radius': 2.0, 'things': TWO}, [[1, 2, 1]] * 2),
        (SCALARS, 'things', '/radius', {'radius': 2.0, 'things': TWO}, [2]),
        (TEXTS, 'things', '"{/map_name} {id}"', {'map_name': 'm', 'things': TWO}, ['m 1'] * 2),
        (
            SCALARS,
            'things.parts',
            'weight',
            {'things': [{'parts': PARTS}, {}] * 2},
            [1.5, 2.5] * 2,
        ),
        (POSITIONS, 'things[0].parts[0].outline', '.', {}, []),
        (
            POSITIONS,
            'things[0].parts[1].outline',
            '.',
            {'things': [{'parts': [{}, {'outline': OUTLINE}]}]},
            [[0, 1, 0], [2, 3, 0]],
        ),
        (
            VECTORS,
            'things',
            '{field: twist.linear, rotate_by: pose, scale: 2}',
            {'things': [thing(i, twist={'linear': {'x': 1.0}}) for i in range(3)]},
            [[0, 2, 0]] * 3,
        ),
        (
            STRIPS,
            'things.parts',
            'outline',
            {'things': [{'parts': [{'outline': OUTLINE}]}, {}, {'parts': [{}]}]},
            [[[0, 1, 0], [2, 3, 0]], []],
        ),
        (
            '@GeoPoints:lat_lon',
            'things',
            'place',
            {'things': [{'place': {'latitude': 48.0, 'longitude': 9.0}}]},
            [[48, 9]],
        ),
        (
            '@GraphEdges:edges',
            'things',
            '[id, kind]',
            {'things': [{'id': 1, 'kind': 2}]},
            [{'first': '1', 'second': '2'}],
        ),
    ],
)
def test_fields_of_the_elements(
    component: str, each: str, source: str, fields: dict[str, Any], expected: list[Any]
) -> None:
    values = mapped(argument(component, source, each), fields)
    assert rounded(values[component.replace('lat_lon', 'positions')]) == expected


def test_elements_at_constant_distances_never_become_objects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: StridedSequence) -> Iterator[Message]:
        raise AssertionError

    monkeypatch.setattr(StridedSequence, '__iter__', fail)
    text = """
- type: geometry_msgs/msg/PoseArray
  outputs:
    - archetype: Arrows3D
      each: poses
      fields:
        origins: .
        vectors: {field: [1, 0, 0], rotate_by: orientation}
        labels: '{position.x:.1f}'
"""
    rows = convert(
        'geometry_msgs/msg/PoseArray',
        {'poses': [POSE] * 100},
        shared=Shared(mappings=mappings(text)),
    )
    values = values_of(rows)
    assert rounded(values['/topic@Arrows3D:vectors']) == [[0, 1, 0]] * 100
    assert values['/topic@Arrows3D:labels'] == ['1.0'] * 100


def test_values_that_are_no_instances() -> None:
    [bars] = mapped('{archetype: BarChart, fields: {values: ranges}}', {'ranges': [1, 2]}).values()
    assert bars[0]['buffer'] == [1.0, 2.0]
    image = (
        '{archetype: Image, fields: {bytes: picture, width: lat, height: lon, '
        'color_model: {value: L}, datatype: {value: U8}}}'
    )
    values = mapped(image, {'picture': b'abcdef', 'lat': 3, 'lon': 2})
    assert values['@Image:buffer'] == [list(b'abcdef')]
    assert (values['@Image:format'][0]['width'], values['@Image:format'][0]['height']) == (3, 2)


def test_names_for_numbers() -> None:
    values = mapped(
        """
        {archetype: TextLog, fields: {text: '{main.kind}/{main.is_on}/{radius}'}}
        {archetype: StateChange, fields: {state: main.kind}}
        {archetype: Scalars, fields: {scalars: main.kind}}
        """,
        {'main': {'kind': 1, 'is_on': True}, 'radius': 5.0},
        '  names: {main.kind: [idle, off], main.is_on: {true: on}, radius: {7: seven}}\n',
    )
    assert values == {
        '@TextLog:text': ['off/on/5'],
        '@StateChange:state': ['off'],
        '@Scalars:scalars': [1.0],
    }


def test_series_have_names() -> None:
    values = mapped("{archetype: Scalars, series: {'speed [m/s]': radius, b: lat}}", {'lat': 2})
    assert values == {
        '@SeriesLines:names': ['speed [m/s]', 'b'],
        '@Scalars:scalars': [0.0, 2.0],
    }


def test_entities_are_named_by_fields() -> None:
    fields = {'map_name': 'a/b', 'main': {'id': 5}}
    values = mapped(
        "{archetype: Scalars, entity: 'x/{map_name}_{main.id}', series: {a: radius}}", fields
    )
    assert '/x/a\\/b_5@Scalars:scalars' in values


def test_elements_get_entities_that_end_with_them() -> None:
    shared = Shared(
        mappings=outputs(
            "{archetype: Points3D, entity: 'things/{name}', each: things, "
            'fields: {positions: pose, labels: name, radii: 0.5, class_ids: kind}}'
        )
    )
    converter = topic_converter(THINGS, shared=shared)

    def show(*names: str) -> dict[str, Any]:
        made = [thing(i, name=name, kind=i) for i, name in enumerate(names)]
        return values_of(convert(THINGS, {'things': made, 'header': HEADER}, using=converter))

    first = show('a', 'b', 'a')
    assert first['/topic/things/a@Points3D:class_ids'] == [0, 2]
    assert first['/topic/things/a@Points3D:labels'] == ['a', 'a']
    assert first['/topic/things/b@Points3D:class_ids'] == [1]
    assert first['/topic/things/b@Points3D:radii'] == [0.5]
    assert first['/topic/things/b@CoordinateFrame:frame'] == ['base']
    second = show('b', 'c')
    assert second['/topic/things/a@Points3D:positions'] == []
    assert second['/topic/things/a@Points3D:labels'] == []
    assert second['/topic/things/c@Points3D:positions'] == [[1.0, 2.0, 3.0]]
    third = show()
    assert {name for name in third if name.endswith('positions')} == {
        '/topic/things/b@Points3D:positions',
        '/topic/things/c@Points3D:positions',
    }
    assert show() == {}


def test_static_outputs_are_logged_when_they_change() -> None:
    shared = Shared(
        mappings=outputs(
            '{archetype: SeriesLines, static: true, fields: {names: words}}\n'
            '{archetype: Scalars, fields: {scalars: ranges}}\n'
            '{archetype: LineStrips3D, static: true, fields: {strips: things}}'
        )
    )
    converter = topic_converter(THINGS, shared=shared)

    def logged(words: list[str]) -> set[str]:
        rows = convert(THINGS, {'words': words, 'things': TWO}, using=converter)
        assert all(not row.times for row in rows if 'Scalars' not in str(row.layout.components))
        return set(values_of(rows))

    assert '/topic@SeriesLines:names' in logged(['a', 'b'])
    assert logged(['a', 'b']) == {'/topic@Scalars:scalars'}
    assert logged(['a', 'c']) == {'/topic@Scalars:scalars', '/topic@SeriesLines:names'}


@pytest.mark.parametrize(
    ('output', 'frame', 'expected'),
    [
        ('{archetype: Points3D, entity: x, fields: {positions: things}}', '', 'base'),
        ('{archetype: Points2D, entity: x, fields: {positions: things}}', '', 'base_image_plane'),
        ('{archetype: Scalars, entity: x, fields: {scalars: radius}}', '', None),
        ('{archetype: Transform3D, entity: x, fields: {translation: start}}', '', None),
        ('{archetype: Points3D, entity: x, fields: {positions: things}}', 'map_name', 'm'),
        ('{archetype: Points3D, entity: x, fields: {positions: things}}', '{value: odom}', 'odom'),
        ('{archetype: Points2D, entity: x, fields: {positions: things}}', "'{map_name}/c'", 'm/c'),
    ],
)  # fmt: skip
def test_frames(output: str, frame: str, expected: str | None) -> None:
    extra = f'  frame: {frame}\n' if frame else ''
    shared = Shared(mappings=outputs(output, extra))
    rows = convert(THINGS, {'header': HEADER, 'things': TWO, 'map_name': '/m'}, shared=shared)
    found = values_of(rows).get('/topic/x@CoordinateFrame:frame')
    assert found == (None if expected is None else [expected])


def test_a_transform_makes_its_tree_visible() -> None:
    text = f"""
- type: {THINGS}
  outputs:
    - archetype: Transform3D
      each: transforms
      entity: '{{child_frame_id}}'
      fields:
        translation: transform
        quaternion: transform
        parent_frame: header.frame_id
        child_frame: child_frame_id
"""
    transforms = [
        {'header': HEADER, 'child_frame_id': name, 'transform': {'translation': {'x': 1.0}}}
        for name in ('a', 'b')
    ]
    rows = convert(THINGS, {'transforms': transforms}, shared=Shared(mappings=mappings(text)))
    values = values_of(rows)
    assert values['/@CoordinateFrame:frame'] == ['base']
    assert values['/topic/b@Transform3D:child_frame'] == ['b']
    assert values['/topic/b@Transform3D:translation'] == [[1.0, 0.0, 0.0]]
    assert values['/topic/b@Transform3D:quaternion'] == [[0.0, 0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ('stamp', 'fields', 'timeline', 'nanos'),
    [
        ('{field: time_us, unit: us}', {'time_us': 1_700_000_000_000_001}, 'ros2_timestamp',
         1_700_000_000_000_001_000),
        ('{field: radius, unit: s}', {'radius': 12.5}, 'ros2_duration', 12_500_000_000),
        ('start.header.stamp', {'start': {'header': HEADER}}, 'ros2_timestamp',
         1_700_000_000_000_000_005),
    ],
)  # fmt: skip
def test_stamps(stamp: str, fields: dict[str, Any], timeline: str, nanos: int) -> None:
    text = outputs('{archetype: Scalars, fields: {scalars: lat}}', f'  stamp: {stamp}\n')
    [rows] = convert(THINGS, fields, shared=Shared(mappings=text))
    assert columns_of(rows)[timeline] == [nanos]


@pytest.mark.parametrize('radius', [-1.0, math.nan, 1e30])
def test_what_is_no_stamp(radius: float) -> None:
    text = outputs(
        '{archetype: Scalars, fields: {scalars: lat}}', '  stamp: {field: radius, unit: s}\n'
    )
    shared, fields = Shared(mappings=text), {'radius': radius}
    with pytest.raises(ConversionError, match='which is no time; repair the publisher'):
        convert(THINGS, fields, shared=shared)
    [rows] = convert(THINGS, fields, shared=shared, options=TopicOptions(restamp=True))
    assert columns_of(rows)['ros2_timestamp'] == [LOG_TIME]


def test_frames_have_the_stamp_of_what_is_in_them() -> None:
    extra = '  stamp: {field: radius, unit: s}\n'
    text = outputs('{archetype: Points3D, fields: {positions: things}}', extra)
    fields = {'radius': 12.0, 'header': HEADER, 'things': TWO}
    frame, points = convert(THINGS, fields, shared=Shared(mappings=text))
    assert columns_of(frame)['CoordinateFrame:frame'] == [['base']]
    assert columns_of(frame)['ros2_duration'] == columns_of(points)['ros2_duration']


def test_the_stamp_of_the_header_counts_otherwise() -> None:
    text = outputs('{archetype: Scalars, fields: {scalars: lat}}')
    [rows] = convert(THINGS, {'header': HEADER}, shared=Shared(mappings=text))
    assert columns_of(rows)['ros2_timestamp'] == [1_700_000_000_000_000_005]


def test_a_type_without_a_header_has_no_frame() -> None:
    text = f'- type: {THING}\n  outputs: [{{archetype: Points3D, fields: {{positions: pose}}}}]'
    rows = convert(THING, thing(1), shared=Shared(mappings=mappings(text)))
    assert values_of(rows) == {'/topic@Points3D:positions': [[1.0, 2.0, 3.0]]}
