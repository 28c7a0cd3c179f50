# SPDX-License-Identifier: Apache-2.0
"""Servers for browsers, native viewers and programs."""

from __future__ import annotations

from rerun_bridge.sinks.server.server import (
    DEFAULT_BIND,
    DEFAULT_MEMORY_LIMIT,
    GRPC_PORT,
    Server,
    ServerOptions,
    WEB_PORT,
    WS_PORT,
)
from rerun_bridge.sinks.server.sink import (
    check_port,
    GrpcServerSink,
    server_options,
    ServerSink,
    WebSocketServerSink,
)

__all__ = [
    'DEFAULT_BIND',
    'DEFAULT_MEMORY_LIMIT',
    'GRPC_PORT',
    'WEB_PORT',
    'WS_PORT',
    'GrpcServerSink',
    'Server',
    'ServerOptions',
    'ServerSink',
    'WebSocketServerSink',
    'check_port',
    'server_options',
]
