# SPDX-License-Identifier: Apache-2.0
"""The client's connection with gRPC's own server, and with what is none."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
import gc
import os
import shutil
import socket
import subprocess
import sys
import threading
from typing import Any, TYPE_CHECKING

import grpc
import pytest

from rerun_bridge.sinks import grpc_link
from rerun_bridge.sinks.address import parse_address
from rerun_bridge.sinks.grpc_link import GrpcLink, open_link
from rerun_bridge.sinks.http2 import BLOCK_BYTES
from rerun_bridge.sinks.network import submit
from test.conftest import lacking, REPO
from test.grpc_receiver import accepting, METHOD, pieces, receiving, reset
from test.official import wait_for

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

WAIT_SEC = 20.0
ONLY_LINUX = pytest.mark.skipif(sys.platform != 'linux', reason='the system tells it there')
SETTINGS = bytes(3) + b'\x04' + bytes(5)
WIDE_SETTINGS = b'\0\0\x06\x04' + bytes(5) + b'\0\x04' + (1 << 30).to_bytes(4, 'big')
"""Room for much in each call."""
WIDE_CONNECTION = b'\0\0\x04\x08' + bytes(5) + (1 << 30).to_bytes(4, 'big')
"""Room for much in the connection."""
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
DATA, PING = 0, 6
PING_HEAD = bytes((0, 0, 8, PING)) + bytes(5)


@pytest.fixture(autouse=True)
def _nothing_is_left(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail if asyncio complains, for instance of an exception that nobody took."""
    yield
    gc.collect(1)
    assert [record.getMessage() for record in caplog.records if record.name == 'asyncio'] == []


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever it returns
    """Run on the network loop."""
    return submit(coroutine).result(WAIT_SEC)


class Linked:
    """A link until the block ends."""

    def __init__(self, port: int | str, path: str = METHOD) -> None:
        self._address = parse_address(str(port) if isinstance(port, str) else f'127.0.0.1:{port}')
        self._path = path
        self.num_blocks = 0

    async def __aenter__(self) -> GrpcLink:
        self._link = await open_link(self._address, self._path, self._count)
        return self._link

    async def __aexit__(self, *_: object) -> None:
        self._link.close()

    def _count(self) -> None:
        self.num_blocks += 1


async def deliver(link: GrpcLink, *batches: list[list[bytes]]) -> None:
    """Make one call that sends all batches of messages in pieces."""
    call = link.open_call()
    for batch in batches:
        await link.send(call, batch)
    await link.finish(call)


BATCHES = {
    'nothing': [[[]]],
    'empty pieces': [[[b'', b''], [b'']]],
    'small': [[[b'a'], [b'b', b'c'], []], [[b'd' * 70_000]]],
    'big in many pieces': [[pieces(20 << 20, 10_000)], [[b'behind']]],
    'big in one piece': [[[b'before'], pieces(20 << 20, 20 << 20)]],
    'thousands': [[[i.to_bytes(4, 'big')] for i in range(5000)] for _ in range(2)],
}


@pytest.mark.parametrize('batches', BATCHES.values(), ids=BATCHES)
def test_everything_arrives(batches: list[list[list[bytes]]]) -> None:
    async def main(linked: Linked) -> None:
        async with linked as link:
            await deliver(link, *batches)

    with receiving() as receiver:
        linked = Linked(receiver.port)
        run(main(linked))
        sent = [b''.join(message) for batch in batches for message in batch]
        assert receiver.calls == [sent]
        assert linked.num_blocks > sum(map(len, sent)) // BLOCK_BYTES


def test_two_calls_at_once() -> None:
    big = [[pieces(5 << 20, 100_000, seed)] for seed in range(3)]
    small = [[[i.to_bytes(2, 'big')] for i in range(j, j + 10)] for j in range(0, 2000, 10)]

    async def main(port: int) -> None:
        async with Linked(port) as link:
            await asyncio.gather(deliver(link, *big), deliver(link, *small))

    with receiving() as receiver:
        run(main(receiver.port))
        expected = [
            [b''.join(message) for batch in batches for message in batch]
            for batches in (big, small)
        ]
        assert sorted(receiver.calls, key=len) == expected


