# SPDX-License-Identifier: Apache-2.0
"""What happens between the client's own thread and those that log; servers are in conformance."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rerun_bridge.log_encoding import set_store_info
from rerun_bridge.sinks import GrpcSink, SinkState
from test.unit.samples import message_of, new_id, scalar_rows, STORE

if TYPE_CHECKING:
    from rerun_bridge.log_encoding import LogMsg


def test_reconnecting_never_blocks_those_that_send() -> None:
    """The replay waits for the lock that senders hold; the sink's own lock must be free then."""
    sink = GrpcSink()
    delivering = threading.Lock()
    is_asked = threading.Event()
    needed = set_store_info(STORE, new_id())

    def replay() -> list[LogMsg]:
        is_asked.set()
        with delivering:
            return [needed]

    sink._replay = replay  # noqa: SLF001 - the moment of a reconnection, without the network
    sink._state = SinkState.RECONNECTING  # noqa: SLF001
    reconnecting = threading.Thread(target=sink._connected, daemon=True)  # noqa: SLF001
    sending = threading.Thread(target=sink.send, args=([message_of(scalar_rows(1))],), daemon=True)
    with delivering:
        reconnecting.start()
        assert is_asked.wait(5)
        sending.start()
        sending.join(5)
        assert not sending.is_alive()
    reconnecting.join(5)
    status = sink.status()
    assert (status.state, status.reconnects, status.queued_messages) == (SinkState.OPEN, 1, 2)
    assert sink._ordered.queue.pop() is needed  # noqa: SLF001
