# SPDX-License-Identifier: Apache-2.0
"""
Receivers that note when each message has arrived, and cost as little as those in a viewer.

The Python servers and clients of these protocols need 25 ms for a picture, and everything behind
it waits: they would measure themselves. These do no more than the protocols ask for: HTTP/2 with
the windows of the official server (RFC 9113), and a WebSocket without compression (RFC 6455).
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing, contextmanager, suppress
import os
import socket
import struct
import threading
import time
from typing import Any, TYPE_CHECKING

from test.benchmark.node_cpu import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

READY_SEC = 20.0
_BUFFER_BYTES = 1 << 20
_PREFACE_BYTES = 24
_DATA, _HEADERS, _SETTINGS, _PING, _WINDOW_UPDATE = 0, 1, 4, 6, 8
_END_STREAM, _ACK, _END_HEADERS = 1, 1, 4
_WINDOW, _FRAME_BYTES = 1 << 20, 1 << 14
_STATUS_200 = b'\x88'
_CONTINUATION, _BINARY = 0, 2
_LONG, _LONGER = 126, 127


class Messages:
    """What has arrived, and when."""

    def __init__(self) -> None:
        self.arrivals: list[tuple[float, bytes]] = []

    def take(self, data: bytes) -> None:
        """Note one message."""
        self.arrivals.append((time.time(), data))


@contextmanager
def grpc_receiver(messages: Messages) -> Iterator[str]:
    """Take what is written to a viewer; give its address."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        threading.Thread(target=_accept, args=(server, messages), daemon=True).start()
        yield f'rerun+http://127.0.0.1:{server.getsockname()[1]}/proxy'


def _accept(server: socket.socket, messages: Messages) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            threading.Thread(target=_serve, args=(client, messages), daemon=True).start()


def _serve(client: socket.socket, messages: Messages) -> None:
    """Answer a client until it leaves."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with closing(client), client.makefile('rb', _BUFFER_BYTES) as stream, suppress(OSError):
        settings = struct.pack('>HIHI', 4, _WINDOW, 5, _FRAME_BYTES)
        client.sendall(_frame(_SETTINGS, 0, 0, settings) + _more(0, _WINDOW))
        stream.read(_PREFACE_BYTES)
        bodies: dict[int, bytearray] = {}
        unread: Counter[int] = Counter()
        while head := stream.read(9):
            size, kind, flags = int.from_bytes(head[:3], 'big'), head[3], head[4]
            number = int.from_bytes(head[5:], 'big')
            payload = stream.read(size)
            if kind == _SETTINGS and not flags & _ACK:
                client.sendall(_frame(_SETTINGS, _ACK, 0))
            elif kind == _PING and not flags & _ACK:
                client.sendall(_frame(_PING, _ACK, 0, payload))
            elif kind == _DATA:
                body = bodies.setdefault(number, bytearray())
                body += payload
                _take_complete(body, messages)
                for stream_number in (0, number):
                    unread[stream_number] += size
                    if unread[stream_number] >= _WINDOW // 2:
                        client.sendall(_more(stream_number, unread.pop(stream_number)))
                if flags & _END_STREAM:
                    del bodies[number]
                    client.sendall(_answer(number))


def _take_complete(body: bytearray, messages: Messages) -> None:
    while len(body) >= 5 and len(body) >= (end := 5 + int.from_bytes(body[1:5], 'big')):
        messages.take(bytes(memoryview(body)[5:end]))
        del body[:end]


def _frame(kind: int, flags: int, number: int, payload: bytes = b'') -> bytes:
    return len(payload).to_bytes(3, 'big') + struct.pack('>BBI', kind, flags, number) + payload


def _more(number: int, num_bytes: int) -> bytes:
    return _frame(_WINDOW_UPDATE, 0, number, num_bytes.to_bytes(4, 'big'))


def _answer(number: int) -> bytes:
    """Make the empty message with which a server tells that it has got everything."""
    head = _STATUS_200 + _literal(b'content-type', b'application/grpc')
    return (
        _frame(_HEADERS, _END_HEADERS, number, head)
        + _frame(_DATA, 0, number, bytes(5))
        + _frame(_HEADERS, _END_HEADERS | _END_STREAM, number, _literal(b'grpc-status', b'0'))
    )


def _literal(name: bytes, value: bytes) -> bytes:
    return bytes((0, len(name))) + name + bytes((len(value),)) + value


def watch(port: int, messages: Messages) -> None:
    """Receive from the WebSocket of a bridge until it ends."""
    deadline = time.monotonic() + READY_SEC
    while not is_open(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    with (
        suppress(OSError),
        socket.create_connection(('127.0.0.1', port)) as client,
        client.makefile('rb', _BUFFER_BYTES) as stream,
    ):
        key = os.urandom(8).hex()
        client.sendall(
            f'GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n'
            f'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
            f'Sec-WebSocket-Key: {key}{key[:6]}==\r\n\r\n'.encode()
        )
        while stream.readline() != b'\r\n':
            pass
        _read_frames(stream, messages)


def _read_frames(stream: Any, messages: Messages) -> None:
    body = bytearray()
    is_binary = False
    while len(head := stream.read(2)) == 2:
        kind, size = head[0] & 15, head[1]
        if size >= _LONG:
            size = int.from_bytes(stream.read(8 if size == _LONGER else 2), 'big')
        payload = stream.read(size)
        if kind != _CONTINUATION:
            is_binary = kind == _BINARY
        if is_binary:
            body += payload
            if head[0] & 128:
                messages.take(bytes(body))
                body.clear()
