# SPDX-License-Identifier: Apache-2.0
"""Rates are kept on average, whatever the clock does."""

from __future__ import annotations

import pytest

from rerun_bridge.converters.rate_limit import RateLimit

SEC = 1_000_000_000


def admitted(max_rate: float, times: list[float]) -> list[float]:
    limit = RateLimit(max_rate)
    return [time for time in times if limit.admits(round(time * SEC))]


def test_no_limit() -> None:
    times = [0.0, 0.0, 5.0, 3.0]
    assert admitted(0.0, times) == times


@pytest.mark.parametrize('interval_sec', [0.007, 0.03, 0.099])
def test_the_average_is_the_wished_one(interval_sec: float) -> None:
    times = [1e9 + i * interval_sec for i in range(1000)]
    assert len(admitted(10.0, times)) == pytest.approx(1000 * interval_sec * 10, abs=1.5)


def test_slow_topics_lose_nothing() -> None:
    times = [i * 0.25 for i in range(50)]
    assert admitted(4.0, times) == times
    assert admitted(5.0, times) == times


def test_after_a_pause_there_is_no_burst() -> None:
    assert admitted(1.0, [0.0, 100.0, 100.1, 100.2, 101.0]) == [0.0, 100.0, 101.0]


def test_a_clock_that_is_set_back_does_not_stop_the_topic() -> None:
    assert admitted(1.0, [5000.0, 5000.5, 10.0, 10.5, 11.0]) == [5000.0, 10.0, 11.0]
