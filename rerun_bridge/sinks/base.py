# SPDX-License-Identifier: Apache-2.0
"""What every sink is: a place that encoded messages go to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol, runtime_checkable, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.log_encoding import LogMsg

DEFAULT_QUEUE_BYTES = 256 << 20
"""How much a sink queues before it drops or makes the caller wait."""

OnFull = Literal['wait', 'drop']
Replay = Callable[[], 'list[LogMsg]']


class Cadence(Enum):
    """How often rows are encoded for a sink; each cadence in use costs one encode."""

    LIVE = 0.008
    """Seconds between chunks for somebody who watches."""
    ARCHIVE = 0.2
    """Seconds between chunks for storage: fewer and bigger."""


class SinkState(str, Enum):
    """What a sink is doing."""

    OPEN = 'open'
    CONNECTING = 'connecting'
    RECONNECTING = 'reconnecting'
    FAILED = 'failed'
    CLOSED = 'closed'


@dataclass(frozen=True)
class SinkStatus:
    """
    Figures of one sink.

    Attributes
    ----------
    target
        What it was opened with, for instance ``save:/data/run.rrd``.
    state
        What it is doing.
    queued_messages, queued_bytes
        Accepted, not delivered yet.
    sent_messages, sent_bytes
        Delivered.
    dropped_messages, dropped_rows
        Given up since the sink was opened.
    reconnects
        How often a lost link came back.
    receivers
        Who is connected to a server.
    error
        Why it failed or is not connected; empty when all is well.

    """

    target: str
    state: SinkState
    queued_messages: int = 0
    queued_bytes: int = 0
    sent_messages: int = 0
    sent_bytes: int = 0
    dropped_messages: int = 0
    dropped_rows: int = 0
    reconnects: int = 0
    receivers: int = 0
    error: str = ''


@runtime_checkable
class LogSink(Protocol):
    """A file, a viewer, memory: where a recording stream sends its messages."""

    cadence: Cadence

    @property
    def target(self) -> str:
        """Get what it is called, for instance ``save:/data/run.rrd``."""

    @property
    def resources(self) -> frozenset[tuple[str, str]]:
        """Get what only one sink can hold at a time: paths, ports."""

    def open(self, replay: Replay) -> None:
        """
        Acquire the file or start the connection.

        Files and connections are opened once; after a failed attempt it may be tried again.

        Parameters
        ----------
        replay
            Returns what every receiver needs first: store infos, properties, blueprint, latest
            static and sticky data. For sinks that may meet a new receiver later.

        Raises
        ------
        SinkOpenError
            If it cannot be had.
        UsageError
            If it has been open before and cannot be again; then nothing happens.

        """

    def send(self, messages: Sequence[LogMsg]) -> None:
        """Accept messages; only a file whose queue is full may block."""

    def flush(self, timeout_sec: float | None) -> None:
        """
        Wait until everything accepted so far is delivered.

        Raises
        ------
        FlushTimeoutError
            If it took longer.
        SinkError
            If it cannot be delivered any more.

        """

    def close(self) -> None:
        """Deliver what can be delivered, then release everything. May be called again."""

    def status(self) -> SinkStatus:
        """Return figures."""
