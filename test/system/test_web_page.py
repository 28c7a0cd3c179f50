# SPDX-License-Identifier: Apache-2.0
"""The served page in a real browser; the official viewer in it tells what it shows."""

from __future__ import annotations

from contextlib import suppress
import json
import socket
import threading
from typing import Any, TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

import rerun_bridge as rr
import rerun_bridge.blueprint as rrb
from test.browser import chromium, take_picture, viewer_state, wait_in
from test.recordings import num_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typing_extensions import Self

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures('browser_available')]
HOST = 'robot.test'
"""A name of the robot, as another computer would use it."""
WIDE, SMALL = {'width': 900, 'height': 600}, {'width': 480, 'height': 360}
PERIOD_SEC = 0.2
LIMIT_BYTES = 2 << 20
ONLY_PLOT = rrb.Blueprint(rrb.TimeSeriesView(origin='/value'), collapse_panels=True)
SAVE = """async () => {
  const saved = await new Response(rerunBridge.viewer.save_recording()).arrayBuffer();
  return Array.from(new Uint8Array(saved));
}"""
HOLD_FRAMES = """
  const paint = requestAnimationFrame.bind(globalThis);
  const held = [];
  let isHidden = false;
  globalThis.requestAnimationFrame = (frame) => (isHidden ? held.push(frame) : paint(frame));
  globalThis.hide = () => { isHidden = true; };
  globalThis.show = () => { isHidden = false; held.splice(0).forEach(paint); };
"""
"""Browsers paint no frames of a hidden page; one without a window hides none."""


class Robot:
    """
    Serves what it logs five times a second.

    Parameters
    ----------
    name
        Of the application.
    log
        Logs more than the row's number.
    blueprint
        What is looked at.
    options
        Of `RecordingStream.serve`.

    """

    def __init__(
        self,
        name: str,
        log: Callable[[rr.RecordingStream, int], None] | None = None,
        blueprint: rrb.Blueprint = ONLY_PLOT,
        **options: Any,  # noqa: ANN401 - those of `serve`
    ) -> None:
        self.recording = rr.RecordingStream(name)
        self.recording.serve(**{'open_browser': False, 'web_port': 0, 'ws_port': 0, **options})
        self.recording.send_blueprint(blueprint)
        self.port = int(self.recording.sinks[0].target.rpartition(':')[2])
        self.row = -1
        self._log = log
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.recording.close()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def url(self, host: str = '127.0.0.1') -> str:
        return f'http://{host}:{self.port}/'

    @property
    def dropped_messages(self) -> int:
        return self.recording.status()[0].dropped_messages

    def _run(self) -> None:
        while not self._stopping.wait(PERIOD_SEC):
            row = self.row + 1
            self.recording.set_time('row', sequence=row)
            self.recording.log('/value', rr.Scalars(float(row)))
            if self._log:
                self._log(self.recording, row)
            self.row = row


class Tab:
    """A page of the browser that shows a robot."""

    def __init__(self, browser: Any, url: str, size: dict[str, int], script: str = '') -> None:  # noqa: ANN401 - playwright's
        self.page = browser.new_page(viewport=size)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.links: list[tuple[str, list[str]]] = []
        self.page.on('request', lambda request: self.requests.append(request.url))
        self.page.on('pageerror', lambda error: self.errors.append(str(error)))
        self.page.on('websocket', self._on_link)
        self.page.add_init_script(script)
        self.headers = self.page.goto(url).headers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def _on_link(self, link: Any) -> None:  # noqa: ANN401 - playwright's
        texts: list[str] = []

        def keep(message: str | bytes) -> None:
            if isinstance(message, str):
                texts.append(message)

        link.on('framereceived', keep)
        self.links.append((link.url, texts))

    @property
    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.page.evaluate('globalThis.rerunBridge?.stats ?? {}')
        return stats

    @property
    def bar(self) -> str:
        return ' '.join(self.page.inner_text('#bar').split())

    def state(self) -> dict[str, Any]:
        self.page.evaluate('globalThis.viewer = globalThis.rerunBridge?.viewer')
        return viewer_state(self.page) or {'recordings': [], 'views': []}

    def last_row(self, name: str) -> int:
        """Return the last row of a robot that the viewer knows; -1 if there is none."""
        ends = [
            timeline['time_range']['end']
            for recording in self.state()['recordings']
            if recording['store_id'].split(':')[1] == name
            for timeline in recording['timelines']
            if timeline['name'] == 'row' and timeline.get('time_range')
        ]
        return max(ends, default=-1)

    def wait(self, holds: Callable[[], bool]) -> None:
        assert wait_in(self.page, holds), (self.bar, self.stats, self.errors)

    def wait_until_live(self, robot: Robot) -> None:
        """Wait until the viewer has what was logged after this call."""
        row = robot.row + 1
        self.wait(lambda: self.last_row(robot.recording.application_id) >= row)


