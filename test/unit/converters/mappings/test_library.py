# SPDX-License-Identifier: Apache-2.0
"""Which mapping is for a topic, and what becomes of those that do not fit."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.converters import DEFAULT_MAPPINGS, load_mappings, Shared
from rerun_bridge.errors import MappingError
from test.unit.converters.foreign_messages import TEXTS
from test.unit.converters.mappings.mapped import mappings, outputs, THINGS
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

if TYPE_CHECKING:
    from rerun_bridge.converters.mappings import Mappings

REPO = Path(__file__).parents[4]
TEMPERATURE = 'sensor_msgs/msg/Temperature'
STRUCT = f'/topic@{THINGS.replace("/", ".")}:message'
GOOD = '{archetype: Scalars, fields: {scalars: radius}}'


def one(name: str, *, type_name: str | None = None, topic: str | None = None) -> str:
    """Write a mapping that tells its name."""
    keys = {'type': type_name, 'topic': topic}
    lines = [f'{key}: {value}' for key, value in keys.items() if value]
    lines.append(f'outputs: [{{archetype: TextLog, fields: {{text: {{value: {name}}}}}}}]')
    return '- ' + '\n  '.join(lines) + '\n'


def shown(chosen: Mappings, type_name: str = THINGS, topic: str = '/topic') -> dict[str, Any]:
    return values_of(convert(type_name, {}, topic=topic, shared=Shared(mappings=chosen)))


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (one('a', type_name=THINGS) + one('b', type_name=THINGS), 'b'),
        (one('a', topic='/top.*') + one('b', topic='/tip.*'), 'a'),
        (one('a', type_name=THINGS) + one('b', topic='/top'), 'a'),
        (one('a', type_name=THINGS) + one('b', type_name=THINGS, topic='/other'), 'a'),
    ],
)
def test_the_last_one_that_fits_counts(text: str, expected: str) -> None:
    assert shown(mappings(text))['/topic@TextLog:text'] == [expected]


def test_types_with_a_converter_can_be_mapped() -> None:
    text = one('mine', type_name=TEMPERATURE)
    assert shown(mappings(text), TEMPERATURE) == {'/topic@TextLog:text': ['mine']}
    assert '/topic@Measurements:values' in shown(mappings('[]'), TEMPERATURE)
    assert mappings(text).type_names == {TEMPERATURE}


def test_what_is_not_mapped_is_a_struct() -> None:
    shared = Shared(mappings=mappings(one('a', type_name=THINGS)))
    assert not topic_converter(THINGS, shared=shared).is_struct
    assert topic_converter(THINGS).is_struct
    assert not topic_converter(TEMPERATURE).is_struct


@pytest.mark.parametrize(
    ('output', 'error'),
    [
        (
            '{archetype: Scalars, fields: {scalars: radios}}',
            "things.yaml, line 3: radios: mapped_msgs/msg/Things has no field 'radios'; did you",
        ),
        ('{archetype: Scalars, fields: {scalars: map_name}}', 'it is a text'),
        ('{archetype: Scalars, fields: {scalars: main}}', 'name one of its fields: id, name'),
        ('{archetype: Scalars, each: things, fields: {scalars: rgb}}', 'it is an array; use an'),
        ('{archetype: Scalars, each: things, fields: {scalars: [id]}}', 'a list makes instances'),
        ('{archetype: Scalars, fields: {scalars: things.counts}}', 'it is an array; use an index'),
        (
            '{archetype: Points3D, each: things, fields: {positions: parts.outline}}',
            'leads through an array in an array',
        ),
        ('{archetype: Points3D, fields: {positions: radius}}', 'vectors of 3: it is a number'),
        ('{archetype: Points3D, fields: {positions: [radius, lat]}}', 'this takes 3 numbers'),
        ("{archetype: Points3D, fields: {positions: '{lat}'}}", 'a text cannot be taken'),
        ('{archetype: Points3D, fields: {positions: {rpy: [0, 0, lat]}}}', 'rpy makes quatern'),
        ('{archetype: Points3D, fields: {positions: main.pose, colors: main.pose}}', 'colors'),
        ('{archetype: TextLog, fields: {text: main.pose}}', 'cannot be taken for texts'),
        ('{archetype: TextLog, fields: {text: {field: map_name, scale: 2}}}', 'scale and offset'),
        ("{archetype: TextLog, fields: {text: '{main.pose}'}}", 'neither a number nor a text'),
        ("{archetype: TextLog, fields: {text: '{map_name:.2f}'}}", 'cannot be written as'),
        ("{archetype: TextLog, fields: {text: '{things.id}'}}", 'neither a number nor a text'),
        ("{archetype: Scalars, entity: '{zzz}', fields: {scalars: lat}}", "no field 'zzz'"),
        ('{archetype: Scalars, each: ranges, fields: {scalars: lat}}', 'is no array of structs'),
        ('{archetype: Scalars, each: things.id, fields: {scalars: lat}}', 'is no array of struct'),
        ('{archetype: Scalars, each: zzz, fields: {scalars: lat}}', 'line 3: zzz: mapped'),
        (
            '{archetype: Transform3D, each: transforms, fields: {translation: transform}}',
            'an entity holds one transform',
        ),
        (
            '{archetype: Scalars, fields: {scalars: {field: lat, rotate_by: main.pose}}}',
            'rotate_by is for vectors in space',
        ),
        ('{archetype: EncodedImage, fields: {contents: [lat]}}', 'this takes no list'),
        (
            '{archetype: GraphEdges, each: things, fields: {edges: [id, {value: root}]}}',
            'a list makes instances itself',
        ),
        ('{archetype: EncodedImage, fields: {contents: lat}}', 'blobs: it is a number'),
        ('{archetype: BarChart, fields: {values: main.pose}}', 'anything: it is a geometry'),
    ],
)
def test_a_mapping_that_does_not_fit_the_type_is_told_once_and_costs_no_more(
    output: str, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = outputs(output)
    with caplog.at_level(logging.WARNING, 'rerun_bridge'):
        assert list(shown(chosen))[-1] == STRUCT
        assert list(shown(chosen))[-1] == STRUCT
    [record] = caplog.records
    text = record.getMessage()
    assert text.startswith(f'the mapping of {THINGS} is left out: things.yaml, line 3: ')
    assert error in text


@pytest.mark.parametrize(
    ('extra', 'error'),
    [
        ('  frame: radiu\n', 'things.yaml, line 2: radiu: mapped_msgs/msg/Things has no field'),
        ('  stamp: radius\n', 'things.yaml, line 2: radius is no stamp; name a builtin'),
        ('  stamp: {field: map_name, unit: s}\n', 'map_name is no stamp'),
        ('  stamp: zzz\n', 'things.yaml, line 2: zzz: mapped_msgs/msg/Things has no field'),
    ],
)
def test_frame_and_stamp_are_checked(
    extra: str, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert list(shown(outputs(GOOD, extra)))[-1] == STRUCT
    assert error in caplog.records[0].getMessage()


def test_another_mapping_may_fit(caplog: pytest.LogCaptureFixture) -> None:
    bad = f'- type: {THINGS}\n  outputs: [{{archetype: Scalars, fields: {{scalars: zzz}}}}]\n'
    assert shown(mappings(one('a', type_name=THINGS) + bad))['/topic@TextLog:text'] == ['a']
    assert len(caplog.records) == 1


def test_a_bad_mapping_costs_no_other_one(caplog: pytest.LogCaptureFixture) -> None:
    text = (
        f'- type: {THINGS}\n  outputs: [{{archetype: Pints}}]\n{one("a", type_name=TEMPERATURE)}'
    )
    assert mappings(text).type_names == {TEMPERATURE}
    [record] = caplog.records
    assert record.getMessage() == (
        "a mapping is left out: things.yaml, line 2: there is no archetype 'Pints'; did you mean "
        'Points3D?'
    )


def test_files_and_folders(tmp_path: Path) -> None:
    for number, name in enumerate(('b.yaml', 'a.yml', 'c.txt')):
        (tmp_path / name).write_text(one(name, type_name=f'a/msg/T{number}'))
    assert load_mappings([str(tmp_path)]).type_names == {'a/msg/T0', 'a/msg/T1'}
    assert load_mappings([str(tmp_path / 'c.txt')]).type_names == {'a/msg/T2'}
    assert load_mappings([]).type_names == set()


@pytest.mark.parametrize(
    ('name', 'error'),
    [
        ('autowar', "there is no file of mappings 'autowar'; did you mean autoware?"),
        ('no/such.yaml', "there is no file of mappings 'no/such.yaml'; there are"),
        ('text.yaml', 'text.yaml, line 1: there must be a list of mappings'),
        ('empty.yaml', 'empty.yaml: there must be a list of mappings'),
    ],
)
def test_files_that_are_none(
    name: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path('text.yaml').write_text('type: a/msg/A')
    Path('empty.yaml').touch()
    with pytest.raises(MappingError) as caught:
        load_mappings([name])
    assert str(caught.value).startswith(error)


def test_all_files_of_the_package_are_used_by_default() -> None:
    assert sorted(DEFAULT_MAPPINGS) == sorted(
        path.stem for path in (REPO / 'config' / 'mappings').iterdir()
    )


@pytest.mark.parametrize('type_name', sorted(load_mappings(DEFAULT_MAPPINGS).type_names))
def test_the_files_of_the_package_fit_their_types(
    type_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert type_name in TEXTS
    values = shown(load_mappings(DEFAULT_MAPPINGS), type_name)
    assert caplog.records == []
    assert not any(name.endswith(':message') for name in values)


POSE = {'pose': {'position': {'x': 1.0}, 'orientation': {'z': 1.0}}}


def test_objects_of_autoware() -> None:
    path = {'path': [{'position': {'x': float(i)}} for i in range(3)]}
    fields = {
        'object_id': {'uuid': [0xAB, 0xCD] + [0] * 14},
        'existence_probability': 0.875,
        'classification': [{'label': 1}],
        'kinematics': {
            'initial_pose_with_covariance': POSE,
            'initial_twist_with_covariance': {'twist': {'linear': {'x': 2.0}}},
            'predicted_paths': [path, path],
        },
        'shape': {'dimensions': {'x': 4.0, 'y': 2.0, 'z': 1.0}},
    }
    message = {'header': HEADER, 'objects': [fields, {}]}
    shared = Shared(mappings=load_mappings(['autoware']))
    values = values_of(
        convert('autoware_perception_msgs/msg/PredictedObjects', message, shared=shared)
    )
    assert values['/topic@CoordinateFrame:frame'] == ['base']
    assert values['/topic@Boxes3D:centers'] == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert values['/topic@Boxes3D:half_sizes'][0] == [2.0, 1.0, 0.5]
    assert values['/topic@Boxes3D:quaternions'] == [[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    assert values['/topic@Boxes3D:labels'] == ['car 88% abcd', ' 0% 0000']
    assert values['/topic@Boxes3D:class_ids'] == [1, 0]
    # The object looks backwards, and its speed is its own.
    assert values['/topic/velocity@Arrows3D:vectors'][0] == pytest.approx([-2.0, 0.0, 0.0])
    assert len(values['/topic/predicted_paths@LineStrips3D:strips']) == 2


def test_odometry_of_px4() -> None:
    fields = {
        'timestamp': 2_000_001,
        'position': [1, 2, 3],
        'q': [1, 0, 0, 0],
        'velocity': [4] * 3,
    }
    shared = Shared(mappings=load_mappings(['px4']))
    converter = topic_converter('px4_msgs/msg/VehicleOdometry', shared=shared)
    values = values_of(convert('px4_msgs/msg/VehicleOdometry', fields, using=converter))
    assert values['/topic@CoordinateFrame:frame'] == ['map_ned']
    assert values['/topic@InstancePoses3D:translations'] == [[1.0, 2.0, 3.0]]
    assert values['/topic@InstancePoses3D:quaternions'] == [[0.0, 0.0, 0.0, 1.0]]
    assert values['/topic/velocity@Arrows3D:vectors'] == [[4.0, 4.0, 4.0]]
    again = convert(
        'px4_msgs/msg/VehicleOdometry',
        {**fields, 'timestamp': 3_000_000},
        using=converter,
    )
    assert not any('CoordinateFrame' in name for name in values_of(again))


def test_frames_of_a_bus() -> None:
    rows = convert(
        'can_msgs/msg/Frame',
        {'id': 0x1AF, 'data': range(8)},
        shared=Shared(mappings=load_mappings(['can'])),
    )
    assert values_of(rows)['/topic/1AF@Scalars:scalars'] == [float(i) for i in range(8)]
