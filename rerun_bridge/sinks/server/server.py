# SPDX-License-Identifier: Apache-2.0
"""A server: its ports, what they offer, and the hub that feeds them."""

from __future__ import annotations

from concurrent.futures import TimeoutError as FutureTimeoutError
import logging
import os
import socket
from typing import NamedTuple, TYPE_CHECKING
from urllib.parse import quote
import weakref

from rerun_bridge.errors import UsageError
from rerun_bridge.sinks.network import submit
from rerun_bridge.sinks.server.hub import Hub
from rerun_bridge.sinks.server.port import Port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rerun_bridge.sinks.server.running import Running

DEFAULT_BIND = '127.0.0.1'
DEFAULT_MEMORY_LIMIT = 256 << 20
WEB_PORT, WS_PORT, GRPC_PORT = 9090, 9877, 9876

_log = logging.getLogger('rerun_bridge.sinks')
STALL_SEC = 2.0
"""A receiver that takes nothing for so long is not waited for."""
_START_SEC = 10.0
_DRAIN_SEC = 3.0
_STOP_SEC = 5.0
_ANY = frozenset({'0.0.0.0', '::'})  # noqa: S104 - only compared
_FAR_AWAY = ('192.0.2.1', 9)  # an address for documentation; nothing is sent there
_servers: weakref.WeakSet[Server] = weakref.WeakSet()


class ServerOptions(NamedTuple):
    """
    How a server behaves.

    Attributes
    ----------
    bind
        Address to listen on: ``127.0.0.1`` for programs on this machine, ``0.0.0.0`` for all.
    memory_limit
        Bytes that are remembered for those who come later.
    allowed_hosts
        Names that this machine goes by beside those that it knows.
    cors_allow_origin
        Patterns of pages elsewhere that may read the data.
    allow_map_tiles
        Whether the page may fetch the background of maps from the internet.

    """

    bind: str = DEFAULT_BIND
    memory_limit: int = DEFAULT_MEMORY_LIMIT
    allowed_hosts: Sequence[str] = ()
    cors_allow_origin: Sequence[str] = ()
    allow_map_tiles: bool = False


class Server:
    """
    Serves one recording after the other; opened once, closed once.

    Parameters
    ----------
    ports
        Numbers (0 for any free one) by what they are for: ``web_port`` takes browsers, native
        viewers and programs, ``grpc_port`` the same but for the page, ``ws_port`` WebSockets only.
    options
        How it behaves.

    Attributes
    ----------
    hub
        Takes the data.

    """

    def __init__(self, ports: Mapping[str, int], options: ServerOptions) -> None:
        self.options = options
        self.hub = Hub(options.memory_limit)
        distinct = {number or name: name for name, number in reversed(list(ports.items()))}
        self._ports = [
            Port(options.bind, number, name=name)
            for name, number in ports.items()
            if name in distinct.values()
        ]
        self._running: Running | None = None

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._running is not None

    @property
    def ports(self) -> dict[str, int]:
        """Get the numbers of the open ports."""
        return {port.name: port.number for port in self._ports}

    @property
    def url(self) -> str:
        """Get the address of the page, or of the port if there is none."""
        scheme = 'ws' if 'ws_port' in next(iter(self.ports)) else 'http'
        return f'{scheme}://{self._host}:{next(iter(self.ports.values()))}'

    @property
    def proxy_url(self) -> str:
        """Get what a native viewer opens."""
        return f'rerun+http://{self._host}:{next(iter(self.ports.values()))}/proxy'

    @property
    def page_url(self) -> str:
        """Get an address that a browser and a native viewer open alike."""
        return f'{self.url}/?url={quote(self.proxy_url, safe="")}'

    @property
    def _host(self) -> str:
        bind = self.options.bind
        host = own_address() if bind in _ANY else bind
        return f'[{host}]' if ':' in host else host

    def open(self) -> None:
        """
        Take the ports and accept connections; does nothing if that is done.

        Raises
        ------
        SinkOpenError
            If a port cannot be had; then none is taken.
        UsageError
            If it has been closed.

        """
        if self._running:
            return
        if self.hub.is_closed:
            msg = f'the server at {self.url} has been closed; make a new one'
            raise UsageError(msg)
        from rerun_bridge.sinks.server.running import Running  # noqa: PLC0415 - loads libraries

        try:
            for port in self._ports:
                port.open()
            running = Running(self.hub, self.options, self.proxy_url)
            submit(running.start(self._ports)).result(_START_SEC)
        except BaseException:
            self.abandon()
            raise
        self._running = running
        _servers.add(self)

    def close(self) -> None:
        """
        Send what is left, end all streams and give the ports back; may be called again.

        Who takes it slowly is not waited for.
        """
        running, self._running = self._running, None
        if running:
            self.hub.drain(_DRAIN_SEC, STALL_SEC)
            try:
                submit(running.stop()).result(_STOP_SEC)
            except FutureTimeoutError:
                _log.warning('some connections to %s did not end', self.url)

    def abandon(self) -> None:
        """Let go of the ports and nothing else; a forked child has no use for them."""
        self._running = None
        for port in self._ports:
            port.release()


def own_address() -> str:
    """
    Find the address by which other computers reach this one.

    Returns
    -------
    str
        The one that leads out; ``127.0.0.1`` if none does.

    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_FAR_AWAY)
        except OSError:
            return DEFAULT_BIND
        address: str = probe.getsockname()[0]
        return address


def _after_fork_in_child() -> None:
    for server in list(_servers):
        server.abandon()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_after_fork_in_child)
