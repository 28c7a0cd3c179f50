# SPDX-License-Identifier: Apache-2.0
"""What is due when."""

from __future__ import annotations

from rerun_bridge.node.demo_robot.schedule import Schedule


def test_order_and_count() -> None:
    schedule = Schedule([('fast', 10), ('slow', 20)], max_lag_ns=1000)
    assert list(schedule.due(0)) == [('fast', 0), ('slow', 0)]
    assert schedule.next_ns == 10
    assert list(schedule.due(9)) == []
    assert list(schedule.due(40)) == [
        ('fast', 10),
        ('fast', 20),
        ('slow', 20),
        ('fast', 30),
        ('fast', 40),
        ('slow', 40),
    ]


def test_short_delay_is_made_up_for() -> None:
    schedule = Schedule([('task', 10)], max_lag_ns=50)
    assert [due for _, due in schedule.due(50)] == [0, 10, 20, 30, 40, 50]


def test_long_delay_is_left_out() -> None:
    schedule = Schedule([('task', 10)], max_lag_ns=25)
    assert [due for _, due in schedule.due(1003)] == [970, 980, 990, 1000]
    assert schedule.next_ns == 1010


def test_task_slower_than_its_period_does_not_hang() -> None:
    schedule = Schedule([('task', 10)], max_lag_ns=0)
    assert list(schedule.due(35)) == [('task', 30)]
    assert list(schedule.due(36)) == []
    assert schedule.next_ns == 40
