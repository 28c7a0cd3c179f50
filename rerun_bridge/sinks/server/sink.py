# SPDX-License-Identifier: Apache-2.0
"""Servers as sinks of a recording."""

from __future__ import annotations

import re
from typing import ClassVar, TYPE_CHECKING

from rerun_bridge.errors import FlushTimeoutError, UsageError
from rerun_bridge.memory import total_bytes
from rerun_bridge.sinks.base import Cadence, SinkState, SinkStatus
from rerun_bridge.sinks.server.server import (
    DEFAULT_BIND,
    DEFAULT_MEMORY_LIMIT,
    GRPC_PORT,
    Server,
    ServerOptions,
    STALL_SEC,
    WS_PORT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.base import Replay

_MAX_PORT = 65535
_SIZE = re.compile(r'\s*(\d+(?:\.\d*)?)\s*(?:([KMGT])(i?))?B\s*', re.IGNORECASE)


class ServerSink:
    """
    Feeds a server.

    Parameters
    ----------
    server
        Opened with the sink.
    kind
        What the sink is called.
    keeps_server
        Whether the server goes on, without new data, when the sink is closed; somebody else
        closes it then, and until that the sink can be opened again.

    """

    cadence = Cadence.LIVE

    def __init__(self, server: Server, kind: str = 'serve', *, keeps_server: bool = False) -> None:
        self.server = server
        self._kind = kind
        self._keeps_server = keeps_server
        self._state = SinkState.CLOSED
        self._num_messages = 0
        self._before = (0, 0, 0)

    @property
    def target(self) -> str:
        """Get what it is and where it listens."""
        return f'{self._kind}:{next(iter(self.server.ports.values()))}'

    @property
    def resources(self) -> frozenset[tuple[str, str]]:
        """Get its ports, which only one sink can hold."""
        return frozenset(('port', str(number)) for number in self.server.ports.values() if number)

    def open(self, replay: Replay) -> None:  # noqa: ARG002 - the history knows what is needed
        """Open the server, unless it is; for one recording at a time."""
        if self._state is SinkState.OPEN:
            msg = f'another recording uses {self.target}; make a sink of its own for this one'
            raise UsageError(msg)
        self.server.open()
        self._state = SinkState.OPEN
        self._num_messages = 0
        self._before = self.server.hub.totals()

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Hand messages to all who are there and remember them for others; never blocks."""
        self._num_messages += len(messages)
        self.server.hub.publish(messages)

    def flush(self, timeout_sec: float | None) -> None:
        """Wait until those who are there have been sent everything, but for who takes nothing."""
        if not self.server.hub.drain(timeout_sec, STALL_SEC):
            msg = f'not everything was sent in time; is a link slow? {self.server.url}'
            raise FlushTimeoutError(msg)

    def close(self) -> None:
        """Send what is left, then close the server if it is not kept."""
        if self._state is SinkState.CLOSED:
            return
        self._state = SinkState.CLOSED
        if not self._keeps_server:
            self.server.close()

    def status(self) -> SinkStatus:
        """Return figures."""
        hub = self.server.hub
        sent_bytes, dropped_messages, dropped_rows = (
            now - before for now, before in zip(hub.totals(), self._before, strict=True)
        )
        return SinkStatus(
            self.target,
            self._state,
            queued_bytes=hub.history.num_bytes,
            sent_messages=self._num_messages,
            sent_bytes=sent_bytes,
            dropped_messages=dropped_messages,
            dropped_rows=dropped_rows,
            receivers=len(hub.subscriptions),
        )


class _PortSink(ServerSink):
    """
    A server with one port of its own.

    Parameters
    ----------
    port
        TCP port; None for the usual one, 0 for any that is free.
    bind, server_memory_limit, allowed_hosts, cors_allow_origin
        As in `RecordingStream.serve`.

    """

    _KIND: ClassVar[str]
    _PORT_NAME: ClassVar[str]
    _USUAL_PORT: ClassVar[int]

    def __init__(
        self,
        port: int | None = None,
        *,
        bind: str = DEFAULT_BIND,
        server_memory_limit: str | int = DEFAULT_MEMORY_LIMIT,
        allowed_hosts: Iterable[str] = (),
        cors_allow_origin: Iterable[str] = (),
    ) -> None:
        options = server_options(bind, server_memory_limit, allowed_hosts, cors_allow_origin)
        number = check_port(self._USUAL_PORT if port is None else port)
        super().__init__(Server({self._PORT_NAME: number}, options), self._KIND)


class WebSocketServerSink(_PortSink):
    """Streams to whoever connects by WebSocket, usually at port 9877."""

    _KIND, _PORT_NAME, _USUAL_PORT = 'websocket', 'ws_port', WS_PORT


class GrpcServerSink(_PortSink):
    """Streams to viewers that connect: ``rerun rerun+http://host:9876/proxy``."""

    _KIND, _PORT_NAME, _USUAL_PORT = 'grpc', 'grpc_port', GRPC_PORT

    @property
    def url(self) -> str:
        """Get what a viewer opens."""
        return self.server.proxy_url


def server_options(
    bind: str,
    memory_limit: str | int,
    allowed_hosts: Iterable[str] = (),
    cors_allow_origin: Iterable[str] = (),
    *,
    allow_map_tiles: bool = False,
) -> ServerOptions:
    """
    Check the options of a server.

    Parameters
    ----------
    bind, allowed_hosts, cors_allow_origin, allow_map_tiles
        See `ServerOptions`.
    memory_limit
        Bytes, or a text such as ``256MiB``, ``1GB`` or ``25%`` (of this machine's memory).

    Returns
    -------
    ServerOptions
        The options.

    Raises
    ------
    UsageError
        If one cannot be used.

    """
    for name, values in (
        ('allowed_hosts', allowed_hosts),
        ('cors_allow_origin', cors_allow_origin),
    ):
        if isinstance(values, str):
            msg = f'{name} is a list of texts; write [{values!r}]'
            raise UsageError(msg)
    if not bind:
        msg = "bind is empty; use '127.0.0.1' for this machine alone, '0.0.0.0' for others, too"
        raise UsageError(msg)
    return ServerOptions(
        bind,
        _num_bytes(memory_limit),
        tuple(allowed_hosts),
        tuple(cors_allow_origin),
        allow_map_tiles=allow_map_tiles,
    )


def check_port(port: int) -> int:
    """Return a port number; raise UsageError if it is none."""
    if not 0 <= port <= _MAX_PORT:
        msg = f'a port is a number from 0 (any) to {_MAX_PORT}, not {port}'
        raise UsageError(msg)
    return port


def _num_bytes(size: str | int) -> int:
    if isinstance(size, int) and size >= 0:
        return size
    text = str(size).strip()
    match = _SIZE.fullmatch(text)
    if match:
        number, prefix, is_binary = match.groups()
        step = 1024 if is_binary else 1000
        return int(float(number) * step ** (' KMGT'.index(prefix.upper()) if prefix else 0))
    if text.endswith('%') and text[:-1].strip().isdecimal():
        return total_bytes() * int(text[:-1]) // 100
    msg = f'a memory limit is a size such as 256MiB or 25%, not {size!r}'
    raise UsageError(msg)
