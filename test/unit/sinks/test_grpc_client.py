# SPDX-License-Identifier: Apache-2.0
"""The sink's promises, with gRPC's own server; viewers are in conformance."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, ExitStack
import gc
import re
import threading
from typing import Any, TYPE_CHECKING

import grpc
import pytest

from rerun_bridge.errors import FlushTimeoutError
from rerun_bridge.log_encoding import grpc_message, set_store_info
from rerun_bridge.sinks import grpc_client, grpc_link, GrpcSink, SinkState
from rerun_bridge.sinks.network import network_loop, submit
from test.grpc_receiver import accepting, receiving, reset
from test.official import wait_for
from test.unit.samples import blob_rows, message_of, new_id, scalar_rows, STORE

if TYPE_CHECKING:
    from collections.abc import Iterator
    import socket

    from rerun_bridge.log_encoding import LogMsg

WAIT_SEC = 20.0
PICTURE_BYTES = 100_000
SETTINGS = bytes(3) + b'\x04' + bytes(5)


@pytest.fixture(autouse=True)
def _nothing_is_left(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail if a task goes on, or ends with an exception that nobody takes; retry at once."""
    monkeypatch.setattr(grpc_client, '_RETRY_SEC', 0.01)
    before = asyncio.all_tasks(network_loop())
    yield
    wait_for(lambda: asyncio.all_tasks(network_loop()) <= before, WAIT_SEC)
    assert asyncio.all_tasks(network_loop()) <= before
    gc.collect(1)
    assert [record.getMessage() for record in caplog.records if record.name == 'asyncio'] == []


@contextmanager
def sending(
    port: int, *needed: LogMsg, flush_timeout_sec: float | None = WAIT_SEC, **options: int
) -> Iterator[GrpcSink]:
    """Open a sink that every server needs `needed` of, and close it."""
    sink = GrpcSink(f'127.0.0.1:{port}', flush_timeout_sec=flush_timeout_sec, **options)
    sink.open(lambda: list(needed))
    sink.send(needed)
    try:
        yield sink
    finally:
        sink.close()


def store_info() -> LogMsg:
    """Make the first message of a recording."""
    return set_store_info(STORE, new_id())


def numbers(start: int, stop: int) -> list[LogMsg]:
    """Make small messages."""
    return [message_of(scalar_rows(i)) for i in range(start, stop)]


def pictures(start: int, stop: int, *, is_retained: bool = False) -> list[LogMsg]:
    """Make big messages."""
    return [
        message_of(blob_rows(bytes([i]) * PICTURE_BYTES, i), is_retained=is_retained)
        for i in range(start, stop)
    ]


def sent(*messages: LogMsg) -> list[bytes]:
    """Encode messages as servers get them."""
    return [grpc_message(message) for message in messages]


def counts(sink: GrpcSink) -> tuple[int, int, int]:
    """Return how many messages were delivered, dropped and queued."""
    status = sink.status()
    return status.sent_messages, status.dropped_messages, status.queued_messages


def wait_until_connected(sink: GrpcSink) -> None:
    wait_for(lambda: sink.status().state is SinkState.OPEN, WAIT_SEC)


def test_everything_arrives_and_counts() -> None:
    first, small, big = store_info(), numbers(0, 500), pictures(0, 5)
    with receiving() as receiver, sending(receiver.port, first) as sink:
        for i in range(5):
            sink.send([*small[100 * i : 100 * (i + 1)], big[i]])
        sink.flush(WAIT_SEC)
        messages = receiver.messages
        assert [each for each in messages if len(each) < PICTURE_BYTES] == sent(first, *small)
        assert [each for each in messages if len(each) > PICTURE_BYTES] == sent(*big)
        assert counts(sink) == (506, 0, 0)
        status = sink.status()
        assert status.sent_bytes == sum(each.num_bytes for each in (first, *small, *big))
        assert (status.state, status.queued_bytes, status.error) == (SinkState.OPEN, 0, '')
        sink.close()
        assert sink.status().state is SinkState.CLOSED
        assert counts(sink) == (506, 0, 0)


def test_pictures_wait_until_the_server_knows_their_recording() -> None:
    first, small, big = store_info(), numbers(0, 3), pictures(0, 2)
    received = []

    def remember(_context: object) -> None:
        received.append(list(receiver.messages))

    with receiving() as receiver:
        receiver.on_end = remember
        sink = GrpcSink(f'127.0.0.1:{receiver.port}')
        sink.send([first, *big, *small])
        sink.open(list)
        sink.flush(WAIT_SEC)
        sink.close()
        assert received[0] == sent(first, *small)
        assert receiver.messages == sent(first, *small, *big)


def test_what_others_need_keeps_its_place() -> None:
    first, small, needed = store_info(), numbers(0, 4), pictures(0, 2, is_retained=True)
    ordered = [small[0], needed[0], small[1], needed[1], small[2]]
    with receiving() as receiver, sending(receiver.port, first) as sink:
        sink.flush(WAIT_SEC)
        sink.send(ordered)
        sink.flush(WAIT_SEC)
        assert receiver.messages == sent(first, *ordered)


