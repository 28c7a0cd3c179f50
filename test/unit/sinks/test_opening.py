# SPDX-License-Identifier: Apache-2.0
"""A sink that reaches the network is opened once, but may be tried again if that failed."""

from __future__ import annotations

import multiprocessing
import socket
from typing import TYPE_CHECKING

import pytest

import rerun_bridge as rr
from rerun_bridge.errors import SinkOpenError, UsageError
from rerun_bridge.sinks import (
    GrpcServerSink,
    GrpcSink,
    Server,
    ServerOptions,
    ServerSink,
    SinkState,
    WebSocketServerSink,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from rerun_bridge.sinks import LogSink

LOCAL = '127.0.0.1'
NOBODY = f'{LOCAL}:1'
TIMEOUT_SEC = 20.0


@pytest.mark.parametrize(
    'make',
    [
        lambda: GrpcSink(NOBODY, flush_timeout_sec=0),
        lambda: GrpcServerSink(0),
        lambda: WebSocketServerSink(0),
    ],
)
def test_a_sink_that_was_closed_is_refused(make: Callable[[], LogSink]) -> None:
    sink = make()
    sink.open(list)
    sink.close()
    status = sink.status()
    with pytest.raises(UsageError, match='make a new one'):
        sink.open(list)
    assert sink.status() == status
    assert status.state is SinkState.CLOSED


def test_a_sink_that_is_connecting_is_not_opened_again() -> None:
    sink = GrpcSink(NOBODY, flush_timeout_sec=0)
    sink.open(list)
    with pytest.raises(UsageError, match='make a new one'):
        sink.open(list)
    sink.close()


def test_a_server_that_could_not_be_opened_may_be_tried_again(free_port: int) -> None:
    sink = ServerSink(Server({'web_port': 0, 'ws_port': free_port}, ServerOptions()))
    with socket.create_server((LOCAL, free_port)):
        for _ in range(2):
            with pytest.raises(SinkOpenError, match='in use'):
                sink.open(list)
    sink.open(list)
    assert sink.status().state is SinkState.OPEN
    sink.close()


def test_the_sink_of_a_server_that_goes_on_may_come_back() -> None:
    server = Server({'ws_port': 0}, ServerOptions())
    sink = ServerSink(server, keeps_server=True)
    for _ in range(2):
        sink.open(list)
        sink.close()
    server.close()
    with pytest.raises(UsageError, match='make a new one'):
        sink.open(list)


def test_forked_child_does_not_hold_the_port(free_port: int) -> None:
    rec = rr.RecordingStream('forks')
    rec.serve(False, free_port, 0)  # noqa: FBT003 - the classic signature
    context = multiprocessing.get_context('fork')
    is_there, may_end = context.Event(), context.Event()

    def live() -> None:
        is_there.set()
        may_end.wait(TIMEOUT_SEC)

    child = context.Process(target=live)
    child.start()
    try:
        assert is_there.wait(TIMEOUT_SEC)
        rec.disconnect()
        socket.create_server((LOCAL, free_port)).close()
    finally:
        may_end.set()
        child.join(TIMEOUT_SEC)
    assert child.exitcode == 0
    rec.close()
