# SPDX-License-Identifier: Apache-2.0
"""Sinks: the only layer that writes files and opens sockets."""

from __future__ import annotations

from rerun_bridge.sinks.address import DEFAULT_PORT, parse_address, ViewerAddress
from rerun_bridge.sinks.base import (
    Cadence,
    DEFAULT_QUEUE_BYTES,
    LogSink,
    OnFull,
    Replay,
    SinkState,
    SinkStatus,
)
from rerun_bridge.sinks.binary_stream import BinaryStream, BinaryStreamSink
from rerun_bridge.sinks.file import FileSink
from rerun_bridge.sinks.grpc_client import GrpcSink
from rerun_bridge.sinks.memory import BufferedSink, MemorySink, to_rrd
from rerun_bridge.sinks.server import (
    check_port,
    DEFAULT_BIND,
    DEFAULT_MEMORY_LIMIT,
    GrpcServerSink,
    Server,
    server_options,
    ServerOptions,
    ServerSink,
    WEB_PORT,
    WebSocketServerSink,
    WS_PORT,
)
from rerun_bridge.sinks.snapshot import SnapshotBuffer
from rerun_bridge.sinks.viewer import open_page, spawn_viewer

__all__ = [
    'DEFAULT_BIND',
    'DEFAULT_MEMORY_LIMIT',
    'DEFAULT_PORT',
    'DEFAULT_QUEUE_BYTES',
    'WEB_PORT',
    'WS_PORT',
    'BinaryStream',
    'BinaryStreamSink',
    'BufferedSink',
    'Cadence',
    'FileSink',
    'GrpcServerSink',
    'GrpcSink',
    'LogSink',
    'MemorySink',
    'OnFull',
    'Replay',
    'Server',
    'ServerOptions',
    'ServerSink',
    'SinkState',
    'SinkStatus',
    'SnapshotBuffer',
    'ViewerAddress',
    'WebSocketServerSink',
    'check_port',
    'open_page',
    'parse_address',
    'server_options',
    'spawn_viewer',
    'to_rrd',
]
