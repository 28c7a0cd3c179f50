# SPDX-License-Identifier: Apache-2.0
"""The simulated robot on real DDS: what it publishes, and how it starts and ends."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any, TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(not find_spec('rclpy'), reason='ROS 2 is not in reach'),
    pytest.mark.filterwarnings("ignore:module 'sre:DeprecationWarning"),  # of rclpy
]

HAS_TF = bool(find_spec('tf2_msgs'))
HAS_JPEG = bool(find_spec('cv2') or find_spec('PIL'))
RATE_SCALE, DURATION_SEC, DELAY_SEC = 0.4, 6.0, 3.0
ALLOWED_LOSS = 0.3
LATCHED = {
    '/map': 'nav_msgs/msg/OccupancyGrid',
    '/robot_description': 'std_msgs/msg/String',
}
BEST_EFFORT = {
    '/imu/data': 'sensor_msgs/msg/Imu',
    '/imu/mag': 'sensor_msgs/msg/MagneticField',
    '/points': 'sensor_msgs/msg/PointCloud2',
    '/scan': 'sensor_msgs/msg/LaserScan',
}
RELIABLE = {
    '/battery': 'sensor_msgs/msg/BatteryState',
    '/camera/camera_info': 'sensor_msgs/msg/CameraInfo',
    '/camera/depth/camera_info': 'sensor_msgs/msg/CameraInfo',
    '/camera/depth/image_raw': 'sensor_msgs/msg/Image',
    '/camera/image_raw': 'sensor_msgs/msg/Image',
    '/camera/outlines': 'visualization_msgs/msg/ImageMarker',
    '/cmd_vel': 'geometry_msgs/msg/Twist',
    '/cmd_vel_stamped': 'geometry_msgs/msg/TwistStamped',
    '/counter': 'std_msgs/msg/Int32',
    '/diagnostics': 'diagnostic_msgs/msg/DiagnosticArray',
    '/emergency_stop': 'std_msgs/msg/Bool',
    '/goal_pose': 'geometry_msgs/msg/PoseStamped',
    '/gps/fix': 'sensor_msgs/msg/NavSatFix',
    '/humidity': 'sensor_msgs/msg/RelativeHumidity',
    '/illuminance': 'sensor_msgs/msg/Illuminance',
    '/joint_states': 'sensor_msgs/msg/JointState',
    '/markers': 'visualization_msgs/msg/MarkerArray',
    '/mode': 'std_msgs/msg/String',
    '/odom': 'nav_msgs/msg/Odometry',
    '/particles': 'geometry_msgs/msg/PoseArray',
    '/plan': 'nav_msgs/msg/Path',
    '/pressure': 'sensor_msgs/msg/FluidPressure',
    '/speed': 'std_msgs/msg/Float64',
    '/temperature': 'sensor_msgs/msg/Temperature',
    '/wind': 'geometry_msgs/msg/Vector3Stamped',
}
if HAS_TF:
    LATCHED['/tf_static'] = RELIABLE['/tf'] = 'tf2_msgs/msg/TFMessage'
if HAS_JPEG:
    RELIABLE['/camera/image_raw/compressed'] = 'sensor_msgs/msg/CompressedImage'
TOPICS = {**LATCHED, **BEST_EFFORT, **RELIABLE}


@dataclass
class Capture:
    """What was received, and what the program said when it ended."""

    messages: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    ages_sec: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    graph: dict[str, str] = field(default_factory=dict)
    log: list[Any] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)
    exit_code: int | None = None


def command(**parameters: object) -> list[str]:
    pairs = [('-p', f'{name}:={value}') for name, value in parameters.items()]
    bound = ['timeout', '-s', 'KILL', '60']
    return [
        *bound,
        sys.executable,
        '-m',
        'rerun_bridge',
        'demo_robot',
        '--ros-args',
        *chain(*pairs),
    ]


def sent_of(stdout: str) -> dict[str, int]:
    (line,) = [each for each in stdout.splitlines() if each.startswith('{')]
    sent: dict[str, int] = json.loads(line)['sent']
    return sent


def message_class(name: str) -> Any:  # noqa: ANN401 - known at run time only
    package, _, class_name = name.split('/')
    return getattr(import_module(f'{package}.msg'), class_name)


def subscribe(node: Any, capture: Capture) -> None:  # noqa: ANN401 - rclpy has no types
    qos = import_module('rclpy.qos')

    def listen(topic: str, type_name: str, profile: Any) -> None:  # noqa: ANN401
        def receive(message: Any) -> None:  # noqa: ANN401
            capture.messages[topic].append(message)
            if hasattr(message, 'header'):
                stamp = message.header.stamp
                age = time.time() - stamp.sec - stamp.nanosec * 1e-9
                capture.ages_sec[topic].append(age)

        node.create_subscription(message_class(type_name), topic, receive, profile)

    for topic, type_name in TOPICS.items():
        profile = qos.QoSProfile(depth=500)
        if topic in LATCHED:
            profile.durability = qos.QoSDurabilityPolicy.TRANSIENT_LOCAL
        if topic in BEST_EFFORT:
            profile.reliability = qos.QoSReliabilityPolicy.BEST_EFFORT
        listen(topic, type_name, profile)
    log = message_class('rcl_interfaces/msg/Log')
    node.create_subscription(log, '/rosout', capture.log.append, 100)


@pytest.fixture(scope='module')
def capture() -> Capture:
    """Run the robot once, from before its first message until after its last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('ROS_DOMAIN_ID', str(1 + (os.getpid() + 57) % 101))
        patch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
        rclpy = import_module('rclpy')
        context = rclpy.Context()
        rclpy.init(context=context)
        node = rclpy.create_node('observer', context=context)
        try:
            return observe(node, context)
        finally:
            node.destroy_node()
            rclpy.shutdown(context=context)


