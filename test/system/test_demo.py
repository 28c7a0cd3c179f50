# SPDX-License-Identifier: Apache-2.0
"""`make demo` but for its set-up: the address that it prints shows the robot, and it ends well."""

from __future__ import annotations

from http import HTTPStatus
import http.client
from pathlib import Path
import shutil
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from test.system.bridge_process import TIMEOUT, wait_until
from test.system.receivers import HttpReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    StartDemo = Callable[..., 'Demo']

REPO = Path(__file__).parents[2]
LIFETIME_SEC = '90'
BROWSER, NATIVE = 'browser:', 'native viewer:'


class Demo:
    """
    A running demo.

    Parameters
    ----------
    folder
        Has the scripts and the virtual environment.
    env
        Of the process.

    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._log = folder / 'log.txt'
        with self._log.open('w') as log:
            self.process = subprocess.Popen(
                [TIMEOUT, '-s', 'KILL', LIFETIME_SEC, folder / 'scripts' / 'demo.sh'],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._log.read_text()

    def url(self) -> str:
        """Wait until it prints an address, which is the last thing that it prints, and get it."""
        wait_until(lambda: BROWSER in self.output or self.process.poll() is not None, 60)
        line = self.output.splitlines()[-1]
        assert BROWSER in line, self.output
        return line.split()[-1]


@pytest.fixture
def start_demo(ros_env: dict[str, str], tmp_path: Path) -> Iterator[StartDemo]:
    """Give a function that starts the demo, with the Python of the tests for its own."""
    shutil.copytree(REPO / 'scripts', tmp_path / 'scripts')
    program = tmp_path / '.venv' / 'bin' / 'python'
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{REPO}" exec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    started: list[Demo] = []

    def start(**env: str) -> Demo:
        started.append(Demo(tmp_path, {**ros_env, 'PIP_NO_INDEX': '1', **env}))
        return started[-1]

    yield start
    for demo in started:
        demo.process.terminate()
        demo.process.wait(30)


def get(url: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request('GET', '/')
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


@pytest.mark.usefixtures('web_viewer_wheel')
def test_its_page_shows_the_robot_until_ctrl_c(start_demo: StartDemo, free_port: int) -> None:
    demo = start_demo(DEMO_SEC='0', DEMO_PORT=str(free_port))
    url = demo.url()
    assert url == f'http://127.0.0.1:{free_port}'
    assert f'rerun rerun+http://127.0.0.1:{free_port}/proxy' in demo.output
    status, page = get(url)
    assert status == HTTPStatus.OK
    assert b'./app.js' in page
    wanted = {'/scan', '/points', '/tf', '/camera/image_raw'}
    with HttpReceiver(free_port) as receiver:
        wait_until(lambda: wanted <= receiver.entities())
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(30) == 0
        assert receiver.wait_for_end() == 'complete'
    assert 'the demo has ended' in demo.output
    socket.create_server(('127.0.0.1', free_port)).close()


def test_without_the_web_viewer_it_serves_all_the_same(
    start_demo: StartDemo, tmp_path: Path
) -> None:
    demo = start_demo(
        DEMO_SEC='3',
        DEMO_PORT='0',
        DEMO_BIND='0.0.0.0',  # noqa: S104 - as users do
        RERUN_BRIDGE_WEB_VIEWER='',
        XDG_CACHE_HOME=str(tmp_path),
    )
    status, page = get(demo.url())
    assert status == HTTPStatus.OK
    assert b'fetch_viewer' in page
    assert 'the web viewer could not be fetched' in demo.output
    assert demo.process.wait(60) == 0


def test_a_taken_port_ends_it_with_advice(start_demo: StartDemo) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        demo = start_demo(DEMO_SEC='0', DEMO_PORT=str(port))
        assert demo.process.wait(60) == 1
    assert f'web_port {port} is in use' in demo.output
    assert 'DEMO_PORT=0' in demo.output
