# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.robot_messages import (
    ARM,
    placed,
    Recording,
    static_of,
    STRING,
    urdf,
)
from test.unit.converters.ros_messages import convert, read_batch, topic_converter, values_of

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.chunk import Rows

BOX, BALL = '<box size="1 1 1"/>', '<sphere radius="1"/>'
DESCRIPTION = '/robot_description'


def link(*shapes: str, role: str = 'visual', name: str = 'base') -> str:
    parts = ''.join(f'<{role}><geometry>{shape}</geometry></{role}>' for shape in shapes)
    return f'<link name="{name}">{parts}</link>'


def entities(rows: list[Rows]) -> list[str]:
    return [row.entity_path for row in rows if not row.times]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [each for each in caplog.records if each.levelno == logging.WARNING]
    texts = [each.getMessage() for each in found]
    caplog.clear()
    return texts


def test_robot_is_static_beside_its_topic() -> None:
    rows = Recording().describe(urdf(link(BOX, BALL)))
    values = static_of(rows)
    assert entities(rows) == [
        '/robi',
        '/robi/visual_geometries/base/visual_0',
        '/robi/visual_geometries/base/visual_1',
    ]
    assert values['/robi@CoordinateFrame:frame'] == ['base']
    assert values['/robi/visual_geometries/base/visual_0@CoordinateFrame:frame'] == ['base']
    assert values['/robi/visual_geometries/base/visual_0@Boxes3D:half_sizes'] == [[0.5] * 3]
    assert values['/robi/visual_geometries/base/visual_1@Ellipsoids3D:half_sizes'] == [[1.0] * 3]


def test_text_is_still_there() -> None:
    text = urdf(link(BOX))
    [document, *_] = Recording().describe(text)
    assert values_of([document]) == {f'{DESCRIPTION}@TextDocument:text': [text]}
    assert document.is_retained


@pytest.mark.parametrize(
    ('topic', 'options', 'path'),
    [
        ('/a/b/robot_description', TopicOptions(), '/a/b/robi'),
        ('/robot_description_2', TopicOptions(), '/robi'),
        (DESCRIPTION, TopicOptions(entity_path='/left/urdf'), '/left/robi'),
        (DESCRIPTION, TopicOptions(entity_path='/'), '/robi'),
    ],
)
def test_place(topic: str, options: TopicOptions, path: str) -> None:
    converter = topic_converter(STRING, topic, options=options)
    rows = convert(STRING, {'data': urdf(link())}, using=converter)
    assert entities(rows) == [path]


def test_two_robots_of_one_name_have_places_of_their_own() -> None:
    recording = Recording()
    recording.describe(urdf(link()))
    rows = recording.describe(urdf(link()), '/robot_description_2')
    assert entities(rows) == ['/robot_description_2/robi']


def test_names_are_escaped_and_unique() -> None:
    shapes = ''.join(
        f'<visual{name}><geometry>{BOX}</geometry></visual>'
        for name in (' name="a/b"', '', ' name="a/b"', ' name="visual_1"')
    )
    rows = Recording().describe(urdf(f'<link name="x y">{shapes}</link>', 'r/1'))
    base = '/r\\/1/visual_geometries/x\\ y'
    names = ['a\\/b', 'visual_1', 'a\\/b_2', 'visual_1_3']
    assert entities(rows)[1:] == [f'{base}/{name}' for name in names]


def test_collisions_if_wanted() -> None:
    text = urdf(link(BOX, BALL, role='collision'))
    assert entities(Recording().describe(text)) == ['/robi']
    rows = Recording({DESCRIPTION: TopicOptions(collisions=True)}).describe(text)
    base = '/robi/collision_geometries'
    assert entities(rows)[1:] == [
        f'{base}/box/base/collision_0',
        f'{base}/sphere/base/collision_1',
    ]
    assert not any('fill_mode' in name for name in static_of(rows))


