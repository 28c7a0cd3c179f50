# SPDX-License-Identifier: Apache-2.0
"""
A robot turns fast in a room and scans it, and its transforms come late and at a rate of their own.

With a fixed frame the walls stand still: all points of all scans are on them.
"""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np
import pyarrow as pa
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import LaserScan
from tf2_msgs.msg import TFMessage

from rerun_bridge.cli.bag2rrd import main
from rerun_bridge.converters.geometry import quaternion_of_rpy, rotated
from test.official import entities, errors
from test.recordings import batches, column, entity_of
from test.unit.bags.written_bag import Sent, write_bag
from test.unit.converters.ros_messages import to_cdr

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from test.official import Official
    from test.system.bridge_process import RosClient
    from test.system.conftest import StartBridge

    Points = npt.NDArray[np.float64]

TF, SCAN = 'tf2_msgs/msg/TFMessage', 'sensor_msgs/msg/LaserScan'
STAMP = 'ros2_timestamp'
SEC = 1_000_000_000
TF_NANOS, SCAN_NANOS = SEC // 50, SEC // 13
TF_DELAY_NANOS = 80_000_000
START, DURATION = 1_700_000_000 * SEC, 3 * SEC
TURN = 3.0
"""Radians per second; the robot drives a circle of 1 m meanwhile."""
ROOM = np.array([4.0, 3.0])
"""How far the walls are from the middle."""
LASER = (0.3, 0.1, 0.5)
LASER_YAW = 0.4
BEAMS = 180
SCANS = range(7_000_000, DURATION - 2 * TF_NANOS, SCAN_NANOS)
CENTIMETER = 0.01


class Pose2D(NamedTuple):
    """Where something is on the ground."""

    x: float
    y: float
    yaw: float


def robot_at(nanos: int) -> Pose2D:
    """Tell where the robot is, some time after the start."""
    yaw = TURN * nanos / SEC
    return Pose2D(math.sin(yaw), -math.cos(yaw), yaw)


def transform(nanos: int, parent: str, child: str, position: Any, yaw: float) -> dict[str, Any]:  # noqa: ANN401
    return {
        'header': header(nanos, parent),
        'child_frame_id': child,
        'transform': {
            'translation': dict(zip('xyz', position, strict=True)),
            'rotation': dict(zip('xyzw', quaternion_of_rpy(0, 0, yaw), strict=True)),
        },
    }


