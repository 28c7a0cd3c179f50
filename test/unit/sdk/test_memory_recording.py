# SPDX-License-Identifier: Apache-2.0
"""Recordings in memory as HTML: what the pages hold; browsers show them in test/system."""

from __future__ import annotations

from base64 import b64decode
import gzip
from html.parser import HTMLParser
import logging
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import rerun_bridge as rr
import rerun_bridge.blueprint as rrb
from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.log_encoding import MessageKind
from rerun_bridge.log_types import StoreKind
from test.recordings import messages, num_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP_URL = 'http://robot:9090'


class Scripts(HTMLParser):
    """Collects the frames of a page, or the scripts of a frame."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == 'iframe':
            self.frames.append(dict(attrs))
        elif tag == 'script':
            self.scripts.append((dict(attrs), ''))

    def handle_data(self, data: str) -> None:
        if self.scripts and not self.scripts[-1][1]:
            self.scripts[-1] = (self.scripts[-1][0], data)


def frame_of(html: str) -> Scripts:
    (frame,) = Scripts(html).frames
    return Scripts(str(frame['srcdoc']))


def carried(html: str) -> list[bytes]:
    """Take the recordings out of a page."""
    return [
        gzip.decompress(b64decode(content))
        for attributes, content in frame_of(html).scripts
        if attributes.get('class') == 'recording'
    ]


@pytest.fixture
def rec() -> Iterator[rr.RecordingStream]:
    """Give a recording that is closed at the end."""
    recording = rr.RecordingStream('mine')
    yield recording
    recording.close()


@pytest.fixture
def memory(rec: rr.RecordingStream) -> rr.MemoryRecording:
    """Give a recording of three rows, which may still be on their way."""
    found = rec.memory_recording()
    for i in range(3):
        rec.log('/a', rr.Scalars(float(i)))
    return found


def test_page_holds_everything_logged_so_far_and_consumes_nothing(
    memory: rr.MemoryRecording,
) -> None:
    (first,) = carried(memory.as_html(app_url=APP_URL))
    (second,) = carried(memory.as_html(app_url=APP_URL))
    assert num_rows(first) == {'/a': 3}
    assert first == second == memory.as_bytes()


def test_classic_order_of_arguments(memory: rr.MemoryRecording) -> None:
    with rr.RecordingStream('other') as recording:
        other = recording.memory_recording()
        recording.log('/b', rr.Scalars(1.0))
    recording.close()
    html = memory.as_html(640, 480, APP_URL, 1500, other)
    (frame,) = Scripts(html).frames
    assert (frame['width'], frame['height']) == ('640', '480')
    assert '"timeout_ms": 1500' in str(frame['srcdoc'])
    assert [num_rows(recording) for recording in carried(html)] == [{'/b': 1}, {'/a': 3}]


def test_blueprint_replaces_the_one_that_was_sent(
    rec: rr.RecordingStream, memory: rr.MemoryRecording
) -> None:
    rec.send_blueprint(rrb.TimeSeriesView(name='sent'))
    html = memory.as_html(app_url=APP_URL, blueprint=rrb.TimeSeriesView(name='given'))
    (recording,) = carried(html)
    found = messages(recording)
    stores = {m.store_id for m in found if m.store_id.kind is StoreKind.BLUEPRINT}
    assert [store.application_id for store in stores] == ['mine']
    assert sum(m.kind is MessageKind.BLUEPRINT_ACTIVATION for m in found) == 1
    assert num_rows(recording) == {'/a': 3}


def test_page_is_whole_with_the_viewer_in_it(
    memory: rr.MemoryRecording, web_viewer_wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('RERUN_BRIDGE_WEB_VIEWER', str(web_viewer_wheel))
    html = memory._repr_html_()
    assert html.isascii()
    assert 22_000_000 < len(html) < 24_000_000
    parts = {
        attributes['id']: content
        for attributes, content in frame_of(html).scripts
        if 'id' in attributes
    }
    assert gzip.decompress(b64decode(parts['wasm'])).startswith(b'\0asm')
    assert b'globalThis.rerunBridgeWasm()' in gzip.decompress(b64decode(parts['module']))


def test_without_viewer_it_says_so_and_the_data_is_there(
    memory: rr.MemoryRecording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv('RERUN_BRIDGE_WEB_VIEWER', raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setitem(sys.modules, 'rerun_notebook', None)
    with pytest.raises(WebViewerNotFoundError, match='rerun_bridge fetch_viewer'):
        memory.as_html()
    assert num_rows(memory.as_bytes()) == {'/a': 3}


def test_show_gives_a_notebook_its_html(
    memory: rr.MemoryRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    display = ModuleType('IPython.display')
    display.HTML = lambda text: ('HTML', text)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, 'IPython', ModuleType('IPython'))
    monkeypatch.setitem(sys.modules, 'IPython.display', display)
    assert memory.show(app_url=APP_URL) == ('HTML', memory.as_html(app_url=APP_URL))


def test_show_without_ipython_gives_text_and_warns(
    memory: rr.MemoryRecording,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(sys.modules, 'IPython', None)
    with caplog.at_level(logging.WARNING):
        shown = memory.show(None, 640, 480, APP_URL)
    assert shown == memory.as_html(640, 480, APP_URL)
    assert 'IPython is not installed' in caplog.text
