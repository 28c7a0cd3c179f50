# SPDX-License-Identifier: Apache-2.0
"""Libraries that are missing, too old, or broken."""

from __future__ import annotations

from importlib import metadata
from typing import NoReturn, TYPE_CHECKING

import pytest

from rerun_bridge.node.doctor import libraries
from rerun_bridge.node.doctor.libraries import check_libraries, Requirement, requirements

if TYPE_CHECKING:
    from pathlib import Path


H11 = Requirement('h11', '>=0.13', '')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is searched first for modules, and let h11 alone be needed."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(libraries, 'requirements', lambda: [H11])
    return tmp_path


def test_all_that_the_tests_need_is_here() -> None:
    assert {finding.level for finding in check_libraries()} == {'ok'}


def test_too_old(folder: Path) -> None:
    place = folder / 'h11-0.9.0.dist-info'
    place.mkdir()
    (place / 'METADATA').write_text('Metadata-Version: 2.1\nName: h11\nVersion: 0.9.0\n')
    _, found = check_libraries()
    assert found == (
        'problem',
        'h11 0.9.0 is too old, >=0.13 is needed',
        "pip install 'h11>=0.13'",
    )


@pytest.mark.parametrize(
    ('content', 'reason'),
    [
        ('raise ImportError("needs Python 4\\nand more")', 'ImportError: needs Python 4'),
        ('import os; os.abort()', 'it was ended by SIGABRT'),
        ('import os; os._exit(102)', 'it ended with status 102'),
        ('import sys; sys.exit("no")', 'no'),
    ],
)
def test_broken(content: str, reason: str, folder: Path) -> None:
    (folder / 'h11.py').write_text(content)
    _, (level, fact, fix) = check_libraries()
    assert level == 'problem'
    assert fact.endswith(f' cannot be imported: {reason}')
    assert fix == "pip install 'h11>=0.13'"


def test_one_that_hangs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / 'h11.py').write_text('import time; time.sleep(60)')
    monkeypatch.setattr(libraries, 'LIMIT_SEC', 6.0)
    _, found = check_libraries()
    assert found.fact.endswith(' cannot be imported: it did not end within 1 s')


@pytest.mark.parametrize(('extra', 'level'), [('', 'problem'), ('video', 'ok')])
def test_not_installed(extra: str, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Requirement('absent_library', '>=2', extra)
    monkeypatch.setattr(libraries, 'requirements', lambda: [absent])
    _, found = check_libraries()
    assert found.level == level
    assert 'absent_library is not installed' in found.fact
    assert "pip install 'absent_library>=2'" in found.fact + found.fix


def test_newer_than_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, 'requirements', lambda: [Requirement('h11', '<0.2,>=0.1', '')])
    monkeypatch.setattr(metadata, 'version', lambda _: '0.2.1')
    _, found = check_libraries()
    assert found.level == 'warning'
    assert found.fact == 'h11 0.2.1 is newer than what is known to work, <0.2,>=0.1'


@pytest.mark.parametrize(
    ('bounds', 'version', 'is_too_old', 'is_too_new'),
    [
        ('>=14,<26', '13.0.0', True, False),
        ('>=14,<26', '14', False, False),
        ('<26,>=14', '25.0.1', False, False),
        ('>=14,<26', '26.0.0rc1', False, True),
        ('>=1.51', '1.6.0', True, False),
        ('', '0.0.1', False, False),
    ],
)
def test_bounds(bounds: str, version: str, *, is_too_old: bool, is_too_new: bool) -> None:
    requirement = Requirement('some', bounds, '')
    assert requirement.is_too_old(version) == is_too_old
    assert requirement.is_too_new(version) == is_too_new


def test_all_ways_to_write_requirements(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ['numpy (>=1.21)', 'pillow>=9; extra == "images"', 'ruff==1 ; extra == "lint"', 'h11']
    monkeypatch.setattr(metadata, 'requires', lambda _: lines)
    assert requirements() == [
        ('numpy', '>=1.21', ''),
        ('pillow', '>=9', 'images'),
        ('h11', '', ''),
    ]


def test_sources_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> NoReturn:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, 'requires', absent)
    found = {requirement.name: requirement.bounds for requirement in requirements()}
    assert found['pyarrow'] == '>=14,<26'
    assert {'grpcio', 'numpy', 'pyyaml'} < found.keys()
