# SPDX-License-Identifier: Apache-2.0
"""The gRPC server behind a public port, with real clients; viewers are in the system tests."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, ExitStack
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import grpc
import pytest

from rerun_bridge.log_encoding import grpc_message, set_store_info
from rerun_bridge.sinks.network import network_loop
from rerun_bridge.sinks.server import viewer_control
from rerun_bridge.sinks.server.grpc_server import GrpcServer
from rerun_bridge.sinks.server.hub import Hub
from test.official import wait_for
from test.recordings import column
from test.unit.samples import blob_rows, message_of, new_id, scalar_rows, STORE

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from rerun_bridge.log_encoding import LogMsg
    from test.official import Official

PROXY = '/rerun.sdk_comms.v1alpha1.MessageProxyService/'
CATALOG = '/rerun.cloud.v1alpha1.RerunCloudService/'
GRACE_SEC = 0.5
WAIT_SEC = 20.0
ONLY_LINUX = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')


class Served(NamedTuple):
    """
    A hub behind a public port that hands everything to its gRPC server.

    Attributes
    ----------
    hub
        Where data goes in.
    server
        What is tested.
    port
        The public one.

    """

    hub: Hub
    server: GrpcServer
    port: int

    @property
    def url(self) -> str:
        """Get what viewers open."""
        return f'rerun+http://127.0.0.1:{self.port}/proxy'

    def publish_scalars(self, count: int, start: int = 0) -> list[LogMsg]:
        """Log scalars, each in a message of its own."""
        messages = [message_of(scalar_rows(start + i)) for i in range(count)]
        self.hub.publish(messages)
        return messages

    def wait_for_readers(self, count: int) -> None:
        """Wait until so many read."""
        wait_for(lambda: len(self.hub.subscriptions) == count, WAIT_SEC)
        assert len(self.hub.subscriptions) == count

    def end(self) -> None:
        """End the streams."""
        network_loop().call_soon_threadsafe(self.hub.close)

    @contextmanager
    def channel(self, port: int = 0) -> Iterator[Any]:
        """Connect a client."""
        options = [('grpc.max_receive_message_length', -1), ('grpc.use_local_subchannel_pool', 1)]
        with grpc.insecure_channel(f'127.0.0.1:{port or self.port}', options) as channel:
            yield channel

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Read as a client; the call is an iterator of messages."""
        with self.channel() as channel:
            yield channel.unary_stream(f'{PROXY}ReadMessages')(b'', timeout=60)


@contextmanager
def serving() -> Iterator[Served]:
    """Serve a hub until the block ends; then nobody may be subscribed any more."""
    hub = Hub(64 << 20)
    hub.publish([set_store_info(STORE, new_id())])
    server = GrpcServer(hub, public_url=lambda: f'rerun+http://127.0.0.1:{port}/proxy')

    async def start() -> asyncio.Server:
        return await asyncio.start_server(hand_over, '127.0.0.1', 0)

    async def hand_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.pipe(await reader.read(24), reader, writer)
        writer.close()

    async def stop() -> None:
        listener.close()
        hub.close()
        await server.stop(GRACE_SEC)
        await listener.wait_closed()

    listener = run(start()).result(WAIT_SEC)
    port = listener.sockets[0].getsockname()[1]
    try:
        yield Served(hub, server, port)
    finally:
        run(stop()).result(WAIT_SEC)
    assert not hub.subscriptions


