# SPDX-License-Identifier: Apache-2.0
"""Every command, started as a user starts it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rerun_bridge.cli import COMMANDS


@pytest.mark.parametrize('name', COMMANDS)
def test_help(name: str, ros_env: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, '-m', 'rerun_bridge', name, '--help'],
        env=ros_env,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert result.returncode == 0, result.stderr
    assert name in result.stdout
