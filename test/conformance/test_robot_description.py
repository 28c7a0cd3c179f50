# SPDX-License-Identifier: Apache-2.0
"""Of a robot description the official importer makes the same, but for what it does wrong."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np
import pytest
from rosbags.rosbag2 import StoragePlugin, Writer

from rerun_bridge.cli.bag2rrd import main
from test import recordings
from test.official import errors
from test.unit.converters.ros_messages import to_cdr, TYPESTORE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from test.official import Official

START = 1_800_000_000_000_000_000
PERIOD = 20_000_000
STL = bytes(80) + np.uint32(1).tobytes() + np.eye(4, 3, dtype='<f4').tobytes() + bytes(2)
URDF = """<?xml version="1.0"?>
<robot name="my robot/1">
  <material name="orange"><color rgba="0.95 0.45 0.1 1"/></material>
  <material name="glass"><color rgba="0.2 0.5 0.8 0.5"/></material>
  <link name="base">
    <visual>
      <origin xyz="1 2 3" rpy="0.1 0.2 0.3"/>
      <geometry><box size="1 2 3"/></geometry><material name="orange"/>
    </visual>
    <visual name="pole/2">
      <geometry><cylinder radius="0.5" length="2"/></geometry>
      <material name="own"><color rgba="2 -1 0.5 1"/></material>
    </visual>
    <visual><geometry><capsule radius="0.5" length="2"/></geometry></visual>
    <visual><geometry><sphere radius="0.5"/></geometry><material name="unheard"/></visual>
    <visual>
      <geometry><mesh filename="file://FOLDER/a.stl" scale="1 2 3"/></geometry>
      <material name="orange"/>
    </visual>
    <visual><geometry><mesh filename="file://FOLDER/a.stl"/></geometry></visual>
    <collision><geometry><box size="1 1 1"/></geometry></collision>
    <collision name="hull">
      <geometry><mesh filename="file://FOLDER/a.stl" scale="1 2 3"/></geometry>
    </collision>
  </link>
  <link name="arm">
    <visual><geometry><box size="0.1 0.1 2"/></geometry><material name="glass"/></visual>
  </link>
  <joint name="shoulder" type="revolute">
    <parent link="base"/><child link="arm"/><origin xyz="0 0 1"/>
    <axis xyz="0 1 0"/><limit lower="-1" upper="1" effort="1" velocity="1"/>
  </joint>
</robot>
"""


@pytest.fixture(scope='module')
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a bag with a robot and its joint states, but no transforms."""
    folder = tmp_path_factory.mktemp('robot')
    (folder / 'a.stl').write_bytes(STL)
    path = folder / 'bag'
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        for type_name, topic, time, fields in messages(folder):
            known = {each.topic: each for each in writer.connections}
            connection = known.get(topic) or writer.add_connection(
                topic, type_name, typestore=TYPESTORE
            )
            writer.write(connection, time, to_cdr(type_name, fields))
    return path


def messages(folder: Path) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    text = URDF.replace('FOLDER', str(folder))
    yield 'std_msgs/msg/String', '/robot_description', START, {'data': text}
    for i in range(50):
        time = START + i * PERIOD
        stamp = {'sec': time // 10**9, 'nanosec': time % 10**9}
        fields = {'header': {'stamp': stamp}, 'name': ['shoulder'], 'position': [i / 50]}
        yield 'sensor_msgs/msg/JointState', '/joint_states', time, fields


@pytest.fixture(scope='module')
def converted(bag: Path) -> Path:
    """Give what we make of the bag."""
    path = bag.parent / 'converted.rrd'
    options = ('--option', '/robot_description.collisions=true')
    assert main([str(bag), '-o', str(path), *options]) == 0
    return path


def static_of(path: Path) -> dict[tuple[str, str], Any]:
    """Read the last static value of each component of each entity."""
    found = {}
    for batch in recordings.batches(path):
        kinds = [field.metadata[b'rerun:kind'] for field in batch.schema]
        if b'index' in kinds:
            continue
        for field, column, kind in zip(batch.schema, batch.columns, kinds, strict=True):
            if kind == b'data' and not field.name.startswith('Mcap'):
                found[recordings.entity_of(batch), field.name] = column.to_pylist()[-1]
    return found


def is_close(mine: list[int], theirs: list[int]) -> bool:
    """Compare colors: theirs are cut, not rounded, where they are not opaque."""
    channels = np.array([mine, theirs], '>u4').view(np.uint8).astype(int)
    return bool(np.abs(channels[0] - channels[1]).max() <= 1)


def test_same_columns_as_the_official_importer(
    official: Official, bag: Path, converted: Path
) -> None:
    imported = bag.parent / 'imported.rrd'
    official.run('mcap', 'convert', bag / 'bag.mcap', '-o', imported)
    theirs, ours = static_of(imported), static_of(converted)
    robot = '/my\\ robot\\/1'
    theirs = {key: value for key, value in theirs.items() if key[0].startswith(robot)}
    assert len(theirs) > 40
    for (entity, component), value in theirs.items():
        mine = ours.pop((entity, component))
        if component.endswith((':colors', ':albedo_factor')):
            assert is_close(mine, value), (entity, component)
        elif component.endswith(':quaternions'):  # theirs are computed with fewer digits
            assert np.allclose(mine, value, atol=1e-6), (entity, component)
        else:
            assert mine == value, (entity, component)
    more = {component for entity, component in ours if entity.startswith(f'{robot}/')}
    solids = ('Boxes3D', 'Capsules3D', 'Cylinders3D', 'Ellipsoids3D')
    transform = {name for name in more if name.startswith('Transform3D:')}
    # Their solids are not filled, their capsules not centered, and joints do not come along.
    fills = {f'{name}:fill_mode' for name in solids}
    assert more - transform == fills | {'Capsules3D:translations'}


def test_viewer_shows_the_robot_moving(
    official: Official, converted: Path, free_port: int, tmp_path: Path
) -> None:
    official.verify(converted)
    pictures = [tmp_path / f'{i}.png' for i in range(2)]
    with official.viewer(free_port, converted) as viewer:
        answer = viewer.wait_until(lambda answer: 'transforms' in answer)
        for i, picture in enumerate(pictures):
            seconds = (START + 48 * i * PERIOD) / 1e9
            answer = viewer.ask(picture, ros2_timestamp=f'{seconds}s')
    assert not errors(answer)
    assert [each['reports'] for each in answer['state']['views']] == [[]] * 2
    edges = {(edge['parent'], edge['child']) for edge in answer['transforms']['edges']}
    assert ('base', 'arm') in edges
    assert pictures[0].read_bytes() != pictures[1].read_bytes()
