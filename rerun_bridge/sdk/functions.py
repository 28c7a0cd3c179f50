# SPDX-License-Identifier: Apache-2.0
"""The module functions of the classic API: each acts on the current recording."""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING

from rerun_bridge.errors import CurrentRecordingError
from rerun_bridge.sdk.context import (
    get_data_recording,
    set_global_data_recording,
    set_thread_local_data_recording,
)
from rerun_bridge.sdk.recording_stream import RecordingStream
from rerun_bridge.sinks import DEFAULT_BIND, DEFAULT_MEMORY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    import os
    import uuid

    from rerun_bridge.blueprint import Blueprint, Container, View
    from rerun_bridge.sdk.memory_recording import MemoryRecording
    from rerun_bridge.sdk.time_column import TimeColumn
    from rerun_bridge.sdk.time_state import DurationLike, TimestampLike
    from rerun_bridge.sinks import BinaryStream, LogSink

_log = logging.getLogger('rerun_bridge.sdk')


def init(  # noqa: PLR0917 - the classic signature
    application_id: str,
    recording_id: str | uuid.UUID | None = None,
    spawn: bool = False,  # noqa: FBT001, FBT002 - the classic signature
    init_logging: bool = True,  # noqa: FBT001, FBT002, ARG001 - the classic signature
    default_enabled: bool = True,  # noqa: FBT001, FBT002 - the classic signature
    strict: bool | None = None,  # noqa: FBT001 - the classic signature
    *,
    default_blueprint: Blueprint | View | Container | None = None,
    send_properties: bool = True,
) -> None:
    """
    Start a recording and make it the global one; what is logged is buffered until a sink opens.

    Parameters
    ----------
    application_id
        Name of the program.
    recording_id
        Streams with the same one are merged by the viewer.
    spawn
        Whether to start a viewer and stream to it.
    init_logging
        Ignored, kept for compatibility: the package logs to Python's logger ``rerun_bridge``.
    default_enabled
        False to ignore all calls unless the environment variable ``RERUN`` says otherwise.
    strict
        Whether wrong use raises instead of warning.
    default_blueprint
        How viewers show the recording.
    send_properties
        Whether to log when the recording started.

    """
    recording = RecordingStream(
        application_id,
        recording_id,
        default_enabled=default_enabled,
        strict=strict,
        send_properties=send_properties,
    )
    set_global_data_recording(recording)
    _prepare(recording, spawn=spawn, default_blueprint=default_blueprint)


def new_recording(  # noqa: PLR0917 - the classic signature
    application_id: str,
    recording_id: str | uuid.UUID | None = None,
    make_default: bool = False,  # noqa: FBT001, FBT002 - the classic signature
    make_thread_default: bool = False,  # noqa: FBT001, FBT002 - the classic signature
    spawn: bool = False,  # noqa: FBT001, FBT002 - the classic signature
    default_enabled: bool = True,  # noqa: FBT001, FBT002 - the classic signature
    *,
    default_blueprint: Blueprint | View | Container | None = None,
    send_properties: bool = True,
    strict: bool | None = None,
) -> RecordingStream:
    """
    Start a recording.

    Parameters
    ----------
    application_id, recording_id, spawn, default_enabled, default_blueprint, send_properties, strict
        As in `init`.
    make_default
        Whether it becomes the global recording.
    make_thread_default
        Whether it becomes the recording of this thread.

    Returns
    -------
    RecordingStream
        The recording.

    """  # noqa: E501
    recording = RecordingStream(
        application_id,
        recording_id,
        default_enabled=default_enabled,
        strict=strict,
        send_properties=send_properties,
    )
    if make_default:
        set_global_data_recording(recording)
    if make_thread_default:
        set_thread_local_data_recording(recording)
    _prepare(recording, spawn=spawn, default_blueprint=default_blueprint)
    return recording


def is_enabled(recording: RecordingStream | None = None) -> bool:
    """Tell whether calls on a recording have an effect."""
    found = get_data_recording(recording)
    return found is not None and found.is_enabled


def log(
    entity_path: str | Sequence[object],
    entity: object,
    *extra: object,
    static: bool = False,
    recording: RecordingStream | None = None,
    strict: bool | None = None,
) -> None:
    """Log data; see `RecordingStream.log`. Does nothing without a recording."""
    found = get_data_recording(recording)
    if found is not None:
        found.log_all(entity_path, (entity, *extra), static, strict)


def send_columns(
    entity_path: str,
    indexes: Iterable[TimeColumn],
    columns: Iterable[Any],
    recording: RecordingStream | None = None,
    *,
    strict: bool | None = None,
) -> None:
    """Log many rows at once; see `RecordingStream.send_columns`."""
    found = get_data_recording(recording)
    if found is not None:
        found.send_columns(entity_path, indexes, columns, strict=strict)


def set_time(
    timeline: str,
    *,
    sequence: int | None = None,
    timestamp: TimestampLike | None = None,
    duration: DurationLike | None = None,
    recording: RecordingStream | None = None,
) -> None:
    """Set the current time of this thread; see `RecordingStream.set_time`."""
    found = get_data_recording(recording)
    if found is not None:
        found.times.here.set(timeline, sequence, timestamp, duration)


def disable_timeline(timeline: str, recording: RecordingStream | None = None) -> None:
    """Stop logging on a timeline, in this thread."""
    found = get_data_recording(recording)
    if found is not None:
        found.disable_timeline(timeline)


def reset_time(recording: RecordingStream | None = None) -> None:
    """Forget all times of this thread."""
    found = get_data_recording(recording)
    if found is not None:
        found.reset_time()


