# SPDX-License-Identifier: Apache-2.0
"""Recording streams: where data is logged, and the sinks it goes to."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import time
from typing import Any, TYPE_CHECKING
import uuid
import warnings

from rerun_bridge.archetypes import columns_of, ComponentColumn, RecordingInfo
from rerun_bridge.blueprint import to_blueprint
from rerun_bridge.chunk import encode_chunk, Rows
from rerun_bridge.encodings import Layout
from rerun_bridge.errors import CurrentRecordingError, UsageError
from rerun_bridge.log_encoding import arrow_msg, blueprint_activation, set_store_info
from rerun_bridge.log_types import (
    escape_entity_path_part,
    new_entity_path,
    normalize_entity_path,
    PROPERTIES_PATH,
    sanitize_application_id,
    STATIC,
    StoreId,
    StoreKind,
    TimeKind,
    Timeline,
    TimelineSet,
    TuidGenerator,
)
from rerun_bridge.sdk.context import (
    get_thread_local_data_recording,
    register,
    set_thread_local_data_recording,
)
from rerun_bridge.sdk.memory_recording import MemoryRecording
from rerun_bridge.sdk.pipeline import Pipeline, WhenDisconnected
from rerun_bridge.sdk.settings import read_settings
from rerun_bridge.sdk.time_state import only_kind, TimeState
from rerun_bridge.sinks import (
    BinaryStream,
    BinaryStreamSink,
    FileSink,
    GrpcSink,
    LogSink,
    MemorySink,
    OnFull,
    SinkStatus,
    spawn_viewer,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    import os
    from types import TracebackType

    from typing_extensions import Self

    from rerun_bridge.blueprint import Blueprint, Container, View
    from rerun_bridge.sdk.time_column import TimeColumn
    from rerun_bridge.sdk.time_state import DurationLike, TimestampLike

_log = logging.getLogger('rerun_bridge.sdk')
_BLUEPRINT_TIMELINES = TimelineSet.of([Timeline('blueprint', TimeKind.SEQUENCE)])
_STICKY = frozenset(
    ('rerun.archetypes.CoordinateFrame', 'rerun.archetypes.Pinhole', 'rerun.archetypes.AssetVideo')
)
"""Archetypes that later rows of other entities need: repeated into every new sink."""


class RerunWarning(UserWarning):
    """Something was logged in a wrong way; the program goes on."""


class RecordingStream:
    """
    A recording and the sinks that it goes to.

    Until a first sink is opened everything is buffered, and then sent to it. Every sink first
    receives what a viewer needs: properties, blueprint, the latest static data.

    Parameters
    ----------
    application_id
        Name of the program; recordings of the same name share blueprints.
    recording_id
        Streams with the same one are merged by the viewer. By default processes forked from the
        same program share one.
    default_enabled
        False to ignore all calls; the environment variable ``RERUN`` overrides it.
    send_properties
        Whether to log when the recording started.
    strict
        Whether wrong use of `log` raises instead of warning.
    on_full
        What a file does when the disk cannot keep up: make the caller ``wait``, or ``drop``.
    when_disconnected
        Whether data that arrives while no sink is open waits (``buffer``) or is dropped
        (``drop``).

    """

    def __init__(
        self,
        application_id: str,
        recording_id: str | uuid.UUID | None = None,
        *,
        default_enabled: bool = True,
        send_properties: bool = True,
        strict: bool | None = None,
        on_full: OnFull = 'wait',
        when_disconnected: WhenDisconnected = 'buffer',
    ) -> None:
        settings = read_settings()
        self.application_id = sanitize_application_id(application_id)
        self.recording_id = str(recording_id or _default_recording_id(application_id))
        self.is_enabled = default_enabled if settings.enabled is None else settings.enabled
        self.strict = bool(settings.strict if strict is None else strict)
        self._on_full = on_full
        self._log_ticks = itertools.count()
        self._times = TimeState(log_time=settings.log_time, log_tick=settings.log_tick)
        self._contexts: list[RecordingStream | None] = []
        self._pipeline = Pipeline(
            StoreId(StoreKind.RECORDING, self.recording_id, self.application_id),
            settings=settings,
            when_disconnected=when_disconnected,
        )
        register(self)
        if send_properties and self.is_enabled:
            self._send_static(PROPERTIES_PATH, RecordingInfo(start_time=time.time_ns()))

    # What is logged.

    def log(
        self,
        entity_path: str | Sequence[object],
        entity: object,
        *extra: object,
        static: bool = False,
        strict: bool | None = None,
    ) -> None:
        """
        Log data at the current times of this thread.

        Parameters
        ----------
        entity_path
            Where: ``'/robot/scan'``, or its unescaped parts.
        entity, *extra
            Archetypes or whatever has ``as_component_batches``.
        static
            Whether the data is valid at all times and replaces what was logged before.
        strict
            Whether wrong use raises; None for the setting of the recording.

        Raises
        ------
        UsageError
            In strict mode, if the data cannot be logged.

        """
        if not self.is_enabled:
            return
        try:
            path = (
                normalize_entity_path(entity_path)
                if isinstance(entity_path, str)
                else new_entity_path(entity_path)
            )
            timelines, times = (STATIC, ()) if static else self._now()
            self._pipeline.append(
                [
                    Rows(path, timelines, times, layout, datas, is_retained=_is_sticky(layout))
                    for layout, datas in map(columns_of, (entity, *extra))
                ]
            )
        except UsageError as exc:
            self._misused(exc, strict)

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        """
        Log rows that are encoded already; all land on the same side of a sink switch.

        Parameters
        ----------
        rows
            With times of their own.

        Returns
        -------
        bool
            False if they were dropped because no sink is open.

        """
        return self.is_enabled and self._pipeline.append(rows)

    def send_columns(
        self,
        entity_path: str,
        indexes: Iterable[TimeColumn],
        columns: Iterable[Any],
        *,
        strict: bool | None = None,
    ) -> None:
        """
        Log many rows at once, with times of their own.

        Parameters
        ----------
        entity_path
            Where.
        indexes
            Times per row; none for static data.
        columns
            Component columns, for instance ``Scalars.columns(scalars=[1, 2, 3])``.
        strict
            Whether wrong use raises; None for the setting of the recording.

        Raises
        ------
        UsageError
            In strict mode, if the columns differ in length.

        """
        if not self.is_enabled:
            return
        try:
            path = normalize_entity_path(entity_path)
            self._pipeline.append([_column_rows(path, list(indexes), list(columns))])
        except UsageError as exc:
            self._misused(exc, strict)

    def set_time(
        self,
        timeline: str,
        *,
        sequence: int | None = None,
        timestamp: TimestampLike | None = None,
        duration: DurationLike | None = None,
    ) -> None:
        """
        Set the current time of this thread on a timeline.

        Parameters
        ----------
        timeline
            Name.
        sequence
            A number.
        timestamp
            Seconds since the Unix epoch, ``datetime`` or ``numpy.datetime64``.
        duration
            Seconds, ``timedelta`` or ``numpy.timedelta64``.

        Raises
        ------
        UsageError
            If not exactly one time is given.

        """
        kind, value = only_kind(sequence=sequence, timestamp=timestamp, duration=duration)
        self._times.set(timeline, kind, value)

    def disable_timeline(self, timeline: str) -> None:
        """Stop logging on a timeline, in this thread."""
        self._times.disable(timeline)

    def reset_time(self) -> None:
        """Forget all times of this thread."""
        self._times.reset()

    def send_recording_name(self, name: str) -> None:
        """Set the name that the viewer shows for this recording."""
        self._send_static(PROPERTIES_PATH, RecordingInfo(name=name))

    def send_recording_start_time_nanos(self, nanos: int) -> None:
        """Set when the recording started, in nanoseconds since the Unix epoch."""
        self._send_static(PROPERTIES_PATH, RecordingInfo(start_time=nanos))

    def send_property(self, name: str, values: object) -> None:
        """
        Attach data to the recording as a whole.

        Parameters
        ----------
        name
            Of the property.
        values
            An archetype or `AnyValues`.

        """
        self._send_static(f'{PROPERTIES_PATH}/{escape_entity_path_part(name)}', values)

    def send_blueprint(
        self,
        blueprint: Blueprint | View | Container,
        *,
        make_active: bool = True,
        make_default: bool = True,
    ) -> None:
        """
        Tell the viewers how to show this recording.

        Parameters
        ----------
        blueprint
            Views and panels.
        make_active
            Show it now.
        make_default
            Show it where the user has arranged nothing.

        """
        if not self.is_enabled:
            return
        store_id = StoreId(StoreKind.BLUEPRINT, uuid.uuid4().hex, self.application_id)
        ids = TuidGenerator(time.time_ns)
        messages = [set_store_info(store_id, ids.next())]
        for path, (layout, datas) in to_blueprint(blueprint).rows():
            rows = Rows(path, _BLUEPRINT_TIMELINES, (0,), layout, datas)
            chunk = encode_chunk([(ids.next(), rows)], ids.next())
            messages.append(arrow_msg(store_id, chunk, compress=True, is_retained=True))
        messages.append(
            blueprint_activation(store_id, make_active=make_active, make_default=make_default)
        )
        self._pipeline.set_blueprint(messages)

    # Where it goes.

    @property
    def sinks(self) -> tuple[LogSink, ...]:
        """Get the open sinks; none while disconnected."""
        return self._pipeline.sinks

    @property
    def when_disconnected(self) -> WhenDisconnected:
        """Whether data is buffered or dropped while no sink is open."""
        return self._pipeline.when_disconnected

    @when_disconnected.setter
    def when_disconnected(self, policy: WhenDisconnected) -> None:
        self._pipeline.set_when_disconnected(policy)

    def connect(self, addr: str | None = None, flush_timeout_sec: float | None = 2.0) -> None:
        """
        Stream to a viewer; returns at once and connects when the viewer is there.

        Parameters
        ----------
        addr
            ``host:port`` or ``rerun+http://host:port/proxy``; None for this machine.
        flush_timeout_sec
            How long a flush, a switch or the end of the program waits without progress before
            data is given up; None for ever.

        Raises
        ------
        UsageError
            If the address is malformed or the timeout negative.

        """
        self.set_sinks(GrpcSink(addr, flush_timeout_sec=flush_timeout_sec))

    def save(self, path: str | os.PathLike[str], *, write_footer: bool = True) -> None:
        """
        Stream to a file.

        Parameters
        ----------
        path
            Created or truncated.
        write_footer
            Whether to end it with an index when it is closed.

        Raises
        ------
        SinkOpenError
            If the file cannot be created; what was open goes on.

        """
        self.set_sinks(FileSink(path, write_footer=write_footer, on_full=self._on_full))

    def spawn(
        self,
        port: int = 9876,
        connect: bool = True,  # noqa: FBT001, FBT002 - the classic signature
        *,
        memory_limit: str = '75%',
        headless: bool = False,
        executable_path: str | os.PathLike[str] | None = None,
    ) -> None:
        """
        Start a viewer on this machine, or use the one that listens already.

        Parameters
        ----------
        port
            Where it listens.
        connect
            Whether to stream to it.
        memory_limit
            When it drops its oldest data.
        headless
            Without a window.
        executable_path
            The ``rerun`` program; None to look for it on PATH.

        Raises
        ------
        ViewerNotFoundError
            If there is no viewer or no display.
        SinkOpenError
            If it does not come up.

        """
        if not self.is_enabled:
            return
        is_new = spawn_viewer(
            port=port,
            memory_limit=memory_limit,
            headless=headless,
            executable_path=executable_path,
        )
        if not is_new:
            _log.info('found an existing process on port %d, trying to connect', port)
        if connect:
            self.connect(f'127.0.0.1:{port}')

    def memory_recording(self) -> MemoryRecording:
        """
        Stream to memory.

        Returns
        -------
        MemoryRecording
            Owns the data, also after another sink was opened.

        """
        sink = MemorySink()
        self.set_sinks(sink)
        return MemoryRecording(sink, lambda: self._flush_into(sink))

    def binary_stream(self) -> BinaryStream:
        """
        Stream to the caller.

        Returns
        -------
        BinaryStream
            Its ``read`` returns RRD bytes.

        """
        sink = BinaryStreamSink()
        self.set_sinks(sink)
        return BinaryStream(sink, lambda: self._flush_into(sink))

    def set_sinks(self, *sinks: LogSink) -> None:
        """
        Replace all sinks; every row logged from now on goes to all of the new ones.

        Parameters
        ----------
        *sinks
            `FileSink`, `GrpcSink`, ...; none to disconnect.

        Raises
        ------
        UsageError
            If a sink or a file is named twice.
        SinkOpenError
            If one cannot be opened; what was open goes on.

        """
        if self.is_enabled:
            self._pipeline.set_sinks(sinks)

    def add_sink(self, sink: LogSink) -> None:
        """Open one more sink beside those that are open."""
        self.set_sinks(*self.sinks, sink)

    def disconnect(self) -> None:
        """
        Close all files and connections.

        Data logged later is buffered for the next sink. A spawned viewer keeps running.
        """
        self.set_sinks()

    def flush(self, timeout_sec: float | None = None) -> None:
        """
        Wait until everything logged so far is delivered.

        Parameters
        ----------
        timeout_sec
            None for as long as there is progress, see `connect`.

        Raises
        ------
        FlushTimeoutError
            If it took longer.
        SinkError
            If a sink has failed.

        """
        self._pipeline.flush(timeout_sec)

    def status(self) -> list[SinkStatus]:
        """Return figures of the open sinks."""
        return self._pipeline.status()

    @property
    def dropped_rows(self) -> int:
        """Get how many rows all sinks together gave up, those that are closed included."""
        return self._pipeline.dropped_rows

    def close(self) -> None:
        """Deliver everything, close all sinks and end the recording."""
        self._pipeline.close()

    def __enter__(self) -> Self:
        """Make this the recording of the thread."""
        self._contexts.append(set_thread_local_data_recording(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Restore the recording of the thread, flush, and complete files."""
        if get_thread_local_data_recording() is not self:
            msg = 'another recording was made current inside this `with` block; restore it first'
            raise CurrentRecordingError(msg)
        set_thread_local_data_recording(self._contexts.pop())
        if not self._contexts:
            self._pipeline.set_sinks([s for s in self.sinks if not isinstance(s, FileSink)])

    def _now(self) -> tuple[TimelineSet, tuple[int, ...]]:
        return self._times.now(time.time_ns(), next(self._log_ticks))

    def _send_static(self, path: str, values: object) -> None:
        if self.is_enabled:
            layout, datas = columns_of(values)
            self._pipeline.append([Rows(path, STATIC, (), layout, datas)])

    def _flush_into(self, sink: LogSink) -> None:
        if sink in self.sinks:
            self._pipeline.flush(None)

    def _misused(self, exc: UsageError, strict: bool | None) -> None:  # noqa: FBT001
        if self.strict if strict is None else strict:
            raise exc
        warnings.warn(str(exc), RerunWarning, stacklevel=3)


