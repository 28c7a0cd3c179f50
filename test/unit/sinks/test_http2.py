# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 without sockets: what is sent obeys the server, what is received may be anything."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
import struct
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
import pytest

from rerun_bridge.sinks.http2 import BLOCK_BYTES, Call, Http2Client

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
END_STREAM = ACK = 0x1
END_HEADERS, PADDED, PRIORITY = 0x4, 0x8, 0x20
INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 4, 5
DEFAULT_WINDOW, DEFAULT_FRAME = 65_535, 16_384
NO_ERROR = bytes(4)
ANSWER = bytes(5)
"""An empty message in gRPC's frame."""
TRAILERS = b'\x00\x0bgrpc-status\x010'
"""Fields of headers: a literal that is not indexed."""


class Kind(IntEnum):
    """Types of frames (RFC 9113, section 6)."""

    DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = range(5)
    PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(5, 10)
    UNKNOWN = 0xEE


def frame(kind: Kind, number: int = 0, payload: bytes = b'', flags: int = 0) -> bytes:
    """Encode a frame."""
    return len(payload).to_bytes(3, 'big') + struct.pack('>BBI', kind, flags, number) + payload


def settings(**values: int) -> bytes:
    """Encode the server's settings."""
    names = {'window': INITIAL_WINDOW_SIZE, 'frame': MAX_FRAME_SIZE, 'unknown': 0xAAAA}
    pairs = (struct.pack('>HI', names[name], value) for name, value in values.items())
    return frame(Kind.SETTINGS, payload=b''.join(pairs))


def room(number: int, num_bytes: int) -> bytes:
    """Encode an update of a window; number 0 is the connection's."""
    return frame(Kind.WINDOW_UPDATE, number, num_bytes.to_bytes(4, 'big'))


def trailers(number: int, flags: int = END_HEADERS) -> bytes:
    """Encode the end of an answer."""
    return frame(Kind.HEADERS, number, TRAILERS, flags | END_STREAM)


def answer(number: int) -> bytes:
    """Encode what a server sends that has taken everything."""
    return (
        frame(Kind.HEADERS, number, b'\x88', END_HEADERS)
        + frame(Kind.DATA, number, ANSWER)
        + trailers(number)
    )