def observe(node: Any, context: Any) -> Capture:  # noqa: ANN401 - rclpy has no types
    result = Capture()
    subscribe(node, result)
    executor = import_module('rclpy.executors').SingleThreadedExecutor(context=context)
    executor.add_node(node)
    arguments = command(
        duration_sec=DURATION_SEC,
        start_delay_sec=DELAY_SEC,
        rate_scale=RATE_SCALE,
        camera_width=160,
        camera_height=120,
    )
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as robot:
        assert robot.stdout is not None
        while robot.poll() is None:
            executor.spin_once(timeout_sec=0.05)
            if not result.graph and result.messages['/odom']:
                result.graph = graph_of(node)
        result.sent, result.exit_code = sent_of(robot.stdout.read()), robot.returncode
    last_sec = time.monotonic() + 1
    while time.monotonic() < last_sec:
        executor.spin_once(timeout_sec=0.05)
    executor.shutdown()
    return result


def graph_of(node: Any) -> dict[str, str]:  # noqa: ANN401 - rclpy has no types
    infos = {
        name: node.get_publishers_info_by_topic(name)
        for name, _ in node.get_topic_names_and_types()
    }
    return {name: info[0].topic_type for name, info in infos.items() if info}


def headers(message: Any) -> Iterator[Any]:  # noqa: ANN401 - any message
    if hasattr(message, 'header'):
        yield message.header
    for name in ('markers', 'poses', 'transforms'):
        for each in getattr(message, name, ()):
            if hasattr(each, 'header'):
                yield each.header


def test_ends_well_after_its_duration(capture: Capture) -> None:
    assert capture.exit_code == 0


def test_publishes_the_topics_it_promises_and_no_others(capture: Capture) -> None:
    assert set(capture.sent) == set(TOPICS)
    own = {'/parameter_events', '/rosout'}
    assert {k: v for k, v in capture.graph.items() if k not in own} == TOPICS


@pytest.mark.parametrize('topic', sorted(TOPICS))
def test_topic_arrives(capture: Capture, topic: str) -> None:
    received, sent = len(capture.messages[topic]), capture.sent[topic]
    assert sent > 0
    if topic in BEST_EFFORT:
        assert (1 - ALLOWED_LOSS) * sent <= received <= sent
    else:
        assert received == sent


@pytest.mark.parametrize(
    ('topic', 'rate_hz'), [('/imu/data', 100), ('/odom', 50), ('/scan', 10), ('/plan', 1)]
)
def test_rates(capture: Capture, topic: str, rate_hz: float) -> None:
    expected = rate_hz * RATE_SCALE * DURATION_SEC
    assert capture.sent[topic] == pytest.approx(expected, rel=0.2, abs=1)


def test_stamps_are_recent_and_in_order(capture: Capture) -> None:
    for topic, ages in capture.ages_sec.items():
        if topic not in LATCHED:
            assert min(ages) > -0.01, topic
            assert np.median(ages) < 0.5, topic
            stamps = [
                (m.header.stamp.sec, m.header.stamp.nanosec) for m in capture.messages[topic]
            ]
            assert stamps == sorted(set(stamps)), topic