def test_small_messages_overtake_big_ones() -> None:
    """The picture is still on its way when the call of the state is answered."""
    order: list[str] = []
    may_go_on = threading.Event()

    async def main(port: int) -> None:
        async with Linked(port) as link:
            picture = asyncio.create_task(deliver(link, [[bytes(1000)], [bytes(30 << 20)]]))
            await asyncio.to_thread(wait_for, lambda: bool(receiver.messages), WAIT_SEC)
            await deliver(link, [[b'state']])
            order.append('state')
            may_go_on.set()
            await picture
            order.append('picture')

    with receiving() as receiver:
        receiver.on_message = lambda message, _: len(message) > 1000 and may_go_on.wait(WAIT_SEC)
        run(main(receiver.port))
        assert order == ['state', 'picture']
        assert [[len(message) for message in call] for call in receiver.calls] == [
            [1000, 30 << 20],
            [5],
        ]


def test_many_calls_of_one_connection() -> None:
    async def main(port: int) -> None:
        async with Linked(port) as link:
            for i in range(200):
                await deliver(link, [[i.to_bytes(1, 'big')] * 3])

    with receiving() as receiver:
        run(main(receiver.port))
        assert receiver.calls == [[bytes([i]) * 3] for i in range(200)]


def test_the_end_is_the_answer() -> None:
    async def main(port: int) -> None:
        async with Linked(port) as link:
            work = asyncio.create_task(deliver(link, [[b'a']]))
            await asyncio.to_thread(wait_for, lambda: receiver.calls == [[b'a']], WAIT_SEC)
            assert not work.done()
            may_answer.set()
            await work

    may_answer = threading.Event()
    with receiving() as receiver:
        receiver.on_end = lambda _: may_answer.wait(WAIT_SEC)
        run(main(receiver.port))


def test_an_unknown_method() -> None:
    async def main(port: int) -> None:
        async with Linked(port, '/unknown.Service/Method') as link:
            await deliver(link, [[b'a']])

    with receiving() as receiver, pytest.raises(ConnectionError, match='refuses the data'):
        run(main(receiver.port))


def test_a_call_that_is_refused_while_it_waits_for_room() -> None:
    """Another call on the same connection goes on."""
    is_waiting = threading.Event()

    def refuse(message: bytes, context: Any) -> None:  # noqa: ANN401 - gRPC's
        if message == b'bad':
            is_waiting.wait(WAIT_SEC)
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, 'enough')

    async def main(port: int) -> None:
        async with Linked(port) as link:
            call = link.open_call()
            work = asyncio.create_task(link.send(call, [[b'bad'], [bytes(50 << 20)]]))
            await asyncio.to_thread(wait_for, lambda: bool(receiver.calls), WAIT_SEC)
            assert call.num_waiting
            is_waiting.set()
            with pytest.raises(ConnectionError, match='refuses the data'):
                await work
            await deliver(link, [[b'good']])

    with receiving() as receiver:
        receiver.on_message = refuse
        run(main(receiver.port))
        assert receiver.calls == [[], [b'good']]


def test_a_server_that_stops() -> None:
    async def main(port: int) -> None:
        async with Linked(port) as link:
            call = link.open_call()
            await link.send(call, [[b'a']])
            await asyncio.to_thread(wait_for, lambda: receiver.calls == [[b'a']], WAIT_SEC)
            await asyncio.to_thread(serving.close)
            for work in (link.finish(call), link.watch()):
                with pytest.raises(OSError, match=r'closed the connection|refuses the data'):
                    await asyncio.wait_for(work, WAIT_SEC)

    with ExitStack() as serving:
        receiver = serving.enter_context(receiving())
        run(main(receiver.port))


def test_a_server_that_never_reads() -> None:
    """No more leaves the call than there is room for, and the end is not delayed."""

    async def main(port: int) -> int:
        async with Linked(port) as link:
            call = link.open_call()
            work = asyncio.create_task(link.send(call, [[bytes(64 << 20)]]))
            left = -1
            while left != call.num_waiting:
                left = call.num_waiting
                await asyncio.sleep(0.05)
            assert not work.done()
            assert link._transport.get_write_buffer_size() <= 2 * BLOCK_BYTES  # noqa: SLF001
            work.cancel()
            return (64 << 20) + 5 - left

    with accepting(lambda connection: connection.sendall(SETTINGS)) as port:
        assert run(main(port)) == (1 << 16) - 1
    wide = WIDE_SETTINGS + WIDE_CONNECTION
    with accepting(lambda connection: connection.sendall(wide)) as port:
        assert run(main(port)) < 32 << 20, 'the rest of it is in the buffers of the system'


