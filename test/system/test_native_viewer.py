# SPDX-License-Identifier: Apache-2.0
"""Everything that Rerun's own viewers can be started with shows the recording that is served."""

from __future__ import annotations

from contextlib import contextmanager
import socket
import threading
from typing import Any, TYPE_CHECKING

import pytest

from rerun_bridge.log_encoding.protobuf import fields
from rerun_bridge.sdk import RecordingStream
from rerun_bridge.sinks import GrpcServerSink, ServerSink
from rerun_bridge.sinks.server import viewer_control
from test.browser import chromium, find_chromium, take_picture, wait_in
from test.conftest import lacking
from test.official import entities, errors, num_colors
from test.unit.samples import points_rows, scalar_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from test.official import Official

APPLICATION, NAME = 'robot', 'drive'
STORE = f'Recording:{APPLICATION}:{NAME}'
ENTITIES = {'/base', '/scalar', '/points'}
TIMELINE = 'frame'
INTERVAL_SEC = 0.05
SOURCES = {
    'proxy': ['rerun+http://127.0.0.1:{}/proxy'],
    'connect': ['--connect', '{}'],
    'connect-url': ['--connect', 'rerun+http://127.0.0.1:{}/proxy'],
    'file': ['http://127.0.0.1:{}/recording.rrd'],
    'page': ['http://127.0.0.1:{}/?url=rerun%2Bhttp%3A%2F%2F127.0.0.1%3A{}%2Fproxy'],
    'host': ['localhost:{}'],
    'address': ['127.0.0.1:{}'],
}

pytestmark = pytest.mark.slow


@contextmanager
def driving(recording: RecordingStream) -> Iterator[None]:
    """Log all the time until the block ends, then stop serving."""
    is_over = threading.Event()

    def drive() -> None:
        frame = 0
        while not is_over.wait(INTERVAL_SEC):
            frame += 1
            recording.log_rows([scalar_rows(frame), points_rows(100, frame)])

    recording.log_rows([scalar_rows(0, entity_path='/base', static=True)])
    thread = threading.Thread(target=drive)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        recording.disconnect()


@pytest.fixture
def recording() -> RecordingStream:
    """Give a recording without sinks."""
    return RecordingStream(APPLICATION, NAME)


@pytest.fixture
def web_port(recording: RecordingStream, capsys: pytest.CaptureFixture[str]) -> Iterator[int]:
    """Give the port at which a recording is served that goes on all the time."""
    recording.serve(open_browser=False, web_port=0, ws_port=0)
    (sink,) = recording.sinks
    assert isinstance(sink, ServerSink)
    port = sink.server.ports['web_port']
    assert str(port) in capsys.readouterr().out
    with driving(recording):
        yield port


@pytest.fixture
def page_port() -> int:
    """Give one more free port."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def last_frame(state: dict[str, Any]) -> int:
    """Return the end of the time range of the recording that is shown; -1 if there is none."""
    for recording in state['recordings']:
        for timeline in recording['timelines']:
            if recording['store_id'] == STORE and timeline['name'] == TIMELINE:
                return int(timeline['end'])
    return -1


def last_frame_of_page(state: bytes) -> int:
    """Return the same from the state of the official page, which is one of protobuf."""
    for recording in messages(state, 3):
        names = [bytes(name) for name in messages(recording, 1)]
        for timeline in messages(recording, 2):
            (key,), (time_range,) = messages(timeline, 1), messages(timeline, 3)
            if names == [STORE.encode()] and messages(key, 1) == [TIMELINE.encode()]:
                return int(dict(fields(time_range))[2])
    return -1


def messages(message: bytes | memoryview, number: int) -> list[memoryview]:
    """Return the messages or texts of a field."""
    values = (value for found, value in fields(message) if found == number)
    return [value for value in values if isinstance(value, memoryview)]


def is_shown(answer: dict[str, Any]) -> bool:
    """Whether a native viewer shows the recording with all that is in it."""
    is_active = answer['state']['active_recording'] == STORE
    return is_active and entities(answer) >= ENTITIES and last_frame(answer['state']) > 0


@pytest.mark.parametrize('source', SOURCES.values(), ids=SOURCES)
def test_a_viewer_shows_the_live_recording(
    official: Official, free_port: int, web_port: int, source: list[str]
) -> None:
    arguments = [argument.replace('{}', str(web_port)) for argument in source]
    with official.viewer(free_port, *arguments) as viewer:
        first = viewer.wait_until(is_shown)
        end = last_frame(first['state'])
        later = viewer.wait_until(lambda answer: last_frame(answer['state']) > end + 10)
        assert len(later['state']['recordings']) == 1
        assert not errors(later)


def test_a_viewer_keeps_what_it_has_when_the_server_ends(
    official: Official, free_port: int, recording: RecordingStream
) -> None:
    sink = GrpcServerSink(0)
    recording.set_sinks(sink)
    with official.viewer(free_port, sink.url) as viewer:
        with driving(recording):
            viewer.wait_until(is_shown)
        answer = viewer.ask()
        assert is_shown(answer)
        assert not errors(answer)


def test_a_viewer_that_cannot_be_told_offers_the_catalog(
    official: Official,
    free_port: int,
    web_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(viewer_control, '_PROC', tmp_path)
    with official.viewer(free_port, f'localhost:{web_port}') as viewer:
        at_catalog = f'rerun+http://localhost:{web_port}/catalog'
        answer = viewer.wait_until(lambda answer: answer['state']['location'] == at_catalog)
        assert not answer['state']['recordings']


@pytest.mark.browser
@pytest.mark.timeout(240)  # without a graphics card its first picture takes long
def test_the_official_page_shows_the_live_recording(
    official: Official, free_port: int, page_port: int, web_port: int
) -> None:
    if find_chromium() is None:
        lacking('there is no Chromium: install it')
    proxy = f'rerun%2Bhttp%3A%2F%2F127.0.0.1%3A{web_port}%2Fproxy'
    page_args = ('--serve-web', '--web-viewer-port', page_port)
    answers: list[Any] = []
    with official.serving(free_port, *page_args), chromium() as browser:
        page = browser.new_page(viewport={'width': 1000, 'height': 700})
        page.on('response', lambda answer: answers.append(answer))  # noqa: PLW0108 - not built in
        page.goto(f'http://127.0.0.1:{page_port}/?url={proxy}&renderer=webgl')

        def end() -> int:
            is_ready = page.evaluate('Boolean(window._handle)')
            state = page.evaluate('Array.from(window._handle.viewer_state())') if is_ready else []
            return last_frame_of_page(bytes(state))

        assert wait_in(page, lambda: end() > 0)
        first = end()
        assert wait_in(page, lambda: end() > first + 10)
        picture = take_picture(page, 'official_page')
        reads = [answer for answer in answers if answer.url.endswith('/ReadMessages')]
        assert [(answer.status, answer.request.method) for answer in reads] == [(200, 'POST')]
        assert reads[0].headers['access-control-allow-origin'] == f'http://127.0.0.1:{page_port}'
    assert num_colors(picture) > 300
