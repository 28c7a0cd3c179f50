# SPDX-License-Identifier: Apache-2.0
"""Style, as ROS checks it."""

from __future__ import annotations

from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
CHECKED = [str(REPO / name) for name in ('rerun_bridge', 'launch', 'test', 'setup.py')]
RUFFS = (' E203 ', ' E501 ')
"""What ruff judges better: blanks around the colon of a slice, lines long by a pragma alone."""


@pytest.mark.linter
@pytest.mark.flake8
@pytest.mark.timeout(600)
def test_flake8(capsys: pytest.CaptureFixture[str]) -> None:
    ament_flake8 = pytest.importorskip('ament_flake8.main')
    _, errors = ament_flake8.main_with_errors(argv=CHECKED)
    capsys.readouterr()
    assert [error for error in errors if not any(code in error for code in RUFFS)] == []