def test_answers_do_not_cut_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that asks for signs of life gets whole frames, wherever the system stops."""
    message = pieces(8 << 20, 10_000)
    num_pings = 3
    answers: list[bytes] = []
    body = bytearray()
    is_cut, has_asked, has_read = (threading.Event() for _ in range(3))

    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        connection.sendall(WIDE_SETTINGS + WIDE_CONNECTION)
        is_cut.wait(WAIT_SEC)
        for i in range(num_pings):
            connection.sendall(PING_HEAD + bytes([i]) * 8)
        has_asked.set()
        with connection.makefile('rb') as stream:
            stream.read(len(PREFACE))
            while len(body) < 5 + (8 << 20):
                head = stream.read(9)
                payload = stream.read(int.from_bytes(head[:3], 'big'))
                if head[3] == PING:
                    answers.append(payload)
                elif head[3] == DATA:
                    body.extend(payload)
        has_read.set()

    async def main(port: int) -> None:
        async with Linked(port) as link:
            write = os.writev

            def write_some(number: int, data: list[Any]) -> int:
                """Take only a part of the first frame's head, as of a full buffer."""
                if is_cut.is_set() or len(data) == 1:
                    return write(number, data)
                is_cut.set()
                link.pause_writing()
                return write(number, [data[0][:4]])

            monkeypatch.setattr(os, 'writev', write_some)
            work = asyncio.create_task(link.send(link.open_call(), [message]))
            assert await asyncio.to_thread(has_asked.wait, WAIT_SEC)
            await asyncio.sleep(0.1)  # the questions have come
            link.resume_writing()
            await work
            assert await asyncio.to_thread(has_read.wait, WAIT_SEC)

    with accepting(serve) as port:
        run(main(port))
    assert body[5:] == b''.join(message)
    assert answers == [bytes([i]) * 8 for i in range(num_pings)]


def lose(connection: socket.socket) -> None:
    """Speak HTTP/2, then vanish."""
    connection.sendall(SETTINGS)
    connection.recv(1 << 16, socket.MSG_WAITALL)
    reset(connection)


def test_a_server_that_is_killed() -> None:
    async def main(port: int) -> None:
        async with Linked(port) as link:
            await deliver(link, [[bytes(10 << 20)]])

    with accepting(lose) as port, pytest.raises(OSError, match=r'reset|closed|roken'):
        run(main(port))


BAD_SERVERS = {
    'HTTP/1.1': (b'HTTP/1.1 400 Bad Request\r\n\r\n', 'no gRPC server'),
    'garbage': (bytes(range(1, 101)), 'no gRPC server'),
    'half a setting': (b'\0\0\x05\x04' + bytes(10), 'no gRPC server'),
}


@pytest.mark.parametrize(('says', 'error'), BAD_SERVERS.values(), ids=BAD_SERVERS)
def test_what_is_no_server(says: bytes, error: str) -> None:
    async def main(port: int) -> None:
        async with Linked(port):
            pass

    with (
        accepting(lambda connection: connection.sendall(says)) as port,
        pytest.raises(ConnectionError, match=error),
    ):
        run(main(port))


DEAD = """
import asyncio, subprocess
from rerun_bridge.sinks import grpc_link
from test.grpc_receiver import accepting
from test.unit.sinks.test_grpc_link import deliver, Linked, SETTINGS

async def main(port):
    async with Linked(port) as link:
        switch('down')
        await asyncio.gather(link.watch(), deliver(link, [[b'a']]))

def switch(state):
    subprocess.run(['ip', 'link', 'set', 'lo', state], check=True)

grpc_link._CHECK_SEC, grpc_link._MAX_UNANSWERED = 0.1, 2
switch('up')
with accepting(lambda connection: connection.sendall(SETTINGS)) as port:
    try:
        asyncio.run(main(port))
    except ConnectionError as error:
        print(error)
"""
NAMESPACE = ['unshare', '--map-root-user', '--net']


@ONLY_LINUX
def test_a_network_that_is_gone() -> None:
    """In a network of its own, where the loopback is switched off."""
    if not shutil.which('ip') or subprocess.run([*NAMESPACE, 'true'], check=False).returncode:
        pytest.skip('this user may not make a network')
    output = subprocess.check_output(
        [*NAMESPACE, sys.executable, '-c', DEAD], cwd=REPO, timeout=WAIT_SEC, text=True
    )
    assert output == 'the computer of the viewer does not answer any more\n'