def header(nanos: int, frame_id: str) -> dict[str, Any]:
    return {'stamp': {'sec': nanos // SEC, 'nanosec': nanos % SEC}, 'frame_id': frame_id}


def scan(start: int, nanos: int) -> dict[str, Any]:
    """Measure the walls from where the laser is at that very moment."""
    robot = robot_at(nanos)
    cos, sin = math.cos(robot.yaw), math.sin(robot.yaw)
    forward, left, _ = LASER
    origin = np.array([robot.x + cos * forward - sin * left, robot.y + sin * forward + cos * left])
    angles = np.arange(BEAMS) * 2 * math.pi / BEAMS
    turned = angles + robot.yaw + LASER_YAW
    directions = np.stack((np.cos(turned), np.sin(turned)), axis=1)
    to_walls = (np.sign(directions) * ROOM - origin) / directions
    return {
        'header': header(start + nanos, 'laser'),
        'angle_increment': 2 * math.pi / BEAMS,
        'range_max': 30.0,
        'ranges': to_walls.min(axis=1),
    }


def drive(start: int) -> list[Sent]:
    """Make all messages in the order in which they are sent."""
    fixed = {'transforms': [transform(start, 'base', 'laser', LASER, LASER_YAW)]}
    sent = [Sent('/tf_static', start, to_cdr(TF, fixed), TF)]
    for nanos in range(0, DURATION, TF_NANOS):
        x, y, yaw = robot_at(nanos)
        moving = {'transforms': [transform(start + nanos, 'map', 'base', (x, y, 0.0), yaw)]}
        sent.append(Sent('/tf', start + nanos + TF_DELAY_NANOS, to_cdr(TF, moving), TF))
    sent += [
        Sent('/scan', start + nanos, to_cdr(SCAN, scan(start, nanos)), SCAN) for nanos in SCANS
    ]
    return sorted(sent, key=lambda each: each.nanos)


def by_stamp(path: Path, name: str) -> dict[int, Any]:
    """Return the values of a component of the scan."""
    found: dict[int, Any] = {}
    for batch in batches(path):
        if entity_of(batch) == '/scan' and name in batch.schema.names:
            stamps = batch.column(STAMP).cast(pa.int64()).to_pylist()
            found.update(zip(stamps, batch.column(name).to_pylist(), strict=True))
    return found


def off_walls(points: Points) -> float:
    """Return how far the point is from the walls that is farthest from them."""
    distances = np.abs(np.abs(points[:, :2]) - ROOM).min(axis=1)
    return float(max(distances.max(), np.abs(points[:, 2] - LASER[2]).max()))


def assert_walls_stand_still(path: Path) -> list[int]:
    """Take the points of every scan through the transform at its stamp; return the stamps."""
    points = by_stamp(path, 'Points3D:positions')
    translations = by_stamp(path, 'Transform3D:translation')
    quaternions = by_stamp(path, 'Transform3D:quaternion')
    parents = by_stamp(path, 'Transform3D:parent_frame')
    assert points.keys() == translations.keys()
    assert {parent for [parent] in parents.values()} == {'map'}
    for stamp, positions in points.items():
        assert len(positions) == BEAMS
        turn = tuple(quaternions[stamp][0])
        turned = [rotated(turn, tuple(point)) for point in positions]
        assert off_walls(np.add(turned, translations[stamp][0])) < CENTIMETER
    return sorted(points)


def publish(client: RosClient) -> None:
    """Send all messages when it is time to."""
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    publishers = {
        '/tf_static': client.publisher(TFMessage, '/tf_static', latched),
        '/tf': client.publisher(TFMessage, '/tf', 100),
        '/scan': client.publisher(LaserScan, '/scan', 100),
    }
    for each in drive(time.time_ns()):
        time.sleep(max(0, each.nanos - time.time_ns()) / SEC)
        publishers[each.topic].publish(each.data)


def test_walls_stand_still_live(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'room.rrd'
    bridge = start_bridge(sinks=[f'save:{path}'], fixed_frame='map')
    publish(client)
    client.wait_for('/scan', converted=len(SCANS), waiting=0)
    figures = bridge.stop()['topics']['/scan']
    assert (figures['displaced'], figures['skipped'], figures['discarded']) == (0, 0, 0)
    assert len(assert_walls_stand_still(path)) == len(SCANS)
    assert 'WARN' not in bridge.log


def test_walls_stand_still_in_a_bag_and_in_the_viewer(
    official: Official, free_port: int, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / 'bag', drive(START), latched=['/tf_static'])
    path = tmp_path / 'room.rrd'
    assert main([str(bag), '-o', str(path), '--quiet', '--fixed-frame', 'map']) == 0
    stamps = assert_walls_stand_still(path)
    assert len(stamps) == len(SCANS)
    points = by_stamp(path, 'Points3D:positions')
    with official.viewer(free_port, path) as viewer:
        viewer.wait_until(lambda found: '/scan' in entities(found))
        for stamp in (stamps[7], stamps[-2]):
            # A little later, when transforms that came since would show the walls turned.
            answer = viewer.ask(ros2_timestamp=f'{(stamp + SCAN_NANOS * 0.8) / SEC}s')
            assert errors(answer) == []
            edges = {edge['child']: edge for edge in answer['transforms']['edges']}
            matrix = np.array(edges['map:/scan']['source']['parent_from_child'])
            assert edges['map:/scan']['parent'] == 'map'
            local = np.array([[*point, 1.0] for point in points[stamp]])
            assert off_walls(local @ matrix.T) < CENTIMETER


def test_without_a_fixed_frame_they_do_not(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'bag', drive(START), latched=['/tf_static'])
    path = tmp_path / 'room.rrd'
    assert main([str(bag), '-o', str(path), '--quiet']) == 0
    assert by_stamp(path, 'Transform3D:translation') == {}
    assert column(path, '/scan', 'CoordinateFrame:frame') == [['laser']]
