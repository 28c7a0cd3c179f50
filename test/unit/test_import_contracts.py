# SPDX-License-Identifier: Apache-2.0
"""What may import what: the contracts of pyproject.toml, and what `import rerun_bridge` loads."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
import subprocess
import sys

import pytest

from test.unit.source import code_that_runs

REPO = Path(__file__).parents[2]
NOT_AT_IMPORT = ('google', 'grpc', 'rclpy', 'rerun', 'rerun_bindings', 'rosbags', 'websockets')
GENERIC_SINCE_1_22 = frozenset({'np.dtype', 'np.ndarray'})


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(not find_spec('importlinter'), reason='import-linter is not installed')
def test_layers() -> None:
    check = 'import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())'
    result = run_python('-c', check)
    assert result.returncode == 0, result.stdout + result.stderr


def test_import_loads_no_ros_no_rerun_and_no_network() -> None:
    names = '{name.split(".")[0] for name in sys.modules}'
    code = f'import rerun_bridge, sys; rerun_bridge.log; print(*{names})'
    result = run_python('-c', code)
    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.split())
    assert 'rerun_bridge' in loaded
    assert loaded.isdisjoint(NOT_AT_IMPORT)


def test_command_line_loads_no_layer() -> None:
    result = run_python('-X', 'importtime', '-m', 'rerun_bridge', '--version')
    assert result.returncode == 0, result.stderr
    assert 'rerun_bridge.node' not in result.stderr


def test_numpy_1_21_can_run_it() -> None:
    too_new = [
        f'{path.relative_to(REPO)}:{node.lineno}'
        for path in (REPO / 'rerun_bridge').rglob('*.py')
        for node in code_that_runs(path)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) in GENERIC_SINCE_1_22
    ]
    assert too_new == [], 'use npt.NDArray[...]'


def test_names_of_rerun_sdk_that_are_others_here_are_told() -> None:
    result = run_python('-c', 'import rerun_bridge; rerun_bridge.connect_grpc')
    assert "has no attribute 'connect_grpc'; use connect" in result.stderr
