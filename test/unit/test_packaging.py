# SPDX-License-Identifier: Apache-2.0
"""The package as it gets onto a machine: version, files, programs, dependencies."""

from __future__ import annotations

import ast
from configparser import ConfigParser
from email import message_from_string
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
import xml.etree.ElementTree as ET
import zipfile

import pytest

from rerun_bridge.__main__ import version
from rerun_bridge.cli import COMMANDS
from rerun_bridge.converters import DEFAULT_MAPPINGS
from rerun_bridge.node.doctor.libraries import MODULE_OF
from test.unit.source import code_that_runs

if TYPE_CHECKING:
    from email.message import Message

REPO = Path(__file__).parents[2]
PACKAGE = REPO / 'rerun_bridge'
MANIFEST = ET.parse(REPO / 'package.xml').getroot()
NOT_SOURCES = shutil.ignore_patterns('.*', '__pycache__', '*.egg-info', 'build', 'install', 'log')
USED_EXTRAS = re.compile('extra == "(bags|images|video)"')
BOUNDED_SEC = 100


def run(*command: str | Path, **environ: str) -> str:
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=BOUNDED_SEC,
        env={**os.environ, **environ},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope='module')
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from a copy of the sources."""
    for needed in ('setuptools', 'wheel'):
        pytest.importorskip(needed)
    folder = tmp_path_factory.mktemp('wheel')
    source = folder / 'source'
    shutil.copytree(REPO, source, ignore=NOT_SOURCES, symlinks=True)
    options = ('--no-deps', '--no-build-isolation', '--no-index', '--wheel-dir')
    run(sys.executable, '-m', 'pip', 'wheel', source, *options, folder)
    (path,) = folder.glob('*.whl')
    return path


@pytest.fixture(scope='module')
def files(wheel: Path) -> frozenset[str]:
    """List what the wheel holds; data files as `data/` and their place below the prefix."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return frozenset(re.sub(r'^[^/]+\.data/data/', 'data/', name) for name in names)


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (match,) = (entry for entry in archive.namelist() if entry.endswith(f'.dist-info/{name}'))
        return archive.read(match).decode()


@pytest.fixture(scope='module')
def metadata(wheel: Path) -> Message:
    return message_from_string(read(wheel, 'METADATA'))


def test_one_version(metadata: Message) -> None:
    assert metadata['Version'] == version() == MANIFEST.findtext('version')


def test_changelog_tells_of_this_version() -> None:
    heading = rf'^(Forthcoming|{re.escape(version())} \(.*\))\n-+$'
    assert re.search(heading, (REPO / 'CHANGELOG.rst').read_text(encoding='utf-8'), re.MULTILINE)


def test_wheel_holds_the_whole_package(files: frozenset[str]) -> None:
    sources = {
        path.relative_to(REPO).as_posix()
        for path in PACKAGE.rglob('*')
        if path.is_file() and '__pycache__' not in path.parts
    }
    assert 'rerun_bridge/py.typed' in sources
    assert sources <= files
    assert not any(name.startswith(('test/', 'launch/', 'scripts/')) for name in files)


def test_wheel_holds_what_ros_looks_for(files: frozenset[str]) -> None:
    shared = {'data/share/ament_index/resource_index/packages/rerun_bridge'}
    given = ('package.xml', 'config/bridge.yaml', 'config/fast_dds.xml')
    shared |= {f'data/share/rerun_bridge/{name}' for name in given}
    shared |= {
        f'data/share/rerun_bridge/launch/{path.name}'
        for path in (REPO / 'launch').glob('*.launch.py')
    }
    shared |= {f'data/share/rerun_bridge/config/mappings/{name}.yaml' for name in DEFAULT_MAPPINGS}
    assert shared <= files
    assert 'data/share/rerun_bridge/launch/bridge.launch.py' in shared


def test_programs_are_the_commands(wheel: Path, files: frozenset[str]) -> None:
    entries = ConfigParser()
    entries.read_string(read(wheel, 'entry_points.txt'))
    assert dict(entries['console_scripts']) == {
        name: f'rerun_bridge.__main__:{name}' for name in COMMANDS
    }
    for_ros = {name for name in files if name.startswith('data/lib/')}
    assert for_ros == {f'data/lib/rerun_bridge/{name}' for name in COMMANDS}


def test_installed_programs_lead_to_the_package(wheel: Path, tmp_path: Path) -> None:
    options = ('--no-deps', '--no-index', '--prefix', tmp_path)
    run(sys.executable, '-m', 'pip', 'install', '--ignore-installed', *options, wheel)
    (site,) = tmp_path.glob('lib/python*/site-packages')
    code = 'import rerun_bridge; print(rerun_bridge.__file__)'
    where = run(sys.executable, '-c', f'import sys; sys.path.insert(0, {str(site)!r}); {code}')
    assert Path(where.strip()).is_relative_to(site)
    # The files of mappings are found where the package is.
    code = 'from rerun_bridge.converters import *; load_mappings(DEFAULT_MAPPINGS)'
    run(sys.executable, '-c', f'import sys; sys.path.insert(0, {str(site)!r}); {code}')
    for name in COMMANDS:
        program = tmp_path / 'bin' / name
        program.write_text('#!/bin/sh\necho "$0" "$@"\n')
        for_ros = tmp_path / 'lib' / 'rerun_bridge' / name
        assert run(for_ros, '--ros-args', 'a b') == f'{program} --ros-args a b\n'


def imported_modules() -> set[str]:
    """Collect the roots of everything that the package and its launch files import."""
    roots = set()
    for path in (*PACKAGE.rglob('*.py'), *(REPO / 'launch').glob('*.py')):
        for node in code_that_runs(path):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition('.')[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots.add(str(node.module).partition('.')[0])
    return roots - sys.stdlib_module_names - {'rerun_bridge'}


def test_everything_imported_is_declared(metadata: Message) -> None:
    by_ros = {depend.text for depend in MANIFEST.findall('exec_depend')}
    by_pip = {
        re.split(r'[ <>=!;\[]', requirement, maxsplit=1)[0]
        for requirement in metadata.get_all('Requires-Dist', [])
        if 'extra' not in requirement or USED_EXTRAS.search(requirement)
    }
    undeclared = imported_modules() - by_ros - {MODULE_OF.get(name, name) for name in by_pip}
    assert not undeclared, 'missing in setup.py or package.xml'
