# SPDX-License-Identifier: Apache-2.0
"""Those who watch a server: by WebSocket, by HTTP, by gRPC; each takes all it gets in a thread."""

from __future__ import annotations

from contextlib import ExitStack, suppress
import http.client
import json
import socket
import threading
from typing import Any, TYPE_CHECKING

import grpc
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from rerun_bridge.log_encoding import DecodedMsg, Decoder, MessageKind
from rerun_bridge.log_types import StoreKind
from test.recordings import entity_of

if TYPE_CHECKING:
    import pyarrow as pa
    from typing_extensions import Self

READ_MESSAGES = '/rerun.sdk_comms.v1alpha1.MessageProxyService/ReadMessages'
_TIMEOUT_SEC = 60.0
_READ_BYTES = 1 << 16


class Receiver:
    """
    Takes everything until the stream ends.

    Attributes
    ----------
    messages
        What came.
    end
        How the stream ended; None while it goes on.

    """

    def __init__(self) -> None:
        self.messages: list[DecodedMsg] = []
        self.end: object = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        with suppress(OSError):
            self.leave()
        self._thread.join(10)

    def scalars(self, entity: str) -> list[float]:
        """Return the first scalar of each row of an entity, as far as they have come."""
        found = []
        for batch in self._batches():
            if entity_of(batch) == entity:
                found += [row[0] for row in batch.column('Scalars:scalars').to_pylist()]
        return found

    def entities(self) -> set[str]:
        """Return the entities that have come."""
        return {entity_of(batch) for batch in self._batches()}

    def _batches(self) -> list[pa.RecordBatch]:
        """Return the chunks of the recording, not those of its blueprint."""
        return [
            message.batch()
            for message in list(self.messages)
            if message.kind is MessageKind.ARROW_MSG
            and message.store_id.kind is StoreKind.RECORDING
        ]

    def wait_for_end(self) -> object:
        """Wait until the stream ends and tell how it did."""
        self._thread.join(_TIMEOUT_SEC)
        return self.end

    def leave(self) -> None:
        """End the connection from this side."""

    def _run(self) -> None:
        raise NotImplementedError


class SocketReceiver(Receiver):
    """Connected by WebSocket; it ends with a close code."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._connection = self._stack.enter_context(
            connect(f'ws://127.0.0.1:{port}/', compression=None, max_size=None)
        )
        self.hellos: list[dict[str, Any]] = []
        self.progress: dict[str, Any] = {}

    def leave(self) -> None:
        self._stack.close()

    def _run(self) -> None:
        with suppress(ConnectionClosed):
            for message in self._connection:
                if isinstance(message, bytes):
                    self.messages += Decoder().feed(message)
                elif 'epoch' in (told := json.loads(message)):
                    self.hellos.append(told)
                else:
                    self.progress = told
        self.end = self._connection.close_code


class HttpReceiver(Receiver):
    """Downloads /recording.rrd; it ends with ``complete`` or an error."""

    def __init__(self, port: int) -> None:
        super().__init__()
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=_TIMEOUT_SEC)
        connection.connect()
        self._socket: socket.socket = connection.sock
        connection.request('GET', '/recording.rrd')
        self._response = connection.getresponse()
        assert self._response.status == http.client.OK

    def leave(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        decoder = Decoder()
        with self._socket, self._response:
            try:
                while content := self._response.read1(_READ_BYTES):
                    self.messages += decoder.feed(content)
                self.end = 'complete'
            except (OSError, ValueError, http.client.HTTPException) as exc:
                self.end = exc


class GrpcReceiver(Receiver):
    """Reads as a native viewer does, but keeps nothing; it ends with a status code."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._channel = grpc.insecure_channel(
            f'127.0.0.1:{port}', options=[('grpc.enable_http_proxy', 0)]
        )
        self._call = self._channel.unary_stream(READ_MESSAGES)(b'', wait_for_ready=True)
        self.num_messages = 0

    def leave(self) -> None:
        self._channel.close()

    def _run(self) -> None:
        with suppress(grpc.RpcError):
            for _ in self._call:
                self.num_messages += 1
        self.end = self._call.code()
