# SPDX-License-Identifier: Apache-2.0
"""Docstrings, as ROS checks them."""

from __future__ import annotations

from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
CHECKED = [str(REPO / name) for name in ('rerun_bridge', 'launch', 'setup.py')]


@pytest.mark.linter
@pytest.mark.pep257
def test_pep257(capsys: pytest.CaptureFixture[str]) -> None:
    ament_pep257 = pytest.importorskip('ament_pep257.main')
    status = ament_pep257.main(argv=CHECKED)
    shown = capsys.readouterr()
    assert [line for line in (shown.out + shown.err).splitlines() if ': D' in line] == []
    assert status == 0
