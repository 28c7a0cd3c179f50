# SPDX-License-Identifier: Apache-2.0
"""Drives the robot: publishes every feed at its rate and answers parameter services."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache, partial
import threading
import time
from typing import TYPE_CHECKING

from rclpy.executors import SingleThreadedExecutor
from rclpy.time import Time

from rerun_bridge.node.demo_robot.feed import Moment, ONCE
from rerun_bridge.node.demo_robot.journal import Journal
from rerun_bridge.node.demo_robot.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rclpy.node import Node

    from rerun_bridge.node.demo_robot.feed import Feed
    from rerun_bridge.node.demo_robot.outlet import Outlet
    from rerun_bridge.node.demo_robot.simulation import Simulation

_NS = 1_000_000_000
_JOURNAL_PERIOD_NS = _NS // 2
_MAX_LAG_NS = _NS // 4
_SHUTDOWN_SEC = 1.0


class Drive:
    """
    One run of the simulation, from now on.

    Messages carry the time at which they were due, not that at which their turn came, so that
    their stamps are evenly spaced and those of one moment agree.

    Parameters
    ----------
    node
        Gives the clock and the logger.
    simulation
        What is published.
    outlet
        Where to.

    """

    def __init__(self, node: Node, simulation: Simulation, outlet: Outlet) -> None:
        self._clock = node.get_clock()
        self._journal = Journal(node.get_logger(), simulation)
        self._simulation = simulation
        self._outlet = outlet
        self._start_ns = time.monotonic_ns()
        self._moment = lru_cache(maxsize=1)(self._make_moment)

    def run(self, feeds: Sequence[Feed], stop: threading.Event) -> None:
        """Publish until stop is set or the time is over."""
        options = self._simulation.options
        for feed in feeds:
            if feed.rate_hz == ONCE:
                self._outlet.publish(feed, self._moment(0))
        tasks: list[tuple[Callable[[Moment], None], int]] = [
            (partial(self._outlet.publish, feed), round(_NS / feed.rate_hz / options.rate_scale))
            for feed in feeds
            if feed.rate_hz != ONCE
        ]
        tasks.append((self._journal.look, _JOURNAL_PERIOD_NS))
        schedule = Schedule(tasks, max_lag_ns=_MAX_LAG_NS)
        end_ns = round(options.duration_sec * _NS) or float('inf')
        while not stop.is_set() and (now_ns := self._elapsed_ns()) < end_ns:
            for task, due_ns in schedule.due(now_ns):
                task(self._moment(due_ns))
            wait_ns = min(schedule.next_ns, end_ns) - self._elapsed_ns()
            stop.wait(max(wait_ns / _NS, 0.0))

    def _elapsed_ns(self) -> int:
        return time.monotonic_ns() - self._start_ns

    def _make_moment(self, due_ns: int) -> Moment:
        late_ns = self._elapsed_ns() - due_ns
        # A simulated clock may still stand at zero.
        stamp_ns = max(self._clock.now().nanoseconds - late_ns, 0)
        time_sec = due_ns / _NS
        return Moment(
            time_sec, Time(nanoseconds=stamp_ns).to_msg(), self._simulation.path.at(time_sec)
        )


@contextmanager
def answering(node: Node) -> Iterator[None]:
    """Answer the node's services in a thread, which sleeps while nobody asks."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    thread = threading.Thread(target=executor.spin, name='services', daemon=True)
    thread.start()
    try:
        yield
    finally:
        executor.shutdown(timeout_sec=_SHUTDOWN_SEC)
        thread.join(_SHUTDOWN_SEC)