def run(coroutine: Coroutine[Any, Any, Any]) -> Future[Any]:
    """Run on the network loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, network_loop())


@contextmanager
def official_reader(official: Official, url: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let `rerun` save what it reads, until the block ends."""
    process = subprocess.Popen(
        [official.cli, '--save', path, url],
        env=official.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_early_and_late_readers_get_everything() -> None:
    with serving() as served, served.reading() as early:
        served.wait_for_readers(1)
        messages = served.publish_scalars(50)
        first = next(early)
        with served.reading() as late:
            served.wait_for_readers(2)
            messages += served.publish_scalars(50, start=50)
            served.end()
            expected = [grpc_message(message) for message in messages]
            assert [first, *early][1:] == expected
            assert list(late)[1:] == expected
            assert early.code() == late.code() == grpc.StatusCode.OK


@pytest.mark.conformance
@pytest.mark.parametrize('is_early', [True, False])
def test_the_official_reader_writes_a_whole_file(
    official: Official, tmp_path: Path, *, is_early: bool
) -> None:
    path = tmp_path / 'read.rrd'
    with serving() as served, ExitStack() as stack:
        if not is_early:
            served.publish_scalars(200)
        reader = stack.enter_context(official_reader(official, served.url, path))
        served.wait_for_readers(1)
        if is_early:
            served.publish_scalars(200)
        served.publish_scalars(300, start=200)
        served.end()
        assert reader.wait(WAIT_SEC) == 0
    official.verify(path)
    assert column(path, '/scalar', 'Scalars:scalars') == [[float(i)] for i in range(500)]


def test_a_big_message_passes() -> None:
    big = message_of(blob_rows(os.urandom(30 << 20)))
    with serving() as served, served.reading() as call:
        served.wait_for_readers(1)
        served.hub.publish([big])
        served.end()
        _, received = call
        assert received == grpc_message(big)


def test_who_does_not_read_disturbs_nobody_else() -> None:
    with serving() as served, served.reading() as stalled:
        served.wait_for_readers(1)
        (slow,) = served.hub.subscriptions
        with served.reading() as call:
            served.wait_for_readers(2)
            next(call)
            waits = []
            for i in range(60):
                message = message_of(blob_rows(os.urandom(1 << 20), i))
                since = time.monotonic()
                served.hub.publish([message])
                assert next(call) == grpc_message(message)
                waits.append(time.monotonic() - since)
        served.wait_for_readers(1)
        assert slow.dropped_messages > 10
        assert sorted(waits)[len(waits) // 2] < 0.5
        since = time.monotonic()
    assert time.monotonic() - since < 4 * GRACE_SEC + 1.0  # not even the end waits for it
    assert stalled.code() != grpc.StatusCode.OK


@pytest.mark.conformance
@pytest.mark.parametrize('is_stopped', [True, False])
def test_a_reader_that_is_killed_is_forgotten(
    official: Official, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, is_stopped: bool
) -> None:
    with serving() as served, official_reader(official, served.url, tmp_path / 'x.rrd') as reader:
        served.wait_for_readers(1)
        if is_stopped:  # then there are bytes on the way that it does not take
            os.killpg(reader.pid, signal.SIGSTOP)
            served.hub.publish([message_of(blob_rows(os.urandom(1 << 20), i)) for i in range(20)])
            time.sleep(0.5)
            served.wait_for_readers(1)
        os.killpg(reader.pid, signal.SIGKILL)
        served.wait_for_readers(0)
        served.publish_scalars(10)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_call_that_is_cancelled_is_forgotten() -> None:
    with serving() as served, served.channel() as channel:
        calls = [channel.unary_stream(f'{PROXY}ReadMessages')(b'') for _ in range(5)]
        served.wait_for_readers(5)
        for call in calls:
            call.cancel()
        served.wait_for_readers(0)


def test_streams_of_a_server_that_stops_end_well() -> None:
    with serving() as served:
        with served.reading() as call:
            served.wait_for_readers(1)
            messages = served.publish_scalars(10)
            served.end()
            run(served.server.stop(GRACE_SEC)).result(WAIT_SEC)
            assert list(call)[1:] == [grpc_message(message) for message in messages]
            assert call.code() == grpc.StatusCode.OK
        with served.reading() as call, pytest.raises(grpc.RpcError) as error:
            next(call)
        assert error.value.code() == grpc.StatusCode.UNAVAILABLE


def refused(channel: Any, method: str, *requests: bytes) -> tuple[Any, str]:  # noqa: ANN401
    """Make a call; return the error."""
    with pytest.raises(grpc.RpcError) as error:
        channel.stream_unary(method)(iter(requests), timeout=WAIT_SEC)
    return error.value.code(), error.value.details()


@pytest.mark.parametrize('method', ['WriteMessages', 'WriteTable', 'ReadTables'])
@pytest.mark.parametrize('size', [0, 10, 10 << 20])
def test_nothing_is_taken_in(method: str, size: int) -> None:
    with serving() as served, served.channel() as channel:
        code, details = refused(channel, PROXY + method, bytes(size), bytes(size))
        assert code == grpc.StatusCode.UNIMPLEMENTED
        assert details.startswith(f'{served.url} shows what is logged here and takes nothing in')


@pytest.mark.parametrize('method', [f'{PROXY}Unknown', '/unknown.Service/ReadMessages'])
def test_unknown_calls_are_refused(method: str) -> None:
    with serving() as served, served.channel() as channel:
        assert refused(channel, method, b'')[0] == grpc.StatusCode.UNIMPLEMENTED


def test_nobody_comes_in_by_the_back_door() -> None:
    with serving() as served:
        assert served.server._starting is None  # noqa: SLF001 - before the first viewer
        with served.reading() as call:
            next(call)
        starting = served.server._starting  # noqa: SLF001 - what another program could find out
        assert starting is not None
        inner = starting.result()
        with served.channel(inner) as channel:
            for method in (f'{PROXY}ReadMessages', f'{CATALOG}WhoAmI'):
                code, details = refused(channel, method, b'')
                assert code == grpc.StatusCode.PERMISSION_DENIED
                assert served.url in details


def test_without_grpc_only_native_viewers_go_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(name: str) -> None:
        msg = f'No module named {name!r}'
        raise ModuleNotFoundError(msg)

    monkeypatch.setattr('rerun_bridge.sinks.server.grpc_server.import_module', fail)
    with serving() as served:
        assert not caplog.messages
        for _ in range(2):
            with served.channel() as channel:
                code, _ = refused(channel, f'{PROXY}WriteMessages', b'')
                assert code == grpc.StatusCode.UNAVAILABLE
    text = "native viewers cannot be served: No module named 'grpc'; install grpcio"
    assert caplog.messages == [text]


def test_garbage_is_no_harm() -> None:
    with serving() as served:
        for garbage in (b'', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + bytes(1000), os.urandom(5000)):
            with socket.create_connection(('127.0.0.1', served.port), 5) as client:
                client.sendall(garbage)
                client.shutdown(socket.SHUT_WR)
                while client.recv(1 << 16):
                    pass
        with served.reading() as call:
            next(call)


@contextmanager
def viewer(orders: list[bytes], *, accepts: bool = True) -> Iterator[int]:
    """Pretend to be a viewer that takes orders, in this process."""

    def take(order: bytes, context: Any) -> bytes:  # noqa: ANN401
        if not accepts:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, 'no viewer')
        orders.append(order)
        return b''

    handler = grpc.method_handlers_generic_handler(
        'rerun.viewer_control.v1alpha1.ViewerControlService',
        {'ViewerControl': grpc.unary_unary_rpc_method_handler(take)},
    )
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for this alone

    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool, (handler,))
        port = server.add_insecure_port('127.0.0.1:0')
        server.start()
        try:
            yield port
        finally:
            server.stop(0).wait()


