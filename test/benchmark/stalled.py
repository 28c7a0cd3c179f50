# SPDX-License-Identifier: Apache-2.0
"""
Whether a client that stands still disturbs those that log and those that watch.

Usage: ``stalled.py serve PORT SECONDS STEP_SEC`` (used by itself), ``stalled.py compare SECONDS``.
30 MB/s of images are logged for so long without and with a stalled client, in turns. Prints a JSON
object: p99 of the logging call and p50 and p99 of the latency of a client that only receives, in
milliseconds, with their ratios, and the memory of the server in MB.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
import json
import os
from pathlib import Path
import socket
import subprocess
import sys
import time
from typing import Any

import numpy as np
from websockets.asyncio.client import connect

FRAME_BYTES, RATE_HZ = 1_000_000, 30.0
STEPS = ('quiet', 'stalled')
MARK = b'sent at '


def serve(port: int, seconds: float, step_sec: float) -> None:
    """Log frames that say when they were logged; print p99 of the call per step."""
    import rerun_bridge as rr  # noqa: PLC0415 - only this process needs it

    recording = rr.RecordingStream('stalled')
    recording.set_sinks(rr.WebSocketServerSink(port))
    noise = os.urandom(FRAME_BYTES)
    calls: dict[str, list[float]] = {step: [] for step in STEPS}
    start = time.monotonic()
    for i in range(int(seconds * RATE_HZ)):
        now = time.monotonic()
        recording.set_time('frame', sequence=i)
        stamp = MARK + f'{time.time():.6f};'.encode()
        begin = time.perf_counter()
        recording.log('/image', rr.EncodedImage(contents=stamp + noise, media_type='image/png'))
        calls[step_at(now - start, step_sec)].append(time.perf_counter() - begin)
        time.sleep(max(0.0, start + (i + 1) / RATE_HZ - time.monotonic()))
    print(json.dumps({step: percentile(times, 99) for step, times in calls.items()}), flush=True)
    recording.disconnect()


def step_at(elapsed_sec: float, step_sec: float) -> str:
    """Tell which step it is: they take turns."""
    return STEPS[int(elapsed_sec / step_sec) % len(STEPS)]


async def watch(port: int, seconds: float, step_sec: float) -> dict[str, list[float]]:
    """Receive all the time; in every other step another client is connected and reads nothing."""
    url = f'ws://127.0.0.1:{port}'
    latencies: dict[str, list[float]] = {step: [] for step in STEPS}
    stalled: socket.socket | None = None
    async for client in connect(url, max_size=None, compression=None):
        start = time.monotonic()
        async for message in client:
            elapsed = time.monotonic() - start
            step = step_at(elapsed, step_sec)
            at = message.find(MARK) if isinstance(message, bytes) else -1
            if at >= 0 and isinstance(message, bytes):
                stamp = float(message[at + len(MARK) :][:17])
                latencies[step].append(time.time() - stamp)
            if step == 'stalled' and stalled is None:
                stalled = stand_still(port)
            elif step == 'quiet' and stalled is not None:
                stalled.close()
                stalled = None
            if elapsed > seconds - 5:  # before the server ends
                return latencies
    return latencies


def stand_still(port: int) -> socket.socket:
    """Open a WebSocket and read nothing from it."""
    client = socket.create_connection(('127.0.0.1', port))
    client.sendall(
        b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
        b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
    )
    return client


def percentile(seconds: list[float], percent: float) -> float:
    """Return a percentile in milliseconds."""
    return round(float(np.percentile(seconds, percent)) * 1000, 3)


def compare(seconds: float, step_sec: float) -> dict[str, Any]:
    """Run server and clients."""
    with closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    command = [sys.executable, __file__, 'serve', str(port), str(seconds), str(step_sec)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        latencies = asyncio.run(watch(port, seconds, step_sec))
        memory = Path(f'/proc/{server.pid}/status').read_text(encoding='ascii')
        calls = json.loads(server.communicate(timeout=seconds)[0])
    figures = {
        'log() p99': calls,
        'latency p50': {step: percentile(times, 50) for step, times in latencies.items()},
        'latency p99': {step: percentile(times, 99) for step, times in latencies.items()},
    }
    ratios = {name: round(each['stalled'] / each['quiet'], 3) for name, each in figures.items()}
    peak = next(line.split()[1] for line in memory.splitlines() if line.startswith('VmHWM'))
    return {**figures, 'ratios': ratios, 'peak memory MB': int(peak) // 1024}


def main() -> None:
    """Serve, or compare."""
    task, *numbers = sys.argv[1:]
    if task == 'serve':
        serve(int(numbers[0]), float(numbers[1]), float(numbers[2]))
    else:
        step_sec = float(numbers[1]) if len(numbers) > 1 else 60.0
        print(json.dumps(compare(float(numbers[0]), step_sec)))


if __name__ == '__main__':
    main()
