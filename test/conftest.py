# SPDX-License-Identifier: Apache-2.0
"""
Fixtures of all tests: the official tools, the environments of child processes, ports and bags.

What a test needs and a developer's machine lacks skips the test; under CI=true it fails it.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import count
import os
from pathlib import Path
import socket
from typing import NoReturn, Protocol, TYPE_CHECKING

from hypothesis import HealthCheck, settings
import pytest

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.sinks.web_viewer import find_web_viewer
from test.browser import find_chromium
from test.official import Official

if TYPE_CHECKING:
    from collections.abc import Mapping

REPO = Path(__file__).parents[1]
settings.register_profile(
    'busy', deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile('busy')  # machines are shared: an example's time says nothing
MARKED_FOLDERS = frozenset({'conformance', 'system'})
MAX_DOMAIN_ID = 101
"""Above it the ports of DDS reach into those that the system hands out."""

WHEEL_VARIABLES = ('_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'LD_LIBRARY_PATH', 'PYTHONPATH')
"""Set for this environment's Python, and harmful to that of another one."""

_domains = count(os.getpid())


class ForeignEnv(Protocol):
    """What the fixture `foreign_env` gives."""

    def __call__(self, **extra: str) -> dict[str, str]:
        """Copy this process's environment for a program of another virtual environment."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of a folder that has a marker of its name."""
    for item in items:
        for folder in MARKED_FOLDERS.intersection(item.path.relative_to(REPO).parts):
            item.add_marker(folder)


def lacking(what: str) -> NoReturn:
    """Skip the test for what this machine lacks; in CI, which must have it, fail."""
    if os.environ.get('CI') == 'true':
        pytest.fail(what)
    pytest.skip(what)


def tool(variable: str, name: str) -> Path:
    """Find a program of the official Rerun: where `variable` says, else in .venv-rerun."""
    path = Path(os.environ.get(variable, REPO / '.venv-rerun' / 'bin' / name))
    if not path.is_file():
        lacking(f'there is no {path}: run scripts/setup_rerun.sh, or set {variable}')
    return path


def without(variables: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment but for some variables."""
    return {name: value for name, value in environ.items() if name not in variables}


@pytest.fixture(scope='session')
def rerun_cli() -> Path:
    """Give the official `rerun`; start it with `foreign_env()`."""
    return tool('RERUN_CLI', 'rerun')


@pytest.fixture(scope='session')
def rerun_python() -> Path:
    """Give a Python that has the official rerun-sdk; start it with `foreign_env()`."""
    return tool('RERUN_PYTHON', 'python')


@pytest.fixture(scope='session')
def foreign_env() -> ForeignEnv:
    """Give a function that makes the environment of a program of another virtual environment."""

    def make(**extra: str) -> dict[str, str]:
        return {**without(WHEEL_VARIABLES, os.environ), **extra}

    return make


@pytest.fixture(scope='session')
def official(
    rerun_cli: Path,
    rerun_python: Path,
    foreign_env: ForeignEnv,
    tmp_path_factory: pytest.TempPathFactory,
) -> Official:
    """Give the official tools."""
    runtime = tmp_path_factory.mktemp('runtime')
    return Official(rerun_cli, rerun_python, foreign_env(XDG_RUNTIME_DIR=str(runtime)))


@pytest.fixture(scope='session')
def web_viewer_wheel() -> Path:
    """Give the wheel with the official web viewer, the one that this machine would use."""
    try:
        path = find_web_viewer().path
    except WebViewerNotFoundError as error:
        lacking(str(error))
    if path.is_dir():
        lacking(f'the web viewer in {path} is no wheel: set RERUN_BRIDGE_WEB_VIEWER to one')
    return path


@pytest.fixture(scope='session')
def browser_available() -> None:
    """Make sure that there is a browser for `test.browser.chromium`."""
    if not find_spec('playwright'):
        lacking('playwright is missing: `pip install playwright`; it needs no download of its own')
    if not find_chromium():
        lacking('there is no Chromium: `apt-get install chromium`')


def unused_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listened on a moment ago."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def new_ros_env() -> dict[str, str]:
    """Make an environment for ROS programs: a domain of their own, on this machine."""
    if not find_spec('rclpy'):
        lacking('ROS 2 is not in reach of this Python: run `make test`, or source a ROS 2')
    return {
        **os.environ,
        'ROS_DOMAIN_ID': str(1 + next(_domains) % MAX_DOMAIN_ID),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    }


@pytest.fixture
def free_port() -> int:
    """Give a TCP port of 127.0.0.1 that nothing listened on a moment ago."""
    return unused_port()


@pytest.fixture
def ros_env() -> dict[str, str]:
    """Give the environment of this test's ROS programs: a domain of its own, on this machine."""
    return new_ros_env()


@pytest.fixture(scope='session')
def bags_dir() -> Path:
    """Give the folder of recorded bags, which are not part of the repository."""
    path = Path(os.environ.get('RERUN_BRIDGE_BAGS', REPO.parent / 'shared' / 'data' / 'bags'))
    if not path.is_dir():
        pytest.skip(f'there are no bags in {path}: set RERUN_BRIDGE_BAGS')
    return path
