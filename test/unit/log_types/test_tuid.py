# SPDX-License-Identifier: Apache-2.0
"""Ids ascend and have the three encodings of the format."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rerun_bridge.log_types import Tuid, TuidGenerator


def test_encodings() -> None:
    tuid = Tuid(0x18EA45B000000001, 0x0ABC)
    assert tuid.to_bytes().hex() == '18ea45b0000000010000000000000abc'
    assert tuid.to_hex() == b'18EA45B0000000010000000000000abc'


@given(st.lists(st.tuples(st.integers(0, 1 << 62), st.integers(1, 9)), min_size=2))
def test_ascend_even_when_the_clock_goes_back(steps: list[tuple[int, int]]) -> None:
    times = iter(time for time, _ in steps)
    generator = TuidGenerator(lambda: next(times))
    ids = [(generator.next(count), count) for _, count in steps]
    for (first, count), (second, _) in pairwise(ids):
        assert second.time_nanos >= first.time_nanos
        assert second.counter == first.counter + count
        assert second.to_bytes() > first.to_bytes()


def test_counters_start_below_the_top_bit() -> None:
    assert all(TuidGenerator(lambda: 0).next().counter < 1 << 63 for _ in range(20))
