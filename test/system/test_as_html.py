# SPDX-License-Identifier: Apache-2.0
"""Pages with recordings in them, in a real browser; the official viewer tells what it shows."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import socket
import threading
from typing import Any, TYPE_CHECKING

import pytest

import rerun_bridge as rr
import rerun_bridge.blueprint as rrb
from rerun_bridge.sinks.web_viewer import web_viewer_assets
from test.browser import chromium, READY_TIMEOUT_SEC, take_picture, viewer_state, wait_in
from test.recordings import num_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.usefixtures('browser_available'),
]
NUM_ROWS = 20
HOST = 'robot.test'
SAVE = """async () => {
  const pieces = await Array.fromAsync(viewer.save_recording());
  return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
}"""
SIZE = {'width': 1000, 'height': 900}


@pytest.fixture(autouse=True)
def _web_viewer(web_viewer_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(web_viewer_wheel))


def record(name: str, *entities: str) -> rr.MemoryRecording:
    """Log a curve for each entity."""
    with rr.RecordingStream(name) as recording:
        memory = recording.memory_recording()
        for row in range(NUM_ROWS):
            recording.set_time('row', sequence=row)
            for place, entity in enumerate(entities):
                recording.log(entity, rr.Scalars(float(row * (place + 1))))
    recording.close()
    return memory


@contextmanager
def serving(files: Mapping[str, tuple[str, bytes]]) -> Iterator[int]:
    """Serve files to pages from anywhere; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content_type, content = files.get(self.path, ('', b''))
            self.send_response(HTTPStatus.OK if content_type else HTTPStatus.NOT_FOUND)
            self.send_header('Content-Type', content_type)
            self.send_header('Content-Length', str(len(content)))
            self.send_header('Access-Control-Allow-Origin', '*')
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Stay silent."""

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def opened(url: str) -> Iterator[tuple[Any, list[str]]]:
    """Open a page; give it and the addresses of all requests that leave the browser."""
    with chromium({HOST: '127.0.0.1'}) as browser:
        page = browser.new_page(viewport=SIZE)
        requests: list[str] = []
        page.on('request', lambda request: requests.append(request.url))
        page.goto(url, timeout=READY_TIMEOUT_SEC * 1000)
        yield page, requests
        requests[:] = [url for url in requests if not url.startswith(('data:', 'blob:'))]


def check_shown(page: Any, expected: dict[str, list[str]], frame: int = 0) -> None:  # noqa: ANN401 - playwright's page
    """Wait until a viewer has got all rows of these entities of these recordings."""
    shown: dict[str, Any] = {}

    def is_complete() -> bool:
        frames = page.frames[1:]
        state = viewer_state(frames[frame]) if len(frames) > frame else None
        if state is None or not state['views']:
            return False
        shown.clear()
        shown.update(map(summary, state['recordings']))
        return shown == {name: (NUM_ROWS - 1, entities) for name, entities in expected.items()}

    assert wait_in(page, is_complete), shown or page.frames[1 + frame].content()[-2000:]
    assert page.frames[1 + frame].locator('#note').is_hidden()


def summary(recording: Mapping[str, Any]) -> tuple[str, tuple[int | None, list[str]]]:
    """Give a recording's application, its last row and its entities."""
    ends = {timeline['name']: timeline['time_range']['end'] for timeline in recording['timelines']}
    entities = [path for path in recording['entities'] if '__properties' not in path]
    return recording['store_id'].split(':')[1], (ends.get('row'), sorted(entities))


def views(page: Any, frame: int = 0) -> list[tuple[str, str]]:  # noqa: ANN401 - playwright's page
    state = viewer_state(page.frames[1 + frame]) or {}
    return [(view['name'], view['origin']) for view in state['views']]


def test_two_on_a_page_from_a_file_without_any_network(tmp_path: Path) -> None:
    mine, other = record('mine', '/a', '/b'), record('other', '/c')
    blueprint = rrb.TimeSeriesView(name='only a', origin='/a')
    pieces = [
        mine.as_html(height=420, other=other, blueprint=blueprint),
        other.as_html(900, 420),
    ]
    file = tmp_path / 'page.html'
    file.write_text(f'<!doctype html><h1>Two</h1>{pieces[0]}{pieces[1]}', encoding='ascii')
    with opened(file.as_uri()) as (page, requests):
        check_shown(page, {'mine': ['/a', '/b'], 'other': ['/c']})
        assert wait_in(page, lambda: views(page) == [('only a', '/a')], 10), views(page)
        check_shown(page, {'other': ['/c']}, 1)
        take_picture(page, 'as_html_two')
    assert requests == [file.as_uri()]
    assert num_rows(mine.as_bytes()) == {'/a': NUM_ROWS, '/b': NUM_ROWS}, 'it is consumed'


def test_viewer_from_a_server_makes_the_page_small(tmp_path: Path) -> None:
    assets = {name: (a.content_type, a.read()) for name, a in web_viewer_assets().items()}
    with serving(assets) as port:
        server = f'http://127.0.0.1:{port}'
        html = record('mine', '/a').as_html(app_url=server)
        assert len(html) < 50_000
        file = tmp_path / 'page.html'
        file.write_text(html, encoding='ascii')
        with opened(file.as_uri()) as (page, requests):
            check_shown(page, {'mine': ['/a']})
            saved = bytes(page.frames[1].evaluate(SAVE))
            take_picture(page, 'as_html_app_url')
    assert num_rows(saved) == {'/a': NUM_ROWS}
    assert requests == [file.as_uri(), f'{server}/viewer.js', f'{server}/re_viewer_bg.wasm']


NOTEBOOK = b"""<!doctype html><div id="cell"></div><script>
fetch('/output').then((response) => response.text()).then((html) => {
  document.getElementById('cell').innerHTML = html;
});
</script>"""


def test_output_that_a_notebook_on_another_computer_puts_into_its_page() -> None:
    """Not a secure context, and scripts in the HTML would not run."""
    output = record('mine', '/a')._repr_html_().encode('ascii')
    files = {'/': ('text/html', NOTEBOOK), '/output': ('text/plain', output)}
    with serving(files) as port, opened(f'http://{HOST}:{port}/') as (page, requests):
        assert not page.evaluate('isSecureContext')
        check_shown(page, {'mine': ['/a']})
        take_picture(page, 'as_html_notebook')
    assert requests == [f'http://{HOST}:{port}/', f'http://{HOST}:{port}/output']


def test_frame_tells_why_it_shows_nothing(tmp_path: Path, free_port: int) -> None:
    memory = record('mine', '/a')
    with socket.create_server(('127.0.0.1', 0)) as silent:
        port = silent.getsockname()[1]
        gone = memory.as_html(height=200, app_url=f'http://127.0.0.1:{free_port}')
        late = memory.as_html(height=200, app_url=f'http://127.0.0.1:{port}', timeout_ms=300)
        file = tmp_path / 'page.html'
        file.write_text(f'<!doctype html>{gone}{late}', encoding='ascii')
        with opened(file.as_uri()) as (page, _):
            notes = [frame.locator('#note') for frame in page.frames[1:]]
            assert wait_in(page, lambda: all(note.is_visible() for note in notes), 20)
            texts = [note.text_content() for note in notes]
            take_picture(page, 'as_html_failed')
    assert texts[0].startswith(
        f'The recording cannot be shown: the Rerun viewer from http://127.0.0.1:{free_port}/'
        'viewer.js failed (TypeError: '
    )
    assert texts[1] == (
        f'The Rerun viewer from http://127.0.0.1:{port}/viewer.js has not started within 0.3 s. '
        'Does that server run, and can it be reached from here?'
    )
