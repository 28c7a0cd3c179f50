# SPDX-License-Identifier: Apache-2.0
"""
Whether a client that stands still disturbs those that log and those that watch.

Usage: ``python -m test.benchmark.stalled socket|browser [--seconds 60] [--rounds 2]``, and
``stalled serve`` (used by itself). Images are logged, 30 MB/s with a socket that nobody reads and
5 MB/s with a page of a real browser that nobody looks at; turns without and with it alternate.
Prints a JSON object: p99 of the logging call, p50 and p99 of the latency of a client that only
receives, in milliseconds, with their ratios, and the memory of the server in MB.
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import closing, contextmanager, ExitStack
import json
import os
from pathlib import Path
import socket
import subprocess
import sys
import threading
import time
from typing import NamedTuple, TYPE_CHECKING

import numpy as np
from websockets.asyncio.client import connect

from test.browser import chromium, wait_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

RATE_HZ = 30.0
MARK = b'sent at '
SETTLE_SEC = 3.0
HOLD_FRAMES = """
  const paint = requestAnimationFrame.bind(globalThis);
  globalThis.isHidden = false;
  globalThis.requestAnimationFrame = (frame) => (isHidden ? 0 : paint(frame));
"""
"""Browsers paint no frames of a hidden page; one without a window hides none."""


class Sample(NamedTuple):
    """Something that took so long, in seconds, at a time of the system's clock."""

    time_sec: float
    seconds: float


class Turn(NamedTuple):
    """A span of time with or without a client that stands still."""

    name: str
    start_sec: float
    end_sec: float


def serve(port: int, megabytes: float, seconds: float) -> None:
    """Log frames that say when they were logged; print what the calls took."""
    import rerun_bridge as rr  # noqa: PLC0415 - only this process needs it

    recording = rr.RecordingStream('stalled')
    recording.serve(open_browser=False, web_port=port, ws_port=0)
    noise = os.urandom(int(megabytes * 1e6 / RATE_HZ))
    calls = []
    start = time.monotonic()
    for i in range(int(seconds * RATE_HZ)):
        recording.set_time('frame', sequence=i)
        stamp = MARK + f'{time.time():.6f};'.encode()
        begin = time.perf_counter()
        recording.log('/image', rr.EncodedImage(contents=stamp + noise, media_type='image/png'))
        calls.append(Sample(time.time(), time.perf_counter() - begin))
        time.sleep(max(0.0, start + (i + 1) / RATE_HZ - time.monotonic()))
    print(json.dumps(calls), flush=True)
    recording.disconnect()


class Watcher(threading.Thread):
    """A client that receives all the time and notes how late everything is."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.latencies: list[Sample] = []
        self._port = port

    def run(self) -> None:
        """Receive until the server ends."""
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        url = f'ws://127.0.0.1:{self._port}'
        async for client in connect(url, max_size=None, compression=None):
            async for message in client:
                at = message.find(MARK) if isinstance(message, bytes) else -1
                if at >= 0 and isinstance(message, bytes):
                    now = time.time()
                    stamp = float(message[at + len(MARK) :][:17])
                    self.latencies.append(Sample(now, now - stamp))
            return


@contextmanager
def unread_socket(port: int) -> Iterator[None]:
    """Open a WebSocket and read nothing from it."""
    client = socket.create_connection(('127.0.0.1', port))
    client.sendall(
        b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
        b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
    )
    with closing(client):
        yield


@contextmanager
def hidden_page(port: int) -> Iterator[None]:
    """Show the page in a browser until it draws, then look away."""
    with chromium() as browser:
        page = browser.new_page(viewport={'width': 640, 'height': 400})
        page.add_init_script(HOLD_FRAMES)
        page.goto(f'http://127.0.0.1:{port}/')
        shown = 'globalThis.rerunBridge?.stats.bytes ?? 0'
        if not wait_in(page, lambda: page.evaluate(shown) > 1e6):
            raise SystemExit('the page shows nothing')
        page.evaluate('globalThis.isHidden = true')
        yield


KINDS: dict[str, tuple[Callable[[int], AbstractContextManager[None]], float]] = {
    'socket': (unread_socket, 30.0),
    'browser': (hidden_page, 5.0),
}
"""Who stands still, and megabytes per second."""


def compare(kind: str, seconds: float, rounds: int) -> dict[str, object]:
    """Run server and clients."""
    stand_still, megabytes = KINDS[kind]
    with closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    total = (2 * seconds + 60) * rounds
    command = [sys.executable, '-m', 'test.benchmark.stalled', 'serve']
    command += [str(port), str(megabytes), str(total)]
    turns: list[Turn] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        time.sleep(SETTLE_SEC)
        watcher = Watcher(port)
        watcher.start()
        for _ in range(rounds):
            for name in ('quiet', 'stalled'):
                with ExitStack() as stack:
                    if name == 'stalled':
                        stack.enter_context(stand_still(port))
                    time.sleep(SETTLE_SEC)
                    start = time.time()
                    time.sleep(seconds)
                    turns.append(Turn(name, start, time.time()))
        memory = Path(f'/proc/{server.pid}/status').read_text(encoding='ascii')
        output, _ = server.communicate(timeout=total)
    calls = [Sample(*each) for each in json.loads(output.splitlines()[-1])]
    figures = {
        'log() p99': percentiles(calls, turns, 99),
        'latency p50': percentiles(watcher.latencies, turns, 50),
        'latency p99': percentiles(watcher.latencies, turns, 99),
    }
    ratios = {name: round(each['stalled'] / each['quiet'], 3) for name, each in figures.items()}
    peak = next(line.split()[1] for line in memory.splitlines() if line.startswith('VmHWM'))
    return {**figures, 'ratios': ratios, 'peak memory MB': int(peak) // 1024}


def percentiles(samples: list[Sample], turns: list[Turn], percent: float) -> dict[str, float]:
    """Return a percentile in milliseconds for each kind of turn."""
    found = {}
    for name in ('quiet', 'stalled'):
        spans = [turn for turn in turns if turn.name == name]
        chosen = [
            sample.seconds
            for sample in samples
            if any(turn.start_sec <= sample.time_sec <= turn.end_sec for turn in spans)
        ]
        found[name] = round(float(np.percentile(chosen, percent)) * 1000, 3)
    return found


def main() -> None:
    """Serve, or compare."""
    if sys.argv[1] == 'serve':
        serve(int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('kind', choices=list(KINDS))
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--rounds', type=int, default=2)
    chosen = parser.parse_args()
    print(json.dumps(compare(chosen.kind, chosen.seconds, chosen.rounds)))


if __name__ == '__main__':
    main()
