# SPDX-License-Identifier: Apache-2.0
"""
Answers HTTP/1.1: the page and its files, the live recording, and Rerun's gRPC-web.

There is a fixed table of paths; nothing that a client says names a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
import logging
from typing import NamedTuple, TYPE_CHECKING
from urllib.parse import urlsplit

import h11

from rerun_bridge.errors import WebViewerNotFoundError
from rerun_bridge.log_encoding.rrd import message_header, stream_header
from rerun_bridge.sinks.server import grpc_web

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.server.access import AccessPolicy
    from rerun_bridge.sinks.server.hub import Hub, Subscription
    from rerun_bridge.sinks.web_viewer import Asset

_log = logging.getLogger('rerun_bridge.sinks')
RECORDING_PATH = '/recording.rrd'
_MAX_HEAD_BYTES = 1 << 14
_MAX_BODY_BYTES = 1 << 16
_READ_BYTES = 1 << 16
_BIG_BYTES = 64 << 10
"""From here on a piece is not copied to join it with others."""
_IDLE_SEC = 60.0
_PAGE_METHODS = ('GET', 'HEAD')

Headers = list[tuple[str, str]]
FindFile = Callable[[str], 'Asset | None']


class _Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class HttpService:
    """
    Serves HTTP connections.

    Parameters
    ----------
    hub
        Where the data comes from.
    access
        Who may ask.
    find_file
        Returns the file of a path, None if there is none.
    page_headers
        Sent with every file.

    """

    def __init__(
        self, hub: Hub, access: AccessPolicy, find_file: FindFile, page_headers: Headers
    ) -> None:
        self._hub = hub
        self._access = access
        self._find_file = find_file
        self._page_headers = page_headers
        self._idle: set[asyncio.StreamWriter] = set()

    async def serve(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """
        Answer the requests of one connection.

        Parameters
        ----------
        first
            What has been read from it already.
        reader, writer
            The connection; closed at the end.

        """
        exchange = _Exchange(first, reader, writer)
        try:
            while (request := await self._next_request(exchange, writer)) is not None:
                await self._answer(exchange, request)
                if not exchange.starts_next():
                    break
        except h11.RemoteProtocolError as exc:
            with suppress(OSError, h11.LocalProtocolError):
                await exchange.refuse(exc.error_status_hint, str(exc))
        except (OSError, asyncio.TimeoutError):  # the latter is of its own until Python 3.11
            pass
        finally:
            writer.close()

    def close_idle(self) -> None:
        """Close the connections that browsers keep open for their next request."""
        for writer in self._idle:
            writer.close()

    async def _next_request(
        self, exchange: _Exchange, writer: asyncio.StreamWriter
    ) -> _Request | None:
        if self._hub.is_closed:
            return None
        self._idle.add(writer)
        try:
            return await exchange.next_request()
        finally:
            self._idle.discard(writer)

    async def _answer(self, exchange: _Exchange, request: _Request) -> None:
        host, origin = request.headers.get('host'), request.headers.get('origin')
        file = self._find_file(request.path)
        if not self._access.allows_host(host):
            await exchange.refuse(
                HTTPStatus.MISDIRECTED_REQUEST,
                f'{host} is not known as a name of this machine; use its address, or allow the '
                'name (allowed_hosts)',
            )
        elif file is not None:
            await self._send_file(exchange, request, file)
        elif not self._access.allows_origin(origin, host):
            await exchange.refuse(
                HTTPStatus.FORBIDDEN, f'pages of {origin} may not read this; allow their origin'
            )
        elif request.path == RECORDING_PATH and request.method in _PAGE_METHODS:
            await self._send_recording(exchange, request)
        elif request.method == 'OPTIONS':
            await exchange.respond(HTTPStatus.OK, grpc_web.preflight_headers(request.headers))
        elif request.method == 'POST':
            await self._send_grpc_web(exchange, request)
        else:
            await exchange.refuse(HTTPStatus.NOT_FOUND, f'there is no {request.path}')

    async def _send_file(self, exchange: _Exchange, request: _Request, file: Asset) -> None:
        if request.method not in _PAGE_METHODS:
            await exchange.refuse(HTTPStatus.METHOD_NOT_ALLOWED, 'it can only be read')
            return
        read = file.read
        headers = [*self._page_headers, ('vary', 'accept-encoding')]
        etag = f'"{file.etag}"'
        if file.read_gzip and 'gzip' in request.headers.get('accept-encoding', ''):
            read = file.read_gzip
            etag = f'"{file.etag}-gz"'
            headers.append(('content-encoding', 'gzip'))
        headers += [('etag', etag), ('cache-control', 'no-cache')]
        if file.is_public:
            headers += [
                ('access-control-allow-origin', '*'),
                ('cross-origin-resource-policy', 'cross-origin'),
            ]
        if etag in map(str.strip, request.headers.get('if-none-match', '').split(',')):
            await exchange.respond(HTTPStatus.NOT_MODIFIED, headers)
            return
        headers += [
            ('content-type', file.content_type),
            ('rerun-final-length', str(file.num_bytes)),
        ]
        try:
            body = await asyncio.to_thread(read)
        except WebViewerNotFoundError as exc:
            _log.warning('cannot send %s: %s', request.path, exc)
            await exchange.refuse(HTTPStatus.NOT_FOUND, 'the web viewer has gone')
            return
        await exchange.respond(HTTPStatus.OK, headers, body)

    async def _send_recording(self, exchange: _Exchange, request: _Request) -> None:
        headers = [
            ('content-type', 'application/octet-stream'),
            ('cache-control', 'no-store'),
            *grpc_web.cors_headers(request.headers),
        ]
        if request.method == 'HEAD':
            await exchange.respond(HTTPStatus.OK, headers)
            return
        await exchange.start(HTTPStatus.OK, headers)
        await exchange.send([stream_header()])
        with self._hub.subscribe() as subscription:
            if await exchange.stream(subscription, _rrd_frame):
                await exchange.finish()

    async def _send_grpc_web(self, exchange: _Exchange, request: _Request) -> None:
        problem = grpc_web.problem_of(request.path, request.headers, request.body)
        headers = [
            *grpc_web.response_headers(problem),
            *grpc_web.cors_headers(request.headers),
        ]
        if problem:
            await exchange.respond(HTTPStatus.OK, headers)
            return
        await exchange.start(HTTPStatus.OK, headers)
        with self._hub.subscribe() as subscription:
            if await exchange.stream(subscription, grpc_web.frame):
                await exchange.finish([grpc_web.trailer(0)])


class _Exchange:
    """One connection: requests in, responses out."""

    def __init__(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD_BYTES)
        self._http.receive_data(first)
        self._is_head = False

    async def next_request(self) -> _Request | None:
        """Wait for a request; None when the client has left."""
        request: h11.Request | None = None
        body = b''
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    await self._write(h11.InformationalResponse(status_code=100, headers=[]))
                data = await asyncio.wait_for(self._reader.read(_READ_BYTES), _IDLE_SEC)
                self._http.receive_data(data)
            elif isinstance(event, h11.Request):
                request = event
                self._is_head = event.method == b'HEAD'
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > _MAX_BODY_BYTES:
                    msg = 'the request is too big'
                    raise h11.RemoteProtocolError(msg, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                headers = {
                    name.decode('latin1'): value.decode('latin1')
                    for name, value in request.headers
                }
                path = _path_of(request.target.decode('latin1'))
                return _Request(request.method.decode('latin1'), path, headers, body)
            else:
                return None

    def starts_next(self) -> bool:
        """Tell whether another request may come on this connection."""
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            return True
        return False

    async def start(self, status: int, headers: Headers) -> None:
        """Send the head of a response whose body follows."""
        await self._write(h11.Response(status_code=status, headers=_encoded(headers)))

    async def send(self, pieces: Iterable[Bytes]) -> None:
        """Send a part of a body."""
        for piece in pieces:
            await self._write(h11.Data(data=piece))  # type: ignore[arg-type]

    async def finish(self, pieces: Iterable[Bytes] = ()) -> None:
        """Send the last part of a body."""
        await self.send(pieces)
        await self._write(h11.EndOfMessage())

    async def respond(self, status: int, headers: Headers, body: bytes = b'') -> None:
        """Send a whole response."""
        length = [] if status == HTTPStatus.NOT_MODIFIED else [('content-length', str(len(body)))]
        await self.start(status, [*headers, *length])
        await self.finish([body] if body and not self._is_head else [])

    async def refuse(self, status: int, reason: str) -> None:
        """Send an error."""
        headers = [('content-type', 'text/plain; charset=utf-8'), ('connection', 'close')]
        await self.respond(status, headers, f'{reason}\n'.encode())

    async def stream(
        self, subscription: Subscription, frame: Callable[[LogMsg], list[Bytes]]
    ) -> bool:
        """Send messages until the stream ends or the client leaves; tell whether it is there."""
        watching = asyncio.create_task(self._watch(subscription))
        try:
            while messages := await subscription.next():
                for message in messages:
                    await self.send(frame(message))
            is_there = not watching.done()
        finally:
            watching.cancel()
        return is_there

    async def _watch(self, subscription: Subscription) -> None:
        """End the stream when the client has left."""
        with suppress(OSError):
            while await self._reader.read(_READ_BYTES):
                pass
        subscription.close()

    async def _write(self, event: h11.Event) -> None:
        pieces = self._http.send_with_data_passthrough(event) or []
        if sum(map(len, pieces)) < _BIG_BYTES:
            pieces = [b''.join(pieces)]
        # Not `writelines`: until Python 3.12.8 and 3.13.1 `drain` does not wait after it.
        for piece in pieces:
            self._writer.write(piece)
        await self._writer.drain()


def _path_of(target: str) -> str:
    try:
        return urlsplit(target).path
    except ValueError as exc:
        msg = f'{target} is no address'
        raise h11.RemoteProtocolError(msg) from exc


def _rrd_frame(message: LogMsg) -> list[Bytes]:
    return [message_header(message), *message.pieces]


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode('latin1'), value.encode('latin1')) for name, value in headers]
