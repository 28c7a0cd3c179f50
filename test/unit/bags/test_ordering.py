# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from rerun_bridge.bags.model import RecordedMessage, RecordedTopic
from rerun_bridge.bags.ordering import in_order, latched_first

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPIC = RecordedTopic('/a', 'trial_msgs/msg/Number')
MAP = RecordedTopic('/map', 'nav_msgs/msg/OccupancyGrid', is_latched=True)
TF = RecordedTopic('/tf_static', 'tf2_msgs/msg/TFMessage', is_latched=True)


def message(nanos: int, data: bytes = b'', topic: RecordedTopic = TOPIC) -> RecordedMessage:
    return RecordedMessage(nanos, 0, topic, data)


@given(st.lists(st.lists(st.integers(0, 100), min_size=1), max_size=10))
def test_any_parts_become_one_ordered_stream(times: list[list[int]]) -> None:
    parts = sorted(([message(nanos) for nanos in part] for part in times), key=earliest)
    found = list(in_order((earliest(part), part) for part in parts))
    # Of the same time, those of the earlier part come first, in their order.
    assert found == sorted((each for part in parts for each in part), key=lambda each: each[0])
    expected = sorted((each for part in parts for each in part), key=lambda each: each[0])
    assert all(one is other for one, other in zip(found, expected))  # noqa: B905


def earliest(part: list[RecordedMessage]) -> int:
    return min(each.log_time_nanos for each in part)


def test_a_message_goes_on_as_soon_as_nothing_earlier_can_come() -> None:
    given_out: list[int] = []

    def parts() -> Iterator[tuple[int, list[RecordedMessage]]]:
        yield 1, [message(1), message(5)]
        yield 4, [message(4)]
        assert given_out == [1]
        yield 9, [message(9)]
        assert given_out == [1, 4, 5]

    for each in in_order(parts()):
        given_out.append(each.log_time_nanos)  # noqa: PERF401 - looked at meanwhile
    assert given_out == [1, 4, 5, 9]


def test_what_overlaps_too_much_is_not_kept() -> None:
    parts = [(i, [message(100 - i, bytes(10))]) for i in range(50)]
    found = [each.log_time_nanos for each in in_order(parts, max_waiting_bytes=100)]
    assert sorted(found) == list(range(51, 101))
    assert found != sorted(found)


def test_begin_with_what_a_late_subscriber_gets() -> None:
    stream = [
        message(1, b'1', TF),
        message(2, b'2', MAP),
        message(3, b'3'),
        message(4, b'4', TF),
        message(5, b'5', MAP),
        message(6, b'6'),
        message(7, b'7', MAP),
    ]
    for start, expected in ((0, b'1234567'), (6, b'14567'), (7, b'1457'), (99, b'147')):
        found = latched_first(iter(stream), start)
        assert b''.join(bytes(each.data) for each in found) == expected