def test_states_overtake_pictures_and_a_flush_waits_for_both() -> None:
    first, small, big = store_info(), numbers(0, 50), pictures(0, 3)
    may_go_on = threading.Event()
    with receiving() as receiver:
        receiver.on_message = lambda message, _: (
            len(message) > PICTURE_BYTES and may_go_on.wait(WAIT_SEC)
        )
        with sending(receiver.port, first) as sink, ExitStack() as stack:
            stack.callback(may_go_on.set)
            sink.flush(WAIT_SEC)
            sink.send(big)
            flushing = threading.Thread(target=sink.flush, args=(WAIT_SEC,))
            flushing.start()
            for message in small:
                sink.send([message])
            wait_for(lambda: sink.status().sent_messages == 51, WAIT_SEC)
            assert counts(sink) == (51, 0, 3)
            assert receiver.messages == sent(first, *small)
            with pytest.raises(FlushTimeoutError, match=r'^3 messages did not reach'):
                sink.flush(0.1)
            assert flushing.is_alive(), 'what is delivered came later than what it waits for'
            may_go_on.set()
            flushing.join(WAIT_SEC)
            assert not flushing.is_alive()
            assert counts(sink) == (54, 0, 0)


def test_both_lanes_are_sent_again_after_a_lost_link(free_port: int) -> None:
    """A flush that began before returns when all is at the new server."""
    first, small, big = store_info(), numbers(0, 20), pictures(0, 3)
    has_ended = threading.Event()

    def never_answer(context: Any) -> None:  # noqa: ANN401 - gRPC's
        context.add_callback(has_ended.set)
        has_ended.wait(WAIT_SEC)

    address = f'127.0.0.1:{free_port}'
    with ExitStack() as stack:
        serving = stack.enter_context(ExitStack())
        old = serving.enter_context(receiving(address))
        sink = stack.enter_context(sending(free_port, first))
        sink.flush(WAIT_SEC)
        old.on_end = never_answer
        sink.send([*small[:10], *big[:2]])
        flushing = threading.Thread(target=sink.flush, args=(WAIT_SEC,))
        flushing.start()
        wait_for(lambda: len(old.messages) == 13, WAIT_SEC)
        assert counts(sink) == (1, 0, 12)
        serving.close()
        sink.send([*small[10:], big[2]])
        new = stack.enter_context(receiving(address))
        flushing.join(WAIT_SEC)
        assert set(sent(first, *small[:10], *big[:2])) <= set(new.messages)
        sink.flush(WAIT_SEC)
        assert new.calls[0][0] == sent(first)[0]
        assert [each for each in new.messages if len(each) < PICTURE_BYTES] == sent(first, *small)
        assert [each for each in new.messages if len(each) > PICTURE_BYTES] == sent(*big)
        assert counts(sink) == (25, 0, 0)
        assert sink.status().reconnects == 1


def test_the_bound_holds_over_both_lanes(free_port: int) -> None:
    """Pictures are dropped first; nothing that others need ever is."""
    first, needed = store_info(), pictures(9, 10, is_retained=True)
    small, big = numbers(0, 60), pictures(0, 6)
    bound = 450_000
    with sending(free_port, first, flush_timeout_sec=0.0, max_queue_bytes=bound) as sink:
        sink.send(needed)
        num_accepted = 2
        for i, message in enumerate(big):
            sink.send([*small[10 * i : 10 * (i + 1)], message])
            num_accepted += 11
            assert sum(counts(sink)) == num_accepted
            assert sink.status().queued_bytes <= bound
        status = sink.status()
        assert (status.dropped_messages, status.dropped_rows) == (4, 4)
        sink.send(numbers(0, 2000))
        bulk, ordered = sink._bulk.queue, sink._ordered.queue  # noqa: SLF001 - where they wait
        assert len(bulk) == 0
        assert bulk.dropped_messages == 6
        assert ordered.dropped_messages > 0
        assert sum(counts(sink)) == num_accepted + 2000
        sink.close()
        assert counts(sink) == (0, num_accepted + 2000, 0)
        assert sink.status().queued_bytes == 0


def refuse(context: Any) -> None:  # noqa: ANN401 - gRPC's
    context.abort(grpc.StatusCode.UNIMPLEMENTED, 'no viewer')


def test_a_server_that_refuses_is_told_and_does_not_hold_up_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, small = store_info(), numbers(0, 10)
    with receiving() as receiver, sending(receiver.port, first, flush_timeout_sec=0.5) as sink:
        receiver.on_message = lambda _, context: refuse(context)
        sink.send(small)
        wait_for(lambda: len(receiver.calls) > 4, WAIT_SEC)
        wait_for(lambda: sink.status().state is SinkState.RECONNECTING, WAIT_SEC)
        assert 'the server refuses the data; is it a viewer' in sink.status().error
        assert counts(sink) == (0, 0, 11)
        sink.close()
        assert counts(sink) == (0, 11, 0)
        told = [record.getMessage() for record in caplog.records]
        assert [text.split()[0] for text in told] == ['lost', 'cannot', 'dropping']


