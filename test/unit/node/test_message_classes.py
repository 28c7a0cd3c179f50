# SPDX-License-Identifier: Apache-2.0
"""Message classes are found, or the package and what to do are named."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.errors import UnsupportedTypeError
from rerun_bridge.node.message_classes import find_message_class

if TYPE_CHECKING:
    from pathlib import Path


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ROS_DISTRO', 'kilted')
    monkeypatch.setenv('AMENT_PREFIX_PATH', '/ws/install:/opt/ros/kilted')
    with pytest.raises(UnsupportedTypeError, match='install its package no_such_msgs') as caught:
        find_message_class('no_such_msgs/msg/Thing')
    assert 'apt install ros-kilted-no-such-msgs' in str(caught.value)
    assert "AMENT_PREFIX_PATH is '/ws/install:/opt/ros/kilted'" in str(caught.value)


@pytest.mark.parametrize('name', ['', 'Imu', 'sensor_msgs/Imu', 'a/msg/../os', 'os/msg/a.b'])
def test_what_is_no_type_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedTypeError, match='not a message type'):
        find_message_class(name)


def test_a_package_that_was_installed_meanwhile_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UnsupportedTypeError):
        find_message_class('late_msgs/msg/Thing')
    (tmp_path / 'late_msgs').mkdir()
    (tmp_path / 'late_msgs' / '__init__.py').touch()
    (tmp_path / 'late_msgs' / 'msg.py').write_text('class Thing: pass\n')
    try:
        assert find_message_class('late_msgs/msg/Thing').__name__ == 'Thing'
        with pytest.raises(UnsupportedTypeError, match='late_msgs/msg/Other'):
            find_message_class('late_msgs/msg/Other')
    finally:
        for name in ('late_msgs', 'late_msgs.msg'):
            sys.modules.pop(name, None)
