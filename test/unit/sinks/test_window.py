# SPDX-License-Identifier: Apache-2.0
"""How much is sent ahead to clients that acknowledge."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from rerun_bridge.sinks.network import submit
from rerun_bridge.sinks.server import websocket
from rerun_bridge.sinks.server.websocket import _Window


class Client:
    """Acknowledges batches of 16 messages of 1 kB; time passes as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.window = _Window()
        self.sent: list[int] = []
        self.taken = 0
        clock = SimpleNamespace(monotonic=lambda: self.now)
        monkeypatch.setattr(websocket, 'time', clock)

    def send_until_full(self, num_messages: int = 16, num_bytes: int = 16_000) -> int:
        """Send batches as long as the window lets them; return how many."""

        async def send() -> int:
            count = 0
            while count < 1000:
                self.sent.append(num_bytes)
                waiting = asyncio.ensure_future(self.window.wait_after(num_bytes, num_messages))
                await asyncio.sleep(0)
                count += 1
                if not waiting.done():
                    waiting.cancel()
                    return count
            return count

        return submit(send()).result(60)

    def take(self, batches: int, seconds_each: float) -> None:
        """Acknowledge batches one after the other."""
        for _ in range(batches):
            self.now += seconds_each
            self.taken += self.sent.pop(0)
            self.window.acknowledge(self.taken)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    made = Client(monkeypatch)
    made.window.acknowledge(0)
    return made


def test_client_that_never_acknowledges_is_bounded_by_tcp_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = Client(monkeypatch)
    assert silent.send_until_full() == 1000


def test_begins_with_a_few_messages(client: Client) -> None:
    assert client.send_until_full() == 64 // 16


def test_quick_client_gets_more(client: Client) -> None:
    for _ in range(20):
        client.take(client.send_until_full(), 0.001)
    assert client.send_until_full() == 4096 // 16


def test_slow_client_is_sent_little_ahead(client: Client) -> None:
    client.take(client.send_until_full(), 1.5)
    assert client.send_until_full() == 1
    assert client.window.max_messages == 4


def test_only_who_is_slow_for_long_is_overrun(client: Client) -> None:
    client.take(client.send_until_full(), 1.5)
    assert not client.window.is_overrun
    for _ in range(6):
        client.take(client.send_until_full(), 2.0)
    assert client.window.is_overrun
    client.take(client.send_until_full(), 0.1)
    assert not client.window.is_overrun


def test_the_start_of_the_viewer_does_not_count(client: Client) -> None:
    client.send_until_full()
    client.take(1, 15.0)
    client.take(3, 0.001)
    assert client.send_until_full() > 64 // 16


def test_bytes_are_bounded_too(client: Client) -> None:
    assert client.send_until_full(1, 4 << 20) == 6
    client.take(6, 0.001)
    assert client.send_until_full(1, 64 << 20) == 2
