# SPDX-License-Identifier: Apache-2.0
"""Bridges in processes of their own, and clients to talk to them."""

from __future__ import annotations

from importlib.util import find_spec
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from test.system.bridge_process import BridgeProcess, RosClient

    StartBridge: TypeAlias = Callable[..., BridgeProcess]
    MakeClient: TypeAlias = Callable[..., RosClient]
    Replay: TypeAlias = Callable[..., dict[str, Any]]

REPO = Path(__file__).parents[2]
REPLAY = Path(__file__).with_name('replay_bag.py')
OF_RCLPY = pytest.mark.filterwarnings(
    "ignore:module 'sre:DeprecationWarning", 'ignore:Deprecated in favor of:DeprecationWarning'
)
NEEDS_RCLPY = [
    f'test_{name}.py'
    for name in (
        'bridge_data',
        'bridge_serve',
        'bridge_sinks',
        'demo',
        'doctor',
        'every_type',
        'example_node',
        'fixed_frame',
        'mappings',
        'pictures',
        'plugin',
    )
]
NEEDS_ROSBAGS = [
    'bag2rrd',
    'every_type',
    'fixed_frame',
    'mappings',
    'pictures',
    'plugin',
    'real_bag',
]
collect_ignore = [] if find_spec('rclpy') else NEEDS_RCLPY
collect_ignore += [] if find_spec('rosbags') else [f'test_{name}.py' for name in NEEDS_ROSBAGS]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore warnings about what rclpy itself does."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(OF_RCLPY)


@pytest.fixture
def start_bridge(ros_env: dict[str, str], tmp_path: Path) -> Iterator[StartBridge]:
    """Give a function that starts a bridge with parameters, None for the default of one."""
    from test.system.bridge_process import BridgeProcess  # noqa: PLC0415 - needs ROS

    started: list[BridgeProcess] = []

    def start(*, env: dict[str, str] | None = None, **parameters: object) -> BridgeProcess:
        named = {name.replace('__', '.'): value for name, value in parameters.items()}
        log_dir = tmp_path / f'log{len(started)}'
        chosen = {
            name: value
            for name, value in {'sinks': ['none'], **named}.items()
            if value is not None  # that one is left at its default
        }
        bridge = BridgeProcess({**ros_env, **(env or {})}, log_dir, **chosen)
        started.append(bridge)
        return bridge

    yield start
    for bridge in started:
        bridge.kill()


@pytest.fixture
def make_client(ros_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeClient]:
    """Give a function that makes nodes of the test, in the domain of its bridge."""
    from test.system.bridge_process import RosClient  # noqa: PLC0415 - needs ROS

    name = 'ROS_AUTOMATIC_DISCOVERY_RANGE'
    monkeypatch.setenv(name, ros_env[name])
    made: list[RosClient] = []

    def make(name: str = 'test_client') -> RosClient:
        made.append(RosClient(int(ros_env['ROS_DOMAIN_ID']), name))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> RosClient:
    """Give a node of the test."""
    return make_client()


@pytest.fixture
def replay(ros_env: dict[str, str]) -> Replay:
    """
    Give a function that publishes a bag on DDS, and returns what it reports.

    It may be told a folder for the Python path of the program.
    """

    def run(bag: Path, rate: int, folder: Path = REPO) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, REPLAY, bag, '--rate', str(rate)],
            env={**ros_env, 'PYTHONPATH': f'{folder}{os.pathsep}{REPO}'},
            capture_output=True,
            text=True,
            timeout=80,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return report

    return run
