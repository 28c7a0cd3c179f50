# SPDX-License-Identifier: Apache-2.0
"""How much is sent ahead to clients that acknowledge, and which of them cannot keep up."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from rerun_bridge.sinks.network import submit
from rerun_bridge.sinks.server import window as window_module
from rerun_bridge.sinks.server.window import Window

RATE = 500
"""Messages per second that are logged."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(window_module, 'time', made)
    return made


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
            self.take_together(1, num_frames)

    def take_together(self, batches: int, num_frames: int) -> None:
        """Acknowledge at most so many batches at once."""
        self.taken += sum(self.sent[:batches])
        del self.sent[:batches]
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
    assert client.send_until_full() == 256 // 16


def test_quick_client_gets_more(client: Client) -> None:
    for _ in range(20):
        client.take(client.send_until_full(), 1)
    assert client.send_until_full() == 4096 // 16


def test_slow_client_is_sent_little_ahead(client: Client) -> None:
    client.take(client.send_until_full(), 20)
    assert client.send_until_full() == 1
    assert client.window.max_messages == 4


def test_client_whose_frames_take_seconds_is_sent_what_it_takes_in_within_few(
    clock: Clock, client: Client
) -> None:
    per_frame = 40
    ahead = []
    for _ in range(30):
        client.send_until_full()
        ahead.append(len(client.sent))
        clock.now += 3.0
        client.take_together(per_frame, 1)
    assert per_frame <= min(ahead[5:])
    assert max(ahead[5:]) <= 3 * per_frame


def test_client_that_is_told_of_more_meanwhile_is_sent_no_less(client: Client) -> None:
    for _ in range(20):
        client.take(client.send_until_full(), 1)
    client.send_until_full()
    for _ in range(10):
        client.take_together(150, 1)
        client.send_until_full()
    assert len(client.sent) >= 4096 // 16


def test_bytes_are_bounded_too(client: Client) -> None:
    assert client.send_until_full(1, 4 << 20) == 6
    client.take(6, 1)
    assert client.send_until_full(1, 64 << 20) == 2


def overrun_at(clock: Clock, *, rate: float, past: int = 0, seconds: int = 60) -> list[int]:
    """Return the seconds at which a client of so many messages per second is overrun."""
    window = Window()
    window.acknowledge(0)
    found = []
    for second in range(seconds):
        clock.now = float(second)
        last = past + RATE * second
        if window.is_overrun(int(min(last, rate * second)), last):
            found.append(second)
    return found


def test_who_keeps_up_is_left_in_peace(clock: Clock) -> None:
    assert overrun_at(clock, rate=RATE) == []
    assert overrun_at(clock, rate=RATE - 1) == []


def test_who_comes_late_and_gains_is_left_in_peace(clock: Clock) -> None:
    assert overrun_at(clock, rate=4 * RATE, past=60 * RATE) == []


def test_who_falls_behind_is_overrun_whenever_there_is_enough_to_merge(
    clock: Clock,
) -> None:
    found = overrun_at(clock, rate=RATE / 4)
    assert 3 <= found[0] <= 6
    assert [b - a for a, b in pairwise(found)] == [3] * (len(found) - 1)
    assert found[-1] >= 57


def test_who_comes_late_and_hardly_gains_is_overrun_too(clock: Clock) -> None:
    found = overrun_at(clock, rate=2 * RATE, past=40 * RATE)
    assert found[0] <= 4
    assert 36 < found[-1] < 42, 'once it has got everything it is like any other'
