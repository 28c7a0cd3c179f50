# SPDX-License-Identifier: Apache-2.0
"""
Streams to browsers over WebSockets.

The server first sends a text, ``{"epoch": ..., "position": ...}``; then, again and again, a binary
message, which is an RRD stream without an end that the web viewer takes as it is, and a text
``{"position": ..., "dropped": ..., "newest": ..., "name": ...}``: where the client stands now, how
many messages it has lost, a time that the viewer knows when it has taken in everything and not
before (recording id, timeline, time), and the recording's name when it has changed. A client that
returns with ``?epoch=...&position=...`` gets what it has missed.

Whatever a page receives its viewer queues without limit. So the page tells with
``{"ack": num_bytes, "frames": num_frames}`` how much has really been taken in, and how many frames
that took; from the first such message on only a window is sent ahead. A page that nobody looks at
tells nothing, and is sent no more than the window.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from websockets.exceptions import ConnectionClosed

from rerun_bridge.log_encoding.rrd import message_header, stream_header
from rerun_bridge.sinks.server.history import START
from rerun_bridge.sinks.server.progress import Milestones, recording_name
from rerun_bridge.sinks.server.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from websockets.asyncio.server import ServerConnection

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding import LogMsg
    from rerun_bridge.sinks.server.hub import Hub, Subscription

MAX_INCOMING_BYTES = 1 << 16
"""Clients send nothing but acknowledgements."""

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
        window = Window()
        milestones = Milestones()
        receiving = asyncio.create_task(_receive(connection, subscription, window))
        try:
            hello = {'epoch': hub.epoch, 'position': subscription.position}
            await connection.send(json.dumps(hello))
            while True:
                if window.is_overrun(subscription.position, hub.history.last):
                    await subscription.condense()
                messages = await subscription.next(window.max_messages)
                if not messages:
                    break
                pieces = _frames(messages)
                await connection.send(pieces[0] if len(pieces) == 1 else pieces)
                progress = {
                    'position': subscription.position,
                    'dropped': subscription.dropped_messages,
                    'newest': milestones.name(messages),
                    'name': recording_name(messages),
                }
                known = {key: value for key, value in progress.items() if value is not None}
                await connection.send(json.dumps(known))
                await window.wait_after(sum(map(len, pieces)), len(messages))
        except ConnectionClosed:
            pass
        finally:
            receiving.cancel()


async def _receive(
    connection: ServerConnection, subscription: Subscription, window: Window
) -> None:
    """Take acknowledgements until the client leaves; then nobody waits for it any more."""
    try:
        async for message in connection:
            try:
                content = json.loads(message)
                num_bytes, num_frames = content['ack'], content.get('frames', 0)
            except (ValueError, TypeError, KeyError, AttributeError):
                num_bytes = num_frames = None
            if not isinstance(num_bytes, int) or not isinstance(num_frames, int):
                await connection.close(1003, 'expected {"ack": number of bytes}')
                break
            window.acknowledge(num_bytes, num_frames)
    finally:
        subscription.close()
        window.acknowledge(sys.maxsize)


def _resumed_position(connection: ServerConnection, hub: Hub) -> int:
    """Return where a client stands that returns; the start for all others."""
    target = connection.request.path if connection.request else ''
    query = parse_qs(target.partition('?')[2])
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
