# SPDX-License-Identifier: Apache-2.0
"""
How fast 1080p frames reach one WebSocket client, beside a bare server of ready-made bytes.

Usage: ``serving.py serve ours|bare PORT SECONDS`` (used by itself), ``serving.py compare ROUNDS``:
prints a JSON object with megabytes per second of both, and the ratio of the medians.
"""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress
import json
import os
import socket
from statistics import median
import subprocess
import sys
import time

import numpy as np
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve, ServerConnection
from websockets.exceptions import ConnectionClosed

SHAPE = (1080, 1920, 3)
MAX_AHEAD_BYTES = 24 << 20
MEASURE_SEC, SERVE_SEC = 3.0, 60.0
KINDS = ('bare', 'ours')


def serve_ours(port: int, seconds: float) -> None:
    """Log frames as fast as the client takes them."""
    import rerun_bridge as rr  # noqa: PLC0415 - the bare server does without

    recording = rr.RecordingStream('serving')
    sink = rr.WebSocketServerSink(port)
    recording.set_sinks(sink)
    frame = np.frombuffer(os.urandom(SHAPE[0] * SHAPE[1] * SHAPE[2]), np.uint8).reshape(SHAPE)
    logged = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = sink.status()
        if not status.receivers or logged - status.sent_bytes > MAX_AHEAD_BYTES:
            time.sleep(0.001)
            continue
        recording.log('/image', rr.Image(frame))
        logged += frame.nbytes
    recording.disconnect()


def serve_bare(port: int, seconds: float) -> None:
    """Send the same bytes again and again."""
    frame = os.urandom(SHAPE[0] * SHAPE[1] * SHAPE[2])

    async def send(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await connection.send(frame)

    async def run() -> None:
        async with serve(send, '127.0.0.1', port, compression=None):
            await asyncio.sleep(seconds)

    asyncio.run(run())


async def receive(port: int) -> float:
    """Return the megabytes per second that arrive."""
    # The library tries again and again while the server starts.
    url = f'ws://127.0.0.1:{port}'
    async for connection in connect(url, max_size=None, compression=None, max_queue=4):
        num_bytes, start = 0, 0.0
        async for message in connection:
            now = time.monotonic()
            if isinstance(message, str) or len(message) < SHAPE[0]:
                continue
            if not start:
                start = now
                continue
            num_bytes += len(message)
            if now - start > MEASURE_SEC:
                return num_bytes / (now - start) / 1e6
    return 0.0


def measure(kind: str) -> float:
    """Measure one server once."""
    with closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, __file__, 'serve', kind, str(port), str(SERVE_SEC)])
    try:
        return asyncio.run(asyncio.wait_for(receive(port), SERVE_SEC))
    finally:
        server.kill()
        server.wait()


def compare(rounds: int) -> dict[str, object]:
    """Measure both in turn."""
    figures: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            figures[kind].append(round(measure(kind), 1))
    ratio = median(figures['ours']) / median(figures['bare'])
    return {'case': '1080p frames by WebSocket', 'mb_per_sec': figures, 'ratio': round(ratio, 3)}


def main() -> None:
    """Serve, or compare."""
    task, *arguments = sys.argv[1:]
    if task == 'serve':
        serving = {'ours': serve_ours, 'bare': serve_bare}[arguments[0]]
        serving(int(arguments[1]), float(arguments[2]))
    else:
        print(json.dumps(compare(int(arguments[0]))))


if __name__ == '__main__':
    main()
