# SPDX-License-Identifier: Apache-2.0
"""The command that puts the web viewer onto a machine, with the real pip and no network."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
import venv

import pytest

from rerun_bridge import __main__ as program

if TYPE_CHECKING:
    from pathlib import Path

NAME = 'rerun_notebook-0.41.0-py2.py3-none-any.whl'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the place in the cache of a machine that has neither viewer nor network."""
    monkeypatch.delenv('RERUN_BRIDGE_WEB_VIEWER', raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.setitem(sys.modules, 'rerun_notebook', None)
    monkeypatch.setenv('PIP_NO_INDEX', '1')
    monkeypatch.setenv('PIP_CONFIG_FILE', '/dev/null')
    return tmp_path / 'cache' / 'rerun_bridge' / 'web-viewer-0.41.0' / NAME


def fails(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run the command; give its one line of complaint."""
    assert program.main(['fetch_viewer', *argv]) == program.FAILED
    shown = capsys.readouterr()
    assert shown.out == ''
    assert shown.err.startswith('fetch_viewer: ')
    assert shown.err.count('\n') == 1
    return shown.err


def test_pip_brings_the_wheel_once(
    web_viewer_wheel: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv('PIP_FIND_LINKS', str(web_viewer_wheel.parent))
    assert program.main(['fetch_viewer']) == 0
    assert capsys.readouterr().out == f'the web viewer is there: {cache}\n'
    assert [path.name for path in cache.parent.iterdir()] == [NAME]
    before = cache.stat().st_ino, cache.stat().st_mtime_ns
    monkeypatch.delenv('PIP_FIND_LINKS')
    assert program.main(['fetch_viewer']) == 0
    assert capsys.readouterr().out == f'the web viewer is there: {cache}\n'
    assert (cache.stat().st_ino, cache.stat().st_mtime_ns) == before


def test_without_network_it_says_how_to_go_on(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complaint = fails([], capsys)
    assert 'pip could not download rerun-notebook==0.41.0 (Could not find a version' in complaint
    assert 'python -m rerun_bridge fetch_viewer --wheel FILE' in complaint
    assert list(cache.parent.iterdir()) == []


def test_pip_refuses_another_file_of_that_name(
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / NAME).write_bytes(b'PK')
    monkeypatch.setenv('PIP_FIND_LINKS', str(tmp_path))
    assert 'DO NOT MATCH THE HASHES' in fails([], capsys)
    assert list(cache.parent.iterdir()) == []


def test_without_pip_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    venv.create(tmp_path / 'bare', with_pip=False)
    bare = str(tmp_path / 'bare' / 'bin' / 'python')
    monkeypatch.setattr(sys, 'executable', bare)
    complaint = fails([], capsys)
    assert f'this Python ({bare}) has no pip' in complaint
    assert 'apt-get install python3-pip' in complaint


def test_copied_wheel_is_taken(
    web_viewer_wheel: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(['fetch_viewer', '--wheel', str(web_viewer_wheel)]) == 0
    assert capsys.readouterr().out == f'the web viewer is there: {cache}\n'
    assert cache.read_bytes() == web_viewer_wheel.read_bytes()


@pytest.mark.parametrize(
    ('name', 'problem'),
    [
        ('other.whl', 'other.whl is not the web viewer rerun-notebook==0.41.0, byte by byte'),
        ('absent.whl', 'absent.whl cannot be used (No such file or directory'),
        ('', f' is a folder; name the wheel in it, {NAME}'),
    ],
)
def test_wrong_copy_is_refused(
    name: str, problem: str, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'other.whl').write_bytes(b'PK')
    assert problem in fails(['--wheel', str(tmp_path / name)], capsys)
    assert not cache.exists()


def test_wheel_in_the_cache_is_repaired(
    web_viewer_wheel: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b'half of it')
    assert program.main(['fetch_viewer', '--wheel', str(web_viewer_wheel)]) == 0
    assert str(cache) in capsys.readouterr().out
    assert cache.stat().st_size == web_viewer_wheel.stat().st_size


def test_cache_that_cannot_be_written_is_named(
    web_viewer_wheel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'cache').write_bytes(b'')
    complaint = fails(['--wheel', str(web_viewer_wheel)], capsys)
    assert f'cannot be written to {tmp_path}/cache/rerun_bridge/' in complaint


def test_wrong_variable_is_not_hidden_by_a_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(tmp_path / 'absent'))
    assert 'RERUN_BRIDGE_WEB_VIEWER is wrong' in fails([], capsys)


def test_wrong_use() -> None:
    with pytest.raises(SystemExit) as caught:
        program.main(['fetch_viewer', '--wheels'])
    assert caught.value.code == program.MISUSED