@ONLY_LINUX
def test_a_viewer_that_wants_a_catalog_is_told_once_what_to_open() -> None:
    orders: list[bytes] = []
    with serving() as served, viewer(orders):
        for _ in range(3):
            with served.channel() as channel:
                code, details = refused(channel, f'{CATALOG}WhoAmI', b'')
                assert code == grpc.StatusCode.FAILED_PRECONDITION
                assert f'`rerun {served.url}`' in details
        wait_for(lambda: bool(orders), WAIT_SEC)
        time.sleep(0.5)
        url = served.url.encode()
        order = b'\x0a' + bytes([len(url)]) + url + b'\x10\x01'
        assert orders == [b'\x22' + bytes([len(order)]) + order]


@ONLY_LINUX
def test_a_viewer_that_takes_no_orders_reads_what_to_do() -> None:
    orders: list[bytes] = []
    with serving() as served, viewer(orders, accepts=False), served.channel() as channel:
        assert served.url in refused(channel, f'{CATALOG}FindEntries', b'')[1]
        time.sleep(0.5)
    assert not orders


@ONLY_LINUX
@pytest.mark.parametrize('host', ['127.0.0.1', '::1'])
def test_the_process_of_a_client_is_found(host: str) -> None:
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        server_port = listener.getsockname()[1]
        with socket.create_connection((host, server_port)) as client:
            client_port = client.getsockname()[1]
            found = viewer_control.find_client(client_port, server_port)
            assert found is not None
            assert found.pid == os.getpid()
            assert viewer_control.find_client(server_port, server_port) is None
            assert server_port in viewer_control.listening_ports(found)
            assert client_port not in viewer_control.listening_ports(found)
            later = found._replace(start_time=found.start_time + 1)
            assert viewer_control.listening_ports(later) == []
        assert viewer_control.find_client(client_port, server_port + 1) is None


def test_without_proc_nobody_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_control, '_PROC', tmp_path)
    assert viewer_control.find_client(1, 2) is None
    assert viewer_control.listening_ports(viewer_control.LocalProcess(1, 2)) == []


def test_no_order_reaches_what_is_no_viewer(free_port: int) -> None:
    def order(port: int) -> Any:  # noqa: ANN401
        return run(viewer_control.open_in_viewer(port, 'rerun+http://127.0.0.1:1/proxy'))

    assert order(free_port).result(WAIT_SEC) is False
    with socket.create_server(('127.0.0.1', 0)) as mute:
        assert order(mute.getsockname()[1]).result(WAIT_SEC) is False