class Relay:
    """
    A network between a browser and a robot, which can fail.

    Parameters
    ----------
    port
        Of the robot.

    """

    def __init__(self, port: int) -> None:
        self.is_up = True
        self._robot = ('127.0.0.1', port)
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'http://127.0.0.1:{self._listener.getsockname()[1]}/'
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in (self._listener, *self._sockets):
            one.close()

    def cut(self) -> None:
        """Lose all connections; until `is_up` is set again there are no new ones."""
        self.is_up = False
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=run, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser = self._listener.accept()[0]
                self._sockets.append(browser)
                try:
                    robot = socket.create_connection(self._robot) if self.is_up else None
                except ConnectionRefusedError:
                    robot = None
                if robot is None:
                    browser.shutdown(socket.SHUT_RDWR)
                    continue
                self._sockets.append(robot)
                self._start(_pump, browser, robot)
                self._start(_pump, robot, browser)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope='module')
def browser(browser_available: None) -> Iterator[Any]:  # noqa: ARG001 - it skips
    with chromium({HOST: '127.0.0.1'}) as started:
        yield started


@pytest.fixture(autouse=True)
def _web_viewer(web_viewer_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(web_viewer_wheel))


def log_everything(recording: rr.RecordingStream, row: int) -> None:
    """Log what needs each kind of view."""
    angle = row / 10
    turn = np.linspace(0, 2 * np.pi, 200) + angle
    points = np.stack([np.cos(turn), np.sin(turn), np.sin(3 * turn - angle)], 1)
    recording.log('/world/points', rr.Points3D(points, colors=[255, 170, 0], radii=0.05))
    y, x = np.mgrid[0:120, 0:160]
    pixels = np.stack([x + 4 * row, y + 2 * row, x + y], 2).astype(np.uint8)
    recording.log('/camera/image', rr.Image(pixels))
    recording.log('/plots/sine', rr.Scalars(np.sin(angle)))


def log_much(recording: rr.RecordingStream, row: int) -> None:
    """Log a megabyte a second that nobody looks at."""
    recording.log('/much', rr.Image(np.full((250, 800), row % 256, np.uint8)))


def test_page_shows_the_robot(browser: Any) -> None:  # noqa: ANN401 - playwright's
    blueprint = rrb.Blueprint(
        rrb.Horizontal(
            rrb.Spatial3DView(origin='/world'),
            rrb.Vertical(rrb.Spatial2DView(origin='/camera'), rrb.TimeSeriesView(origin='/plots')),
        ),
        collapse_panels=True,
    )
    entities = {'/world/points', '/camera/image', '/plots/sine', '/value'}
    with (
        Robot('walker', log_everything, blueprint) as robot,
        Tab(browser, f'{robot.url()}?theme=dark', WIDE) as tab,
    ):
        policy = tab.headers['content-security-policy']
        assert policy.startswith("default-src 'none'; ")
        tab.wait(lambda: tab.last_row('walker') > 0)
        state = tab.state()
        assert entities <= set(state['recordings'][0]['entities'])
        views = {(view['class'], view['origin']) for view in state['views']}
        assert views == {('3D', '/world'), ('2D', '/camera'), ('TimeSeries', '/plots')}
        before = {
            timeline['name']: timeline['time_range']['end']
            for timeline in state['recordings'][0]['timelines']
        }
        assert {'log_time', 'row'} <= set(before)
        tab.wait(lambda: tab.last_row('walker') > before['row'])
        for timeline in tab.state()['recordings'][0]['timelines']:
            assert timeline['time_range']['end'] > before[timeline['name']]
        tab.wait(lambda: 'walker' in tab.bar)
        assert tab.bar.startswith('Connected walker ')
        assert tab.bar.endswith('B/s')
        assert tab.page.locator('#dropped').is_hidden()
        assert tab.page.title() == 'walker – Rerun'  # noqa: RUF001 - typography
        address = parse_qs(urlsplit(tab.page.url).query)
        assert address == {
            'theme': ['dark'],
            'url': [f'rerun+http://127.0.0.1:{robot.port}/proxy'],
        }
        take_picture(tab.page, 'web_page')
        outside = {
            url for url in tab.requests if not url.startswith((robot.url(), 'data:', 'blob:'))
        }
        assert tab.errors == []
    assert all('api.github.com' in url for url in outside), outside


