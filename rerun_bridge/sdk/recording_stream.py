# SPDX-License-Identifier: Apache-2.0
"""Recording streams: data, and the sinks that it goes to."""

from __future__ import annotations

import _thread
from contextlib import suppress
import logging
import multiprocessing
import threading
import time
from typing import TYPE_CHECKING
import uuid
import weakref

from rerun_bridge.archetypes import RecordingInfo
from rerun_bridge.errors import CurrentRecordingError, UsageError
from rerun_bridge.log_types import (
    PROPERTIES_PATH,
    sanitize_application_id,
    StoreId,
    StoreKind,
)
from rerun_bridge.sdk.context import (
    get_thread_local_data_recording,
    register,
    set_thread_local_data_recording,
    unregister,
)
from rerun_bridge.sdk.data_stream import DataStream
from rerun_bridge.sdk.memory_recording import MemoryRecording
from rerun_bridge.sdk.pipeline import Pipeline, WhenDisconnected
from rerun_bridge.sdk.settings import DEFAULT_FLUSH_NUM_BYTES, read_settings
from rerun_bridge.sinks import (
    BinaryStream,
    BinaryStreamSink,
    check_port,
    DEFAULT_BIND,
    DEFAULT_MEMORY_LIMIT,
    FileSink,
    GrpcSink,
    LogSink,
    MemorySink,
    OnFull,
    open_page,
    Server,
    server_options,
    ServerSink,
    SinkStatus,
    spawn_viewer,
    WEB_PORT,
    WS_PORT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    import os
    from types import TracebackType

    from typing_extensions import Self

_log = logging.getLogger('rerun_bridge.sdk')


class _Contexts(threading.local):
    """The recordings that were current outside of the `with` blocks that a thread is in."""

    def __init__(self) -> None:
        super().__init__()
        self.outer: list[RecordingStream | None] = []


class RecordingStream(DataStream):
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
    flush_num_bytes
        Size from which data is encoded at once, if ``RERUN_FLUSH_NUM_BYTES`` says nothing.

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
        flush_num_bytes: int = DEFAULT_FLUSH_NUM_BYTES,
    ) -> None:
        settings = read_settings(flush_num_bytes=flush_num_bytes)
        self.application_id = sanitize_application_id(application_id)
        self.recording_id = str(recording_id or _default_recording_id(application_id))
        pipeline = Pipeline(
            StoreId(StoreKind.RECORDING, self.recording_id, self.application_id),
            settings=settings,
            when_disconnected=when_disconnected,
        )
        super().__init__(
            pipeline,
            settings,
            is_enabled=default_enabled if settings.enabled is None else settings.enabled,
            strict=bool(settings.strict if strict is None else strict),
        )
        self._on_full = on_full
        self._contexts = _Contexts()
        self._inside: list[None] = []
        register(pipeline)
        # At the end of the program all are closed.
        weakref.finalize(self, _abandon, pipeline).atexit = False
        if send_properties and self.is_enabled:
            self._send_static(PROPERTIES_PATH, RecordingInfo(start_time=time.time_ns()))

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

    @property
    def is_paused(self) -> bool:
        """
        Whether what is logged is dropped although sinks are open.

        Static data and what later rows need, such as coordinate frames, goes on.
        """
        return self._pipeline.is_paused

    @is_paused.setter
    def is_paused(self, is_paused: bool) -> None:
        self._pipeline.set_paused(is_paused=is_paused)

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

    def serve(
        self,
        open_browser: bool = True,  # noqa: FBT001, FBT002 - the classic signature
        web_port: int | None = None,
        ws_port: int | None = None,
        *,
        bind: str = DEFAULT_BIND,
        token: str | None = None,
        server_memory_limit: str | int = DEFAULT_MEMORY_LIMIT,
        cors_allow_origin: Iterable[str] = (),
        allowed_hosts: Iterable[str] = (),
        allow_map_tiles: bool = False,
    ) -> None:
        """
        Serve the web viewer and the data; returns at once.

        Browsers open the web port. Native viewers open it, too: ``rerun localhost:9090``, or
        ``rerun rerun+http://host:9090/proxy`` from another computer. Whoever comes late gets what
        was logged since, up to the memory limit, and static data always.

        Parameters
        ----------
        open_browser
            Whether to open the page in this machine's browser.
        web_port
            Of the page; None for 9090, 0 for any free one.
        ws_port
            Of the WebSocket for programs; None for 9877, 0 for any free one.
        bind
            Address to listen on: ``127.0.0.1`` for this machine alone, ``0.0.0.0`` for others, who
            may then all watch.
        token
            Reserved; there is no authentication yet.
        server_memory_limit
            How much is kept for those who come late: bytes, ``256MiB``, or ``25%`` of the memory.
        cors_allow_origin
            Patterns of web pages elsewhere that may read the data.
        allowed_hosts
            Names of this machine that it does not know itself.
        allow_map_tiles
            Whether the page may fetch the background of maps from the internet.

        Raises
        ------
        SinkOpenError
            If a port is taken; what was open goes on.
        UsageError
            If an argument cannot be used.

        """
        if not self.is_enabled:
            return
        if token is not None:
            msg = 'serve has no authentication yet; leave token out and bind to 127.0.0.1'
            raise UsageError(msg)
        options = server_options(
            bind,
            server_memory_limit,
            allowed_hosts,
            cors_allow_origin,
            allow_map_tiles=allow_map_tiles,
        )
        ports = {
            'web_port': check_port(WEB_PORT if web_port is None else web_port),
            'ws_port': check_port(WS_PORT if ws_port is None else ws_port),
        }
        server = Server(ports, options)
        self.set_sinks(ServerSink(server))
        print(f'Web server is running - view it at {server.page_url}')  # noqa: T201 - promised
        if open_browser:
            open_page(server.page_url)

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
            If a sink or a file is named twice, another recording uses a sink, or this one is
            closed.
        SinkOpenError
            If one cannot be opened; what was open goes on, but for what held the same file or
            port.

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

    def deliver(self) -> None:
        """Hand what was logged to the sinks now; does not wait until they have delivered it."""
        self._pipeline.deliver()

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
        unregister(self._pipeline)

    def __enter__(self) -> Self:
        """Make this the recording of the thread."""
        self._inside.append(None)
        self._contexts.outer.append(set_thread_local_data_recording(self))
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
        set_thread_local_data_recording(self._contexts.outer.pop())
        self._inside.pop()
        if not self._inside:  # in no thread any more
            _complete_files(self._pipeline)

    def _flush_into(self, sink: LogSink) -> None:
        if sink in self.sinks:
            self._pipeline.flush(None)


def _complete_files(pipeline: Pipeline) -> None:
    pipeline.set_sinks([sink for sink in pipeline.sinks if not isinstance(sink, FileSink)])


def _abandon(pipeline: Pipeline) -> None:
    """Complete the files of a recording that nobody can log to any more."""
    if not (pipeline.is_closed or pipeline.is_orphaned):
        # The garbage collector may run within any call, whose locks this one must not need.
        with suppress(RuntimeError):  # the program ends
            _thread.start_new_thread(_end, (pipeline,))


def _end(pipeline: Pipeline) -> None:
    _complete_files(pipeline)
    if not pipeline.sinks:  # those who watch keep what they have until the program ends
        pipeline.close()
        unregister(pipeline)


def _default_recording_id(application_id: str) -> str:
    # Processes started by multiprocessing share the key, and so log to one recording.
    key = multiprocessing.current_process().authkey
    return uuid.uuid5(uuid.UUID(bytes=key[:16]), application_id).hex
