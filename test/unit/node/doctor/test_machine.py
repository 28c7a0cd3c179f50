# SPDX-License-Identifier: Apache-2.0
"""Viewers that are missing or do not fit, and folders that cannot be written to."""

from __future__ import annotations

from pathlib import Path
import sys
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.node.doctor.machine import (
    check_native_viewer,
    check_recordings,
    check_web_viewer,
)
from rerun_bridge.node.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable

READ_ONLY = Path('/sys')
"""A folder that not even root can write to."""


@pytest.fixture
def install_viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Give a function that installs a `rerun` of what `echo` says; there is none before."""
    monkeypatch.setenv('PATH', str(tmp_path))

    def install(version: str) -> Path:
        program = tmp_path / 'rerun'
        program.write_text(f'#!/bin/sh\necho "{version}"\n')
        program.chmod(0o700)
        return program

    return install


@pytest.mark.usefixtures('install_viewer')
def test_no_native_viewer() -> None:
    (found,) = check_native_viewer()
    assert found.level == 'warning'
    assert found.fact == 'the Rerun viewer was not found on PATH'
    assert 'pip install rerun-sdk==0.41.0' in found.fix


@pytest.mark.parametrize(
    ('output', 'level', 'fact'),
    [
        ('rerun-cli 0.41.2 (audio) [rustc 1.98.1]', 'ok', ', version 0.41.2'),
        ('rerun-cli 0.23.4 [rustc 1.85.0]', 'warning', ' is version 0.23.4'),
        ('usage: rerun COMMAND', 'problem', ' --version does not tell a version'),
    ],
)
def test_version_of_native_viewer(
    output: str, level: str, fact: str, install_viewer: Callable[[str], Path]
) -> None:
    program = install_viewer(output)
    (found,) = check_native_viewer()
    assert found.level == level
    assert found.fact.startswith(f'{program}{fact}')


def test_no_web_viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('RERUN_BRIDGE_WEB_VIEWER', raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setitem(sys.modules, 'rerun_notebook', None)
    (found,) = check_web_viewer()
    assert found.level == 'warning'
    assert 'is not on this machine' in found.fact
    assert 'fetch_viewer' in found.fix


def test_wrong_web_viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(tmp_path / 'absent'))
    (found,) = check_web_viewer()
    assert found.level == 'problem'
    assert 'RERUN_BRIDGE_WEB_VIEWER is wrong' in found.fact


def test_web_viewer(web_viewer_wheel: Path) -> None:
    assert list(check_web_viewer()) == [('ok', str(web_viewer_wheel), '')]


def test_folder_that_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    (found,) = check_recordings()
    assert found.fact.startswith(f'{tmp_path}/rerun, to be made: ')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('is_read_only', [True, False])
def test_folder_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_read_only: bool
) -> None:
    home = READ_ONLY if is_read_only else tmp_path
    if not is_read_only:
        (tmp_path / 'rerun').touch()
    monkeypatch.setenv('HOME', str(home))
    (found,) = check_recordings()
    assert found.level == 'problem'
    assert found.fact.startswith(f'{home}/rerun cannot be written to')
    assert 'save.path' in found.fix


def test_little_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = PARAMETERS['save.path']._replace(default=f'{tmp_path}/%Y.rrd')
    monkeypatch.setitem(PARAMETERS, 'save.path', row)
    monkeypatch.setattr('rerun_bridge.node.doctor.machine._LITTLE_SPACE', sys.maxsize)
    (found,) = check_recordings()
    assert found.level == 'warning'
    assert found.fact.startswith(f'{tmp_path}: ')
