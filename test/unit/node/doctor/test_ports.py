# SPDX-License-Identifier: Apache-2.0
"""Ports that are taken, and by whom."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import socket
import threading
from typing import TYPE_CHECKING

import rerun_bridge as rr
from rerun_bridge.node.doctor.ports import BRIDGE, check_ports, ROSBRIDGE, VIEWER
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.sinks import Server, server_options, ServerSink
from test.conftest import unused_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from rerun_bridge.node.doctor.findings import Finding
    from test.official import Official

LOCAL = '127.0.0.1'
NAMES = ('serve.web_port', 'serve.ws_port', 'spawn.port')


class Rosbridge(BaseHTTPRequestHandler):
    """Answers as rosbridge does, and says nothing more."""

    server_version, sys_version = 'TornadoServer/6.4', ''

    def do_GET(self) -> None:
        self.send_response(101)
        self.end_headers()
        self.rfile.read(1)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def rosbridge() -> Iterator[int]:
    with ThreadingHTTPServer((LOCAL, 0), Rosbridge) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@contextmanager
def bridge() -> Iterator[dict[str, int]]:
    recording = rr.RecordingStream('serving', send_properties=False)
    server = Server({'web_port': 0, 'ws_port': 0}, server_options(LOCAL, '64MiB'))
    recording.set_sinks(ServerSink(server))
    yield dict(server.ports)
    recording.close()


def findings(monkeypatch: pytest.MonkeyPatch, **ports: int) -> dict[str, Finding]:
    """Check other ports than the real ones."""
    for name in NAMES:
        number = ports.get(name.partition('.')[2]) or unused_port()
        row = PARAMETERS[name]._replace(default=number)
        monkeypatch.setitem(PARAMETERS, name, row)
    return dict(zip(NAMES, check_ports(), strict=True))


def test_free(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, found in findings(monkeypatch).items():
        assert found.level == 'ok'
        assert found.fact == f'{name} {PARAMETERS[name].default} is free'


def test_taken_by_one_who_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((LOCAL, 0)) as silent:
        number = silent.getsockname()[1]
        found = findings(monkeypatch, ws_port=number)['serve.ws_port']
    assert found.level == 'problem'
    assert found.fact == f'serve.ws_port {number} is in use'
    assert '-p serve.ws_port:=PORT' in found.fix


def test_taken_by_rosbridge(monkeypatch: pytest.MonkeyPatch) -> None:
    with rosbridge() as number:
        found = findings(monkeypatch, web_port=number, port=number)
    assert [finding.level for finding in found.values()] == ['problem', 'ok', 'warning']
    assert found['serve.web_port'].fact.endswith(f'is in use, by {ROSBRIDGE}')


def test_taken_by_a_bridge(monkeypatch: pytest.MonkeyPatch) -> None:
    with bridge() as ports:
        found = findings(monkeypatch, **ports)
    assert {finding.level for finding in found.values()} == {'ok'}
    for name in ('serve.web_port', 'serve.ws_port'):
        assert found[name].fact.endswith(f'{BRIDGE} serves here')


def test_taken_by_a_viewer(
    official: Official, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with official.viewer(free_port):
        found = findings(monkeypatch, port=free_port)['spawn.port']
    assert found.level == 'ok'
    assert VIEWER in found.fact
