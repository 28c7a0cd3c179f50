# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import TextLog
from rerun_bridge.converters.base import Entry
from rerun_bridge.converters.schedule import Schedule
from test.unit.converters.ros_messages import topic_converter

if TYPE_CHECKING:
    from collections.abc import Callable


def saying(text: str) -> Callable[[], list[Entry]]:
    entry = Entry(TextLog(text))
    return lambda: [entry]


def taken(schedule: Schedule, now_nanos: int) -> list[int]:
    return [task.due_nanos for task in schedule.take_due(now_nanos)]


def test_tasks_come_in_the_order_of_their_times() -> None:
    schedule = Schedule()
    assert schedule.next_due_nanos is None
    schedule.now_nanos = 100
    for delay, key in ((30, 'c'), (10, 'a'), (20, 'b'), (10, 'd')):
        schedule.after(delay, key, saying(key))
    assert schedule.next_due_nanos == 110
    assert taken(schedule, 109) == []
    assert taken(schedule, 120) == [110, 110, 120]
    assert schedule.next_due_nanos == 130
    assert taken(schedule, 1000) == [130]
    assert schedule.next_due_nanos is None


def test_replaced_and_canceled_tasks_do_not_come() -> None:
    schedule = Schedule()
    schedule.after(10, 'a', saying('old'))
    schedule.after(20, 'a', saying('new'))
    schedule.after(15, 'b', saying('b'))
    schedule.cancel('b')
    schedule.cancel('nothing')
    assert 'a' in schedule
    assert 'b' not in schedule
    assert taken(schedule, 19) == []
    assert taken(schedule, 20) == [20]
    assert 'a' not in schedule


def test_clear() -> None:
    schedule = Schedule()
    schedule.after(10, 'a', saying('a'))
    schedule.clear()
    assert schedule.next_due_nanos is None
    assert taken(schedule, 100) == []


def test_end_hastens_what_would_only_wait() -> None:
    schedule = Schedule()
    first, third = saying('a'), saying('c')
    schedule.after(30, 'c', third, is_due_at_end=True)
    schedule.after(20, 'b', saying('b'))
    schedule.after(10, 'a', first, is_due_at_end=True)
    assert taken(schedule, 5) == []
    last = list(schedule.take_last(7))
    assert [task.due_nanos for task in last] == [7, 7]
    assert [task.make_entries for task in last] == [first, third]
    assert schedule.next_due_nanos is None


def test_a_task_may_add_the_next_one() -> None:
    schedule = Schedule()
    schedule.after(10, 'a', saying('a'))
    due = []
    for task in schedule.take_due(35):
        due.append(task.due_nanos)
        schedule.after(10, 'a', saying('a'))
    assert due == [10, 20, 30]
    assert schedule.next_due_nanos == 40


def test_topics_without_tasks_are_never_due() -> None:
    converter = topic_converter('std_msgs/msg/Float64')
    assert converter.next_due_nanos is None
    assert converter.advance(2**62) == []