def parsed(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Cut whole frames: kind, flags, number and payload."""
    while data:
        size = int.from_bytes(data[:3], 'big')
        kind, flags, number = struct.unpack_from('>BBI', data, 3)
        assert len(data) >= 9 + size
        yield kind, flags, number, data[9 : 9 + size]
        data = data[9 + size :]


def client(**values: int) -> Http2Client:
    """Make a client that knows the server's settings."""
    http2 = Http2Client('host:1', '/service/Method', is_encrypted=False)
    assert http2.feed(settings(**values)) == frame(Kind.SETTINGS, flags=ACK)
    return http2


def sent(http2: Http2Client) -> list[tuple[int, bytes]]:
    """Take all that there is room for: number and payload of each frame."""
    frames = []
    while block := b''.join(http2.next_block()):
        for kind, flags, number, payload in parsed(block):
            assert (kind, flags) == (Kind.DATA, 0)
            frames.append((number, payload))
    return frames


def test_a_connection_begins_with_preface_and_settings() -> None:
    http2 = Http2Client('host:1', '/service/Method', is_encrypted=False)
    start = http2.start()
    assert start.startswith(PREFACE)
    ((kind, flags, number, payload),) = parsed(start[len(PREFACE) :])
    assert (kind, flags, number) == (Kind.SETTINGS, 0, 0)
    assert payload == struct.pack('>HI', 2, 0), 'no pushes'
    assert not http2.is_ready
    http2.feed(settings())
    assert http2.is_ready


@pytest.mark.parametrize('is_encrypted', [False, True])
@pytest.mark.parametrize('authority', ['robot:9876', '[::1]:1', 'h' * 300 + ':1'])
def test_headers_of_a_call(authority: str, *, is_encrypted: bool) -> None:
    """Numbers and prefixes as in RFC 7541; a length of 127 and more takes further bytes."""
    http2 = Http2Client(authority, '/service/Method', is_encrypted=is_encrypted)
    http2.feed(settings())
    length = len(authority)
    more = length - 127
    encoded_length = bytes((length,)) if more < 0 else bytes((127, more & 127 | 128, more >> 7))
    fields = (
        b'\x83'
        + (b'\x87' if is_encrypted else b'\x86')
        + b'\x04\x0f/service/Method'
        + b'\x01'
        + encoded_length
        + authority.encode()
        + b'\x0f\x10\x10application/grpc'
        + b'\x0f\x2b\x0crerun_bridge'
        + b'\x00\x02te\x08trailers'
    )
    for number in (1, 3, 5):
        call, begin = http2.open_call()
        assert call.number == number
        assert list(parsed(begin)) == [(Kind.HEADERS, END_HEADERS, number, fields)]


def test_an_answer_ends_a_call() -> None:
    http2 = client()
    call, _ = http2.open_call()
    assert http2.end_call(call) == frame(Kind.DATA, call.number, flags=END_STREAM)
    room_back = frame(Kind.WINDOW_UPDATE, 0, len(ANSWER).to_bytes(4, 'big'))
    assert http2.feed(answer(call.number)) == room_back
    assert (call.has_ended, call.is_refused) == (True, False)
    http2.feed(frame(Kind.RST_STREAM, call.number, NO_ERROR) + room(call.number, 10))


REFUSALS = {
    'trailers alone': trailers(1),
    'trailers alone, with padding and priority': frame(
        Kind.HEADERS,
        1,
        b'\x02' + bytes(5) + TRAILERS + bytes(2),
        END_STREAM | END_HEADERS | PADDED | PRIORITY,
    ),
    'trailers in pieces': trailers(1, 0) + frame(Kind.CONTINUATION, 1, b'', END_HEADERS),
    'reset': frame(Kind.RST_STREAM, 1, (7).to_bytes(4, 'big')),
    'a page instead of a message': frame(Kind.HEADERS, 1, b'\x8d', END_HEADERS)
    + frame(Kind.DATA, 1, b'<html>404</html>', END_STREAM),
    'no message': frame(Kind.HEADERS, 1, b'\x88', END_HEADERS) + frame(Kind.DATA, 1) + trailers(1),
}


@pytest.mark.parametrize('received', REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize('is_complete', [False, True])
def test_refusals(received: bytes, *, is_complete: bool) -> None:
    http2 = client()
    call, _ = http2.open_call()
    other, _ = http2.open_call()
    if is_complete:
        http2.end_call(call)
    http2.feed(received)
    assert (call.has_ended, call.is_refused) == (True, True)
    assert not other.has_ended


def test_an_answer_before_the_end_is_a_refusal() -> None:
    """It does not tell what the server has taken; and it gives no more room."""
    http2 = client()
    call, _ = http2.open_call()
    call.queue([bytes(100_000)])
    sent(http2)
    http2.feed(answer(call.number) + room(0, 1 << 20))
    assert (call.has_ended, call.is_refused) == (True, True)
    assert not http2.next_block()


NO_SERVERS = {
    'HTTP/1.1': b'HTTP/1.1 400 Bad Request\r\n\r\n',
    'SSH': b'SSH-2.0-OpenSSH_9.6\r\n',
    'zeros': bytes(100),
    'no settings first': frame(Kind.PING, payload=bytes(8)),
    'half a setting': frame(Kind.SETTINGS, payload=bytes(5)),
    'frames of nothing': settings(frame=0),
    'frames too small': settings(frame=DEFAULT_FRAME - 1),
    'frames too big': settings(frame=1 << 24),
    'a frame that is too big': settings() + frame(Kind.DATA, 1, bytes(DEFAULT_FRAME + 1)),
}


@pytest.mark.parametrize('received', NO_SERVERS.values(), ids=NO_SERVERS)
def test_what_is_no_server(received: bytes) -> None:
    http2 = Http2Client('host:1', '/service/Method', is_encrypted=False)
    with pytest.raises(ConnectionError, match='no gRPC server'):
        http2.feed(received)


@given(st.binary(max_size=200))
def test_garbage_raises_nothing_else(garbage: bytes) -> None:
    for start in (b'', settings()):
        http2 = Http2Client('host:1', '/service/Method', is_encrypted=False)
        with suppress(ConnectionError):
            http2.feed(start + garbage)


@given(
    kind=st.sampled_from(Kind),
    flags=st.integers(0, 255),
    number=st.sampled_from([0, 1, 2, 3, 99, 1 << 31 | 1]),
    payload=st.binary(max_size=30),
)
def test_any_frame_raises_nothing_else(
    kind: Kind, flags: int, number: int, payload: bytes
) -> None:
    http2 = client()
    call, _ = http2.open_call()
    call.queue([bytes(100_000)])
    try:
        list(parsed(http2.feed(frame(kind, number, payload, flags))))
        sent(http2)
    except ConnectionError:
        assert kind in {Kind.SETTINGS, Kind.GOAWAY}


def test_pings_are_answered_and_acknowledgements_are_not() -> None:
    http2 = client()
    ping = frame(Kind.PING, payload=b'12345678')
    pong = frame(Kind.PING, payload=b'12345678', flags=ACK)
    assert http2.feed(ping + pong + ping) == pong + pong
    assert not http2.feed(frame(Kind.SETTINGS, flags=ACK))


def test_a_server_that_ends_the_connection() -> None:
    """What was answered before is answered."""
    http2 = client()
    call, _ = http2.open_call()
    http2.end_call(call)
    with pytest.raises(ConnectionError, match='has closed the connection'):
        http2.feed(answer(1) + frame(Kind.GOAWAY, payload=bytes(8)))
    assert (call.has_ended, call.is_refused) == (True, False)


def test_frames_of_others_change_nothing() -> None:
    http2 = client()
    call, _ = http2.open_call()
    call.queue([bytes(100_000)])
    sent(http2)
    for number in (2, 7, 99):
        http2.feed(
            answer(number)
            + room(number, 1000)
            + frame(Kind.RST_STREAM, number, NO_ERROR)
            + frame(Kind.PUSH_PROMISE, number, bytes(4), END_HEADERS)
        )
    http2.feed(frame(Kind.UNKNOWN, 1, b'any') + frame(Kind.PRIORITY, 1, bytes(5)))
    assert not http2.next_block()
    assert not call.has_ended


RECEIVED = b''.join(
    [
        settings(window=100, unknown=7),
        frame(Kind.UNKNOWN, 0, b'?' * 40, 0xFF),
        frame(Kind.PING, payload=b'12345678'),
        frame(Kind.HEADERS, 1, b'\x01\x88\x00', END_HEADERS | PADDED),
        room(0, 1 << 20),
        room(1, 50),
        frame(Kind.DATA, 1, b'\x03' + ANSWER + bytes(3), PADDED),
        trailers(3),
        settings(window=60, frame=DEFAULT_FRAME + 1),
        trailers(1),
    ]
)


@given(st.lists(st.integers(0, len(RECEIVED)), max_size=12))
def test_what_is_received_may_be_cut_anywhere(cuts: list[int]) -> None:
    http2 = client()
    calls = [http2.open_call()[0] for _ in range(3)]
    calls[0].is_complete = calls[1].is_complete = True
    edges = [0, *sorted(cuts), len(RECEIVED)]
    replies = b''.join(http2.feed(RECEIVED[start:stop]) for start, stop in pairwise(edges))
    assert [(kind, flags, payload) for kind, flags, _, payload in parsed(replies)] == [
        (Kind.SETTINGS, ACK, b''),
        (Kind.PING, ACK, b'12345678'),
        (Kind.WINDOW_UPDATE, 0, (9).to_bytes(4, 'big')),
        (Kind.SETTINGS, ACK, b''),
    ]
    assert [(call.has_ended, call.is_refused) for call in calls] == [
        (True, False),
        (True, True),
        (False, False),
    ]
    assert calls[2].window == 60


def test_room_may_become_negative() -> None:
    http2 = client(window=1000)
    call, _ = http2.open_call()
    call.queue([bytes(1500)])
    assert [len(payload) for _, payload in sent(http2)] == [1000]
    http2.feed(settings(window=200))
    assert call.window == -800
    http2.feed(room(call.number, 800))
    assert not http2.next_block()
    http2.feed(room(call.number, 100))
    assert [len(payload) for _, payload in sent(http2)] == [100]
    later, _ = http2.open_call()
    assert later.window == 200
    http2.feed(settings(window=1000))
    assert [len(payload) for _, payload in sent(http2)] == [400]


def test_a_reserved_bit_is_no_room() -> None:
    http2 = client()
    http2.feed(room(0, 1 << 31 | 5))
    call, _ = http2.open_call()
    http2.feed(room(call.number, 1 << 20))
    call.queue([bytes(100_000)])
    assert sum(len(payload) for _, payload in sent(http2)) == DEFAULT_WINDOW + 5


def test_calls_take_turns() -> None:
    """A picture does not use up all the room, whoever is first."""
    http2 = client(window=1 << 30)
    http2.feed(room(0, 3 * BLOCK_BYTES - DEFAULT_WINDOW))
    picture, state = (http2.open_call()[0] for _ in range(2))
    picture.queue([bytes(20 << 20)])
    assert {number for number, _ in parsed_numbers(b''.join(http2.next_block()))} == {
        picture.number
    }
    state.queue([b'state'])
    assert parsed_numbers(b''.join(http2.next_block())) == [(state.number, 5)]
    assert {number for number, _ in parsed_numbers(b''.join(http2.next_block()))} == {
        picture.number
    }


def parsed_numbers(block: bytes) -> list[tuple[int, int]]:
    """Return number and size of each frame."""
    return [(number, len(payload)) for _, _, number, payload in parsed(block)]


def test_whole_frames_of_one_piece_are_full() -> None:
    http2 = client(window=1 << 30)
    http2.feed(room(0, 1 << 30))
    call, _ = http2.open_call()
    content = bytes(range(256)) * 1100
    call.queue([memoryview(content)])
    frames = sent(http2)
    assert b''.join(payload for _, payload in frames) == content
    sizes = [len(payload) for _, payload in frames]
    assert sizes == [DEFAULT_FRAME] * 17 + [len(content) - 17 * DEFAULT_FRAME]


@dataclass
class Server:
    """A naive server that checks what it is sent."""

    window: int = DEFAULT_WINDOW
    initial_window: int = DEFAULT_WINDOW
    frame_bytes: int = DEFAULT_FRAME
    windows: dict[int, int] = field(default_factory=dict)
    received: dict[int, bytes] = field(default_factory=dict)

    def take(self, block: bytes) -> None:
        """Check frames against size and windows."""
        for kind, flags, number, payload in parsed(block):
            assert (kind, flags) == (Kind.DATA, 0)
            assert 0 < len(payload) <= self.frame_bytes
            self.window -= len(payload)
            self.windows[number] -= len(payload)
            assert self.window >= 0
            assert self.windows[number] >= 0
            self.received[number] += payload

    def open(self, number: int) -> None:
        """Take note of a call."""
        self.windows[number] = self.initial_window
        self.received[number] = b''

    def give_room(self, number: int, num_bytes: int) -> bytes:
        """Return an update."""
        if number:
            self.windows[number] += num_bytes
        else:
            self.window += num_bytes
        return room(number, num_bytes)

    def change(self, window: int, frame_bytes: int) -> bytes:
        """Return new settings."""
        for number in self.windows:
            self.windows[number] += window - self.initial_window
        self.initial_window, self.frame_bytes = window, frame_bytes
        return settings(window=window, frame=frame_bytes)


SIZES = st.sampled_from([0, 1, 5, 1000, DEFAULT_FRAME, DEFAULT_FRAME + 1, 70_000, 300_000])
STEPS = st.one_of(
    st.tuples(st.just('queue'), st.integers(0, 2), st.lists(SIZES, min_size=1, max_size=4)),
    st.tuples(st.just('room'), st.integers(-1, 2), st.integers(1, 200_000)),
    st.tuples(
        st.just('change'),
        st.sampled_from([0, 1, 1000, DEFAULT_WINDOW, 1 << 20]),
        st.sampled_from([DEFAULT_FRAME, DEFAULT_FRAME + 7, 50_000, (1 << 24) - 1]),
    ),
    st.tuples(st.just('send'), st.integers(1, 3), st.none()),
)


@given(st.lists(STEPS, max_size=25))
def test_whatever_the_server_allows(steps: list[tuple[str, int, object]]) -> None:
    server, http2 = Server(), client()
    calls = [http2.open_call()[0] for _ in range(3)]
    queued = dict.fromkeys((call.number for call in calls), b'')
    for call in calls:
        server.open(call.number)
    for step in steps:
        run_step(step, server, http2, calls, queued)
    http2.feed(server.give_room(0, 1 << 30))
    for call in calls:
        http2.feed(server.give_room(call.number, 1 << 30))
    while block := b''.join(http2.next_block()):
        server.take(block)
    assert server.received == queued
    assert not any(call.num_waiting for call in calls)


def run_step(
    step: tuple[str, int, object],
    server: Server,
    http2: Http2Client,
    calls: list[Call],
    queued: dict[int, bytes],
) -> None:
    """Let the client queue or send, or the server give room or change its settings."""
    name, which, value = step
    if name == 'queue':
        assert isinstance(value, list)
        pieces = [bytes((size + i & 0xFF,)) * size for i, size in enumerate(value)]
        calls[which].queue(pieces)
        queued[calls[which].number] += b''.join(pieces)
    elif name == 'send':
        for _ in range(which):
            server.take(b''.join(http2.next_block()))
    else:
        assert isinstance(value, int)
        if name == 'change':
            http2.feed(server.change(which, value))
        else:
            http2.feed(server.give_room(calls[which].number if which >= 0 else 0, value))
