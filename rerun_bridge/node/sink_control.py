# SPDX-License-Identifier: Apache-2.0
"""Opens and closes the sinks of the node's recording; one request after the other."""

from __future__ import annotations

import threading
import time
from typing import Any, Protocol, TYPE_CHECKING

from rerun_bridge.errors import ParameterError
from rerun_bridge.node.sink_kinds import NONE, parse_sink, plan_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rerun_bridge.node.sink_kinds import SinkPlan
    from rerun_bridge.sinks import LogSink

FLUSH_TIMEOUT_SEC = 10.0
"""How long `flush` waits at most."""


class Switchable(Protocol):
    """A recording whose sinks can be exchanged; `RecordingStream` is one."""

    @property
    def sinks(self) -> tuple[LogSink, ...]:
        """Get the open sinks."""

    def set_sinks(self, *sinks: LogSink) -> None:
        """Replace all sinks; those that are open already stay as they are."""

    def flush(self, timeout_sec: float | None = None) -> None:
        """Wait until everything logged so far is delivered."""


class SinkControl:
    """
    Switches the sinks of one recording.

    Nothing that fails disturbs the sinks that are open.

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

    @property
    def names(self) -> list[str]:
        """Get the open sinks as the parameter `sinks` shows them."""
        with self._lock:
            return [self._names.get(sink, sink.target) for sink in self._recording.sinks] or [NONE]

    def open(self, kind: str, arguments: Mapping[str, object], settings: Mapping[str, Any]) -> str:
        """
        Open one sink, in place of the others or beside them as `replace_sinks` says.

        Parameters
        ----------
        kind
            connect, save or spawn.
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
            plan = plan_sink(kind, arguments, settings)
            if plan.sink is None:
                return plan.sentence
            old = self._recording.sinks
            kept = () if settings['replace_sinks'] else old
            self._set([*((sink, self._names.get(sink, '')) for sink in kept), _named(plan)])
            closed = [sink.target for sink in old if sink not in self._recording.sinks]
            instead = f', in place of {", ".join(closed)}' if closed else ''
            return f'{plan.sentence}{instead}'

    def switch(self, wanted: Sequence[str], settings: Mapping[str, Any]) -> None:
        """
        Make these the open sinks; those of them that are open already go on.

        Parameters
        ----------
        wanted
            As in the parameter `sinks`.
        settings
            All parameters, checked.

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
        with self._lock:
            is_open = {self._names.get(sink, sink.target): sink for sink in self._recording.sinks}
            sinks = []
            for name, (kind, arguments) in requests.items():
                if name in is_open:
                    sinks.append((is_open[name], name))
                    continue
                plan = plan_sink(kind, arguments, settings)
                if plan.sink is not None:
                    sinks.append(_named(plan))
            self._set(sinks)

    def disconnect(self, settings: Mapping[str, Any]) -> str:
        """
        Close all sinks.

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
            closed = [sink.target for sink in self._recording.sinks]
            self._set([])
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
            targets = ', '.join(sink.target for sink in self._recording.sinks)
        took = f'in {time.monotonic() - start:.2f} s'
        rest = '' if is_finished else '; some received messages are still to be converted'
        return f'flushed {targets or "nothing, no sink is open"} {took}{rest}'

    def _set(self, sinks: Sequence[tuple[LogSink, str]]) -> None:
        self._recording.set_sinks(*(sink for sink, _ in sinks))
        self._names = dict(sinks)


def _named(plan: SinkPlan) -> tuple[LogSink, str]:
    assert plan.sink is not None  # noqa: S101 - for the type checker
    return plan.sink, plan.name
