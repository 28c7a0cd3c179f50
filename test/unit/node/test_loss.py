# SPDX-License-Identifier: Apache-2.0
"""What was published is received plus counted, whatever the order of arrival."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st
import pytest

from rerun_bridge.node.loss import LossCounter
from rerun_bridge.node.sample import Sample


def sample(number: int | None, publisher: bytes | None = b'p', at_nanos: int = 0) -> Sample:
    return Sample(b'', at_nanos or (number or 0) * 1000, 0, number, publisher)


def see_all(counter: LossCounter, *numbers: int, publisher: bytes | None = b'p') -> list[bool]:
    return [counter.see(sample(number, publisher)) for number in numbers]


@pytest.mark.parametrize('publisher', [b'p', None])
@pytest.mark.parametrize(
    ('numbers', 'lost', 'missed_before'),
    [
        ([1, 2, 3], 0, 0),
        ([1, 3], 1, 0),
        ([1, 5, 6, 9], 5, 0),
        ([4, 5, 6], 0, 3),
        ([4, 6], 1, 3),
    ],
)
def test_gaps_are_losses(
    numbers: list[int], lost: int, missed_before: int, publisher: bytes | None
) -> None:
    counter = LossCounter()
    assert all(see_all(counter, *numbers, publisher=publisher))
    assert (counter.lost, counter.missed_before) == (lost, missed_before)
    assert counter.duplicates == 0


@pytest.mark.parametrize('publisher', [b'p', None])
def test_a_message_that_arrives_again_is_a_duplicate(publisher: bytes | None) -> None:
    counter = LossCounter()
    assert see_all(counter, 1, 2, 2, 1, 3, publisher=publisher) == [True, True, False, False, True]
    assert (counter.lost, counter.duplicates) == (0, 2)


def test_a_late_message_is_no_loss_any_more() -> None:
    counter = LossCounter()
    see_all(counter, 5, 9)
    assert (counter.lost, counter.missed_before) == (3, 4)
    assert see_all(counter, 7, 4, 7) == [True, True, False]
    assert (counter.lost, counter.missed_before, counter.duplicates) == (2, 3, 1)


def test_publishers_are_counted_apart() -> None:
    counter = LossCounter()
    see_all(counter, 1, 2, 4)
    see_all(counter, 1, 2, 3, publisher=b'q')
    assert (counter.lost, counter.duplicates, counter.missed_before) == (1, 0, 0)


def test_a_restarted_unnamed_publisher_begins_anew() -> None:
    counter = LossCounter()
    see_all(counter, 1, 2, 3, publisher=None)
    for i, number in enumerate([1, 2, 4]):
        assert counter.see(sample(number, None, 1_000_000 + i))
    assert (counter.lost, counter.missed_before) == (1, 0)


def test_unnamed_publishers_are_told_apart_by_their_numbers() -> None:
    counter = LossCounter()
    counter.num_publishers = 2
    numbers = [1, 101, 2, 102, 103, 3, 4, 104]
    for i, number in enumerate(numbers):
        assert counter.see(sample(number, None, 1 + i))
    assert (counter.lost, counter.duplicates) == (0, 0)


def test_without_numbers_only_duplicates_are_found() -> None:
    counter = LossCounter()
    assert counter.see(sample(None, None, 5))
    assert counter.see(sample(None, None, 6))
    assert not counter.see(sample(None, None, 5))
    assert (counter.lost, counter.missed_before, counter.duplicates) == (0, 0, 1)


def test_a_long_gap_takes_little_memory() -> None:
    counter = LossCounter()
    see_all(counter, 1, 10_000_000)
    assert counter.lost == 9_999_998
    assert see_all(counter, 9_999_999) == [True]
    assert counter.lost == 9_999_997


def test_many_publishers_take_little_memory() -> None:
    counter = LossCounter()
    for i in range(2000):
        counter.see(sample(1, i.to_bytes(4, 'big')))
    assert counter.lost == counter.missed_before == 0
    assert len(counter._named) <= 256  # noqa: SLF001 - what is tested is memory


def test_publishers_met_late_take_little_memory() -> None:
    counter = LossCounter()
    tracemalloc.start()
    for i in range(256):
        counter.see(sample(10_000, i.to_bytes(4, 'big')))
    num_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert num_bytes < 500_000
    assert see_all(counter, 5, 5, publisher=bytes(4)) == [True, False]
    assert (counter.missed_before, counter.duplicates) == (256 * 9_999 - 1, 1)


def test_of_many_gaps_the_latest_can_be_filled() -> None:
    counter = LossCounter()
    see_all(counter, *range(1, 10_000, 2))
    assert see_all(counter, 2, 9_998, 9_000) == [False, True, True]
    assert counter.lost == 4_999 - 2


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from([b'p', b'q'])), max_size=200),
)
def test_published_is_received_plus_counted(arrivals: list[tuple[int, bytes]]) -> None:
    counter = LossCounter()
    received = {
        arrival for arrival in arrivals if counter.see(sample(arrival[0], publisher=arrival[1]))
    }
    assert received == set(arrivals)
    assert counter.duplicates == len(arrivals) - len(received)
    published = sum(
        max((number for number, name in arrivals if name == publisher), default=0)
        for publisher in (b'p', b'q')
    )
    assert len(received) + counter.lost + counter.missed_before == published