def test_hidden_page_loses_data_and_another_one_does_not(
    browser: Any,  # noqa: ANN401 - playwright's
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two at once, one of them from another computer, where the page is no secure context."""
    server = 'rerun_bridge.sinks.server'
    monkeypatch.setattr(f'{server}.hub.RECEIVER_QUEUE_BYTES', LIMIT_BYTES)
    monkeypatch.setattr(f'{server}.window._WINDOW_BYTES', LIMIT_BYTES)
    with (
        Robot('walker', log_much, allowed_hosts=[HOST]) as robot,
        Tab(browser, robot.url(HOST), SMALL, HOLD_FRAMES) as hidden,
        Tab(browser, robot.url(), SMALL) as other,
    ):
        assert not hidden.page.evaluate('isSecureContext')
        hidden.wait_until_live(robot)
        other.wait_until_live(robot)
        lost, not_lost = robot.dropped_messages, other.stats['dropped']
        hidden.page.evaluate('hide()')
        other.wait(lambda: robot.dropped_messages > lost + 10)
        sent = hidden.stats['bytes']
        other.wait_until_live(robot)
        assert hidden.stats['bytes'] == sent, 'it has been sent more than it takes'
        assert other.stats['dropped'] == not_lost
        hidden.page.evaluate('show()')
        hidden.wait_until_live(robot)
        dropped = hidden.stats['dropped']
        assert dropped >= 10
        hidden.wait(lambda: f'{hidden.stats["dropped"]} dropped' in hidden.bar)
        assert (
            'this browser was too slow' in hidden.page.get_attribute('#dropped', 'title').lower()
        )
        take_picture(hidden.page, 'web_page_dropped')
        assert hidden.stats['connections'] == other.stats['connections'] == 1
        assert hidden.errors == other.errors == []


def test_page_returns_after_a_lost_network_and_after_a_restart(browser: Any) -> None:  # noqa: ANN401 - playwright's
    with Robot('first') as robot:
        port = robot.port
        relay = Relay(port)
        tab = Tab(browser, relay.url, SMALL)
        tab.wait_until_live(robot)

        relay.cut()
        tab.wait(lambda: tab.stats['state'] == 'waiting')
        assert tab.bar.startswith('Disconnected retrying in ')
        take_picture(tab.page, 'web_page_disconnected')
        kept = tab.stats
        row = robot.row
        tab.wait(lambda: robot.row > row + 5)
        assert tab.stats['position'] == kept['position']
        relay.is_up = True
        tab.wait_until_live(robot)
        *_, (url, texts) = tab.links
        assert parse_qs(urlsplit(url).query) == {
            'epoch': [kept['epoch']],
            'position': [str(kept['position'])],
        }
        hello = {'epoch': kept['epoch'], 'position': kept['position']}
        assert json.loads(texts[0]) == hello
        robot.stop()
        robot.recording.flush()
        tab.wait(lambda: tab.last_row('first') == robot.row)
        assert num_rows(bytes(tab.page.evaluate(SAVE))) == {'/value': robot.row + 1}
        stats = tab.stats
        assert (stats['connections'], stats['disconnections'], stats['dropped']) == (2, 1, 0)

        tab.page.route('**/app.css', lambda route: route.abort())
        tab.wait(lambda: tab.stats['connections'] > 2)  # a silent robot is asked whether it lives
        tab.page.unroute('**/app.css')

    with relay, tab, Robot('second', web_port=port) as robot:
        tab.wait_until_live(robot)
        tab.wait(lambda: 'second' in tab.bar)
        assert tab.bar.startswith('Connected second ')
        assert tab.stats['epoch'] != kept['epoch']
        assert tab.stats['connections'] > 3
        active = tab.state()['active_store_id']
        assert active.split(':')[1] == 'second'
        assert tab.errors == []


def test_page_without_the_viewer(
    browser: Any,  # noqa: ANN401 - playwright's
    tmp_path: Path,
    web_viewer_wheel: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = tmp_path / web_viewer_wheel.name
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(wheel))
    with Robot('walker') as robot, Tab(browser, robot.url(), SMALL) as tab:
        text = tab.page.inner_text('main')
        assert 'The web viewer is not installed' in text
        assert 'ros2 run rerun_bridge fetch_viewer' in text
        assert tab.headers['content-security-policy'].startswith("default-src 'none'; ")
        take_picture(tab.page, 'web_page_missing')
        wheel.symlink_to(web_viewer_wheel)  # as fetch_viewer would, while the server runs

        tab.page.route('**/re_viewer_bg.wasm', lambda route: route.abort())
        tab.page.reload()
        tab.wait(lambda: 'could not start' in tab.page.inner_text('main'))
        assert f'rerun rerun+http://127.0.0.1:{robot.port}/proxy' in tab.page.inner_text('main')
        assert tab.bar == 'The viewer is not running reload this page'
        take_picture(tab.page, 'web_page_failed')
        tab.page.unroute('**/re_viewer_bg.wasm')

        tab.page.reload()
        tab.wait_until_live(robot)
        assert tab.errors == []
