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
import time
from typing import Any, TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest

from test.browser import chromium, take_picture, viewer_state, wait_in
from test.system.bridge_process import TIMEOUT, wait_until
from test.system.receivers import HttpReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    StartDemo = Callable[..., 'Demo']

REPO = Path(__file__).parents[2]
LIFETIME_SEC = '240'
BROWSER = 'browser:'
SHOWN = {'/scan', '/points', '/tf', '/camera/image_raw', '/odom/twist/linear', '/battery/status'}
VIEWS = {'3D', '2D', 'TimeSeries', 'StateTimeline'}
REGIONS = {
    'scene': (210, 70, 640, 660),
    'camera': (860, 70, 410, 190),
    'plot': (860, 310, 410, 180),
}
"""What the page of 1280 x 800 shows where: left, top, width, height."""
MIN_MOVED, MAX_LATE_SEC = 0.002, 10.0
MAX_ENTITIES = 1000


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
                [TIMEOUT, '-k', '30', LIFETIME_SEC, folder / 'scripts' / 'demo.sh'],
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


class Page:
    """The demo in a browser."""

    def __init__(self, browser: Any, url: str) -> None:  # noqa: ANN401 - playwright's
        self._page = browser.new_page(viewport={'width': 1280, 'height': 800})
        self._page.goto(url)

    def state(self, max_entities: int = 0) -> dict[str, Any]:
        self._page.evaluate('globalThis.viewer = globalThis.rerunBridge?.viewer')
        return viewer_state(self._page, max_entities) or {'recordings': [], 'views': []}

    def entities(self) -> set[str]:
        recordings = self.state(MAX_ENTITIES)['recordings']
        return {path for each in recordings for path in each['entities']}

    def views(self) -> set[str]:
        return {view['class'] for view in self.state()['views'] if view['visible']}

    def newest_sec(self) -> float:
        """Return the latest time of reception that the viewer knows."""
        ends = [
            timeline['time_range']['end']
            for recording in self.state()['recordings']
            for timeline in recording['timelines']
            if timeline['name'] == 'message_log_time' and timeline.get('time_range')
        ]
        return float(max(ends, default=0)) * 1e-9

    def wait(self, holds: Callable[[], bool]) -> None:
        assert wait_in(self._page, holds, 90), (self._page.inner_text('#bar'), self.state())

    def look(self, name: str) -> npt.NDArray[np.int16]:
        """Take a picture: height, width, 3."""
        pillow = pytest.importorskip('PIL.Image')
        picture = pillow.open(take_picture(self._page, name)).convert('RGB')
        return np.asarray(picture, np.int16)


def moved(before: npt.NDArray[np.int16], after: npt.NDArray[np.int16], region: str) -> float:
    """Return which part of the pixels of a region has changed."""
    left, top, width, height = REGIONS[region]
    area = slice(top, top + height), slice(left, left + width)
    changed = np.abs(after[area] - before[area]).max(axis=2) > 32
    return float(changed.mean())


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


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.usefixtures('web_viewer_wheel', 'browser_available')
def test_everything_moves_in_a_browser_without_a_graphics_card(start_demo: StartDemo) -> None:
    demo = start_demo(DEMO_SEC='0', DEMO_PORT='0')
    url = demo.url()
    with chromium() as browser:
        page = Page(browser, url)
        page.wait(lambda: page.entities() >= SHOWN)
        page.wait(lambda: page.views() >= VIEWS)
        for _ in range(2):
            start_sec = page.newest_sec()
            page.wait(lambda since=start_sec: page.newest_sec() > since + 2)  # type: ignore[misc]
        page.wait(lambda: time.time() - page.newest_sec() < MAX_LATE_SEC)
        before = page.look('demo_before')
        page.wait(
            lambda: all(
                moved(before, page.look('demo_after'), region) > MIN_MOVED for region in REGIONS
            )
        )


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
