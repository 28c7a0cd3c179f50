# SPDX-License-Identifier: Apache-2.0
"""Settings of ROS that keep nodes apart, and ROS that does not fit."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
import shutil
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.node.doctor import ros
from test.conftest import lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rerun_bridge.node.doctor.findings import Finding

PROFILE = Path(__file__).parents[4] / 'config' / 'fast_dds.xml'
EXPORTED = 'FASTDDS_DEFAULT_PROFILES_FILE'
VARIABLES = (
    *('ROS_DISTRO', 'RMW_IMPLEMENTATION', 'ROS_DOMAIN_ID', 'ROS_AUTOMATIC_DISCOVERY_RANGE'),
    *('ROS_LOCALHOST_ONLY', EXPORTED, 'FASTRTPS_DEFAULT_PROFILES_FILE'),
)


@pytest.fixture(autouse=True)
def _defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine has set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def with_rclpy(monkeypatch: pytest.MonkeyPatch, *, is_there: bool) -> None:
    monkeypatch.setattr(ros, 'find_spec', lambda _: is_there or None)


def worst(check: Callable[[], Iterable[Finding]]) -> Finding:
    """Return the worst that a check finds."""
    return max(check(), key=lambda finding: ('ok', 'warning', 'problem').index(finding.level))


@pytest.mark.parametrize(
    ('name', 'value', 'level', 'fact'),
    [
        ('ROS_DOMAIN_ID', '42', 'ok', 'ROS_DOMAIN_ID=42'),
        ('ROS_DOMAIN_ID', '150', 'warning', 'the ports of domain 150'),
        ('ROS_DOMAIN_ID', '300', 'problem', "ROS_DOMAIN_ID is '300'"),
        ('ROS_DOMAIN_ID', 'robot', 'problem', "ROS_DOMAIN_ID is 'robot'"),
        ('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST', 'ok', 'RANGE=LOCALHOST'),
        ('ROS_AUTOMATIC_DISCOVERY_RANGE', 'OFF', 'warning', 'no other node is found'),
        ('ROS_AUTOMATIC_DISCOVERY_RANGE', 'NEAR', 'problem', "RANGE is 'NEAR'"),
        ('ROS_LOCALHOST_ONLY', '1', 'ok', 'ROS_LOCALHOST_ONLY=1'),
        ('OTHER', '1', 'ok', 'default settings: domain 0'),
    ],
)
def test_discovery(
    name: str, value: str, level: str, fact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    found = worst(ros.check_discovery)
    assert found.level == level
    assert fact in found.fact
    assert bool(found.fix) == (level != 'ok')


def test_range_that_humble_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ROS_DISTRO', 'humble')
    monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    assert worst(ros.check_discovery).fix == 'use ROS_LOCALHOST_ONLY=1'


@pytest.mark.parametrize('distro', ['', 'jazzy'])
def test_no_ros_in_reach(distro: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_rclpy(monkeypatch, is_there=False)
    (tmp_path / 'lib' / 'python3.99' / 'site-packages' / 'rclpy').mkdir(parents=True)
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    monkeypatch.setenv('ROS_DISTRO', distro)
    (found,) = ros.check_ros()
    if distro:
        assert found.level == 'problem'
        assert found.fact.endswith('finds no rclpy: it is made for python3.99')
    else:
        assert found.level == 'warning'


def test_ros_that_is_not_sourced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_rclpy(monkeypatch, is_there=False)
    script = tmp_path / 'jazzy' / 'setup.bash'
    script.parent.mkdir()
    script.touch()
    monkeypatch.setattr(ros, '_SYSTEM', tmp_path)
    assert worst(ros.check_ros).fix == f'source {script}'


def test_middleware_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    if not find_spec('rclpy'):
        lacking('there is no rclpy')
    monkeypatch.setenv('RMW_IMPLEMENTATION', 'rmw_absent_cpp')
    (found,) = ros.check_ros()
    assert found.level == 'problem'
    assert 'rmw_absent_cpp' in found.fact
    assert '[ERROR]' not in found.fact
    assert ' at /' not in found.fact
    assert 'install the middleware' in found.fix


def test_ros_in_reach() -> None:
    if not find_spec('rclpy'):
        lacking('there is no rclpy')
    middleware, packages = ros.check_ros()
    assert middleware.level == packages.level == 'ok'
    assert 'middleware rmw_' in middleware.fact


@pytest.mark.parametrize(
    ('profile', 'level', 'fact'),
    [
        (None, 'warning', 'no profile'),
        ('absent', 'problem', 'No such file'),
        ('<profiles', 'problem', 'cannot be read'),
        ('<profiles xmlns="http://www.eprosima.com"/>', 'warning', 'less than 4 MB'),
        (PROFILE.read_text(encoding='utf-8'), 'ok', '16 MB of shared memory'),
    ],
)
def test_profile_of_fast_dds(
    profile: str | None, level: str, fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rclpy(monkeypatch, is_there=True)
    path = tmp_path / 'profile.xml'
    if profile is not None:
        monkeypatch.setenv(EXPORTED, str(path))
        if profile != 'absent':
            path.write_text(profile)
    (found,) = ros.check_fast_dds()
    assert found.level == level
    assert fact in found.fact
    assert found.fix.endswith('' if level == 'ok' else f'{EXPORTED}={PROFILE}')


def test_older_ros_has_another_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rclpy(monkeypatch, is_there=True)
    monkeypatch.setenv('ROS_DISTRO', 'jazzy')
    monkeypatch.setenv(EXPORTED, str(PROFILE))
    (found,) = ros.check_fast_dds()
    assert found.level == 'warning'
    assert f'FASTRTPS_DEFAULT_PROFILES_FILE={PROFILE}' in found.fix


def test_other_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rclpy(monkeypatch, is_there=True)
    monkeypatch.setenv('RMW_IMPLEMENTATION', 'rmw_cyclonedds_cpp')
    assert list(ros.check_fast_dds()) == [('ok', 'not in use', '')]


@pytest.mark.parametrize(('megabytes', 'level'), [(60, 'warning'), (1000, 'ok')])
def test_shared_memory(
    megabytes: int, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type(shutil.disk_usage(tmp_path))(0, 0, megabytes << 20)
    monkeypatch.setattr(ros, '_SHARED_MEMORY', tmp_path)
    monkeypatch.setattr(shutil, 'disk_usage', lambda _: usage)
    (found,) = ros.check_shared_memory()
    assert found.level == level
    assert found.fact == f'{megabytes} MB are free in {tmp_path}'