@ONLY_LINUX
def test_a_stopped_viewer_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window is shut, and the system asks again and again whether it has opened."""
    monkeypatch.setattr(grpc_link, '_CHECK_SEC', 0.01)
    monkeypatch.setattr(grpc_link, '_MAX_UNANSWERED', 3)

    async def main(port: int) -> None:
        async with Linked(port) as link:
            call = link.open_call()
            works = [link.watch(), link.send(call, [[bytes(64 << 20)]])]
            done, pending = await asyncio.wait(map(asyncio.ensure_future, works), timeout=1.0)
            assert not done
            for work in pending:
                work.cancel()

    wide = WIDE_SETTINGS + WIDE_CONNECTION
    with accepting(lambda connection: connection.sendall(wide)) as port:
        run(main(port))


def test_nobody_listens(free_port: int) -> None:
    async def main() -> None:
        async with Linked(free_port):
            pass

    with pytest.raises(ConnectionRefusedError):
        run(main())


@pytest.mark.parametrize('is_closed', [False, True])
def test_who_says_nothing_is_left(*, is_closed: bool) -> None:
    """The client closes its end when it is cancelled."""
    ends: list[socket.socket] = []

    def act(connection: socket.socket) -> None:
        ends.append(connection)
        if is_closed:
            connection.shutdown(socket.SHUT_RDWR)

    async def main(port: int) -> None:
        async with Linked(port):
            pass

    with accepting(act) as port:
        expected = ConnectionError if is_closed else asyncio.TimeoutError
        with pytest.raises(expected):
            run(asyncio.wait_for(main(port), 0.2))
        (end,) = ends
        end.settimeout(WAIT_SEC)
        with suppress(ConnectionResetError):
            while end.recv(1 << 16):
                pass


def test_ipv6() -> None:
    async def main(port: int) -> None:
        async with Linked(f'[::1]:{port}') as link:
            await deliver(link, [[b'six']])

    try:
        with socket.create_server(('::1', 0), family=socket.AF_INET6):
            pass
    except OSError:
        lacking('this machine has no IPv6')
    with receiving('[::1]:0') as receiver:
        run(main(receiver.port))
        assert receiver.calls == [[b'six']]


@pytest.fixture(scope='module')
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a key and a certificate of this machine that nobody else has signed."""
    if not shutil.which('openssl'):
        lacking('openssl is missing: `apt-get install openssl`')
    folder = tmp_path_factory.mktemp('certificate')
    key, cert = folder / 'key.pem', folder / 'cert.pem'
    arguments = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'
    names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    subprocess.run(
        ['openssl', *arguments.split(), *names, '-keyout', key, '-out', cert],  # noqa: S607
        check=True,
        capture_output=True,
    )
    return key, cert


async def deliver_encrypted(port: int, *batches: list[list[bytes]]) -> None:
    """Make a call over TLS."""
    async with Linked(f'rerun+https://127.0.0.1:{port}') as link:
        await deliver(link, *batches)


def test_a_certificate_that_is_trusted(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, cert = certificate
    monkeypatch.setenv('SSL_CERT_FILE', str(cert))
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), cert.read_bytes())])
    messages = [[[b'small']] * 100, [pieces(20 << 20, 100_000)], [[b'behind']]]
    with receiving(credentials=credentials) as receiver:
        run(deliver_encrypted(receiver.port, *messages))
        assert receiver.calls == [[b''.join(each) for batch in messages for each in batch]]


def test_a_certificate_that_is_not_trusted(certificate: tuple[Path, Path]) -> None:
    key, cert = certificate
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), cert.read_bytes())])
    with receiving(credentials=credentials) as receiver:
        with pytest.raises(ConnectionError, match=r'not trusted \(self.signed.*SSL_CERT_FILE'):
            run(deliver_encrypted(receiver.port, [[b'a']]))
        assert receiver.calls == []


def test_a_server_without_tls() -> None:
    with receiving() as receiver, pytest.raises(OSError, match=r'no TLS|closed'):
        run(deliver_encrypted(receiver.port, [[b'a']]))
    says = b'HTTP/1.1 400 Bad Request\r\n\r\n'
    with (
        accepting(lambda connection: connection.sendall(says)) as port,
        pytest.raises(ConnectionError, match=r'no TLS with.*rerun\+http://'),
    ):
        run(deliver_encrypted(port, [[b'a']]))
