# SPDX-License-Identifier: Apache-2.0
"""How much is sent ahead to clients that acknowledge, and which of them cannot keep up."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from types import SimpleNamespace

import pytest

from rerun_bridge.sinks.network import submit
from rerun_bridge.sinks.server import window as window_module
from rerun_bridge.sinks.server.window import Window

RATE = 500
"""Messages per second that are logged."""


class Client:
    """Acknowledges batches of 16 messages of 1 kB."""

    def __init__(self) -> None:
        self.window = Window()
        self.sent: list[int] = []
        self.taken = 0

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

    def take(self, batches: int, num_frames: int) -> None:
        """Acknowledge batches one after the other."""
        for _ in range(batches):
            self.taken += self.sent.pop(0)
            self.window.acknowledge(self.taken, num_frames)


@pytest.fixture
def client() -> Client:
    made = Client()
    made.window.acknowledge(0)
    return made


def test_client_that_never_acknowledges_is_bounded_by_tcp_alone() -> None:
    silent = Client()
    assert silent.send_until_full() == 1000
    assert not silent.window.is_overrun(0, 1_000_000)


def test_begins_with_a_few_messages(client: Client) -> None:
    assert client.send_until_full() == 64 // 16


def test_quick_client_gets_more(client: Client) -> None:
    for _ in range(20):
        client.take(client.send_until_full(), 1)
    assert client.send_until_full() == 4096 // 16


def test_slow_client_is_sent_little_ahead(client: Client) -> None:
    client.take(client.send_until_full(), 20)
    assert client.send_until_full() == 1
    assert client.window.max_messages == 4


def test_bytes_are_bounded_too(client: Client) -> None:
    assert client.send_until_full(1, 4 << 20) == 6
    client.take(6, 1)
    assert client.send_until_full(1, 64 << 20) == 2


def overrun_at(
    monkeypatch: pytest.MonkeyPatch, *, rate: float, past: int = 0, seconds: int = 60
) -> list[int]:
    """Return the seconds at which a client of so many messages per second is overrun."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(window_module, 'time', SimpleNamespace(monotonic=lambda: clock.now))
    window = Window()
    window.acknowledge(0)
    found = []
    for second in range(seconds):
        clock.now = float(second)
        last = past + RATE * second
        if window.is_overrun(int(min(last, rate * second)), last):
            found.append(second)
    return found


def test_who_keeps_up_is_left_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    assert overrun_at(monkeypatch, rate=RATE) == []
    assert overrun_at(monkeypatch, rate=RATE - 1) == []


def test_who_comes_late_and_gains_is_left_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    assert overrun_at(monkeypatch, rate=4 * RATE, past=60 * RATE) == []


def test_who_falls_behind_is_overrun_whenever_there_is_enough_to_merge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = overrun_at(monkeypatch, rate=RATE / 4)
    assert 6 <= found[0] <= 12
    assert [b - a for a, b in pairwise(found)] == [3] * (len(found) - 1)
    assert found[-1] >= 57


def test_who_comes_late_and_hardly_gains_is_overrun_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found = overrun_at(monkeypatch, rate=2 * RATE, past=40 * RATE)
    assert found[0] <= 7
    assert 36 < found[-1] < 42, 'once it has got everything it is like any other'
