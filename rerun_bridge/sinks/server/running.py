# SPDX-License-Identifier: Apache-2.0
"""Everything that runs while a server is open; on the network loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rerun_bridge.sinks.server.access import AccessPolicy
from rerun_bridge.sinks.server.grpc_server import GrpcServer
from rerun_bridge.sinks.server.http import HttpService
from rerun_bridge.sinks.server.listener import Listener, Services
from rerun_bridge.sinks.server.page_files import page_headers, PageFiles
from rerun_bridge.sinks.server.websocket import serve_websocket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.sinks.server.hub import Hub
    from rerun_bridge.sinks.server.port import Port
    from rerun_bridge.sinks.server.server import ServerOptions

_GRACE_SEC = 1.0


class Running:
    """
    The services of a server and the listeners of its ports.

    Parameters
    ----------
    hub
        Where the data comes from.
    options
        How the server behaves.
    proxy_url
        What native viewers open.

    """

    def __init__(self, hub: Hub, options: ServerOptions, proxy_url: str) -> None:
        self._hub = hub
        self._options = options
        self._access = AccessPolicy(
            frozenset(name.lower() for name in options.allowed_hosts),
            tuple(options.cors_allow_origin),
        )
        self._grpc = GrpcServer(hub, public_url=lambda: proxy_url)
        self._http: list[HttpService] = []
        self._listeners: list[Listener] = []

    async def start(self, ports: Sequence[Port]) -> None:
        """Accept connections on open ports."""
        for port in ports:
            listener = Listener(self._services_of(port), self._access)
            await listener.start(port)
            self._listeners.append(listener)

    async def stop(self) -> None:
        """Give the ports back and end all streams, first kindly."""
        self._hub.close()
        for http in self._http:
            http.close_idle()
        stopping = [listener.stop(_GRACE_SEC) for listener in self._listeners]
        await asyncio.gather(self._grpc.stop(_GRACE_SEC), *stopping)

    def _services_of(self, port: Port) -> Services:
        services = Services(lambda connection: serve_websocket(connection, self._hub))
        if port.name == 'ws_port':
            return services
        find_file = PageFiles().find if port.name == 'web_port' else lambda _: None
        headers = page_headers(allow_map_tiles=self._options.allow_map_tiles)
        http = HttpService(self._hub, self._access, find_file, headers)
        self._http.append(http)
        return services._replace(http=http.serve, http2=self._grpc.pipe)