def _is_sticky(layout: Layout) -> bool:
    return any(component.archetype in _STICKY for component in layout.components)


def _column_rows(path: str, indexes: list[TimeColumn], columns: list[Any]) -> Rows:
    parts = {column.component: column for group in columns for column in _flatten(group)}
    layout = Layout.of(parts)
    ordered = [parts[component] for component in layout.components]
    counts = {
        len(column.lengths)
        if column.lengths is not None
        else column.component.encoding.count(column.data)
        for column in ordered
    }
    counts.update(len(index) for index in indexes)
    if len(counts) != 1:
        msg = f'columns and times must have one length, these have {sorted(counts)}'
        raise UsageError(msg)
    num_rows = counts.pop()
    if not num_rows:
        msg = 'the columns are empty; send at least one row'
        raise UsageError(msg)
    indexes = sorted(indexes, key=lambda index: index.timeline.name)
    return Rows(
        path,
        TimelineSet.of(index.timeline for index in indexes),
        tuple(index.times if num_rows > 1 else int(index.times[0]) for index in indexes),
        layout,
        tuple(column.data for column in ordered),
        num_rows,
        tuple(column.lengths for column in ordered),
    )


def _flatten(group: Any) -> list[Any]:  # noqa: ANN401
    return [group] if isinstance(group, ComponentColumn) else list(group)


def _default_recording_id(application_id: str) -> str:
    # Processes started by multiprocessing share the key, and so log to one recording.
    key = multiprocessing.current_process().authkey
    return uuid.uuid5(uuid.UUID(bytes=key[:16]), application_id).hex
