# SPDX-License-Identifier: Apache-2.0
"""
Streams to browsers over WebSockets.

The server first sends a text, ``{"epoch": ..., "position": ...}``; then, again and again, a binary
message, which is an RRD stream without an end that the web viewer takes as it is, and a text
``{"position": ..., "dropped": ..., "newest": ..., "name": ...}``: where the client stands now, how
many messages it has lost, a time that the viewer knows when it has taken in everything (recording
id, timeline, time), and the recording's name when it has changed. A client that returns with
``?epoch=...&position=...`` gets what it has missed.

Whatever a page receives its viewer queues without limit. So the page tells with
``{"ack": num_bytes}`` how much has really been taken in; from the first such message on only a
window is sent ahead. A page that nobody looks at tells nothing, and is sent no more than the
window.
"""

from __future__ import annotations

import asyncio
from collections import deque
import json
import re
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed

from rerun_bridge.log_encoding.rrd import message_header, stream_header
from rerun_bridge.sinks.server.history import START
from rerun_bridge.sinks.server.progress import newest_time, recording_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from websockets.asyncio.server import ServerConnection

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.server.hub import Hub, Subscription

MAX_INCOMING_BYTES = 1 << 16
"""Clients send nothing but acknowledgements."""

_WINDOW_BYTES = 16 << 20
_MIN_MESSAGES, _FIRST_MESSAGES, _MAX_MESSAGES = 16, 64, 4096
"""Of the window; a viewer that draws in software takes in some three messages per frame."""
_QUICK_SEC, _PATIENCE_SEC = 1.0, 10.0
_POSITION = re.compile(r'[0-9]{1,18}')
_BIG_BYTES = 64 << 10
"""From here on a piece is not copied to join it with others."""
_MAX_BYTES = 256 << 10
"""Of a fragment: the library copies each, which is quick while it fits into the cache."""


async def serve_websocket(connection: ServerConnection, hub: Hub) -> None:
    """
    Stream to one client until it leaves or the server ends.

    Parameters
    ----------
    connection
        Past the handshake.
    hub
        Where the data comes from.

    """
    with hub.subscribe(after=_resumed_position(connection, hub)) as subscription:
        window = _Window()
        receiving = asyncio.create_task(_receive(connection, subscription, window))
        try:
            hello = {'epoch': hub.epoch, 'position': subscription.position}
            await connection.send(json.dumps(hello))
            while messages := await subscription.next(window.max_messages):
                pieces = _frames(messages)
                await connection.send(pieces[0] if len(pieces) == 1 else pieces)
                progress = {
                    'position': subscription.position,
                    'dropped': subscription.dropped_messages,
                    'newest': newest_time(messages),
                    'name': recording_name(messages),
                }
                known = {key: value for key, value in progress.items() if value is not None}
                await connection.send(json.dumps(known))
                await window.wait_after(sum(map(len, pieces)), len(messages))
        except ConnectionClosed:
            pass
        finally:
            receiving.cancel()


class _Window:
    """
    How much a client has been sent and has not taken in; only for clients that acknowledge.

    Viewers take in a number of messages with each frame that they draw. So the window counts
    messages; it grows while they are taken in quickly and shrinks while they are not. A client
    whose window stays the smallest is overrun: it gets the latest message of each entity alone,
    since it would fall behind more and more.
    """

    def __init__(self) -> None:
        self._batches: deque[tuple[int, int, float]] = deque()
        self._sent = 0
        self._in_flight = 0
        self._size = _FIRST_MESSAGES
        self._started_at: float | None = None
        self._smallest_since: float | None = None
        self._is_used = False
        self._moved = asyncio.Event()

    @property
    def max_messages(self) -> int:
        """Get how many messages may be sent together."""
        return self._size // 4 if self._is_used else sys.maxsize

    @property
    def is_overrun(self) -> bool:
        """Whether the client has been too slow for whatever comes, and for long."""
        since = self._smallest_since
        return since is not None and time.monotonic() - since > _PATIENCE_SEC

    def acknowledge(self, num_bytes: int) -> None:
        """Note how much the client has taken in of all that it was sent."""
        self._is_used = True
        now = time.monotonic()
        while self._batches and self._batches[0][0] <= num_bytes:
            _, num_messages, sent_at = self._batches.popleft()
            self._in_flight -= num_messages
            # A viewer that starts is busy with itself.
            self._started_at = self._started_at or now
            is_quick = now - max(sent_at, self._started_at) < _QUICK_SEC
            self._size = self._size + num_messages if is_quick else self._size // 2
            self._size = min(max(self._size, _MIN_MESSAGES), _MAX_MESSAGES)
            is_smallest = self._size == _MIN_MESSAGES
            self._smallest_since = (self._smallest_since or now) if is_smallest else None
        self._moved.set()

    async def wait_after(self, num_bytes: int, num_messages: int) -> None:
        """Count what was sent and wait until the client has taken in enough of it."""
        self._sent += num_bytes
        self._in_flight += num_messages
        self._batches.append((self._sent, num_messages, time.monotonic()))
        while self._is_used and self._is_full():
            self._moved.clear()
            await self._moved.wait()
        if not self._is_used:
            self._batches.clear()
            self._in_flight = 0

    def _is_full(self) -> bool:
        if not self._batches:
            return False
        behind_the_first = self._sent - self._batches[0][0]
        max_bytes = _WINDOW_BYTES * min(self._size, _FIRST_MESSAGES) // _FIRST_MESSAGES
        return self._in_flight >= self._size or behind_the_first > max_bytes


async def _receive(
    connection: ServerConnection, subscription: Subscription, window: _Window
) -> None:
    """Take acknowledgements until the client leaves; then nobody waits for it any more."""
    try:
        async for message in connection:
            try:
                num_bytes = json.loads(message)['ack']
            except (ValueError, TypeError, KeyError):
                num_bytes = None
            if not isinstance(num_bytes, int):
                await connection.close(1003, 'expected {"ack": number of bytes}')
                break
            window.acknowledge(num_bytes)
            if window.is_overrun:
                subscription.catch_up()
    finally:
        subscription.close()
        window.acknowledge(sys.maxsize)


def _resumed_position(connection: ServerConnection, hub: Hub) -> int:
    """Return where a client stands that returns; the start for all others."""
    query = parse_qs(urlsplit(connection.request.path if connection.request else '').query)
    position = query.get('position', [''])[0]
    if query.get('epoch') != [hub.epoch] or not _POSITION.fullmatch(position):
        return START
    return min(int(position), hub.history.last)


def _frames(messages: Iterable[LogMsg]) -> list[Bytes]:
    """Make one RRD stream; small pieces are joined, big ones are cut."""
    pieces: list[Bytes] = []
    small: list[Bytes] = [stream_header()]
    for message in messages:
        small.append(message_header(message))
        for piece in message.pieces:
            if len(piece) < _BIG_BYTES:
                small.append(piece)
                continue
            if small:
                pieces.append(b''.join(small))
            view = memoryview(piece)
            pieces += [view[i : i + _MAX_BYTES] for i in range(0, len(view), _MAX_BYTES)]
            small = []
    if small:
        pieces.append(b''.join(small))
    return pieces
