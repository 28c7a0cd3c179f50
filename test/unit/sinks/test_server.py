# SPDX-License-Identifier: Apache-2.0
"""One port, several protocols: real clients against a real server."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
import gzip
from http.client import HTTPConnection, HTTPResponse
import json
import os
import socket
import threading
import time
from typing import Any, TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import rerun_bridge as rr
from rerun_bridge.errors import SinkOpenError, UsageError
from rerun_bridge.sinks import Server, server_options, ServerSink
from rerun_bridge.sinks.server import listener
from test.official import wait_for
from test.recordings import num_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_SEC = 20.0
LOCAL = '127.0.0.1'


@pytest.fixture
def rec() -> Iterator[rr.RecordingStream]:
    """Give a recording that is closed at the end."""
    recording = rr.RecordingStream('serving', send_properties=False)
    yield recording
    recording.close()


@contextmanager
def serving(rec: rr.RecordingStream, **options: Any) -> Iterator[Server]:  # noqa: ANN401
    """Serve a recording on free ports."""
    server = Server({'web_port': 0, 'ws_port': 0}, server_options(LOCAL, '64MiB', **options))
    rec.set_sinks(ServerSink(server))
    yield server
    rec.disconnect()


def ask(
    server: Server,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes = b'',
) -> tuple[HTTPResponse, bytes]:
    """Send one request to the web port."""
    with closing(HTTPConnection(LOCAL, server.ports['web_port'], timeout=TIMEOUT_SEC)) as client:
        client.request(method, path, body or None, headers or {})
        response = client.getresponse()
        return response, response.read()


@contextmanager
def watch(
    server: Server, port: str = 'ws_port', query: str = '', origin: str | None = None
) -> Iterator[ClientConnection]:
    """Open a WebSocket."""
    url = f'ws://{LOCAL}:{server.ports[port]}/{query}'
    # What nobody takes any more keeps the end from being seen.
    options: Any = {'compression': None, 'proxy': None, 'origin': origin, 'close_timeout': 1.0}
    with connect(url, max_size=None, **options) as client:
        yield client


def until_closed(client: ClientConnection) -> int:
    """Take messages until the server closes the connection; return its code."""
    with suppress(ConnectionClosed):
        while True:
            client.recv(TIMEOUT_SEC)
    return client.close_code or 0


def receive(client: ClientConnection, entity: str, count: int) -> list[dict[str, Any]]:
    """Take messages until an entity has so many rows; return the texts between them."""
    texts: list[dict[str, Any]] = []
    rows = 0
    while rows < count:
        message = client.recv(TIMEOUT_SEC)
        if isinstance(message, str):
            texts.append(json.loads(message))
        else:
            rows += num_rows(message)[entity]
    texts.append(json.loads(client.recv(TIMEOUT_SEC)))
    assert rows == count
    return texts


def log(rec: rr.RecordingStream, first: int, count: int, entity: str = '/a') -> None:
    """Log some rows."""
    for i in range(first, first + count):
        rec.set_time('frame', sequence=i)
        rec.log(entity, rr.Scalars(float(i)))
    rec.flush()


@pytest.mark.parametrize('port', ['web_port', 'ws_port'])
def test_small_messages_are_not_held_back(
    rec: rr.RecordingStream, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transports = []
    accept = listener._Connection.connection_made  # noqa: SLF001 - what the system was told

    def note(connection: Any, transport: Any) -> None:  # noqa: ANN401
        transports.append(transport)
        accept(connection, transport)

    monkeypatch.setattr(listener._Connection, 'connection_made', note)  # noqa: SLF001
    with serving(rec) as server, watch(server, port) as client:
        client.recv(TIMEOUT_SEC)
        (transport,) = transports
        accepted = transport.get_extra_info('socket')
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize('port', ['web_port', 'ws_port'])
def test_websocket_on_both_ports(rec: rr.RecordingStream, port: str) -> None:
    with serving(rec) as server:
        rec.log('/static', rr.Points3D([[1, 2, 3]]), static=True)
        log(rec, 0, 3)
        with watch(server, port) as client:
            hello, *_, progress = receive(client, '/a', 3)
            assert hello == {'epoch': server.hub.epoch, 'position': 0}
            assert progress == {
                'position': server.hub.history.last,
                'dropped': 0,
                'newest': [rec.recording_id, 'log_time', progress['newest'][2]],
            }
            log(rec, 3, 2)
            receive(client, '/a', 2)


def test_a_page_is_told_the_name_of_the_recording(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        for name in ('first', 'second'):
            rec.send_recording_name(name)
        log(rec, 0, 1)
        with watch(server) as client:
            texts = receive(client, '/a', 1)
            assert [text['name'] for text in texts if 'name' in text] == ['second']


def test_a_client_that_returns_gets_what_it_missed(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        log(rec, 0, 3)
        with watch(server) as client:
            position = receive(client, '/a', 3)[-1]['position']
        log(rec, 3, 2)
        known = f'?epoch={server.hub.epoch}&position={position}'
        with watch(server, query=known) as client:
            assert receive(client, '/a', 2)[0]['position'] == position
        own = f'?epoch={server.hub.epoch}&position='
        for stale in ('?epoch=other&position=3', f'{own}x', f'{own}{"9" * 5000}', '?'):
            with watch(server, query=stale) as client:
                assert receive(client, '/a', 5)[0]['position'] == 0


def test_acknowledging_client_is_sent_no_more_than_a_window(rec: rr.RecordingStream) -> None:
    frame = os.urandom(4 << 20)
    with serving(rec) as server, watch(server) as client:
        client.send(json.dumps({'ack': 0}))
        client.recv(TIMEOUT_SEC)
        for i in range(7):
            rec.set_time('frame', sequence=i)
            known = server.hub.history.last
            rec.log('/image', rr.EncodedImage(contents=frame, media_type='image/png'))
            wait_for(lambda: server.hub.history.last > known, TIMEOUT_SEC)  # noqa: B023 - each alone
        window, received = 16 << 20, 0
        with suppress(TimeoutError):
            while True:
                message = client.recv(TIMEOUT_SEC if received < window else 1.0)
                received += len(message) if isinstance(message, bytes) else 0
        assert window <= received <= 24 << 20
        client.send(json.dumps({'ack': received}))
        assert isinstance(client.recv(TIMEOUT_SEC), bytes)


@pytest.mark.parametrize('text', ['x', '[]', '{}', '{"ack": "1"}', '{"ack": true'])
def test_client_that_talks_nonsense_is_told(rec: rr.RecordingStream, text: str) -> None:
    with serving(rec) as server, watch(server) as client:
        client.send(text)
        assert until_closed(client) == 1003


def test_foreign_pages_and_names_are_refused(rec: rr.RecordingStream) -> None:
    with serving(rec, allowed_hosts=['robot.lan']) as server:
        for port in ('web_port', 'ws_port'):
            with (
                pytest.raises(InvalidStatus, match='403'),
                watch(server, port, origin='https://evil.example'),
            ):
                pass
            with watch(server, port, origin='http://robot.lan:9090') as client:
                assert 'epoch' in json.loads(client.recv(TIMEOUT_SEC))
        assert ask(server, 'GET', '/', {'Host': 'evil.example'})[0].status == 421
        assert ask(server, 'GET', '/', {'Host': 'robot.lan'})[0].status == 200
        evil = {'Origin': 'https://evil.example'}
        assert ask(server, 'GET', '/recording.rrd', evil)[0].status == 403


@pytest.mark.parametrize(
    'path',
    ['/../server.py', '/%2e%2e/server.py', '/page/index.html', '/etc/passwd', '//etc', '/x'],
)
def test_no_path_reaches_the_file_system(rec: rr.RecordingStream, path: str) -> None:
    with serving(rec) as server:
        assert ask(server, 'GET', path)[0].status == 404


def test_page_and_its_headers(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        response, body = ask(server, 'GET', '/?url=x')
        assert response.status == 200
        assert b'<html' in body
        policy = str(response.headers['content-security-policy'])
        assert "default-src 'none'" in policy
        assert 'openstreetmap' not in policy
        assert response.headers['x-content-type-options'] == 'nosniff'
        known = {'If-None-Match': str(response.headers['etag'])}
        assert ask(server, 'GET', '/', known)[0].status == 304
        head, nothing = ask(server, 'HEAD', '/app.js')
        assert (head.status, nothing) == (200, b'')
        assert ask(server, 'DELETE', '/app.js')[0].status == 405
    with serving(rec, allow_map_tiles=True) as server:
        policy = str(ask(server, 'GET', '/')[0].headers['content-security-policy'])
        assert 'https://tile.openstreetmap.org' in policy


@pytest.mark.usefixtures('web_viewer_wheel')
def test_viewer_is_served_compressed_where_that_is_understood(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        packed, body = ask(server, 'GET', '/re_viewer_bg.wasm', {'Accept-Encoding': 'gzip'})
        plain, content = ask(server, 'GET', '/re_viewer_bg.wasm')
        assert gzip.decompress(body) == content
        assert packed.headers['content-type'] == 'application/wasm'
        assert packed.headers['rerun-final-length'] == str(len(content))
        assert packed.headers['etag'] != plain.headers['etag']
        assert packed.headers['access-control-allow-origin'] == '*'


def test_recording_over_http_is_live_and_ends_with_the_sink(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        log(rec, 0, 2)
        client = HTTPConnection(LOCAL, server.ports['web_port'], timeout=TIMEOUT_SEC)
        client.request('GET', '/recording.rrd')
        response = client.getresponse()
        content = response.read1(1 << 16)
        log(rec, 2, 3)
        reading = threading.Thread(target=lambda: chunks.append(response.read()))
        chunks = [content]
        reading.start()
        rec.disconnect()
        reading.join(TIMEOUT_SEC)
        assert num_rows(b''.join(chunks))['/a'] == 5
        client.close()


def test_requests_follow_each_other_on_one_connection(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        client = HTTPConnection(LOCAL, server.ports['web_port'], timeout=TIMEOUT_SEC)
        for path in ('/', '/app.js', '/app.css'):
            client.request('GET', path)
            response = client.getresponse()
            assert response.status == 200
            assert response.read()
        start = time.monotonic()
        rec.disconnect()
        assert time.monotonic() - start < 0.5, 'waited for a connection that is idle'
        client.close()


@pytest.mark.parametrize(
    'request_bytes',
    [
        b'GARBAGE\r\n\r\n',
        b'GET / HTTP/1.1\r\n\r\n',
        b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Header\r\n\r\n',
        b'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n' + bytes(1 << 17),
        b'\x16\x03\x01\x02\x00\r\n\r\n',
    ],
)
def test_bad_requests_get_an_answer_and_harm_nobody(
    rec: rr.RecordingStream, request_bytes: bytes
) -> None:
    with serving(rec) as server:
        with socket.create_connection((LOCAL, server.ports['web_port']), TIMEOUT_SEC) as client:
            client.sendall(request_bytes)
            assert client.recv(1 << 16).startswith(b'HTTP/1.1 4')
        assert ask(server, 'GET', '/')[0].status == 200


def test_head_that_never_ends_is_cut(rec: rr.RecordingStream) -> None:
    def send_head(port: int) -> None:
        with socket.create_connection((LOCAL, port), TIMEOUT_SEC) as client:
            for _ in range(100):
                client.sendall(b'X-Filler: ' + bytes(1 << 10))
                time.sleep(0.01)

    with serving(rec) as server:
        with pytest.raises(ConnectionError):
            send_head(server.ports['web_port'])
        assert ask(server, 'GET', '/')[0].status == 200


def test_ports_are_free_when_disconnect_returns(rec: rr.RecordingStream) -> None:
    with serving(rec) as server:
        ports = list(server.ports.values())
        with watch(server) as client:
            log(rec, 0, 1)
            start = time.monotonic()
            rec.disconnect()
            assert time.monotonic() - start < 3.0
            for port in ports:
                socket.create_server((LOCAL, port)).close()
            assert until_closed(client) in (1000, 1001)


def test_serve_again_on_the_same_ports(rec: rr.RecordingStream, free_port: int) -> None:
    for _ in range(3):
        rec.serve(False, free_port, 0)  # noqa: FBT003 - the classic signature
        log(rec, 0, 1)
    rec.save(os.devnull)
    socket.create_server((LOCAL, free_port)).close()


def test_taken_port_leaves_what_runs_untouched(
    rec: rr.RecordingStream,
    free_port: int,
    tmp_path: Any,  # noqa: ANN401 - pytest's
) -> None:
    rec.save(tmp_path / 'run.rrd')
    with socket.create_server((LOCAL, free_port)):
        with pytest.raises(SinkOpenError, match=f'ws_port {free_port} is in use'):
            rec.serve(False, 0, free_port)  # noqa: FBT003 - the classic signature
        log(rec, 0, 3)
    rec.disconnect()
    assert num_rows(tmp_path / 'run.rrd')['/a'] == 3


def test_one_port_for_everything(rec: rr.RecordingStream, free_port: int) -> None:
    rec.serve(False, free_port, free_port)  # noqa: FBT003 - the classic signature
    server = rec.sinks[0].server  # type: ignore[attr-defined]
    assert server.ports == {'web_port': free_port}
    with watch(server, 'web_port') as client:
        assert 'epoch' in json.loads(client.recv(TIMEOUT_SEC))


@pytest.mark.parametrize(
    'options',
    [
        {'server_memory_limit': 'much'},
        {'allowed_hosts': 'robot'},
        {'web_port': 70000},
        {'ws_port': -1},
        {'token': 'secret'},
    ],
)
def test_bad_options(rec: rr.RecordingStream, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        rec.serve(False, **options)  # noqa: FBT003 - the classic signature
    assert rec.sinks == ()


@pytest.mark.parametrize('bind', ['203.0.113.7', 'no.such.host.invalid'])
def test_address_of_another_machine(rec: rr.RecordingStream, bind: str) -> None:
    with pytest.raises(SinkOpenError, match='no address of this machine'):
        rec.serve(False, 0, 0, bind=bind)  # noqa: FBT003 - the classic signature


@pytest.mark.parametrize(
    ('limit', 'num_bytes'),
    [(1000, 1000), ('64MiB', 64 << 20), ('1.5 GB', 1_500_000_000), ('7B', 7)],
)
def test_memory_limits(limit: str | int, num_bytes: int) -> None:
    assert server_options(LOCAL, limit).memory_limit == num_bytes
    assert 0 < server_options(LOCAL, '1%').memory_limit < 1 << 40


def test_url_of_all_addresses_names_one_that_others_can_use() -> None:
    server = Server({'web_port': 0}, server_options('0.0.0.0', 0))  # noqa: S104 - not opened
    assert '0.0.0.0' not in server.url  # noqa: S104 - only compared
    assert server.page_url.startswith(f'{server.url}/?url=rerun%2Bhttp%3A%2F%2F')


def test_figures_begin_with_the_sink_although_its_server_goes_on(rec: rr.RecordingStream) -> None:
    server = Server({'ws_port': 0}, server_options(LOCAL, '1MiB'))
    sink = ServerSink(server, keeps_server=True)
    rec.set_sinks(sink)
    with watch(server) as client:
        log(rec, 0, 3)
        receive(client, '/a', 3)
        assert sink.status().sent_bytes > 0
        rec.disconnect()
        assert server.is_open
        rec.set_sinks(sink)
        assert sink.status().sent_bytes == 0
        log(rec, 3, 2)
        receive(client, '/a', 2)
        assert sink.status().sent_bytes > 0
    rec.disconnect()
    server.close()


def test_big_frames_arrive_however_small_the_memory(rec: rr.RecordingStream) -> None:
    server = Server({'ws_port': 0}, server_options(LOCAL, 1000))
    rec.set_sinks(ServerSink(server))
    with watch(server) as client:
        log(rec, 0, 1)
        receive(client, '/a', 1)
        for i in range(3):
            rec.log('/image', rr.EncodedImage(contents=bytes(6 << 20), media_type='image/png'))
            rec.flush()
            assert receive(client, '/image', 1)[-1]['dropped'] == 0, i


def test_a_server_has_one_recording_at_a_time(rec: rr.RecordingStream) -> None:
    sink = rr.WebSocketServerSink(0)
    rec.set_sinks(sink)
    with rr.RecordingStream('other') as other:
        with pytest.raises(UsageError, match=f'another recording uses {sink.target}'):
            other.set_sinks(sink)
        rec.log('/x', rr.Scalars(1.0))
        assert [each.state for each in rec.status()] == ['open']
        assert other.status() == []


def test_a_failed_switch_keeps_the_policy(rec: rr.RecordingStream, free_port: int) -> None:
    rec.when_disconnected = 'drop'
    rec.set_sinks(rr.WebSocketServerSink(free_port))
    with pytest.raises(SinkOpenError):
        rec.set_sinks(rr.WebSocketServerSink(free_port), rr.FileSink('/no/such/folder/run.rrd'))
    log(rec, 0, 5)
    rec.when_disconnected = 'buffer'
    sink = rr.WebSocketServerSink(0)
    rec.set_sinks(sink)
    assert list(sink.server.hub.history.temporal_after(0)) == []


@pytest.mark.parametrize('port', ['ws_port', 'web_port'])
def test_end_cuts_those_who_take_nothing(rec: rr.RecordingStream, port: str) -> None:
    request = 'GET /recording.rrd HTTP/1.1\r\nHost: 127.0.0.1\r\n'
    if port == 'ws_port':
        request += (
            'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
        )
    with serving(rec) as server, socket.create_connection((LOCAL, server.ports[port])) as client:
        client.sendall(f'{request}\r\n'.encode())
        assert client.recv(1 << 10)
        for _ in range(8):
            rec.log('/image', rr.EncodedImage(contents=bytes(4 << 20), media_type='image/png'))
            time.sleep(0.05)
        start = time.monotonic()
        rec.disconnect()
        assert time.monotonic() - start < 6.0
        client.settimeout(TIMEOUT_SEC)
        received = 0
        with suppress(ConnectionError):
            while data := client.recv(1 << 20):
                received += len(data)
        assert received < 32 << 20


def test_end_does_not_wait_for_those_who_are_slow(rec: rr.RecordingStream) -> None:
    with serving(rec) as server, watch(server) as client:
        for i in range(60):
            rec.set_time('frame', sequence=i)
            rec.log(
                '/image', rr.EncodedImage(contents=os.urandom(1 << 20), media_type='image/png')
            )
            time.sleep(0.01)
        is_over = threading.Event()

        def sip() -> None:
            with suppress(ConnectionClosed):
                while not is_over.wait(0.5):
                    client.recv(TIMEOUT_SEC)

        sipping = threading.Thread(target=sip)
        sipping.start()
        start = time.monotonic()
        rec.disconnect()
        assert time.monotonic() - start < 8.0
        is_over.set()
        sipping.join(TIMEOUT_SEC)
