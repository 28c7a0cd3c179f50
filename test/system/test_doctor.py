# SPDX-License-Identifier: Apache-2.0
"""The command `doctor` on a live graph."""

from __future__ import annotations

from contextlib import contextmanager
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rclpy import get_rmw_implementation_identifier
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Int32, String

from rerun_bridge.node.doctor.child import run_module
from test.system.bridge_process import TIMEOUT
from test.system.message_types import write_startup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from test.system.bridge_process import RosClient
    from test.system.conftest import MakeClient, StartBridge

    Look: TypeAlias = Callable[[float], dict[str, str]]

FAST_DDS = 'rmw_fastrtps_cpp'
REPO = Path(__file__).parents[2]
PROPRIETARY = """
import rclpy
from robot_msgs.msg import Joints

rclpy.init()
node = rclpy.create_node('robot')
publishers = [node.create_publisher(Joints, name, 1) for name in ('/joints', '/joints_raw')]
print('ready', flush=True)
rclpy.spin(node)
"""
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


@pytest.fixture
def look(ros_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Look:
    """Give a function that looks at the graph; it returns what there is, and how bad it is."""
    for name, value in ros_env.items():
        monkeypatch.setenv(name, value)

    def run(seconds: float) -> dict[str, str]:
        outcome = run_module('graph', f'{seconds}', limit_sec=30)
        assert outcome.complaint == ''
        return {fact: level for level, fact, _ in outcome.items}

    return run


@contextmanager
def robot(env: dict[str, str], folder: Path) -> Iterator[None]:
    """Run a node that publishes a type that no package here has."""
    write_startup(folder, {'robot_msgs/msg/Joints': {'angle': 'double'}})
    with subprocess.Popen(
        [TIMEOUT, '-s', 'KILL', '60', sys.executable, '-c', PROPRIETARY],
        env={**env, 'PYTHONPATH': f'{folder}{os.pathsep}{REPO}'},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == 'ready\n'
        yield
        process.terminate()


def knows_all(found: dict[str, str]) -> bool:
    """Tell whether both processes have been found."""
    return all(any(fact.startswith(name) for fact in found) for name in ('/joints', '/speed'))


def keep(_: object) -> None:
    """Take a message."""


def test_what_does_not_fit(
    make_client: MakeClient, look: Look, ros_env: dict[str, str], tmp_path: Path
) -> None:
    if get_rmw_implementation_identifier() != FAST_DDS:
        pytest.skip(f'types of no package are made for {FAST_DDS} alone')
    lidar, slam = make_client('lidar').node, make_client('slam').node
    publishers = [
        lidar.create_publisher(String, '/scan', BEST_EFFORT),
        lidar.create_publisher(String, '/map', 1),
        slam.create_publisher(String, '/map', LATCHED),
        lidar.create_publisher(String, '/speed', 1),
        slam.create_publisher(Int32, '/speed', 1),
    ]
    slam.create_subscription(String, '/scan', keep, 1)
    # One subscription of a node that hears a publisher is enough, and this is what a bridge has.
    slam.create_subscription(String, '/map', keep, LATCHED)
    slam.create_subscription(String, '/map', keep, 1)
    with robot(ros_env, tmp_path / 'types'):
        # It may take some seconds until participants know each other.
        found = next(found for found in map(look, (3, 6, 12, 12)) if knows_all(found))
    assert publishers
    (mismatch,) = (fact for fact, level in found.items() if level == 'problem')
    types, package = (fact for fact, level in found.items() if level == 'warning')
    assert mismatch.startswith('/scan: /slam does not hear /lidar (Best effort publisher and ')
    assert types == '/speed has several types: std_msgs/msg/Int32, std_msgs/msg/String'
    assert package == (
        '/joints and 1 more topics of that package cannot be shown: '
        'robot_msgs/msg/Joints has no Python class here'
    )
    assert found['no bridge runs'] == 'ok'


def test_a_bridge_that_runs(
    start_bridge: StartBridge, client: RosClient, ros_env: dict[str, str]
) -> None:
    start_bridge()
    client.publisher(String, '/words')
    result = subprocess.run(
        [sys.executable, '-m', 'rerun_bridge', 'doctor', '--json', '--seconds', '8'],
        env=ros_env,
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.stderr == ''
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == any(line['level'] == 'problem' for line in found)
    levels = {line['fact']: line['level'] for line in found if line['check'] == 'graph'}
    assert levels['/rerun_bridge runs, and publishes /rerun_bridge/status'] == 'ok'
    assert any(fact.startswith('/rerun_bridge: topics: ') for fact in levels)
    assert 'problem' not in levels.values()


def test_nobody_is_there(look: Look) -> None:
    assert look(0.5) == {'no node was found within 0.5 s': 'warning', 'no bridge runs': 'ok'}