@pytest.mark.skipif(not HAS_TF, reason='tf2_msgs is not installed')
def test_all_frames_hang_together(capture: Capture) -> None:
    parents: dict[str, str] = {}
    for topic in ('/tf', '/tf_static'):
        for message in capture.messages[topic]:
            for transform in message.transforms:
                parent, child = transform.header.frame_id, transform.child_frame_id
                assert parents.setdefault(child, parent) == parent, 'one parent for ever'

    def root_of(frame: str) -> str:
        while frame in parents:
            frame = parents[frame]
        return frame

    used = {
        (topic, header.frame_id)
        for topic, messages in capture.messages.items()
        for message in messages
        for header in headers(message)
        if header.frame_id
    }
    assert len({frame for _, frame in used}) > 6
    assert {(topic, frame) for topic, frame in used if root_of(frame) != 'map'} == set()
    robot = ET.fromstring(capture.messages['/robot_description'][0].data)
    assert {root_of(link.attrib['name']) for link in robot.findall('link')} == {'map'}


def test_joint_states_name_the_joints_of_the_description(capture: Capture) -> None:
    robot = ET.fromstring(capture.messages['/robot_description'][0].data)
    joints = {joint.attrib['name'] for joint in robot.findall('joint')}
    for message in capture.messages['/joint_states']:
        assert set(message.name) <= joints
        sizes = {len(message.position), len(message.velocity), len(message.effort)}
        assert sizes == {len(message.name)}


def test_bulk_data_has_the_size_it_declares(capture: Capture) -> None:
    for topic, channels in (('/camera/image_raw', 3), ('/camera/depth/image_raw', 2)):
        for image in capture.messages[topic]:
            assert (image.width, image.height, image.step) == (160, 120, 160 * channels)
            assert len(image.data) == 120 * image.step
    for cloud in capture.messages['/points']:
        assert len(cloud.data) == cloud.width * cloud.point_step == cloud.row_step
        assert [each.name for each in cloud.fields] == ['x', 'y', 'z', 'rgb', 'intensity']
    for scan in capture.messages['/scan']:
        beams = round((scan.angle_max - scan.angle_min) / scan.angle_increment) + 1
        assert len(scan.ranges) == len(scan.intensities) == beams
    grid = capture.messages['/map'][0]
    assert len(grid.data) == grid.info.width * grid.info.height


def test_one_shot_of_the_camera_has_one_stamp(capture: Capture) -> None:
    stamps = [
        [message.header.stamp for message in capture.messages[topic]]
        for topic in TOPICS
        if topic.startswith('/camera/')
    ]
    assert all(each == stamps[0] for each in stamps)


def test_markers_are_of_many_types(capture: Capture) -> None:
    kinds = {marker.type for marker in capture.messages['/markers'][-1].markers}
    marker = message_class('visualization_msgs/msg/Marker')
    newest = getattr(marker, 'ARROW_STRIP', marker.TRIANGLE_LIST)
    assert kinds == set(range(newest + 1))


def test_log_is_published(capture: Capture) -> None:
    texts = [entry.msg for entry in capture.log if entry.name == 'demo_robot']
    assert any('driving off' in text for text in texts)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_well(ros_env: dict[str, str], number: signal.Signals) -> None:
    with subprocess.Popen(
        command(rate_scale=0.1),
        env=ros_env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as robot:
        assert robot.stderr is not None
        heard = []
        for line in robot.stderr:
            heard.append(line)
            if 'publishing' in line:
                break
        time.sleep(1)
        robot.send_signal(number)
        time.sleep(0.05)
        robot.send_signal(number)
        stdout, rest = robot.communicate(timeout=60)
    stderr = ''.join(heard) + rest
    assert robot.returncode == 0, stderr
    assert 'Traceback' not in stderr
    assert sent_of(stdout)['/odom'] > 0


def test_bad_parameter_is_refused_in_one_sentence(ros_env: dict[str, str]) -> None:
    result = subprocess.run(
        command(camera_width='wide'), env=ros_env, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert 'parameter camera_width is ' in result.stderr
    assert 'Traceback' not in result.stderr


def test_runs_without_tf2_msgs(ros_env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / 'tf2_msgs').mkdir()
    (tmp_path / 'tf2_msgs' / '__init__.py').write_text('raise ModuleNotFoundError(__name__)\n')
    paths = [str(tmp_path), *filter(None, [os.environ.get('PYTHONPATH')])]
    result = subprocess.run(
        command(duration_sec=0.5),
        env={**ros_env, 'PYTHONPATH': os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert 'tf2_msgs is not installed' in result.stderr
    assert not {'/tf', '/tf_static'} & set(sent_of(result.stdout))
