# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import shutil

import pytest

from rerun_bridge.bags import DefinitionFinder, RecordedTopic
from rerun_bridge.cdr import definitions_of_class, Field, Primitive
from rerun_bridge.errors import UnsupportedTypeError

OUTER, INNER = 'trial_msgs/msg/Outer', 'trial_msgs/msg/Inner'
SEPARATOR = '=' * 80
MSG = f"""Inner[] parts
std_msgs/Header header
{SEPARATOR}
MSG: trial_msgs/Inner
int32 recorded
"""
IDL = f"""{SEPARATOR}
IDL: trial_msgs/msg/Outer
module trial_msgs {{ module msg {{
  struct Outer {{ sequence<trial_msgs::msg::Inner> parts; wstring text; }};
}}; }};
{SEPARATOR}
IDL: trial_msgs/msg/Inner
module trial_msgs {{ module msg {{ struct Inner {{ long recorded; }}; }}; }};
"""


def inner(finder: DefinitionFinder, topic: RecordedTopic) -> str:
    """Return the name of the inner field, which tells where it comes from."""
    definitions = finder.find(topic)
    assert 'parts' in {field.name for field in definitions[OUTER]}
    [field] = definitions[INNER]
    return field.name


def put(folder: Path, package: str, **texts: str) -> None:
    place = folder / package / 'msg'
    place.mkdir(parents=True)
    for name, text in texts.items():
        (place / f'{name}.msg').write_text(text)


def test_bag_comes_first_then_workspaces_then_the_folder(tmp_path: Path) -> None:
    one, two, folder = (tmp_path / name for name in ('one', 'two', 'folder'))
    put(one / 'share', 'trial_msgs', Inner='int32 in_workspace')
    put(two / 'share', 'trial_msgs', Inner='int32 too_late', Outer='Inner[<=3] parts')
    put(folder / 'deep', 'trial_msgs', Inner='int32 in_folder', Outer='Inner[2] parts')
    bare = RecordedTopic('/a', OUTER)
    recorded = RecordedTopic('/a', OUTER, definition=MSG)
    assert inner(DefinitionFinder([one, two], folder), recorded) == 'recorded'
    assert inner(DefinitionFinder([one, two], folder), bare) == 'in_workspace'
    assert inner(DefinitionFinder([], folder), bare) == 'in_folder'


TEST_MESSAGES = (
    'BoundedPlainSequences',
    'ComplexNestedKey',
    'Defaults',
    'Nested',
    'Strings',
    'WStrings',
)


@pytest.mark.filterwarnings("ignore:module 'sre:DeprecationWarning")  # of rclpy
@pytest.mark.parametrize('suffix', ['msg', 'idl'])
@pytest.mark.parametrize('name', TEST_MESSAGES)
@pytest.mark.parametrize('place', ['bag', 'workspace', 'folder'])
def test_every_place_gives_what_the_classes_of_ros_say(
    tmp_path: Path, name: str, suffix: str, place: str
) -> None:
    module = pytest.importorskip('test_msgs.msg')
    share = next(
        each / 'share' for each in Path(module.__file__).parents if (each / 'share').is_dir()
    )
    file = share / 'test_msgs' / 'msg' / f'{name}.{suffix}'
    if not file.is_file():
        pytest.skip(f'ROS has no {file.name}')
    copies = tmp_path / ('ws/share' if place == 'workspace' else 'any')
    for package in ('test_msgs', 'builtin_interfaces'):
        (copies / package / 'msg').mkdir(parents=True)
        for path in (share / package / 'msg').glob(f'*.{suffix}'):
            shutil.copy(path, copies / package / 'msg')
    topic = RecordedTopic('/a', f'test_msgs/msg/{name}')
    if place == 'bag':
        topic = replace(topic, definition=file.read_text(), definition_format=f'ros2{suffix}')
    workspaces = [tmp_path / 'ws'] if place == 'workspace' else []
    finder = DefinitionFinder(workspaces, None if place == 'workspace' else copies)
    assert finder.find(topic) == definitions_of_class(getattr(module, name))


EVENT = 'std_srvs/srv/SetBool_Event'
SRV = f'{SEPARATOR}\nSRV: std_srvs/srv/SetBool\nbool data\n---\nbool success\nstring message\n'


