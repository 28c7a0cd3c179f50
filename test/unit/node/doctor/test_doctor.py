# SPDX-License-Identifier: Apache-2.0
"""The command: its options, output and exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from rerun_bridge import __main__ as program
from rerun_bridge.node import doctor
from rerun_bridge.node.doctor.checks import Check
from rerun_bridge.node.doctor.findings import ok, problem, warning

if TYPE_CHECKING:
    from rerun_bridge.node.doctor.findings import Finding

REPO = Path(__file__).parents[4]


def install(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> list[float | None]:
    """Replace the checks; return how long the graph shall be looked at, call by call."""
    looked_sec = []

    def checks(seconds: float | None) -> list[Check]:
        looked_sec.append(seconds)
        return [Check('trial', lambda: findings)]

    monkeypatch.setattr(doctor, 'checks', checks)
    return looked_sec


@pytest.mark.parametrize(
    ('bad', 'status', 'total'),
    [
        (warning('two', 'do it'), 0, 'problems: 0, warnings: 1'),
        (problem('two', 'do it'), 1, 'problems: 1, warnings: 0'),
    ],
)
def test_output_and_status(
    bad: Finding,
    status: int,
    total: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(monkeypatch, ok('one'), bad)
    assert program.main(['doctor']) == status
    assert capsys.readouterr().out.splitlines() == [
        'trial',
        '  ok       one',
        f'  {bad.level:9}two',
        '           -> do it',
        '',
        total,
    ]


def test_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    install(monkeypatch, problem('two', 'do it'))
    assert program.main(['doctor', '--json']) == 1
    assert json.loads(capsys.readouterr().out) == {
        'check': 'trial',
        'level': 'problem',
        'fact': 'two',
        'fix': 'do it',
    }


@pytest.mark.parametrize(
    ('argv', 'seconds'), [([], 5.0), (['--seconds', '0.5'], 0.5), (['--no-graph'], None)]
)
def test_how_long_the_graph_is_looked_at(
    argv: list[str], seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_sec = install(monkeypatch)
    assert program.main(['doctor', *argv]) == 0
    assert looked_sec == [seconds]


@pytest.mark.parametrize(
    'argv', [['--second', 'x'], ['--seconds', '0'], ['--seconds', 'nan'], ['graph']]
)
def test_wrong_use(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        program.main(['doctor', *argv])
    assert caught.value.code == program.MISUSED


def test_it_runs_where_a_library_is_broken(tmp_path: Path) -> None:
    for name in ('numpy', 'pyarrow'):
        (tmp_path / f'{name}.py').write_text('raise AttributeError("made for another one")')
    result = subprocess.run(
        [sys.executable, '-m', 'rerun_bridge', 'doctor', '--no-graph'],
        env={**os.environ, 'PYTHONPATH': f'{tmp_path}{os.pathsep}{REPO}'},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1, result.stderr
    for name in ('numpy', 'pyarrow'):
        assert f"-> pip install '{name}" in result.stdout
    assert 'cannot be imported: AttributeError: made for another one' in result.stdout
    assert 'ports\n  warning  not checked' in result.stdout
    assert 'Traceback' not in result.stderr
