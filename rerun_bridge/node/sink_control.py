# SPDX-License-Identifier: Apache-2.0
"""Opens and closes the sinks of the node's recording; one request after the other."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Protocol, TYPE_CHECKING

from rerun_bridge.errors import ParameterError, SinkError, UsageError
from rerun_bridge.node.file_series import SeriesFile
from rerun_bridge.node.server_keeper import ServerKeeper
from rerun_bridge.node.sink_kinds import NONE, parse_sink, plan_sink, snapshot_path
from rerun_bridge.sinks import ServerSink, SnapshotBuffer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rerun_bridge.sinks import LogSink

_log = logging.getLogger('rerun_bridge.node')
FLUSH_TIMEOUT_SEC = 10.0
"""How long `flush` waits at most."""
SERVE = 'serve'
_FINISH_SEC = 1.0


class Switchable(Protocol):
    """A recording whose sinks can be exchanged; `RecordingStream` is one."""

    is_paused: bool

    @property
    def sinks(self) -> tuple[LogSink, ...]:
        """Get the open sinks."""

    def set_sinks(self, *sinks: LogSink) -> None:
        """Replace all sinks; those that are open already stay as they are."""

    def deliver(self) -> None:
        """Hand what was logged to the sinks."""

    def flush(self, timeout_sec: float | None = None) -> None:
        """Wait until everything logged so far is delivered."""


class SinkControl:
    """
    Switches the sinks of one recording.

    Nothing that fails disturbs the sinks that are open, but for a new server that needs a port of
    the old one.

    Parameters
    ----------
    recording
        Whose sinks they are.
    finish_received
        Waits until what has been received is logged, at most for the given seconds.

    """

    def __init__(self, recording: Switchable, finish_received: Callable[[float], bool]) -> None:
        self._recording = recording
        self._finish_received = finish_received
        self._lock = threading.Lock()
        self._names: dict[LogSink, str] = {}
        self._servers = ServerKeeper()
        self._snapshot: SnapshotBuffer | None = None

    @property
    def names(self) -> list[str]:
        """Get the open sinks as the parameter `sinks` shows them."""
        with self._lock:
            return list(self._open_sinks().values()) or [NONE]

    def open(self, kind: str, arguments: Mapping[str, object], settings: Mapping[str, Any]) -> str:
        """
        Open one sink, in place of the others or beside them as `replace_sinks` says.

        Parameters
        ----------
        kind
            connect, save, serve or spawn.
        arguments
            What the caller gave; the rest comes from the settings.
        settings
            All parameters, checked.

        Returns
        -------
        str
            One sentence on what was done, with path or URL and the arguments used.

        Raises
        ------
        ParameterError, UsageError, SinkError
            If it cannot be opened.

        """
        with self._lock:
            plan = plan_sink(kind, arguments, settings, self._servers)
            if plan.sink is None:
                return plan.finish()
            old = self._open_sinks()
            kept = {} if settings['replace_sinks'] else old
            if kind == SERVE:
                kept = {
                    sink: name for sink, name in kept.items() if not isinstance(sink, ServerSink)
                }
            self._set({**kept, plan.sink: plan.name})
            return f'{plan.finish()}{self._instead(old)}{self._while_paused()}'

    def switch(self, wanted: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
        """
        Make these the open sinks; those of them that are open already go on.

        Parameters
        ----------
        wanted
            As in the parameter `sinks`.
        settings
            All parameters, checked.

        Returns
        -------
        list of str
            A sentence on each that was opened, as from `open`.

        Raises
        ------
        ParameterError, UsageError, SinkError
            If one cannot be opened; then nothing has changed.

        """
        names = [name for name in wanted if name != NONE]
        if len(names) < len(wanted) > 1:
            msg = f'sinks has {NONE} beside others; leave one of both out'
            raise ParameterError(msg)
        if len(set(names)) < len(names):
            msg = 'sinks names one twice; name it once'
            raise ParameterError(msg)
        requests = {name: parse_sink(name) for name in names}
        if [kind for kind, _ in requests.values()].count(SERVE) > 1:
            msg = 'sinks has two servers, and the node has one; serve once'
            raise ParameterError(msg)
        with self._lock:
            is_open = {name: sink for sink, name in self._open_sinks().items()}
            sinks: dict[LogSink, str] = {}
            plans = []
            for name, (kind, arguments) in requests.items():
                if name in is_open:
                    sinks[is_open[name]] = name
                    continue
                plan = plan_sink(kind, arguments, settings, self._servers)
                plans.append(plan)
                if plan.sink is not None:
                    sinks[plan.sink] = plan.name
            self._set(sinks)
            return [f'{plan.finish()}{self._while_paused()}' for plan in plans]

    def split(self) -> str:
        """
        Go on in another file.

        Returns
        -------
        str
            One sentence on what was completed, and where it goes on.

        Raises
        ------
        UsageError
            If no file is open.
        SinkError
            If the next one cannot be opened; the present one goes on.

        """
        with self._lock:
            files = self._files()
            if not files:
                msg = 'no file is open; save first'
                raise UsageError(msg)
            return self._continue(files)

    @property
    def is_split_due(self) -> bool:
        """Whether `split_due` has something to do; never waits."""
        return any(file.is_due for file in self._files())

    def split_due(self) -> None:
        """Let others follow the files that are as long as they may become."""
        with self._lock:
            files = [file for file in self._files() if file.is_due]
            if not files:
                return
            try:
                _log.info('%s', self._continue(files))
            except SinkError as exc:
                _log.warning('the recording is not split: %s', exc)
                for file in files:
                    file.series.postpone()

    def keep(self, seconds: float, max_mb: int) -> None:
        """
        Keep the last seconds for `snapshot`; what was kept before is forgotten.

        Parameters
        ----------
        seconds
            0 to keep none.
        max_mb
            At most so much.

        """
        with self._lock:
            if seconds or self._snapshot:
                self._snapshot = SnapshotBuffer(seconds, max_mb << 20) if seconds else None
                self._set(self._open_sinks())

    def snapshot(self, settings: Mapping[str, Any]) -> str:
        """
        Save what was kept of the last seconds.

        Parameters
        ----------
        settings
            All parameters, checked.

        Returns
        -------
        str
            One sentence with the path.

        Raises
        ------
        UsageError
            If nothing is kept.
        SinkError
            If the file cannot be written.

        """
        with self._lock:
            if self._snapshot is None:
                msg = 'no data is kept; set the parameter snapshot.seconds'
                raise UsageError(msg)
            self._finish_received(_FINISH_SEC)
            self._recording.deliver()
            path = snapshot_path(settings['save.path'])
            return f'the last {self._snapshot.write(path):.1f} s are in {path}'

    def pause(self) -> str:
        """
        Drop what arrives from now on; the sinks stay open.

        Returns
        -------
        str
            One sentence.

        """
        with self._lock:
            if self._recording.is_paused:
                return 'paused already; resume goes on'
            self._finish_received(_FINISH_SEC)
            self._recording.is_paused = True
        return 'paused: all but static and latched data is dropped until resume'

    def resume(self) -> str:
        """
        Go on after `pause`.

        Returns
        -------
        str
            One sentence.

        """
        with self._lock:
            was_paused, self._recording.is_paused = self._recording.is_paused, False
        return f'going on to {", ".join(self.names)}' if was_paused else 'it was not paused'

    def disconnect(self, settings: Mapping[str, Any]) -> str:
        """
        Close all sinks, and the server if it was kept for its viewers.

        Parameters
        ----------
        settings
            All parameters, checked.

        Returns
        -------
        str
            One sentence on what was closed.

        """
        with self._lock:
            sinks = self._sinks
            closed = [*(sink.target for sink in sinks), *self._servers.idle(sinks)]
            self._set({})
        policy = settings['disconnect.policy']
        then = 'is buffered for the next sink' if policy == 'buffer' else 'is dropped'
        return (
            f'closed {", ".join(closed) or "nothing, no sink was open"}; what arrives now {then} '
            f'(disconnect.policy {policy})'
        )

    def flush(self) -> str:
        """
        Wait until all that has been received is delivered.

        Returns
        -------
        str
            One sentence on how long it took.

        Raises
        ------
        SinkError
            If something could not be delivered, or not in time.

        """
        with self._lock:
            start = time.monotonic()
            is_finished = self._finish_received(FLUSH_TIMEOUT_SEC)
            self._recording.flush(max(0.1, FLUSH_TIMEOUT_SEC - (time.monotonic() - start)))
            targets = ', '.join(sink.target for sink in self._sinks)
        took = f'in {time.monotonic() - start:.2f} s'
        rest = '' if is_finished else '; some received messages are still to be converted'
        return f'flushed {targets or "nothing, no sink is open"} {took}{rest}'

    def close(self) -> None:
        """Close what outlives the sinks of the recording, once that is closed."""
        with self._lock:
            self._servers.settle(())

    @property
    def _sinks(self) -> list[LogSink]:
        """Get the open sinks that users know."""
        return [sink for sink in self._recording.sinks if not isinstance(sink, SnapshotBuffer)]

    def _open_sinks(self) -> dict[LogSink, str]:
        return {sink: self._names.get(sink, sink.target) for sink in self._sinks}

    def _files(self) -> list[SeriesFile]:
        return [sink for sink in self._recording.sinks if isinstance(sink, SeriesFile)]

    def _continue(self, files: Sequence[SeriesFile]) -> str:
        next_files: dict[LogSink, SeriesFile] = {file: file.series.next_file() for file in files}
        # The parameter goes on to name the first file: it is the same request.
        names = self._open_sinks().items()
        self._set({next_files.get(sink, sink): name for sink, name in names})
        begun = ', '.join(str(file.path) for file in next_files.values())
        return f'saving to {begun}; {", ".join(str(file.path) for file in files)} is complete'

    def _set(self, sinks: Mapping[LogSink, str]) -> None:
        try:
            snapshots = () if self._snapshot is None else (self._snapshot,)
            self._recording.set_sinks(*sinks, *snapshots)
            self._names = dict(sinks)
        finally:
            self._servers.settle(self._recording.sinks)

    def _while_paused(self) -> str:
        return '; paused, so nothing comes before resume' if self._recording.is_paused else ''

    def _instead(self, old: Iterable[LogSink]) -> str:
        """Tell what was closed for a new sink."""
        sinks = self._recording.sinks
        idle = self._servers.idle(sinks)
        closed = [
            f'{sink.target} (still open for its viewers)' if sink.target in idle else sink.target
            for sink in old
            if sink not in sinks
        ]
        return f', in place of {", ".join(closed)}' if closed else ''
