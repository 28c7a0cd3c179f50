# SPDX-License-Identifier: Apache-2.0
"""What users want of types without writing code: live and from a bag, the same."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from geometry_msgs.msg import Point, Pose, PoseArray, Quaternion
import pytest
from std_msgs.msg import ColorRGBA

from test.recordings import column, num_rows
from test.unit.bags.written_bag import message, T, write_bag

if TYPE_CHECKING:
    from pathlib import Path

    from test.system.bridge_process import RosClient
    from test.system.conftest import StartBridge

MAPPING = """
- type: geometry_msgs/msg/PoseArray
  outputs:
    - archetype: Boxes3D
      each: poses
      fields: {centers: ., quaternions: ., sizes: [4, 2, 1.5], labels: 'x {position.x:.0f}'}
- type: std_msgs/msg/ColorRGBA
  outputs:
    - archetype: Points3D
      fields: {positions: redd}
"""
COUNT = 20


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / 'mine.yaml'
    path.write_text(MAPPING)
    return path


def assert_converted(path: Path) -> None:
    assert column(path, '/cars', 'Boxes3D:centers') == [[[float(i), 1, 2] for i in range(COUNT)]]
    assert column(path, '/cars', 'Boxes3D:half_sizes') == [[[2.0, 1.0, 0.75]]]
    assert column(path, '/cars', 'Boxes3D:labels') == [[f'x {i}' for i in range(COUNT)]]
    assert column(path, '/cars', 'CoordinateFrame:frame') == [['map']]
    assert column(path, '/cars', 'InstancePoses3D:translations') == []
    # The mapping of this type names a field that is not there.
    assert column(path, '/lamp', 'std_msgs.msg.ColorRGBA:message')[0][0]['r'] == 0.5
    assert column(path, '/lamp/r', 'Scalars:scalars') == [[0.5]]
    assert '/lamp' in num_rows(path)


ERROR = (
    'the mapping of std_msgs/msg/ColorRGBA is left out: mine.yaml, line 10: redd: '
    "std_msgs/msg/ColorRGBA has no field 'redd'; there are r, g, b, a"
)


def test_live(mapping: Path, start_bridge: StartBridge, client: RosClient, tmp_path: Path) -> None:
    path = tmp_path / 'live.rrd'
    options = {'topic_options./lamp.flatten': True}
    bridge = start_bridge(mappings=[str(mapping)], sinks=[f'save:{path}'], **options)
    cars = client.publisher(PoseArray, '/cars')
    lamp = client.publisher(ColorRGBA, '/lamp')
    poses = [
        Pose(position=Point(x=float(i), y=1.0, z=2.0), orientation=Quaternion(w=1.0))
        for i in range(COUNT)
    ]
    sent = PoseArray(poses=poses)
    sent.header.frame_id = 'map'
    cars.publish(sent)
    lamp.publish(ColorRGBA(r=0.5))
    client.wait_for('/cars', converted=1)
    client.wait_for('/lamp', converted=1)
    bridge.stop()
    assert bridge.log.count(ERROR) == 1
    assert_converted(path)


def test_a_node_does_not_start_with_a_file_that_is_none(start_bridge: StartBridge) -> None:
    bridge = start_bridge(mappings=['autowar'])
    assert bridge.wait() == 1
    assert "there is no file of mappings 'autowar'; did you mean autoware?" in bridge.log


def test_from_a_bag(mapping: Path, tmp_path: Path) -> None:
    pose, point = T['geometry_msgs/msg/Pose'], T['geometry_msgs/msg/Point']
    rotation = T['geometry_msgs/msg/Quaternion'](0.0, 0.0, 0.0, 1.0)
    header = T['std_msgs/msg/Header'](T['builtin_interfaces/msg/Time'](0, 0), 'map')
    cars = T['geometry_msgs/msg/PoseArray'](
        header, [pose(point(float(i), 1.0, 2.0), rotation) for i in range(COUNT)]
    )
    lamp = T['std_msgs/msg/ColorRGBA'](0.5, 0.0, 0.0, 0.0)
    bag = write_bag(tmp_path / 'bag', [message('/cars', 1, cars), message('/lamp', 2, lamp)])
    path = tmp_path / 'out.rrd'
    done = subprocess.run(
        [
            *(sys.executable, '-m', 'rerun_bridge', 'bag2rrd', bag, '-o', path),
            *('--mappings', mapping, '--option', '/lamp.flatten=true'),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr.count(ERROR) == 1
    assert '(as structs)' in next(line for line in done.stdout.splitlines() if '/lamp' in line)
    assert_converted(path)
