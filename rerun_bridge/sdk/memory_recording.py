# SPDX-License-Identifier: Apache-2.0
"""The handle of a recording in memory."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rerun_bridge.log_types import StoreKind
from rerun_bridge.sinks import to_rrd

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.sinks import MemorySink

_log = logging.getLogger('rerun_bridge.sdk')


class MemoryRecording:
    """
    Owns what was logged while its sink was open, also after another sink took over.

    Parameters
    ----------
    sink
        Where the recording goes.
    flush
        Brings everything logged so far to the sink.

    """

    def __init__(self, sink: MemorySink, flush: Callable[[], None]) -> None:
        self._sink = sink
        self._flush = flush
        self._is_read = False

    def num_msgs(self) -> int:
        """
        Count the messages collected.

        Returns
        -------
        int
            Store info and chunks.

        """
        self._flush()
        return len(self._sink.messages())

    def as_bytes(self) -> bytes:
        """
        Return the recording; it stays in memory.

        Returns
        -------
        bytes
            A complete RRD stream.

        """
        self._flush()
        self._is_read = True
        return to_rrd(self._sink.messages())

    def drain_as_bytes(self) -> bytes:
        """
        Remove and return the recording.

        Returns
        -------
        bytes
            A complete RRD stream.

        """
        self._flush()
        self._is_read = True
        return to_rrd(self._sink.take())

    def reset_data(self) -> None:
        """Forget the data collected so far."""
        self._flush()
        self._sink.discard(StoreKind.RECORDING)

    def reset_blueprint(self) -> None:
        """Forget the blueprint collected so far."""
        self._sink.discard(StoreKind.BLUEPRINT)

    def __del__(self) -> None:
        """Warn if nobody read what is lost now."""
        if not self._is_read and any(message.chunk for message in self._sink.messages()):
            _log.warning('Dropping data in MemorySink: the recording was never read')
