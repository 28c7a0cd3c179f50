# SPDX-License-Identifier: Apache-2.0
"""The server of the node outlives its sinks, and goes when nothing is streamed any more."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.errors import SinkOpenError
from rerun_bridge.node.server_keeper import ServerKeeper
from rerun_bridge.sdk import RecordingStream
from rerun_bridge.sinks import FileSink, ServerOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rerun_bridge.sinks import LogSink, ServerSink

ANY = {'web_port': 0, 'ws_port': 0}
OPTIONS = ServerOptions()


class Switch:
    """A recording whose sinks are exchanged as the node does it."""

    def __init__(self) -> None:
        self.recording = RecordingStream('test')
        self.keeper = ServerKeeper()

    def to(self, *sinks: LogSink) -> None:
        try:
            self.recording.set_sinks(*sinks)
        finally:
            self.keeper.settle(self.recording.sinks)

    def serve(
        self, options: ServerOptions = OPTIONS, *, web_port: int = 0, ws_port: int = 0
    ) -> ServerSink:
        sink = self.keeper.sink({'web_port': web_port, 'ws_port': ws_port}, options)
        self.to(sink)
        return sink


@pytest.fixture
def switch() -> Iterator[Switch]:
    made = Switch()
    yield made
    made.recording.close()
    made.keeper.settle(())


def is_free(port: int) -> bool:
    try:
        with socket.create_server(('127.0.0.1', port)):
            return True
    except OSError:
        return False


def ports_of(sink: ServerSink) -> list[int]:
    return list(sink.server.ports.values())


def test_the_same_request_gets_the_same_server(switch: Switch) -> None:
    sink = switch.serve()
    assert switch.serve() is sink
    web_port, ws_port = ports_of(sink)
    assert switch.serve(web_port=web_port, ws_port=ws_port) is sink
    assert switch.keeper.idle(switch.recording.sinks) == []


def test_it_stays_while_data_goes_elsewhere(switch: Switch, tmp_path: Path) -> None:
    sink = switch.serve()
    epoch = sink.server.hub.epoch
    switch.to(FileSink(tmp_path / 'a.rrd'))
    assert sink.server.is_open
    assert switch.keeper.idle(switch.recording.sinks) == [sink.target]
    assert switch.serve() is sink
    assert sink.server.hub.epoch == epoch


def test_it_ends_when_nothing_is_streamed(switch: Switch, tmp_path: Path) -> None:
    for leave in ((), (FileSink(tmp_path / 'a.rrd'),)):
        sink = switch.serve()
        switch.to(*leave)
        switch.to()
        assert not sink.server.is_open
        assert all(map(is_free, ports_of(sink)))
        assert switch.keeper.idle(()) == []


@pytest.mark.parametrize('is_idle', [False, True])
def test_other_options_replace_it_on_its_port(
    switch: Switch, tmp_path: Path, *, is_idle: bool
) -> None:
    old = switch.serve()
    web_port, ws_port = ports_of(old)
    if is_idle:
        switch.to(FileSink(tmp_path / 'a.rrd'))
    new = switch.serve(ServerOptions(memory_limit=1 << 20), web_port=web_port)
    assert new is not old
    assert new.server.is_open
    assert not old.server.is_open
    assert ports_of(new)[0] == web_port
    assert is_free(ws_port)


def test_other_ports_replace_it_once_they_are_open(switch: Switch) -> None:
    old = switch.serve()
    with (
        socket.create_server(('127.0.0.1', 0)) as taken,
        pytest.raises(SinkOpenError, match='is in use') as caught,
    ):
        switch.serve(web_port=taken.getsockname()[1])
    assert 'was closed' not in str(caught.value)
    assert old.server.is_open
    assert switch.recording.sinks == (old,)
    new = switch.serve(ServerOptions(allow_map_tiles=True))
    assert new.server.is_open
    assert not old.server.is_open


def test_a_failure_that_cost_the_old_server_says_so(switch: Switch) -> None:
    old = switch.serve()
    web_port, _ = ports_of(old)
    with (
        socket.create_server(('127.0.0.1', 0)) as taken,
        pytest.raises(SinkOpenError, match=rf'is in use.*; serve:{web_port}, .*was closed for it'),
    ):
        switch.serve(web_port=web_port, ws_port=taken.getsockname()[1])
    assert not old.server.is_open
    assert switch.serve().server.is_open


def test_a_server_opened_in_vain_is_closed_again(switch: Switch) -> None:
    sink = switch.keeper.sink(ANY, OPTIONS)
    with pytest.raises(SinkOpenError):
        switch.to(sink, FileSink('/proc/no/x.rrd'))
    assert not sink.server.is_open
    assert all(map(is_free, ports_of(sink)))