@pytest.mark.parametrize('prefix', ['left/', '/left/'])
def test_frame_prefix(prefix: str) -> None:
    recording = Recording({DESCRIPTION: TopicOptions(frame_prefix=prefix)})
    values = static_of(recording.describe(urdf()) + recording.wait(2))
    assert values['/robi@CoordinateFrame:frame'] == ['left/base']
    assert values['/robi/visual_geometries/base/visual_0@CoordinateFrame:frame'] == ['left/base']
    assert values['/robi/joints/left\\/mast@Transform3D:child_frame'] == ['left/mast']
    assert values['/robi/joints/left\\/mast@Transform3D:parent_frame'] == ['left/base']
    assert values['/@CoordinateFrame:frame'] == ['left/base']


def test_same_text_again_is_nothing_new() -> None:
    recording = Recording()
    recording.describe(urdf(link(BOX)))
    assert recording.describe(urdf(link(BOX))) == []


def test_what_another_description_lacks_disappears() -> None:
    recording = Recording()
    recording.describe(urdf(link(BOX, BALL, BOX)))
    rows = recording.describe(urdf(link(BOX, BOX)))
    values = static_of(rows)
    base = '/robi/visual_geometries/base'
    assert sorted(entities(rows)) == [f'{base}/visual_1', f'{base}/visual_1', f'{base}/visual_2']
    assert values[f'{base}/visual_1@Boxes3D:half_sizes'] == [[0.5] * 3]
    for name in ('half_sizes', 'colors', 'fill_mode'):
        assert values[f'{base}/visual_1@Ellipsoids3D:{name}'] == []
        assert values[f'{base}/visual_2@Boxes3D:{name}'] == []
    assert values[f'{base}/visual_2@CoordinateFrame:frame'] == []
    assert entities(recording.describe(urdf(link(BOX, BOX, BOX)))) == [f'{base}/visual_2']


def test_another_robot_takes_the_place() -> None:
    recording = Recording()
    recording.describe(urdf(link(BOX)))
    values = static_of(recording.describe(urdf(link(BOX), 'other')))
    assert values['/robi@CoordinateFrame:frame'] == []
    assert values['/robi/visual_geometries/base/visual_0@Boxes3D:half_sizes'] == []
    assert values['/other/visual_geometries/base/visual_0@Boxes3D:half_sizes'] == [[0.5] * 3]


def test_empty_description() -> None:
    with pytest.raises(ConversionError, match='is no XML'):
        Recording().describe('')


def test_bad_description_costs_nothing_that_was_there() -> None:
    recording = Recording()
    recording.describe(urdf(link(BOX)))
    with pytest.raises(ConversionError, match=r'/robot_description \(std_msgs.*no links'):
        recording.describe(urdf(''))
    assert recording.describe(urdf(link(BOX))) == []


def test_missing_meshes_do_not_cost_the_rest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    meshes = [f'<mesh filename="file://{tmp_path}/{name}.stl"/>' for name in ('a', 'b', 'c')]
    (tmp_path / 'b.stl').write_bytes(b'solid')
    recording = Recording()
    rows = recording.describe(urdf(link(BOX, *meshes)))
    base = '/robi/visual_geometries/base'
    assert entities(rows)[1:] == [f'{base}/visual_0', f'{base}/visual_2']
    [text] = warnings(caplog)
    assert text.startswith(
        '/robot_description: 2 of 4 shapes of robi cannot be drawn: there is no'
    )
    assert f'{tmp_path}/a.stl' in text
    (tmp_path / 'a.stl').write_bytes(b'solid')
    rows = recording.describe(urdf(link(BOX, *meshes[:2])))
    assert entities(rows) == [f'{base}/visual_1']
    assert not warnings(caplog)


def test_same_mesh_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / 'a.stl'
    path.write_bytes(b'solid')
    recording = Recording()
    recording.describe(urdf(link(f'<mesh filename="{path}"/>')))
    path.unlink()
    rows = recording.describe(urdf(link(*[f'<mesh filename="{path}"/>'] * 2)))
    assert entities(rows) == ['/robi/visual_geometries/base/visual_1']