@pytest.mark.filterwarnings("ignore:module 'sre:DeprecationWarning")  # of rclpy
@pytest.mark.parametrize('place', ['bag', 'workspace', 'folder'])
def test_events_of_a_service(tmp_path: Path, place: str) -> None:
    path = tmp_path / 'share' / 'std_srvs' / 'srv' / 'SetBool.srv'
    path.parent.mkdir(parents=True)
    path.write_text(SRV.partition('SetBool\n')[2])
    topic = RecordedTopic('/set/_service_event', EVENT)
    if place == 'bag':
        topic = replace(topic, definition=SRV, definition_format='unknown')
    finder = DefinitionFinder(
        [tmp_path] if place == 'workspace' else [], tmp_path if place == 'folder' else None
    )
    found = finder.find(topic)
    module = pytest.importorskip('std_srvs.srv')
    if hasattr(module, 'SetBool_Event'):  # since Iron
        assert found == definitions_of_class(module.SetBool_Event)


def test_idl_of_a_bag(tmp_path: Path) -> None:
    topic = RecordedTopic('/a', OUTER, definition=IDL, definition_format='ros2idl')
    definitions = DefinitionFinder([tmp_path]).find(topic)
    assert definitions[INNER] == (Field('recorded', Primitive('int32')),)
    assert [field.name for field in definitions[OUTER]] == ['parts', 'text']


def test_idl_files(tmp_path: Path) -> None:
    place = tmp_path / 'share' / 'trial_msgs' / 'msg'
    place.mkdir(parents=True)
    for name, text in zip(('Outer', 'Inner'), IDL.split(SEPARATOR)[1:]):  # noqa: B905
        (place / f'{name}.idl').write_text(text.partition('\n')[2].partition('\n')[2])
    assert inner(DefinitionFinder([tmp_path]), RecordedTopic('/a', OUTER)) == 'recorded'


@pytest.mark.parametrize('distribution', ['humble', 'jazzy', 'kilted', '', 'rosbags', 'unheard'])
def test_standard_types_are_known(distribution: str) -> None:
    topic = RecordedTopic('/scan', 'sensor_msgs/msg/LaserScan', distribution=distribution)
    assert 'std_msgs/msg/Header' in DefinitionFinder().find(topic)


def test_types_of_old_distributions_differ() -> None:
    def fields(distribution: str) -> int:
        topic = RecordedTopic('/m', 'visualization_msgs/msg/Marker', distribution=distribution)
        return len(DefinitionFinder().find(topic)[topic.type_name])

    assert fields('foxy') < fields('humble')


@pytest.mark.parametrize('text', ['Inner[', 'Missing part\n', '\0', None])
def test_what_is_missing_is_named_and_where_to_get_it(text: str | None) -> None:
    topic = RecordedTopic('/a', OUTER, definition=text or '')
    if text is None:
        topic = replace(topic, definition_format='')
    with pytest.raises(UnsupportedTypeError, match=r'trial_msgs.*--definitions'):
        DefinitionFinder().find(topic)


def test_a_type_without_fields(tmp_path: Path) -> None:
    topic = RecordedTopic('/a', OUTER, definition='\n')
    assert DefinitionFinder().find(topic) == {OUTER: ()}
    put(tmp_path / 'share', 'trial_msgs', Inner='int32 in_workspace', Outer='Inner[] parts')
    assert inner(DefinitionFinder([tmp_path]), topic) == 'in_workspace'


def test_damaged_definition_falls_back(tmp_path: Path) -> None:
    put(tmp_path / 'share', 'trial_msgs', Inner='int32 in_workspace', Outer='Inner[] parts')
    topic = RecordedTopic('/a', OUTER, definition='Inner[')
    assert inner(DefinitionFinder([tmp_path]), topic) == 'in_workspace'


@pytest.mark.parametrize('name', ['', 'one', '../../etc/passwd', 'a/b/c/d', 'trial_msgs/msg/\0'])
def test_strange_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedTypeError):
        DefinitionFinder([tmp_path], tmp_path).find(
            RecordedTopic('/a', name, definition_format='')
        )
