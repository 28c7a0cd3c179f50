# SPDX-License-Identifier: Apache-2.0
"""The recording stream, its sinks and the functions of the classic API."""

from __future__ import annotations

from rerun_bridge.sdk.context import (
    get_data_recording,
    get_global_data_recording,
    get_thread_local_data_recording,
    rerun_shutdown,
    set_global_data_recording,
    set_thread_local_data_recording,
    shutdown_at_exit,
    unregister_shutdown,
)
from rerun_bridge.sdk.data_stream import RerunWarning
from rerun_bridge.sdk.functions import (
    binary_stream,
    connect,
    disable_timeline,
    disconnect,
    flush,
    init,
    is_enabled,
    log,
    memory_recording,
    new_recording,
    reset_time,
    save,
    send_blueprint,
    send_columns,
    send_property,
    send_recording_name,
    send_recording_start_time_nanos,
    set_sinks,
    set_time,
    spawn,
)
from rerun_bridge.sdk.memory_recording import MemoryRecording
from rerun_bridge.sdk.recording_stream import RecordingStream
from rerun_bridge.sdk.time_column import TimeColumn
from rerun_bridge.sinks import (
    BinaryStream,
    FileSink,
    GrpcSink,
    LogSink,
    SinkState,
    SinkStatus,
    spawn_viewer,
)

__all__ = [
    'BinaryStream',
    'FileSink',
    'GrpcSink',
    'LogSink',
    'MemoryRecording',
    'RecordingStream',
    'RerunWarning',
    'SinkState',
    'SinkStatus',
    'TimeColumn',
    'binary_stream',
    'connect',
    'disable_timeline',
    'disconnect',
    'flush',
    'get_data_recording',
    'get_global_data_recording',
    'get_thread_local_data_recording',
    'init',
    'is_enabled',
    'log',
    'memory_recording',
    'new_recording',
    'rerun_shutdown',
    'reset_time',
    'save',
    'send_blueprint',
    'send_columns',
    'send_property',
    'send_recording_name',
    'send_recording_start_time_nanos',
    'set_global_data_recording',
    'set_sinks',
    'set_thread_local_data_recording',
    'set_time',
    'shutdown_at_exit',
    'spawn',
    'spawn_viewer',
    'unregister_shutdown',
]
