# SPDX-License-Identifier: Apache-2.0
"""What is published arrives in the recording, or is counted; whatever publishers do."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
import sys
import time
from typing import Any, TYPE_CHECKING

from diagnostic_msgs.msg import DiagnosticArray
import pytest
from rclpy import get_rmw_implementation_identifier
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image, Imu, JointState
from std_msgs.msg import ColorRGBA, Float64, String
from trajectory_msgs.msg import JointTrajectory

from test.recordings import column, num_rows, scalars
from test.system.bridge_process import TIMEOUT, wait_until

if TYPE_CHECKING:
    from test.system.bridge_process import RosClient
    from test.system.conftest import MakeClient, StartBridge

LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
BEST_EFFORT = QoSProfile(depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
REPO = Path(__file__).parents[2]


def assert_adds_up(counts: dict[str, int], sent: int) -> None:
    """Check that every message is accounted for, exactly."""
    fates = ('converted', 'skipped', 'failed', 'discarded', 'dropped', 'waiting')
    assert counts['received'] == sum(counts[fate] for fate in fates), counts
    assert sent == counts['received'] + counts['lost'] + counts['missed_before'], counts


def run_program(env: dict[str, str], *arguments: str, timeout_sec: int = 100) -> dict[str, Any]:
    """Run a Python program that prints JSON as its last line."""
    done = subprocess.run(
        [TIMEOUT, '-s', 'KILL', str(timeout_sec), sys.executable, *arguments],
        env={**env, 'PYTHONPATH': ':'.join([str(REPO), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.slow
@pytest.mark.parametrize('use_executor', [False, True])
def test_a_robot_is_recorded_and_every_message_accounted_for(
    start_bridge: StartBridge, ros_env: dict[str, str], tmp_path: Path, *, use_executor: bool
) -> None:
    path = tmp_path / 'robot.rrd'
    bridge = start_bridge(sinks=[f'save:{path}'], intake__use_executor=use_executor)
    options = ('duration_sec:=6.0', 'start_delay_sec:=3.0', 'rate_scale:=0.5')
    ros_args = [part for option in options for part in ('-p', option)]
    sent = run_program(ros_env, '-m', 'rerun_bridge', 'demo_robot', '--ros-args', *ros_args)
    status = bridge.stop()
    topics = status['topics']
    # Others publish diagnostics and logs, too: the bridge and the test.
    own = {'/diagnostics', '/rosout'}
    for topic in sent['sent'].keys() - own:
        assert_adds_up(topics[topic], sent['sent'][topic])
        assert topics[topic]['failed'] == topics[topic]['discarded'] == 0
    assert topics.keys() >= sent['sent'].keys()
    rows = num_rows(path)
    assert rows['/speed'] == topics['/speed']['converted']
    assert rows['/points'] >= topics['/points']['converted'] > 0
    assert status['sinks'][0]['dropped_rows'] == 0
    assert 'ERROR' not in bridge.log


def test_bad_messages_are_counted_and_the_next_one_is_shown(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'a.rrd'
    bridge = start_bridge(sinks=[f'save:{path}'])
    publisher = client.publisher(Float64, '/n')
    publisher.publish(Float64(data=1.0))
    for garbage in (b'\0\1', b'\0\1\0\0', b'\xff' * 5, b'\0\1\0\0\1\2\3'):
        publisher.publish(garbage)
    publisher.publish(Float64(data=2.0))
    client.wait_for('/n', converted=2)
    counts = bridge.stop()['topics']['/n']
    assert_adds_up(counts, 6)
    assert counts['failed'] == 4
    assert scalars(path, '/n') == [1.0, 2.0]
    assert bridge.log.count('[WARN]') == 1
    assert '/n' in bridge.log


def test_a_message_with_absurd_lengths_is_counted(
    start_bridge: StartBridge, client: RosClient
) -> None:
    bridge = start_bridge()
    publisher = client.publisher(Imu, '/imu')
    publisher.publish(b'\0\1\0\0' + b'\xff' * 400)
    client.wait_for('/imu', failed=1)
    assert bridge.stop()['topics']['/imu']['failed'] == 1


def test_a_type_without_a_package_is_told_once_and_the_rest_shown(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    hidden = tmp_path / 'hidden' / 'trajectory_msgs'
    hidden.mkdir(parents=True)
    (hidden / '__init__.py').touch()
    search = ':'.join([str(hidden.parent), *filter(None, sys.path)])
    bridge = start_bridge(env={'PYTHONPATH': search})
    client.node.create_publisher(JointTrajectory, '/plan', 10)
    publisher = client.publisher(Float64, '/n')
    publisher.publish(Float64(data=1.0))
    client.wait_for('/n', discarded=1)
    time.sleep(1.5)
    status = bridge.stop()
    assert status['unusable_topics'] == {'/plan': 'trajectory_msgs/msg/JointTrajectory'}
    assert bridge.log.count('install its package trajectory_msgs') == 1


def test_a_type_without_a_converter_is_logged_as_it_is(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'a.rrd'
    bridge = start_bridge(sinks=[f'save:{path}'])
    publisher = client.publisher(ColorRGBA, '/color')
    publisher.publish(ColorRGBA(r=0.5))
    client.wait_for('/color', converted=1)
    bridge.stop()
    [[color]] = column(path, '/color', 'std_msgs.msg.ColorRGBA:message')
    assert color['r'] == 0.5


def test_a_robot_without_transforms_moves(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'a.rrd'
    bridge = start_bridge(sinks=[f'save:{path}'])
    shapes = ''.join(
        f'<visual><geometry>{shape}</geometry></visual>'
        for shape in ('<sphere radius="1"/>', '<mesh filename="package://nobody/has.stl"/>')
    )
    joint = '<joint name="j" type="prismatic"><parent link="a"/><child link="b"/></joint>'
    text = f'<robot name="r"><link name="a">{shapes}</link><link name="b"/>{joint}</robot>'
    description = client.publisher(String, '/ns/robot_description', LATCHED)
    description.publish(String(data=text))
    joints = client.publisher(JointState, '/ns/joint_states')

    def has_moved() -> bool:
        joints.publish(JointState(name=['j'], position=[0.5]))
        return '/ns/r/joints' in num_rows(path)

    wait_until(has_moved)
    bridge.stop()
    assert column(path, '/ns/r/joints', 'Transform3D:translation')[-1] == [[0.5, 0.0, 0.0]]
    assert column(path, '/ns/r/joints/b', 'Transform3D:translation') == [[[0.0, 0.0, 0.0]]]
    assert column(path, '/ns/r/visual_geometries/a/visual_0', 'Ellipsoids3D:half_sizes')
    assert bridge.log.count('1 of 2 shapes of r cannot be drawn') == 1
    assert 'package://nobody/has.stl' in bridge.log


def test_a_late_publisher_is_heard(start_bridge: StartBridge, client: RosClient) -> None:
    bridge = start_bridge()
    wait_until(lambda: client.status)
    start = time.monotonic()
    publisher = client.node.create_publisher(Float64, '/late', 10)
    wait_until(publisher.get_subscription_count)
    assert time.monotonic() - start < 4.0
    assert bridge.is_running


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        (QoSProfile(depth=10), BEST_EFFORT),
        (BEST_EFFORT, QoSProfile(depth=10)),
        (QoSProfile(depth=10), LATCHED),
        (LATCHED, QoSProfile(depth=10)),
    ],
    ids=['to_best_effort', 'to_reliable', 'to_latched', 'to_volatile'],
)
def test_a_publisher_may_change_its_quality_of_service(
    start_bridge: StartBridge, client: RosClient, before: QoSProfile, after: QoSProfile
) -> None:
    bridge = start_bridge()
    first = client.publisher(Float64, '/n', before)
    first.publish(Float64(data=1.0))
    client.wait_for('/n', discarded=1)
    client.node.destroy_publisher(first)
    client.wait_for('/n', publishers=0)
    second = client.publisher(Float64, '/n', after)
    second.publish(Float64(data=2.0))
    client.wait_for('/n', discarded=2)
    counts = bridge.stop()['topics']['/n']
    assert_adds_up(counts, 2)


def test_latched_and_volatile_publishers_on_one_topic_are_both_heard_once(
    start_bridge: StartBridge, make_client: MakeClient
) -> None:
    first, second = make_client('first'), make_client('second')
    latched = first.node.create_publisher(Float64, '/n', LATCHED)
    for i in range(3):
        latched.publish(Float64(data=float(i)))
    volatile = second.node.create_publisher(Float64, '/n', 10)
    bridge = start_bridge()
    wait_until(volatile.get_subscription_count)
    first.wait_for('/n', discarded=3)
    wait_until(lambda: first.topic('/n')['publishers'] == 2)
    for i in range(5):
        latched.publish(Float64(data=float(i)))
        volatile.publish(Float64(data=float(i)))
    first.wait_for('/n', discarded=13)
    counts = bridge.stop()['topics']['/n']
    assert_adds_up(counts, 13)
    assert counts['duplicates'] == 5


def test_quality_of_service_can_be_overridden(
    start_bridge: StartBridge, client: RosClient
) -> None:
    name = 'qos_overrides./n.subscription.reliability'
    bridge = start_bridge(**{name: 'reliable'})
    client.node.create_publisher(Float64, '/n', BEST_EFFORT)
    wait_until(lambda: 'never hears' in bridge.log)
    assert client.topic('/n').get('publishers', 0) == 0
    assert client.set_parameters(**{name: 'best_effort'}) == [(True, '')]
    wait_until(lambda: client.topic('/n').get('publishers', 0) == 1)


def test_options_of_topics_apply_at_run_time(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'a.rrd'
    bridge = start_bridge(sinks=[f'save:{path}'])
    publisher = client.publisher(Float64, '/n', 1000)
    publisher.publish(Float64(data=1.0))
    client.wait_for('/n', converted=1)
    option = {'topic_options./n.entity_path': '/elsewhere'}
    assert client.set_parameters(**option) == [(True, '')]
    publisher.publish(Float64(data=2.0))
    client.wait_for('/n', converted=2)
    ((success, reason),) = client.set_parameters(**{'topic_options./n.max_rat': 1.0})
    assert not success
    assert 'did you mean max_rate?' in reason
    assert client.set_parameters(**{'topic_options./n.max_rate': 1.0}) == [(True, '')]
    for _ in range(10):
        publisher.publish(Float64(data=3.0))
    client.wait_for('/n', received=12)
    counts = bridge.stop()['topics']['/n']
    assert column(path, '/n', 'Scalars:scalars') == [[1.0], []]
    assert scalars(path, '/elsewhere') == [2.0, 3.0]
    assert counts['skipped'] == 9
    assert_adds_up(counts, 12)


def test_options_of_prefixes_and_types_apply_at_run_time(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    pytest.importorskip('PIL')
    path = tmp_path / 'a.rrd'
    by_type = {'topic_options.sensor_msgs/msg/Image.resize': '4x4'}
    bridge = start_bridge(sinks=[f'save:{path}'], **by_type)
    publisher = client.publisher(Image, '/cam/image', 1000)
    image = Image(height=8, width=8, step=24, encoding='rgb8', data=bytes(8 * 8 * 3))

    def publish(count: int) -> None:
        publisher.publish(image)
        client.wait_for('/cam/image', converted=count)

    publish(1)
    [(success, reason)] = client.set_parameters(**{'topic_options./cam/.jpeg_quality': 101})
    assert not success
    assert 'must be an integer at least 0 and at most 100, not 101' in reason
    publish(2)
    assert client.set_parameters(**{'topic_options./cam/.jpeg_quality': 80}) == [(True, '')]
    publish(3)
    assert client.set_parameters(**{'topic_options./cam/image.resize': 1}) == [(True, '')]
    publish(4)
    assert client.set_parameters(**{'topic_options./.jpeg_quality': 10}) == [(True, '')]
    publish(5)
    later = tmp_path / 'later.rrd'
    assert client.set_parameters(sinks=[f'save:{later}']) == [(True, '')]
    publish(6)
    bridge.stop()
    formats = column(path, '/cam/image', 'Image:format')
    sizes = [row[0]['width'] if row else 0 for row in formats]
    assert sizes == [4, 4, 0]
    # What options that changed had drawn has ended; the last ones hold for others.
    scales = column(path, '/cam/image', 'InstancePoses3D:scales')
    assert scales == [[[2.0, 2.0, 1.0]]] * 2 + [[]]
    assert column(path, '/cam/image', 'EncodedImage:media_type') == [['image/jpeg']] * 3
    assert column(later, '/cam/image', 'EncodedImage:media_type') == [['image/jpeg']]
    assert column(later, '/cam/image', 'InstancePoses3D:scales') == [[]]


def test_topics_are_filtered_at_run_time(start_bridge: StartBridge, client: RosClient) -> None:
    start_bridge(topics__include=['/a/.*'])
    inside = client.publisher(Float64, '/a/x')
    outside = client.node.create_publisher(Float64, '/b/x', 10)
    time.sleep(1.5)
    assert outside.get_subscription_count() == 0
    assert client.set_parameters(topics__include=['/b/.*']) == [(True, '')]
    wait_until(lambda: outside.get_subscription_count() and not inside.get_subscription_count())


def test_images_that_come_too_fast_are_dropped_and_counted(
    start_bridge: StartBridge, client: RosClient
) -> None:
    bridge = start_bridge(queue__intake_max_mb=1)
    publisher = client.publisher(Image, '/image', QoSProfile(depth=100))
    image = Image(height=480, width=640, step=1920, encoding='rgb8', data=bytes(640 * 480 * 3))
    for _ in range(20):
        publisher.publish(image)
        time.sleep(0.02)
    wait_until(lambda: client.topic('/image').get('received', 0) > 15)
    assert_adds_up(bridge.stop()['topics']['/image'], 20)


def test_simulated_time_that_never_comes_stops_nothing(
    start_bridge: StartBridge, client: RosClient
) -> None:
    bridge = start_bridge(use_sim_time=True)
    publisher = client.publisher(Float64, '/n')
    publisher.publish(Float64(data=1.0))
    client.wait_for('/n', discarded=1)
    bridge.stop()


def test_status_and_diagnostics(start_bridge: StartBridge, client: RosClient) -> None:
    start_bridge(sinks=['connect:127.0.0.1:1'])
    seen: dict[str, bytes] = {}

    def note(array: DiagnosticArray) -> None:
        seen.update({entry.name: entry.level for entry in array.status})

    client.node.create_subscription(DiagnosticArray, '/diagnostics', note, 10)
    sink = 'rerun_bridge: connect:rerun+http://127.0.0.1:1/proxy'
    wait_until(lambda: sink in seen and 'rerun_bridge: topics' in seen)
    assert seen[sink] == b'\x01'
    assert client.status['sinks'][0]['state'] in {'connecting', 'reconnecting'}
    own = [name for name in client.status['topics'] if name.startswith('/rerun_bridge')]
    assert own == []


@pytest.mark.slow
def test_idle_topics_cost_next_to_nothing(start_bridge: StartBridge, client: RosClient) -> None:
    bridge = start_bridge()
    wait_until(lambda: client.status)
    publishers = [client.node.create_publisher(String, f'/idle/t{i}', 10) for i in range(150)]
    wait_until(lambda: all(p.get_subscription_count() for p in publishers))
    wait_until(lambda: all(client.topic(f'/idle/t{i}').get('publishers') for i in range(150)))
    time.sleep(3.0)
    before, start = bridge.cpu_sec(), time.monotonic()
    time.sleep(8.0)
    share = (bridge.cpu_sec() - before) / (time.monotonic() - start)
    assert share < 0.15
    for publisher in publishers:
        publisher.publish(String(data='x'))
    wait_until(lambda: all(client.topic(f'/idle/t{i}')['received'] == 1 for i in range(150)))
    bridge.stop()


def test_the_profile_of_fast_dds_has_room_for_pictures(
    start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    if get_rmw_implementation_identifier() != 'rmw_fastrtps_cpp':
        pytest.skip('it is for Fast DDS alone')
    path = tmp_path / 'run.rrd'
    profile = str(REPO / 'config' / 'fast_dds.xml')
    bridge = start_bridge(
        env=dict.fromkeys(
            ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE'), profile
        ),
        sinks=[f'save:{path}'],
    )
    publisher = client.publisher(Float64, '/n')
    publisher.publish(Float64(data=7.0))
    segments = []
    for line in Path(f'/proc/{bridge.pid}/maps').read_text(encoding='utf-8').splitlines():
        if '/dev/shm/fast' in line:  # noqa: S108 - how the middleware calls them
            start, stop = (int(place, 16) for place in line.split()[0].split('-'))
            segments.append(stop - start)
    assert max(segments) >= 16 << 20
    client.wait_for('/n', converted=1)
    bridge.stop()
    assert scalars(path, '/n') == [7.0]
