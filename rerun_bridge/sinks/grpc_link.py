# SPDX-License-Identifier: Apache-2.0
"""A connection to a viewer: the socket of `Http2Client`, on the network loop."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from typing import Any, TYPE_CHECKING

from rerun_bridge.sinks.http2 import BLOCK_BYTES, Call, Http2Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.sinks.address import ViewerAddress

_HTTP2 = 'h2'
_CHECK_SEC = 1.0
_MAX_UNANSWERED = 6
"""How often the system sends again to a computer that does not answer; takes about 13 s."""


class GrpcLink(asyncio.Protocol):
    """
    Carries calls of one method; made by `open_link`.

    Parameters
    ----------
    http2
        A new one.
    on_progress
        Called when bytes are on their way.

    """

    def __init__(self, http2: Http2Client, on_progress: Callable[[], None]) -> None:
        self._http2 = http2
        self._on_progress = on_progress
        self._transport: Any = None
        self._is_paused = False
        self._failure: Exception | None = None
        self._unsent: list[Bytes] = []
        self._socket: Any = None
        self._waiting: dict[asyncio.Event, Callable[[], bool]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; called by asyncio."""
        self._transport = transport
        connected = transport.get_extra_info('socket')
        # What waits here cannot be overtaken, nor what waits in the system.
        if transport.get_extra_info('ssl_object') or not hasattr(os, 'writev'):
            # Of a limit of 0 an empty buffer of TLS is over, and nothing would resume it.
            self._transport.set_write_buffer_limits(1)
        else:
            self._transport.set_write_buffer_limits(0)
            self._socket = connected
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, 'TCP_NOTSENT_LOWAT'):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, BLOCK_BYTES)
        self._send(self._http2.start())
        if sys.platform == 'linux':
            self._check()

    def data_received(self, data: bytes) -> None:
        """Take what the server sends; called by asyncio."""
        try:
            reply = self._http2.feed(data)
        except ConnectionError as exc:
            self._fail(exc)
            return
        self._send(reply)

    def pause_writing(self) -> None:
        """Wait; called by asyncio."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Go on; called by asyncio."""
        self._is_paused = False
        self._write()

    def connection_lost(self, exc: Exception | None) -> None:
        """End; called by asyncio."""
        self._fail(exc or ConnectionError('the server has closed the connection'))

    def open_call(self) -> Call:
        """Begin a call."""
        call, begin = self._http2.open_call()
        self._send(begin)
        return call

    async def send(self, call: Call, messages: Iterable[Sequence[Bytes]]) -> None:
        """
        Send messages, block by block in turn with those of other calls.

        Parameters
        ----------
        call
            Of this connection.
        messages
            Each in pieces, which must not change.

        Raises
        ------
        OSError
            If the connection is lost, or the server refuses the call.

        """
        for pieces in messages:
            call.queue([bytes(1) + sum(map(len, pieces)).to_bytes(4, 'big'), *pieces])
        self._write()
        await self._wait_until(lambda: call.has_ended or not call.num_waiting)
        _check(call)

    async def finish(self, call: Call) -> None:
        """
        End a call and wait until the server has taken everything.

        Raises
        ------
        OSError
            If the connection is lost, or the server refuses the call.

        """
        self._send(self._http2.end_call(call))
        await self._wait_until(lambda: call.has_ended)
        _check(call)

    async def wait_until_ready(self) -> None:
        """Wait until the server has shown that it speaks HTTP/2."""
        await self._wait_until(lambda: self._http2.is_ready)

    async def watch(self) -> None:
        """Raise OSError once the connection is lost."""
        await self._wait_until(lambda: False)

    def close(self) -> None:
        """Close the connection, whatever waits."""
        self._transport.abort()

    def _send(self, data: bytes) -> None:
        """Write what is no message, behind the block that is on its way, then further blocks."""
        if data:
            self._unsent.append(data)
        self._write()

    def _write(self) -> None:
        """Write what there is room for."""
        while not (self._is_paused or self._failure):
            if not self._unsent:
                self._unsent = self._http2.next_block()
                if not self._unsent:
                    break
                self._on_progress()
            self._write_unsent()
        self._notify()

    def _write_unsent(self) -> None:
        if self._socket is None:
            self._transport.write(b''.join(self._unsent))
            self._unsent = []
            return
        # Of what asyncio is handed it copies what the system does not take.
        try:
            num_bytes = os.writev(self._socket.fileno(), self._unsent)
        except BlockingIOError:
            num_bytes = 0
        except OSError as exc:
            self._fail(exc)
            return
        self._unsent = _without(self._unsent, num_bytes)
        if self._unsent:  # pauses this until there is room
            self._transport.write(self._unsent.pop(0))

    def _check(self) -> None:
        """Give up a connection whose other end is gone without a word."""
        if self._failure:
            return
        connected = self._transport.get_extra_info('socket')
        # Of a viewer that takes nothing the system still answers, which TCP_USER_TIMEOUT ignores.
        *_, retransmits, probes = connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 4)
        if retransmits + probes < _MAX_UNANSWERED:
            asyncio.get_running_loop().call_later(_CHECK_SEC, self._check)
        else:
            self._fail(ConnectionError('the computer of the viewer does not answer any more'))

    async def _wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait; raise what the connection failed with."""
        if not (condition() or self._failure):
            is_due = asyncio.Event()
            self._waiting[is_due] = condition
            try:
                await is_due.wait()
            finally:
                del self._waiting[is_due]
        if self._failure and not condition():
            raise self._failure

    def _fail(self, exc: Exception) -> None:
        self._failure = self._failure or exc
        self._notify()

    def _notify(self) -> None:
        """Wake up those whose conditions hold."""
        for is_due, condition in self._waiting.items():
            if self._failure or condition():
                is_due.set()


async def open_link(
    address: ViewerAddress, path: str, on_progress: Callable[[], None]
) -> GrpcLink:
    """
    Connect; on the network loop.

    Parameters
    ----------
    address
        Of the server.
    path
        Of the method.
    on_progress
        Called when bytes are on their way.

    Returns
    -------
    GrpcLink
        Ready for calls.

    Raises
    ------
    OSError
        If nobody answers there, no gRPC server, or one with a certificate that is not trusted.

    """
    http2 = Http2Client(address.target, path, is_encrypted=address.is_encrypted)
    context = None
    if address.is_encrypted:
        context = ssl.create_default_context()
        context.set_alpn_protocols([_HTTP2])
    try:
        _, link = await asyncio.get_running_loop().create_connection(
            lambda: GrpcLink(http2, on_progress),
            address.host.strip('[]'),
            address.port,
            ssl=context,
        )
    except ssl.SSLCertVerificationError as exc:
        msg = f'its certificate is not trusted ({exc.verify_message}); name one in SSL_CERT_FILE'
        raise ConnectionError(msg) from exc
    except ssl.SSLError as exc:
        msg = f'no TLS with what answers ({exc.reason}); without it write rerun+http://'
        raise ConnectionError(msg) from exc
    try:
        await link.wait_until_ready()
    except BaseException:
        link.close()
        raise
    return link


def _check(call: Call) -> None:
    if call.is_refused:
        msg = 'the server refuses the data; is it a viewer of Rerun 0.41?'
        raise ConnectionError(msg)


def _without(pieces: list[Bytes], num_bytes: int) -> list[Bytes]:
    """Leave out the first bytes."""
    for index, piece in enumerate(pieces):
        if num_bytes < len(piece):
            return [memoryview(piece)[num_bytes:], *pieces[index + 1 :]]
        num_bytes -= len(piece)
    return []
