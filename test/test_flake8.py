# SPDX-License-Identifier: Apache-2.0
"""Style, as ROS checks it."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
import sys

import pytest

REPO = Path(__file__).parents[1]
CHECKED = [str(REPO / name) for name in ('rerun_bridge', 'launch', 'test', 'setup.py')]
CHECK = (
    'import json, sys; from ament_flake8.main import main_with_errors;'
    'print(json.dumps(main_with_errors(argv=sys.argv[1:])[1]))'
)
RUFFS = (' E203 ', ' E501 ')
"""What ruff judges better: blanks around the colon of a slice, lines long by a pragma alone."""


@pytest.mark.linter
@pytest.mark.flake8
@pytest.mark.timeout(600)
def test_flake8() -> None:
    pytest.importorskip('ament_flake8')
    # In a process of its own: it forks, and the threads of other tests would be missing there.
    done = subprocess.run(
        [sys.executable, '-c', CHECK, *CHECKED],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    errors = json.loads(done.stdout.splitlines()[-1])
    assert [error for error in errors if not any(code in error for code in RUFFS)] == []
