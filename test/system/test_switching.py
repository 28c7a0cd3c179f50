# SPDX-License-Identifier: Apache-2.0
"""A robot drives while its recording goes from a file to a viewer, to a file, nowhere, a file."""

from __future__ import annotations

from collections import Counter
import json
import shutil
from signal import SIGINT
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from test.official import entities, errors, num_colors, stop, wait_for
from test.recordings import column, num_rows
from test.system.bridge_process import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from test.official import Official
    from test.system.bridge_process import RosClient
    from test.system.conftest import StartBridge

COUNTED = {
    '/odom': 'InstancePoses3D:translations',
    '/imu/data': 'Scalars:scalars',
    '/scan': 'Points3D:positions',
    '/speed': 'Scalars:scalars',
    '/camera/image_raw': 'Image:buffer',
    '/points': 'Points3D:positions',
}
STATICS = {'/tf_static/laser', '/tf_static/camera_optical_frame', '/map', '/'}
DRIVE_SEC = 12
KILL_LATE = shutil.which('timeout') or 'timeout'


def rows(path: Path) -> Counter[str]:
    """Count the rows of the main component of the topics that are counted."""
    counts = ((topic, len(column(path, topic, name))) for topic, name in COUNTED.items())
    return Counter(dict(counts))


@pytest.mark.slow
@pytest.mark.parametrize('policy', ['buffer', 'drop'])
def test_nothing_is_lost_or_doubled_between_sinks(  # noqa: PLR0913, PLR0917 - fixtures
    start_bridge: StartBridge,
    client: RosClient,
    ros_env: dict[str, str],
    official: Official,
    free_port: int,
    tmp_path: Path,
    policy: str,
) -> None:
    files = [tmp_path / f'{name}.rrd' for name in ('first', 'second', 'third')]
    received = tmp_path / 'received.rrd'
    bridge = start_bridge(
        sinks=[f'save:{files[0]}'],
        disconnect__policy=policy,
        connect__addr=f'127.0.0.1:{free_port}',
        topics__include=[*COUNTED, '/map', '/tf.*', '/camera/.*'],
    )
    receiver = official.start(free_port, '--save', received)
    robot = start_robot(ros_env)
    try:
        wait_until(lambda: client.topic('/odom').get('received', 0) > 50)
        assert client.trigger('connect')[0]
        time.sleep(2)
        assert client.open_sink('save', path=str(files[1]))[0]
        time.sleep(2)
        assert client.trigger('disconnect')[0]
        time.sleep(2)
        assert client.open_sink('save', path=str(files[2]))[0]
        sent = json.loads(robot.communicate(timeout=60)[0].splitlines()[-1])['sent']
        status = bridge.stop()
    finally:
        robot.kill()
        robot.communicate()
        wait_for(lambda: received.stat().st_size > 0, 5)
        time.sleep(1)
        stop(receiver, SIGINT)
    whole = tmp_path / 'received_whole.rrd'
    official.run('rrd', 'merge', received, '-o', whole)
    official.verify(*files, whole)

    parts = [*files, whole]
    total = sum(map(rows, parts), start=Counter[str]())
    for topic in COUNTED:
        counts = status['topics'][topic]
        lost = counts['lost'] + counts['missed_before'] + counts['dropped']
        assert counts['failed'] == counts['skipped'] == 0
        assert counts['converted'] == total[topic], (topic, counts, list(map(rows, parts)))
        assert sent[topic] == counts['converted'] + counts['discarded'] + lost, (topic, counts)
        assert (counts['discarded'] > 0) is (policy == 'drop'), (topic, counts)
    for part in parts:
        assert rows(part)['/odom'] > 0
        assert set(num_rows(part)) >= STATICS, part


@pytest.mark.slow
def test_the_viewer_shows_the_running_robot(  # noqa: PLR0913, PLR0917 - fixtures
    start_bridge: StartBridge,
    client: RosClient,
    ros_env: dict[str, str],
    official: Official,
    free_port: int,
    tmp_path: Path,
) -> None:
    bridge = start_bridge(sinks=['none'], connect__addr=f'127.0.0.1:{free_port}')
    robot = start_robot(ros_env)
    try:
        with official.viewer(free_port) as viewer:
            wait_until(lambda: client.topic('/odom').get('received', 0) > 20)
            assert client.trigger('connect')[0]
            wanted = {'/scan', '/points', '/tf', '/tf_static/laser', '/camera/image_raw', '/map'}
            answer = viewer.wait_until(lambda found: wanted <= entities(found))
            first = answer['schema']['timelines']
            picture = tmp_path / 'robot.png'
            time.sleep(1)
            answer = viewer.ask(picture)
            assert errors(answer) == []
            spatial = [v for v in answer['state']['views'] if v['view_class'] == '3D']
            assert spatial
            assert [view['reports'] for view in spatial] == [[]] * len(spatial)
            ends = [
                {each['name']: each['end'] for each in timelines}['ros2_timestamp']
                for timelines in (first, answer['schema']['timelines'])
            ]
            assert ends[1] > ends[0], 'the recording grows'
            edges = {(edge['parent'], edge['child']) for edge in answer['transforms']['edges']}
            assert {('map', 'odom'), ('odom', 'base_link'), ('base_link', 'laser')} <= edges
            assert num_colors(picture) > 2000
        robot.communicate(timeout=60)
        bridge.stop()
    finally:
        robot.kill()
        robot.communicate()


def start_robot(env: dict[str, str]) -> subprocess.Popen[str]:
    """Start the demo robot; it drives for a while and then says what it sent."""
    options = (f'duration_sec:={DRIVE_SEC}.0', 'start_delay_sec:=3.0', 'rate_scale:=0.5')
    ros_args = [part for option in options for part in ('-p', option)]
    program = ['-m', 'rerun_bridge', 'demo_robot', '--ros-args', *ros_args]
    return subprocess.Popen(
        [KILL_LATE, '-s', 'KILL', '80', sys.executable, *program],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
