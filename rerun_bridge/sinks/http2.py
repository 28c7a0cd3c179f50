# SPDX-License-Identifier: Apache-2.0
"""
HTTP/2 for one gRPC method that takes a stream of messages: the client's side, without a socket.

The general library copies a picture three times and takes half of a core for one camera; this is
the small part of RFC 9113 that a client of one method needs. Calls have their own flow control,
so messages of one call can overtake those of another. The headers of answers are not read: a gRPC
server that has taken everything answers with a message and trailers, one that refuses a call with
trailers alone, or before the call is over.
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum, IntFlag
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rerun_bridge.encodings import Bytes

BLOCK_BYTES = 256 << 10
"""How much of one call is sent before it is the turn of another."""
_PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
_HEAD = struct.Struct('>HBBBI')
_HEAD_BYTES = _HEAD.size
_DEFAULT_WINDOW = (1 << 16) - 1
_MAX_FRAME_BYTES = 1 << 14
_MAX_NUMBER = (1 << 31) - 1
_CONNECTION = 0
# Fields of headers by their number in HPACK's table (RFC 7541, appendix A).
_METHOD_POST, _SCHEME_HTTP, _SCHEME_HTTPS = 0x83, 0x86, 0x87
_AUTHORITY, _PATH, _CONTENT_TYPE, _USER_AGENT = 1, 4, 31, 58
_NAME_PREFIX, _LENGTH_PREFIX = 4, 7


class _Kind(IntEnum):
    DATA = 0
    HEADERS = 1
    RST_STREAM = 3
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8


class _Flag(IntFlag):
    END_STREAM = 1
    ACK = 1
    END_HEADERS = 4


_INITIAL_WINDOW_SIZE, _MAX_FRAME_SIZE, _ENABLE_PUSH = 4, 5, 2
_SETTING = struct.Struct('>HI')
_FRAME_SIZES = range(_MAX_FRAME_BYTES, 1 << 24)


class Call:
    """
    One call of the method.

    Attributes
    ----------
    is_complete
        Whether the server has been told that no message follows.
    has_ended
        Whether the server has answered.
    is_refused
        Whether it did so without having taken everything.

    """

    def __init__(self, number: int, window: int) -> None:
        self.number = number
        self.window = window
        self.is_complete = False
        self.has_ended = False
        self.is_refused = False
        self.has_message = False
        self._views: deque[memoryview] = deque()
        self.num_waiting = 0

    def queue(self, pieces: Iterable[Bytes]) -> None:
        """Add bytes that are to be sent; they must not change until then."""
        for piece in pieces:
            if piece:
                view = memoryview(piece)
                self._views.append(view)
                self.num_waiting += len(view)

    def take(self, num_bytes: int) -> Bytes:
        """Take so many of the bytes that wait."""
        self.num_waiting -= num_bytes
        taken = []
        while num_bytes:
            view = self._views.popleft()
            if len(view) > num_bytes:
                self._views.appendleft(view[num_bytes:])
                view = view[:num_bytes]
            taken.append(view)
            num_bytes -= len(view)
        return taken[0] if len(taken) == 1 else b''.join(taken)


class Http2Client:
    """
    The state of a connection.

    Parameters
    ----------
    authority
        ``host:port`` of the server.
    path
        Of the method.
    is_encrypted
        Whether the connection is TLS.

    Attributes
    ----------
    is_ready
        Whether the server has told its settings, so that calls can be made.

    """

    def __init__(self, authority: str, path: str, *, is_encrypted: bool) -> None:
        self.is_ready = False
        scheme = _SCHEME_HTTPS if is_encrypted else _SCHEME_HTTP
        self._headers = (
            bytes((_METHOD_POST, scheme))
            + _field(_PATH, path)
            + _field(_AUTHORITY, authority)
            + _field(_CONTENT_TYPE, 'application/grpc')
            + _field(_USER_AGENT, 'rerun_bridge')
            + _field('te', 'trailers')
        )
        self._received = b''
        self._calls: dict[int, Call] = {}
        self._next_number = 1
        self._window = self._initial_window = _DEFAULT_WINDOW
        self._frame_bytes = _MAX_FRAME_BYTES

    def start(self) -> bytes:
        """Return what a connection begins with."""
        return _PREFACE + _frame(_Kind.SETTINGS, 0, _CONNECTION, _SETTING.pack(_ENABLE_PUSH, 0))

    def feed(self, data: bytes) -> bytes:
        """
        Take what has arrived.

        Parameters
        ----------
        data
            Cut anywhere.

        Returns
        -------
        bytes
            What to answer.

        Raises
        ------
        ConnectionError
            If it is not what a gRPC server sends, or the server ends the connection.

        """
        received = self._received + data
        begin = 0
        replies = []
        while len(received) - begin >= _HEAD_BYTES:
            size, kind, flags, number = _parse_head(received, begin)
            if size > _MAX_FRAME_BYTES or not (self.is_ready or kind == _Kind.SETTINGS):
                raise _no_grpc_server()
            end = begin + _HEAD_BYTES + size
            if len(received) < end:
                break
            payload = received[begin + _HEAD_BYTES : end]
            replies.append(self._on_frame(kind, flags, number, payload))
            begin = end
        self._received = received[begin:]
        return b''.join(replies)

    def open_call(self) -> tuple[Call, bytes]:
        """Begin a call; return it and what to send for it."""
        call = Call(self._next_number, self._initial_window)
        self._next_number += 2
        self._calls[call.number] = call
        return call, _frame(_Kind.HEADERS, _Flag.END_HEADERS, call.number, self._headers)

    def end_call(self, call: Call) -> bytes:
        """Return what tells that no message follows; all bytes of the call must be taken."""
        call.is_complete = True
        return _frame(_Kind.DATA, _Flag.END_STREAM, call.number, b'')

    def next_block(self) -> list[Bytes]:
        """
        Take some of the bytes that calls have to send, in frames; the calls take turns.

        Returns
        -------
        list
            What to send, in pieces; empty if nothing waits, or the server has no room now.

        """
        for call in self._calls.values():
            size = min(call.num_waiting, self._window, call.window, BLOCK_BYTES)
            if size > 0:
                break
        else:
            return []
        self._calls[call.number] = self._calls.pop(call.number)
        self._window -= size
        call.window -= size
        return _data_frames(call.take(size), self._frame_bytes, call.number)

    def _on_frame(self, kind: int, flags: int, number: int, payload: bytes) -> bytes:
        if kind == _Kind.WINDOW_UPDATE:
            self._give_room(number, int.from_bytes(payload, 'big') & _MAX_NUMBER)
            return b''
        if kind == _Kind.SETTINGS and not flags & _Flag.ACK:
            self._set(payload)
            return _frame(_Kind.SETTINGS, _Flag.ACK, _CONNECTION, b'')
        if kind == _Kind.PING and not flags & _Flag.ACK:
            return _frame(_Kind.PING, _Flag.ACK, _CONNECTION, payload)
        if kind == _Kind.GOAWAY:
            msg = 'the server has closed the connection'
            raise ConnectionError(msg)
        call = self._calls.get(number)
        if call and kind == _Kind.RST_STREAM:
            self._end(call, is_refused=True)
        elif call and kind in {_Kind.DATA, _Kind.HEADERS}:
            call.has_message |= kind == _Kind.DATA and bool(payload)
            if flags & _Flag.END_STREAM:
                has_trailers = kind == _Kind.HEADERS
                is_answer = call.is_complete and call.has_message and has_trailers
                self._end(call, is_refused=not is_answer)
        if kind == _Kind.DATA and payload:
            # Answers are short, but the room for all of them together would be used up one day.
            return _frame(_Kind.WINDOW_UPDATE, 0, _CONNECTION, struct.pack('>I', len(payload)))
        return b''

    def _set(self, payload: bytes) -> None:
        if len(payload) % _SETTING.size:
            raise _no_grpc_server()
        self.is_ready = True
        for name, value in _SETTING.iter_unpack(payload):
            if name == _INITIAL_WINDOW_SIZE:
                for call in self._calls.values():
                    call.window += value - self._initial_window
                self._initial_window = value
            elif name == _MAX_FRAME_SIZE:
                if value not in _FRAME_SIZES:
                    raise _no_grpc_server()
                self._frame_bytes = value

    def _give_room(self, number: int, num_bytes: int) -> None:
        if number == _CONNECTION:
            self._window += num_bytes
        elif call := self._calls.get(number):
            call.window += num_bytes

    def _end(self, call: Call, *, is_refused: bool) -> None:
        call.has_ended, call.is_refused = True, is_refused
        del self._calls[call.number]


def _no_grpc_server() -> ConnectionError:
    return ConnectionError('what answers is no gRPC server')


def _parse_head(data: bytes, begin: int) -> tuple[int, int, int, int]:
    upper, lower, kind, flags, number = _HEAD.unpack_from(data, begin)
    return upper << 8 | lower, kind, flags, number & _MAX_NUMBER


def _head(size: int, kind: int, flags: int, number: int) -> bytes:
    return _HEAD.pack(size >> 8, size & 0xFF, kind, flags, number)


def _frame(kind: int, flags: int, number: int, payload: bytes) -> bytes:
    return _head(len(payload), kind, flags, number) + payload


def _data_frames(data: Bytes, frame_bytes: int, number: int) -> list[Bytes]:
    """Cut data into frames, all full but the last."""
    data = memoryview(data)
    num_full, rest = divmod(len(data), frame_bytes)
    head = _head(frame_bytes, _Kind.DATA, 0, number)
    frames: list[Bytes] = []
    for begin in range(0, num_full * frame_bytes, frame_bytes):
        frames += (head, data[begin : begin + frame_bytes])
    if rest:
        frames += (_head(rest, _Kind.DATA, 0, number), data[-rest:])
    return frames


def _field(name: str | int, value: str) -> bytes:
    """Encode a field of the headers, which nobody is to remember (RFC 7541, section 6.2.2)."""
    if isinstance(name, str):
        return b'\0' + _text(name) + _text(value)
    return _integer(name, _NAME_PREFIX) + _text(value)


def _text(text: str) -> bytes:
    data = text.encode()
    return _integer(len(data), _LENGTH_PREFIX) + data


def _integer(value: int, prefix_bits: int) -> bytes:
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes((value,))
    encoded = bytearray((limit,))
    value -= limit
    while value >= 0x80:  # noqa: PLR2004 - seven bits at a time
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