def test_a_server_that_takes_the_data_after_all() -> None:
    first, small = store_info(), numbers(0, 10)
    with receiving() as receiver, sending(receiver.port, first) as sink:
        receiver.on_end = refuse
        sink.send(small)
        wait_for(lambda: len(receiver.calls) >= 2, WAIT_SEC)
        receiver.on_end = lambda _: None
        sink.flush(WAIT_SEC)
        assert receiver.calls[-1] == sent(first, *small)
        assert counts(sink) == (11, 0, 0)
        assert sink.status().error == ''


def speak(connection: socket.socket) -> None:
    """Say what an HTTP/2 server says first."""
    connection.sendall(SETTINGS)


def test_a_server_that_never_reads() -> None:
    """What waits is bounded, the flush gives up, and the end comes soon."""
    first, bound = store_info(), 1_000_000
    with accepting(speak) as port:
        with sending(port, first, flush_timeout_sec=0.2, max_queue_bytes=bound) as sink:
            wait_until_connected(sink)
            for i in range(30):
                sink.send([*numbers(i, i + 1), *pictures(i, i + 1)])
                assert sink.status().queued_bytes <= 2 * bound
            with pytest.raises(FlushTimeoutError):
                sink.flush(WAIT_SEC)
            assert sum(counts(sink)) == 61
        assert counts(sink) == (0, 61, 0)


SILENCE = 'nothing answers at rerun.http://127.0.0.1:[0-9]+/proxy; start a viewer there'
BAD_SERVERS = {
    'silent': (lambda _: None, SILENCE),
    'killed': (reset, f'{SILENCE}|cannot send to .*: the server has closed the connection'),
    'HTTP/1.1': (
        lambda end: end.sendall(b'HTTP/1.1 400\r\n\r\n'),
        'cannot send .* no gRPC server',
    ),
    'bad settings': (lambda end: end.sendall(b'\0\0\1\4' + bytes(6)), 'cannot .* no gRPC server'),
}


@pytest.mark.parametrize(('act', 'error'), BAD_SERVERS.values(), ids=BAD_SERVERS)
def test_what_is_no_server_is_told_once(
    act: Any,  # noqa: ANN401 - treats a connection
    error: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(grpc_client, '_CONNECT_TIMEOUT_SEC', 0.1)
    with (
        accepting(act) as port,
        sending(port, store_info(), flush_timeout_sec=0.0) as sink,
    ):
        wait_for(lambda: sink._attempts > 3, WAIT_SEC)  # noqa: SLF001 - it is told by then
        assert re.search(error, sink.status().error)
        (record,) = caplog.records
        assert re.match(f'{error}.* still trying', record.getMessage())


def test_an_unexpected_error_does_not_end_the_sink(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, failures = grpc_link.open_link, [ValueError('unheard of')] * 3

    async def open_link(*args: Any) -> Any:  # noqa: ANN401 - as the real one
        if failures:
            raise failures.pop()
        return await real(*args)

    monkeypatch.setattr(grpc_client, 'open_link', open_link)
    with receiving() as receiver, sending(receiver.port, store_info()) as sink:
        sink.flush(WAIT_SEC)
        assert counts(sink) == (1, 0, 0)
        (record,) = caplog.records
        assert 'cannot send to' in record.getMessage()
        assert record.exc_info, 'with what is needed to find it'


def test_a_cancellation_that_asyncio_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end comes in the very moment of the connection (Python up to 3.11)."""
    real = grpc_link.open_link

    async def open_link(*args: Any) -> Any:  # noqa: ANN401 - as the real one
        link = await real(*args)
        # As `close` does, which would wait for this thread.
        sink._is_closing = True  # noqa: SLF001
        assert sink._task  # noqa: SLF001
        sink._task.cancel()  # noqa: SLF001
        return link

    monkeypatch.setattr(grpc_client, 'open_link', open_link)
    with receiving() as receiver:
        sink = GrpcSink(f'127.0.0.1:{receiver.port}')
        sink.open(list)
        wait_for(lambda: sink.status().state is SinkState.CLOSED, WAIT_SEC)
        assert sink.status().state is SinkState.CLOSED


def test_reconnecting_never_blocks_those_that_send() -> None:
    """The replay waits for the lock that senders hold; meanwhile all else must go on."""
    sink = GrpcSink()
    delivering = threading.Lock()
    is_asked = threading.Event()
    needed = store_info()

    def replay() -> list[LogMsg]:
        is_asked.set()
        with delivering:
            return [needed]

    sink._replay = replay  # noqa: SLF001 - the moment of a reconnection, without the network
    sink._state = SinkState.RECONNECTING  # noqa: SLF001
    sending = threading.Thread(target=sink.send, args=([message_of(scalar_rows(1))],), daemon=True)
    with delivering:
        reconnecting = submit(sink._connected())  # noqa: SLF001
        assert is_asked.wait(5)
        submit(asyncio.sleep(0)).result(5)
        sending.start()
        sending.join(5)
        assert not sending.is_alive()
    reconnecting.result(5)
    status = sink.status()
    assert (status.state, status.reconnects, status.queued_messages) == (SinkState.OPEN, 1, 2)
    assert sink._ordered.queue.pop() is needed  # noqa: SLF001
