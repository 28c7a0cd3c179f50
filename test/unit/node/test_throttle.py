# SPDX-License-Identifier: Apache-2.0
"""Repeated events are let through now and then, and the others counted."""

from __future__ import annotations

from rerun_bridge.node.throttle import Throttle


def test_equal_events_are_held_back_and_counted() -> None:
    now = [0.0]
    throttle = Throttle(10.0, clock=lambda: now[0])
    assert throttle.admit('a') == 0
    assert throttle.admit('a') is None
    assert throttle.admit('a') is None
    now[0] = 9.9
    assert throttle.admit('a') is None
    now[0] = 10.0
    assert throttle.admit('a') == 3
    now[0] = 20.0
    assert throttle.admit('a') == 0


def test_different_events_do_not_hold_each_other_back() -> None:
    throttle = Throttle(10.0, clock=lambda: 0.0)
    assert throttle.admit('a') == 0
    assert throttle.admit('b') == 0
    assert throttle.admit('a') is None