def connect(
    addr: str | None = None,
    flush_timeout_sec: float | None = 2.0,
    recording: RecordingStream | None = None,
) -> None:
    """Stream to a viewer; see `RecordingStream.connect`."""
    found = _enabled_recording('connect', recording)
    if found is not None:
        found.connect(addr, flush_timeout_sec)


def save(
    path: str | os.PathLike[str],
    recording: RecordingStream | None = None,
    *,
    write_footer: bool = True,
) -> None:
    """Stream to a file; see `RecordingStream.save`."""
    found = _enabled_recording('save', recording)
    if found is not None:
        found.save(path, write_footer=write_footer)


def serve(
    open_browser: bool = True,  # noqa: FBT001, FBT002 - the classic signature
    web_port: int | None = None,
    ws_port: int | None = None,
    recording: RecordingStream | None = None,
    *,
    bind: str = DEFAULT_BIND,
    token: str | None = None,
    server_memory_limit: str | int = DEFAULT_MEMORY_LIMIT,
    cors_allow_origin: Iterable[str] = (),
    allowed_hosts: Iterable[str] = (),
    allow_map_tiles: bool = False,
) -> None:
    """Serve browsers and viewers; see `RecordingStream.serve`."""
    found = _enabled_recording('serve', recording)
    if found is not None:
        found.serve(
            open_browser,
            web_port,
            ws_port,
            bind=bind,
            token=token,
            server_memory_limit=server_memory_limit,
            cors_allow_origin=cors_allow_origin,
            allowed_hosts=allowed_hosts,
            allow_map_tiles=allow_map_tiles,
        )


def spawn(
    port: int = 9876,
    connect: bool = True,  # noqa: FBT001, FBT002 - the classic signature
    recording: RecordingStream | None = None,
    *,
    memory_limit: str = '75%',
    headless: bool = False,
    executable_path: str | os.PathLike[str] | None = None,
) -> None:
    """Start a viewer on this machine and stream to it; see `RecordingStream.spawn`."""
    found = _enabled_recording('spawn', recording)
    if found is not None:
        found.spawn(
            port,
            connect,
            memory_limit=memory_limit,
            headless=headless,
            executable_path=executable_path,
        )


def memory_recording(recording: RecordingStream | None = None) -> MemoryRecording:
    """
    Stream to memory; see `RecordingStream.memory_recording`.

    Raises
    ------
    RuntimeError
        If there is no recording.

    """
    return _required(recording).memory_recording()


def binary_stream(recording: RecordingStream | None = None) -> BinaryStream:
    """
    Stream to the caller; see `RecordingStream.binary_stream`.

    Raises
    ------
    RuntimeError
        If there is no recording.

    """
    return _required(recording).binary_stream()


def set_sinks(*sinks: LogSink, recording: RecordingStream | None = None) -> None:
    """Replace all sinks; see `RecordingStream.set_sinks`."""
    found = _enabled_recording('set_sinks', recording)
    if found is not None:
        found.set_sinks(*sinks)


def disconnect(recording: RecordingStream | None = None) -> None:
    """Close all files and connections; see `RecordingStream.disconnect`."""
    found = get_data_recording(recording)
    if found is not None:
        found.disconnect()


def flush(timeout_sec: float | None = None, recording: RecordingStream | None = None) -> None:
    """Wait until everything is delivered; see `RecordingStream.flush`."""
    found = get_data_recording(recording)
    if found is not None:
        found.flush(timeout_sec)


def send_blueprint(
    blueprint: Blueprint | View | Container,
    make_active: bool = True,  # noqa: FBT001, FBT002 - Rerun's signature
    make_default: bool = True,  # noqa: FBT001, FBT002 - Rerun's signature
    recording: RecordingStream | None = None,
) -> None:
    """Tell viewers how to show the recording; see `RecordingStream.send_blueprint`."""
    found = get_data_recording(recording)
    if found is not None:
        found.send_blueprint(blueprint, make_active=make_active, make_default=make_default)


def send_recording_name(name: str, recording: RecordingStream | None = None) -> None:
    """Set the name that the viewer shows for the recording."""
    found = get_data_recording(recording)
    if found is not None:
        found.send_recording_name(name)


def send_recording_start_time_nanos(nanos: int, recording: RecordingStream | None = None) -> None:
    """Set when the recording started, in nanoseconds since the Unix epoch."""
    found = get_data_recording(recording)
    if found is not None:
        found.send_recording_start_time_nanos(nanos)


def send_property(name: str, values: object, recording: RecordingStream | None = None) -> None:
    """Attach data to the recording as a whole."""
    found = get_data_recording(recording)
    if found is not None:
        found.send_property(name, values)


def _prepare(
    recording: RecordingStream,
    *,
    spawn: bool,
    default_blueprint: Blueprint | View | Container | None,
) -> None:
    if default_blueprint is not None:
        recording.send_blueprint(default_blueprint, make_active=False)
    if spawn:
        recording.spawn()


def _enabled_recording(function: str, recording: RecordingStream | None) -> RecordingStream | None:
    found = get_data_recording(recording)
    if found is not None and found.is_enabled:
        return found
    _log.warning(
        'Rerun is disabled - %s() call ignored. You must call rerun.init before using it.',
        function,
    )
    return None


def _required(recording: RecordingStream | None) -> RecordingStream:
    found = get_data_recording(recording)
    if found is None:
        msg = 'No recording was provided or set as current; call init first.'
        raise CurrentRecordingError(msg)
    return found
