# SPDX-License-Identifier: Apache-2.0
"""A running bridge as a server: who watches stays connected, and the ports are free afterwards."""

from __future__ import annotations

from contextlib import ExitStack
import http.client
import signal
import socket
from typing import NamedTuple, TYPE_CHECKING

import grpc
import pytest
from std_msgs.msg import Float64

from rerun_bridge.log_types import StoreKind
from test.recordings import scalars
from test.system.bridge_process import wait_until
from test.system.receivers import GrpcReceiver, HttpReceiver, SocketReceiver

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from test.system.bridge_process import BridgeProcess, RosClient
    from test.system.conftest import StartBridge

LOCALHOST = '127.0.0.1'
NORMAL_CLOSURE = 1000


class Served(NamedTuple):
    """
    A bridge that serves.

    Attributes
    ----------
    bridge
        Its process.
    web_port, ws_port
        Its ports.

    """

    bridge: BridgeProcess
    web_port: int
    ws_port: int

    @property
    def ports_are_free(self) -> bool:
        """Whether others can have the ports at this very moment."""
        with ExitStack() as stack:
            try:
                for port in (self.web_port, self.ws_port):
                    stack.enter_context(socket.create_server((LOCALHOST, port)))
            except OSError:
                return False
            return True


def free_ports(count: int) -> list[int]:
    """Find ports that are free, all at the same time."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server((LOCALHOST, 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@pytest.fixture
def served(start_bridge: StartBridge) -> Served:
    """Start a bridge that does what it does by default, at ports of its own."""
    web_port, ws_port = free_ports(2)
    bridge = start_bridge(sinks=None, serve__web_port=web_port, serve__ws_port=ws_port)
    wait_until(lambda: 'serving http' in bridge.log)
    return Served(bridge, web_port, ws_port)


class Numbers:
    """Publishes numbers, one after the other."""

    def __init__(self, client: RosClient) -> None:
        self._client = client
        self._publisher: Any = client.publisher(Float64, '/n', 1000)
        self.sent = 0

    def publish(self, count: int) -> list[float]:
        """Publish so many, wait until the bridge has logged them, and return them."""
        numbers = [float(i) for i in range(self.sent, self.sent + count)]
        self.sent += count
        for number in numbers:
            self._publisher.publish(Float64(data=number))
        self._client.wait_for('/n', converted=self.sent)
        return numbers


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOCALHOST, port, timeout=30)
    connection.request('GET', path)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def test_it_serves_by_default(served: Served, client: RosClient) -> None:
    numbers = Numbers(client)
    early = numbers.publish(10)
    with (
        SocketReceiver(served.ws_port) as by_socket,
        SocketReceiver(served.web_port) as by_web_port,
        HttpReceiver(served.web_port) as by_http,
    ):
        receivers = (by_socket, by_web_port, by_http)
        wait_until(lambda: all(each.scalars('/n') == early for each in receivers))
        late = numbers.publish(10)
        wait_until(lambda: all(each.scalars('/n') == early + late for each in receivers))
        wait_until(lambda: client.status['sinks'][0]['receivers'] == len(receivers))
    status, page = get(served.web_port, '/')
    assert status == http.client.OK
    assert b'<!doctype html>' in page
    assert client.get_parameter('sinks') == ['serve']
    host = f'{LOCALHOST}:{served.web_port}'
    assert f'serving http://{host} to browsers' in served.bridge.log
    assert f'rerun rerun+http://{host}/proxy' in served.bridge.log
    wait_until(lambda: client.status['sinks'][0]['receivers'] == 0)
    sink = served.bridge.stop()['sinks'][0]
    assert (sink['target'], sink['state']) == (f'serve:{served.web_port}', 'closed')
    assert sink['dropped_rows'] == 0


def test_viewers_stay_connected_while_data_goes_elsewhere(
    served: Served, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'a.rrd'
    numbers = Numbers(client)
    with SocketReceiver(served.ws_port) as by_socket, HttpReceiver(served.web_port) as by_http:
        first = numbers.publish(50)
        success, message = client.open_sink('save', path=str(path))
        assert success
        assert f'in place of serve:{served.web_port} (still open for its viewers)' in message
        saved = numbers.publish(50)
        assert client.trigger('serve')[0]
        assert client.get_parameter('sinks') == ['serve']
        then = numbers.publish(50)
        assert client.trigger('serve')[0]
        last = numbers.publish(50)
        seen = first + then + last
        wait_until(lambda: by_socket.scalars('/n') == seen == by_http.scalars('/n'))
        assert by_socket.end is by_http.end is None
        assert len(by_socket.hellos) == 1
        assert by_socket.progress['dropped'] == 0
        infos = [
            message
            for message in by_socket.messages
            if message.kind.name != 'ARROW_MSG' and message.store_id.kind is StoreKind.RECORDING
        ]
        assert len(infos) == 1, 'what it knows is not sent again'
    status = served.bridge.stop()
    assert scalars(path, '/n') == saved
    counts = status['topics']['/n']
    assert counts['received'] == counts['converted'] == numbers.sent
    assert status['dropped_rows'] == counts['lost'] == counts['dropped'] == 0


@pytest.mark.parametrize('is_idle', [False, True])
def test_disconnect_frees_the_ports_before_it_answers(
    served: Served, client: RosClient, tmp_path: Path, *, is_idle: bool
) -> None:
    numbers = Numbers(client)
    numbers.publish(10)
    with (
        SocketReceiver(served.ws_port) as by_socket,
        HttpReceiver(served.web_port) as by_http,
        GrpcReceiver(served.web_port) as by_grpc,
    ):
        wait_until(lambda: by_grpc.num_messages)
        if is_idle:
            assert client.open_sink('save', path=str(tmp_path / 'a.rrd'))[0]
        success, message = client.trigger('disconnect')
        assert served.ports_are_free
        assert success
        assert f'serve:{served.web_port}; what arrives now is dropped' in message
        assert by_socket.wait_for_end() == NORMAL_CLOSURE
        assert by_http.wait_for_end() == 'complete'
        assert by_grpc.wait_for_end() is grpc.StatusCode.OK
    assert client.get_parameter('sinks') == ['none']
    assert client.trigger('serve')[0]
    assert get(served.web_port, '/')[0] == http.client.OK
    assert client.set_parameters(sinks=['none']) == [(True, '')]
    assert served.ports_are_free
    served.bridge.stop()


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signals_end_all_streams_kindly_and_free_the_ports(
    served: Served, client: RosClient, number: int
) -> None:
    numbers = Numbers(client)
    with (
        SocketReceiver(served.ws_port) as by_socket,
        HttpReceiver(served.web_port) as by_http,
        GrpcReceiver(served.web_port) as by_grpc,
    ):
        wait_until(lambda: by_grpc.num_messages)
        sent = numbers.publish(500)
        served.bridge.stop(number)
        assert served.ports_are_free
        assert by_socket.wait_for_end() == NORMAL_CLOSURE
        assert by_http.wait_for_end() == 'complete'
        assert by_grpc.wait_for_end() is grpc.StatusCode.OK
        assert by_socket.scalars('/n') == by_http.scalars('/n') == sent
    assert 'Traceback' not in served.bridge.log


def test_a_taken_port_is_told_and_disturbs_nothing(served: Served, client: RosClient) -> None:
    with (
        SocketReceiver(served.ws_port) as by_socket,
        socket.create_server((LOCALHOST, 0)) as taken,
    ):
        port = taken.getsockname()[1]
        success, reason = client.open_sink('serve', web_port=port, ws_port=0)
        assert not success
        assert reason == (
            f'web_port {port} is in use; stop that program or choose another port, or 0'
        )
        assert client.get_parameter('sinks') == ['serve']
        seen = Numbers(client).publish(10)
        wait_until(lambda: by_socket.scalars('/n') == seen)


def test_a_taken_port_ends_the_program_at_the_start(start_bridge: StartBridge) -> None:
    with socket.create_server((LOCALHOST, 0)) as taken:
        port = taken.getsockname()[1]
        bridge = start_bridge(sinks=None, serve__web_port=0, serve__ws_port=port)
        assert bridge.wait() == 1
    assert f'bridge: ws_port {port} is in use; stop that program' in bridge.log
    assert 'Traceback' not in bridge.log


def test_a_program_chooses_the_port(served: Served, client: RosClient) -> None:
    numbers = Numbers(client)
    web_port, ws_port = free_ports(2)
    success, message = client.open_sink(
        'serve', web_port=web_port, ws_port=ws_port, memory_limit_mb=64, allowed_hosts=['robot']
    )
    assert success
    assert message.startswith(f'serving http://{LOCALHOST}:{web_port} to browsers; ')
    assert f'web_port {web_port}, ws_port {ws_port}, bind {LOCALHOST}' in message
    assert 'allowed_hosts [robot]' in message
    assert message.endswith(f'in place of serve:{served.web_port}')
    assert served.ports_are_free
    assert client.get_parameter('sinks') == [f'serve:{web_port}']
    with SocketReceiver(web_port) as receiver:
        seen = numbers.publish(10)
        wait_until(lambda: receiver.scalars('/n') == seen)