def test_textures(caplog: pytest.LogCaptureFixture) -> None:
    material = '<material name="m"><texture filename="a.png"/></material>'
    Recording().describe(urdf(link(BOX).replace('</visual>', f'{material}</visual>')))
    [text] = warnings(caplog)
    assert text.startswith('/robot_description: the textures of robi are not drawn; use meshes')


@pytest.mark.parametrize('topic', ['/robot_description_semantic', '/description', '/ns/robot'])
def test_other_texts_are_texts(topic: str) -> None:
    values = values_of(convert(STRING, {'data': 'hello'}, topic=topic))
    assert values == {f'{topic}@TextLog:text': ['hello']}


def test_robot_stands_where_nobody_tells_otherwise() -> None:
    recording = Recording()
    assert '/robi/joints/mast' not in entities(recording.describe(urdf()))
    recording.transform('mast', 'arm', at=1)
    assert recording.wait(1.9) == []
    rows = recording.wait(2)
    assert placed(rows, '/robi/joints/mast') == {'mast': [0, 0, 1]}
    assert placed(rows, '/robi/joints/hand') == {'hand': [0, 0, 0]}
    assert all(not row.times for row in rows)
    assert '/robi/joints/arm' not in entities(rows)
    assert static_of(rows)['/@CoordinateFrame:frame'] == ['base']
    assert recording.wait(9) == []


def test_robot_of_one_link_is_the_root() -> None:
    recording = Recording()
    recording.describe(urdf(link(BOX)))
    assert static_of(recording.wait(2))['/@CoordinateFrame:frame'] == ['base']


def test_another_root() -> None:
    recording = Recording()
    recording.describe(urdf(link(BOX, name='z')))
    recording.wait(2)
    rows = recording.describe(urdf(link(BOX, name='a')), at=3)
    assert static_of(rows)['/@CoordinateFrame:frame'] == ['a']


def test_robot_of_a_short_bag_stands_at_its_end() -> None:
    recording = Recording()
    recording.describe(urdf())
    assert '/robi/joints/mast' in entities(recording.wait(0.5, is_end=True))


def test_robot_in_a_tree_of_transforms_keeps_the_root() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.transform('map', 'base')
    assert '/' not in entities(recording.wait(3))


def test_standing_robot_changes() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.wait(3)
    shorter = ARM[: ARM.index('<joint name="wrist"')].replace('<link name="hand"/>', '')
    rows = recording.describe(urdf(shorter.replace('0 0 1', '0 0 2')), at=4)
    assert placed(rows, '/robi/joints/mast') == {'mast': [0, 0, 2]}
    assert placed(rows, '/robi/joints/hand') == {'': []}
    recording.transform('base', 'mast', at=5)
    rows = recording.describe(urdf(), at=6)
    assert placed(rows, '/robi/joints/mast') in ({}, {'': []})
    assert placed(rows, '/robi/joints/hand') == {'hand': [0, 0, 0]}


def test_two_robots_in_the_same_frames(caplog: pytest.LogCaptureFixture) -> None:
    recording = Recording()
    recording.describe(urdf(), '/a/robot_description')
    recording.describe(urdf(), '/b/robot_description')
    rows = recording.wait(3)
    assert '/a/robi/joints/mast' in entities(rows)
    assert '/b/robi/joints/mast' not in entities(rows)
    [text] = warnings(caplog)
    assert text.startswith(
        '/b/robot_description: another robot has the frame mast; set the option'
    )


@settings(max_examples=300)
@given(st.data())
def test_damaged_descriptions(data: st.DataObject) -> None:
    text = urdf()
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 5))
        text = text[:at] + data.draw(st.text(max_size=4)) + text[at + length :]
    recording = Recording()
    try:
        rows = recording.describe(text)
    except ConversionError:
        return
    for row in rows + recording.joints(shoulder=1.0, wrist=-1.0) + recording.wait(3):
        read_batch(row)
