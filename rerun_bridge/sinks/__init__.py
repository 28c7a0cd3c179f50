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
from rerun_bridge.sinks.viewer import spawn_viewer

__all__ = [
    'DEFAULT_PORT',
    'DEFAULT_QUEUE_BYTES',
    'BinaryStream',
    'BinaryStreamSink',
    'BufferedSink',
    'Cadence',
    'FileSink',
    'GrpcSink',
    'LogSink',
    'MemorySink',
    'OnFull',
    'Replay',
    'SinkState',
    'SinkStatus',
    'ViewerAddress',
    'parse_address',
    'spawn_viewer',
    'to_rrd',
]
