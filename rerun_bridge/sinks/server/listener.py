# SPDX-License-Identifier: Apache-2.0
"""
One TCP port that speaks several protocols.

The first bytes of a connection tell which: HTTP/2 starts with ``PRI``, everything else is a
request of HTTP/1.1, which may ask to become a WebSocket. The library of the WebSocket server
accepts the connections; what turns out to be something else is handed over before that library
has seen a byte of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
import logging
import re
import socket
from typing import Any, NamedTuple, TYPE_CHECKING
from weakref import WeakSet

from websockets.asyncio.server import serve, ServerConnection

from rerun_bridge.sinks.server.websocket import MAX_INCOMING_BYTES

if TYPE_CHECKING:
    from websockets.asyncio.server import Server
    from websockets.http11 import Request, Response

    from rerun_bridge.sinks.server.access import AccessPolicy
    from rerun_bridge.sinks.server.port import Port

# What strangers send is no news: the library would log a traceback for each of them.
_quiet = logging.getLogger('rerun_bridge.sinks.websockets')
_quiet.setLevel(logging.CRITICAL)
_HTTP2 = b'PRI '
_END_OF_HEAD = b'\r\n\r\n'
_UPGRADE = re.compile(rb'\r\nupgrade:[ \t]*websocket', re.IGNORECASE)
_MAX_HEAD_BYTES = 1 << 14
_HEAD_SEC = 10.0
_BUFFER_BYTES = 1 << 20
_PING_SEC, _PONG_SEC = 20.0, 60.0
_CLOSE_SEC = 1.0

ServeStream = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ServeWebSocket = Callable[[ServerConnection], Awaitable[None]]


class Services(NamedTuple):
    """
    What a port offers.

    Attributes
    ----------
    websocket
        Serves a WebSocket.
    http
        Serves HTTP/1.1; None if the port is for WebSockets alone.
    http2
        Serves HTTP/2.

    """

    websocket: ServeWebSocket
    http: ServeStream | None = None
    http2: ServeStream | None = None


class Listener:
    """
    Accepts the connections of a port.

    Parameters
    ----------
    services
        What is offered.
    access
        Who may connect.

    Attributes
    ----------
    services
        As given.
    transports
        All connections that there are.

    """

    def __init__(self, services: Services, access: AccessPolicy) -> None:
        self.services = services
        self._access = access
        self._server: Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.transports: WeakSet[asyncio.Transport] = WeakSet()

    async def start(self, port: Port) -> None:
        """Accept connections of a port that is open."""
        self._server = await serve(
            self.services.websocket,
            sock=port.socket,
            process_request=self._check,
            create_connection=partial(_Connection, listener=self),  # type: ignore[arg-type]
            compression=None,
            max_size=MAX_INCOMING_BYTES,
            open_timeout=_HEAD_SEC,
            ping_interval=_PING_SEC,
            ping_timeout=_PONG_SEC,
            close_timeout=_CLOSE_SEC,
            server_header=None,
            logger=_quiet,
        )

    async def stop(self, grace_sec: float) -> None:
        """Give the port back at once; let connections end, then cut them."""
        if self._server is None:
            return
        self._server.close(close_connections=False)
        closing = asyncio.ensure_future(self._server.wait_closed())
        await asyncio.wait({closing, *self._tasks}, timeout=grace_sec)
        for task in self._tasks:
            task.cancel()
        for transport in list(self.transports):
            transport.abort()
        await asyncio.wait({closing}, timeout=grace_sec)

    def hand_over(
        self, transport: asyncio.Transport, received: bytes, serve_stream: ServeStream
    ) -> None:
        """Let a service continue a connection."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(_BUFFER_BYTES, loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        task = loop.create_task(_run(serve_stream(received, reader, writer), transport))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        host, origin = request.headers.get('Host'), request.headers.get('Origin')
        if self._access.allows_host(host) and self._access.allows_origin(origin, host):
            return None
        text = f'pages of {origin} may not read from {host}; allow the host or the origin\n'
        return connection.respond(HTTPStatus.FORBIDDEN, text)


async def _run(serving: Awaitable[None], transport: asyncio.Transport) -> None:
    try:
        await serving
    finally:
        transport.close()


class _Connection(ServerConnection):
    """A connection that nobody knows the protocol of yet."""

    def __init__(self, *args: Any, listener: Listener, **options: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(*args, **options)
        self._listener = listener
        self._received = b''
        self._accepted: asyncio.Transport | None = None
        self._is_websocket = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._accepted = transport
        self._listener.transports.add(transport)
        # asyncio does it for sockets that name their protocol, which listening ones do not.
        accepted = transport.get_extra_info('socket')
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._timeout = asyncio.get_running_loop().call_later(_HEAD_SEC, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._is_websocket:
            super().data_received(data)
            return
        transport = self._accepted
        assert transport is not None  # noqa: S101 - it was made
        self._received += data
        http, http2 = self._listener.services.http, self._listener.services.http2
        if http2 and self._received.startswith(_HTTP2):
            self._timeout.cancel()
            self._listener.hand_over(transport, self._received, http2)
        elif _END_OF_HEAD not in self._received:
            if len(self._received) > _MAX_HEAD_BYTES:
                transport.abort()
        elif http is None or _UPGRADE.search(self._received):
            self._timeout.cancel()
            self._is_websocket = True
            super().connection_made(transport)
            super().data_received(self._received)
        else:
            self._timeout.cancel()
            self._listener.hand_over(transport, self._received, http)

    def eof_received(self) -> None:
        if self._is_websocket:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timeout.cancel()
        if self._is_websocket:
            super().connection_lost(exc)
