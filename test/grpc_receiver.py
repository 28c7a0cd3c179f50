# SPDX-License-Identifier: Apache-2.0
"""Servers for gRPC clients, in this process: one that keeps what it is sent, and bad ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import socket
import struct
import threading
from typing import Any, TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVICE = 'rerun.sdk_comms.v1alpha1.MessageProxyService'
METHOD = f'/{SERVICE}/WriteMessages'
_OPTIONS = (('grpc.max_receive_message_length', -1), ('grpc.so_reuseport', 0))


class GrpcReceiver:
    """
    Takes `WriteMessages`.

    Attributes
    ----------
    calls
        The messages of each call, in the order in which the calls began.
    port
        Of 127.0.0.1, or of what it was started on.
    on_message
        Called with each message, before it counts as received, and the call's context.
    on_end
        Called with the context before a call is answered.

    """

    def __init__(self) -> None:
        self.calls: list[list[bytes]] = []
        self.port = 0
        self.on_message: Callable[[bytes, Any], object] = lambda _message, _context: None
        self.on_end: Callable[[Any], object] = lambda _context: None

    @property
    def messages(self) -> list[bytes]:
        """Get the messages of all calls, those of the first call first."""
        return [message for call in self.calls for message in call]

    def take(self, requests: Iterator[bytes], context: Any) -> bytes:  # noqa: ANN401 - gRPC's
        """Serve a call."""
        messages: list[bytes] = []
        self.calls.append(messages)
        for request in requests:
            self.on_message(request, context)
            messages.append(request)
        self.on_end(context)
        return b''


@contextmanager
def receiving(
    address: str = '127.0.0.1:0',
    *,
    credentials: Any = None,  # noqa: ANN401 - gRPC's
) -> Iterator[GrpcReceiver]:
    """Serve until the block ends; then calls are cut off."""
    receiver = GrpcReceiver()
    handler = grpc.method_handlers_generic_handler(
        SERVICE, {'WriteMessages': grpc.stream_unary_rpc_method_handler(receiver.take)}
    )
    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, (handler,), options=_OPTIONS)
        receiver.port = (
            server.add_secure_port(address, credentials)
            if credentials
            else server.add_insecure_port(address)
        )
        server.start()
        try:
            yield receiver
        finally:
            server.stop(0).wait()


@contextmanager
def accepting(act: Callable[[socket.socket], object]) -> Iterator[int]:
    """Let `act` treat each connection until the block ends; give the port."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        accepted: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                accepted.append(connection)
                act(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in accepted:
                connection.close()


def reset(connection: socket.socket) -> None:
    """Close a connection as the system does for a process that was killed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def pieces(size: int, piece_size: int, seed: int = 0) -> list[bytes]:
    """Make a message in pieces that are all different."""
    return [
        ((seed + i) % (1 << 32)).to_bytes(4, 'big') * (min(piece_size, size - i) // 4)
        for i in range(0, size, piece_size)
    ]
