# SPDX-License-Identifier: Apache-2.0
"""HTTP in trouble: odd requests, files that have gone, lost links, readers that are slow."""

from __future__ import annotations

import asyncio
from contextlib import closing, ExitStack
import errno
from http.client import HTTPConnection
import socket
from typing import TYPE_CHECKING

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.sinks import Server, ServerOptions
from rerun_bridge.sinks.network import submit
from rerun_bridge.sinks.server import running
from rerun_bridge.sinks.server.access import AccessPolicy
from rerun_bridge.sinks.server.http import HttpService, RECORDING_PATH
from rerun_bridge.sinks.server.hub import Hub
from rerun_bridge.sinks.web_viewer import Asset
from test.recordings import num_rows
from test.unit.samples import blob_rows, message_of

if TYPE_CHECKING:
    import pytest

WAIT_SEC = 20.0
LOCAL = '127.0.0.1'
UNREACHABLE = OSError(errno.EHOSTUNREACH, 'No route to host')


class Reader:
    """The end of a connection whose other end says nothing until it is lost."""

    def __init__(self) -> None:
        self.is_lost = asyncio.Event()

    async def read(self, _: int) -> bytes:
        await self.is_lost.wait()
        raise UNREACHABLE


class Writer:
    """The end of a connection whose other end takes so many bytes; it knows no `writelines`."""

    def __init__(self, room: int = 1 << 30, failure: OSError | None = None) -> None:
        self.is_full, self.has_room = asyncio.Event(), asyncio.Event()
        self.content = b''
        self._room = room
        self._failure = failure

    def write(self, data: bytes) -> None:
        self.content += data

    async def drain(self) -> None:
        if self._failure:
            raise self._failure
        if len(self.content) > self._room:
            self.is_full.set()
            await self.has_room.wait()

    def close(self) -> None:
        pass


async def serve(
    hub: Hub,
    reader: Reader,
    writer: Writer,
    request: str = f'GET {RECORDING_PATH}',
    file: Asset | None = None,
) -> None:
    """Serve one connection that begins with a request."""
    service = HttpService(hub, AccessPolicy(frozenset(), ()), lambda _: file, [])
    head = f'{request} HTTP/1.1\r\nHost: {LOCAL}\r\nConnection: close\r\n\r\n'
    await service.serve(head.encode(), reader, writer)  # type: ignore[arg-type]


def answer(request: str, file: Asset | None = None) -> bytes:
    """Return what a request is answered."""

    async def main() -> bytes:
        writer = Writer()
        await serve(Hub(0), Reader(), writer, request, file)
        return writer.content

    return submit(main()).result(WAIT_SEC)


def test_a_target_that_is_no_address_is_refused() -> None:
    assert answer('GET //[').startswith(b'HTTP/1.1 400 ')


def test_an_error_has_no_body_where_none_is_asked_for() -> None:
    head, end, body = answer('HEAD /nothing').partition(b'\r\n\r\n')
    assert head.startswith(b'HTTP/1.1 404 ')
    assert (end, body) == (b'\r\n\r\n', b'')


def test_a_file_that_has_gone_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def read() -> bytes:
        msg = '/somewhere has gone'
        raise WebViewerNotFoundError(msg)

    told = answer('GET /viewer.js', Asset('text/javascript', 5, 'tag', read, None))
    assert told.startswith(b'HTTP/1.1 404 ')
    assert b'/somewhere' not in told
    assert caplog.messages == ['cannot send /viewer.js: /somewhere has gone']


def test_a_websocket_may_have_any_target() -> None:
    server = Server({'web_port': 0}, ServerOptions())
    server.open()
    request = (
        f'GET //[?epoch HTTP/1.1\r\nHost: {LOCAL}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
    )
    with socket.create_connection((LOCAL, server.ports['web_port']), WAIT_SEC) as client:
        client.sendall(request.encode())
        received = b''
        while b'"epoch"' not in received:
            piece = client.recv(1 << 16)
            assert piece, received
            received += piece
    server.close()


def test_idle_connections_of_all_ports_are_closed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, '_GRACE_SEC', WAIT_SEC)
    server = Server({'web_port': 0, 'grpc_port': 0}, ServerOptions())
    server.open()
    with ExitStack() as clients:
        for port in server.ports.values():
            client = clients.enter_context(closing(HTTPConnection(LOCAL, port, timeout=WAIT_SEC)))
            client.request('OPTIONS', '/nothing')
            client.getresponse().read()
        server.close()
    assert caplog.messages == [], 'a connection had to be cut'


def test_a_lost_link_ends_a_stream_in_silence() -> None:
    async def main() -> None:
        for is_sending in (False, True):
            hub, reader = Hub(0), Reader()
            reader.is_lost.set()
            writer = Writer(failure=UNREACHABLE if is_sending else None)
            await asyncio.wait_for(serve(hub, reader, writer), WAIT_SEC)
            assert hub.subscriptions == []

    submit(main()).result(2 * WAIT_SEC)


def test_a_slow_reader_is_waited_for() -> None:
    hub = Hub(1 << 24)
    hub.publish([message_of(blob_rows(bytes(size))) for size in (99, 1 << 20, 9, 1 << 20)])

    async def main() -> bytes:
        writer = Writer(room=100_000)
        serving = asyncio.ensure_future(serve(hub, Reader(), writer))
        await asyncio.wait_for(writer.is_full.wait(), WAIT_SEC)
        for _ in range(9):
            await asyncio.sleep(0)
        assert len(writer.content) < 3 << 19
        writer.has_room.set()
        hub.close()
        await asyncio.wait_for(serving, WAIT_SEC)
        return writer.content

    head, _, body = submit(main()).result(2 * WAIT_SEC).partition(b'\r\n\r\n')
    assert b'chunked' in head
    recording = b''
    while body:
        size, _, body = body.partition(b'\r\n')
        recording += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
    assert num_rows(recording)['/image'] == 4
