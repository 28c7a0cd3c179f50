# SPDX-License-Identifier: Apache-2.0
"""
What native viewers connect to.

gRPC brings its own HTTP/2 server, which wants a port of its own. The public port hands each
HTTP/2 connection on to it, byte by byte; the gRPC server serves no connection that came in
otherwise, so that what the public port refuses stays refused.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
import logging
from typing import Any, TYPE_CHECKING

from rerun_bridge.log_encoding import grpc_message
from rerun_bridge.sinks.server.grpc_web import PROXY_SERVICE, READ_MESSAGES_PATH
from rerun_bridge.sinks.server.viewer_control import ViewerControl

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.sinks.server.hub import Hub

_log = logging.getLogger('rerun_bridge.sinks')
_DATA_OF_OTHERS = [PROXY_SERVICE + name for name in ('WriteMessages', 'WriteTable', 'ReadTables')]
_CATALOG = '/rerun.cloud.v1alpha1.RerunCloudService/'
_OTHER_VIEWER = 'rerun+http://127.0.0.1:9876/proxy'
_LOOPBACK = '127.0.0.1'
_READ_BYTES = 256 << 10
_OPTIONS = (
    ('grpc.so_reuseport', 0),
    ('grpc.max_send_message_length', -1),
    # The official server's; a viewer that pings more often than gRPC likes is not turned away.
    ('grpc.keepalive_time_ms', 10_000),
    ('grpc.keepalive_timeout_ms', 20_000),
    ('grpc.keepalive_permit_without_calls', 1),
    ('grpc.http2.max_pings_without_data', 0),
    ('grpc.http2.max_ping_strikes', 0),
)


class GrpcServer:
    """
    Streams a hub to native viewers; on the network loop only.

    gRPC takes memory and threads, so it comes with the first viewer.

    Parameters
    ----------
    hub
        What is streamed.
    public_url
        Returns what viewers open, for instance ``rerun+http://127.0.0.1:9090/proxy``.

    """

    def __init__(self, hub: Hub, *, public_url: Callable[[], str]) -> None:
        self._hub = hub
        self._public_url = public_url
        self._viewers = ViewerControl(public_url)
        self._server: Any = None
        self._starting: asyncio.Future[int] | None = None
        self._clients: dict[int, asyncio.StreamWriter] = {}
        self._copies: set[asyncio.Task[None]] = set()

    async def pipe(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """
        Serve one HTTP/2 connection until either side ends it.

        Parameters
        ----------
        first
            What has been read from it.
        reader, writer
            Its public end, which the caller closes.

        """
        if self._starting is None:
            self._starting = asyncio.ensure_future(self._start())
        port = await asyncio.shield(self._starting)
        try:
            inner_reader, inner_writer = await asyncio.open_connection(
                _LOOPBACK, port, limit=_READ_BYTES
            )
        except OSError:  # it is being stopped, or could not start
            return
        inner_port: int = inner_writer.get_extra_info('sockname')[1]
        self._clients[inner_port] = writer
        inner_writer.write(first)
        copies = {
            asyncio.ensure_future(_copy(reader, inner_writer)),
            asyncio.ensure_future(_copy(inner_reader, writer)),
        }
        self._copies |= copies
        try:
            await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for copy in copies:
                copy.cancel()
            self._copies -= copies
            del self._clients[inner_port]
            # Whoever should have taken the rest is gone.
            inner_writer.transport.abort()

    async def stop(self, grace_sec: float) -> None:
        """
        End all streams and connections.

        Parameters
        ----------
        grace_sec
            How long streams may take to end by themselves, which they do once the hub is
            closed; then how long clients may take to receive the rest.

        """
        self._viewers.stop()
        if self._starting is not None:
            await asyncio.wait({self._starting})
        if self._server is not None:
            await self._server.stop(grace_sec)
        if self._copies:
            await asyncio.wait(set(self._copies), timeout=grace_sec)
        for copy in self._copies:
            copy.cancel()

    async def _start(self) -> int:
        """Start serving what `pipe` hands on; return the port, 0 if that is not possible."""
        try:
            grpc: Any = await asyncio.to_thread(import_module, 'grpc')  # takes 0.1 s
        except ImportError as exc:
            _log.error('native viewers cannot be served: %s; install grpcio', exc)
            return 0
        service = _Service(grpc, self._hub, self._viewers, self._public_url, self._clients)
        self._server = grpc.aio.server(options=_OPTIONS)
        self._server.add_generic_rpc_handlers((service,))
        port: int = self._server.add_insecure_port(f'{_LOOPBACK}:0')
        await self._server.start()
        return port


class _Service:
    """Answers calls; gRPC asks `service` who does."""

    def __init__(
        self,
        grpc: Any,  # noqa: ANN401 - grpc has no types
        hub: Hub,
        viewers: ViewerControl,
        public_url: Callable[[], str],
        clients: dict[int, asyncio.StreamWriter],
    ) -> None:
        self._codes = grpc.StatusCode
        self._client_left = grpc.aio.InternalError  # what gRPC makes of it while something is sent
        self._hub = hub
        self._viewers = viewers
        self._public_url = public_url
        self._clients = clients
        # Of these calls, whatever they really are, no request is ever taken in.
        refuse, answer_catalog = map(
            grpc.stream_unary_rpc_method_handler, (self._refuse, self._answer_catalog)
        )
        self._handlers = {
            READ_MESSAGES_PATH: grpc.unary_stream_rpc_method_handler(self._read_messages),
            **dict.fromkeys(_DATA_OF_OTHERS, refuse),
        }
        self._catalog_handler = answer_catalog

    def service(self, call: Any) -> Any:  # noqa: ANN401
        if call.method.startswith(_CATALOG):
            return self._catalog_handler
        return self._handlers.get(call.method)

    async def _read_messages(self, _: bytes, context: Any) -> None:  # noqa: ANN401
        await self._client(context)
        # Not a generator: that would keep its subscription until it is garbage-collected.
        with self._hub.subscribe() as subscription, suppress(self._client_left):
            while messages := await subscription.next():
                for message in messages:
                    await context.write(grpc_message(message))

    async def _refuse(self, _: object, context: Any) -> None:  # noqa: ANN401
        text = (
            f'{self._public_url()} shows what is logged here and takes nothing in; '
            f'log to a viewer, for instance {_OTHER_VIEWER}'
        )
        await context.abort(self._codes.UNIMPLEMENTED, text)

    async def _answer_catalog(self, _: object, context: Any) -> None:  # noqa: ANN401
        await self._viewers.show(await self._client(context))
        text = (
            'this is a live recording, not a catalog; open it with '
            f'`rerun {self._public_url()}`, or open that address in the viewer'
        )
        await context.abort(self._codes.FAILED_PRECONDITION, text)

    async def _client(self, context: Any) -> asyncio.StreamWriter:  # noqa: ANN401
        """Return the public end of the connection of a call; refuse one that has none."""
        port = int(context.peer().rpartition(':')[2])
        if port not in self._clients:
            text = f'this port is internal; connect to {self._public_url()}'
            await context.abort(self._codes.PERMISSION_DENIED, text)
        return self._clients[port]


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_READ_BYTES):
            writer.write(data)
            await writer.drain()
