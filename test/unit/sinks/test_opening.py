# SPDX-License-Identifier: Apache-2.0
"""A sink that reaches the network is opened once, but may be tried again if that failed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

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
