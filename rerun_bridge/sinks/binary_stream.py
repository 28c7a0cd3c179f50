# SPDX-License-Identifier: Apache-2.0
"""A recording as bytes, to be sent wherever the caller likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.sinks.memory import MemorySink, to_rrd

if TYPE_CHECKING:
    from collections.abc import Callable


class BinaryStreamSink(MemorySink):
    """Collects messages until they are read as an RRD stream."""

    target = 'binary_stream'


class BinaryStream:
    """
    Reads a recording piece by piece.

    Parameters
    ----------
    sink
        Where the recording goes.
    flush
        Brings everything logged so far to the sink.

    """

    def __init__(self, sink: BinaryStreamSink, flush: Callable[[], None]) -> None:
        self._sink = sink
        self._flush = flush

    def read(self, *, flush: bool = True) -> bytes | None:
        """
        Return what was logged since the last call.

        Parameters
        ----------
        flush
            Whether to include what is still being batched.

        Returns
        -------
        bytes or None
            A complete RRD stream; streams may be concatenated. None if nothing is new.

        """
        if flush:
            self._flush()
        messages = self._sink.take()
        return to_rrd(messages) if messages else None
