# SPDX-License-Identifier: Apache-2.0
"""
Takes messages from the middleware as bytes, with what it knows about them.

The executors of rclpy look at every subscription whenever anything happens, and they make the
data wait for services. So there is a thread with a wait set of its own, and the executor is kept
away from the subscriptions by a callback group that never lets it execute. This module and `take`
are the ones that depend on parts of rclpy that are not public; where they are missing or
different, plain callbacks in the executor do the same, slower.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
import logging
import threading
import time
from typing import Any, NamedTuple, Protocol, TYPE_CHECKING

from rclpy.callback_groups import CallbackGroup
from rclpy.exceptions import InvalidHandle
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
import rclpy.subscription
from rclpy.utilities import get_rmw_implementation_identifier

from rerun_bridge.node.take import (
    RclTake,
    sample_of,
    take_through_rclpy,
    UNLOCKED_MIDDLEWARES,
)

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # ROS 2 Humble
    from rclpy.qos_event import SubscriptionEventCallbacks

if TYPE_CHECKING:
    from collections.abc import Callable

    from rclpy.node import Node

    from rerun_bridge.node.qos import SubscriptionQos
    from rerun_bridge.node.sample import Sample
    from rerun_bridge.node.take import Take

__all__ = ['ExecutorIntake', 'Feed', 'Intake', 'WaitSetIntake', 'open_intake']

_log = logging.getLogger('rerun_bridge.node')
_BURST_MESSAGES = 256
_BURST_BYTES = 16 << 20
_FOR_EVER, _NOT_AT_ALL = -1, 0
_SURVEY_NANOS = 50_000_000
_BUSY_NANOS = 1_000_000_000
_PAUSES_PER_ROUND = 4
_MAX_PAUSE_SEC = 2e-2
_DRAIN_SEC = 1.0


class Feed(NamedTuple):
    """One subscription and where its messages go."""

    subscription: Any
    deliver: Callable[[Sample], None]

    @property
    def num_matched(self) -> int | None:
        """How many publishers it hears; None where ROS 2 does not tell."""
        if not hasattr(self.subscription, 'get_publisher_count'):
            return None
        return int(self.subscription.get_publisher_count())


class Intake(Protocol):
    """
    What receives messages.

    `add` and `remove` are for the thread of the executor; `deliver` is called in the intake's.
    """

    def add(
        self,
        message_class: type,
        topic: str,
        qos: SubscriptionQos,
        deliver: Callable[[Sample], None],
    ) -> Feed:
        """Subscribe."""

    def remove(self, feed: Feed) -> None:
        """Unsubscribe."""

    def start(self) -> None:
        """Begin to receive."""

    def stop(self) -> None:
        """Deliver what has arrived, then no more."""


def open_intake(
    node: Node,
    on_failure: Callable[[], None],
    round_sec: Callable[[], float],
    *,
    use_executor: bool = False,
) -> Intake:
    """
    Choose how to receive messages.

    Parameters
    ----------
    node
        What to subscribe with.
    on_failure
        Called if receiving ends because of an error.
    round_sec
        Tells how long messages wait for others before they are converted, in seconds.
    use_executor
        Whether to use the executor although the faster way is there.

    Returns
    -------
    Intake
        Not started yet.

    """
    if not use_executor:
        try:
            return WaitSetIntake(node, on_failure, round_sec, _fastest_take())
        except (AttributeError, ImportError, TypeError) as exc:
            _log.warning(
                'receiving through the executor, which costs more CPU: this rclpy has no wait '
                'set as known here (%s); please report its version',
                exc,
            )
    return ExecutorIntake(node)


class _NeverGroup(CallbackGroup):
    """Keeps its entities away from every executor."""

    def can_execute(self, entity: object) -> bool:  # noqa: ARG002 - rclpy's signature
        return False

    def beginning_execution(self, entity: object) -> bool:  # noqa: ARG002 - rclpy's signature
        return False

    def ending_execution(self, entity: object) -> None:
        """Do nothing, as nothing is executed."""


class WaitSetIntake:
    """
    Receives in a thread of its own.

    Parameters
    ----------
    node
        What to subscribe with.
    on_failure
        Called in the thread if it ends because of an error.
    round_sec
        Tells how long messages wait for others before they are converted, in seconds: a fourth of
        that, 20 ms at most, is a pause in which nothing is received.
    take
        Takes a message from a subscription.

    Raises
    ------
    AttributeError, ImportError, TypeError
        If rclpy is not made as expected.

    """

    def __init__(
        self,
        node: Node,
        on_failure: Callable[[], None],
        round_sec: Callable[[], float],
        take: Take,
    ) -> None:
        from rclpy.impl.implementation_singleton import (  # noqa: PLC0415 - may not exist
            rclpy_implementation,
        )

        self._new_wait_set = rclpy_implementation.WaitSet
        self._node = node
        self._on_failure = on_failure
        self._round_sec = round_sec
        self._take = take
        self._group = _NeverGroup()
        self._wake_up = node.create_guard_condition(lambda: None, callback_group=self._group)
        self._lock = threading.Lock()
        self._feeds: dict[int, Feed] = {}
        self._has_changed = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name='rerun-intake', daemon=True)
        self._try_out()

    def add(
        self,
        message_class: type,
        topic: str,
        qos: SubscriptionQos,
        deliver: Callable[[Sample], None],
    ) -> Feed:
        """Subscribe."""
        subscription = self._node.create_subscription(
            message_class,
            topic,
            _ignore,
            _profile(qos),
            callback_group=self._group,
            event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False),
            raw=True,
        )
        feed = Feed(subscription, deliver)
        with self._lock:
            self._feeds[subscription.handle.pointer] = feed
            self._has_changed = True
        self._wake_up.trigger()
        return feed

    def remove(self, feed: Feed) -> None:
        """Unsubscribe."""
        with self._lock:
            del self._feeds[feed.subscription.handle.pointer]
            self._has_changed = True
        self._node.destroy_subscription(feed.subscription)
        self._wake_up.trigger()

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver what has arrived, then no more."""
        self._is_stopping = True
        self._wake_up.trigger()
        if self._thread.is_alive():
            self._thread.join()

    def _try_out(self) -> None:
        """Use every private part once, so that a different rclpy shows at the start."""
        context = self._node.context.handle
        with context, self._wake_up.handle:
            self._wake_up.trigger()
            self._wait_list({}).receive(_FOR_EVER)
        rclpy.subscription.Subscription.handle  # noqa: B018 - raises if it is gone

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                self._serve()
            self._drain()
        except Exception:  # noqa: BLE001 - a node that hears nothing must not live on
            _log.exception('receiving has failed; the node ends, please report this')
            self._on_failure()

    def _serve(self) -> None:
        """
        Receive until the subscriptions change.

        A wait costs time for every subscription that takes part. So the idle ones take part only
        now and then, as long as others are busy, and several messages share a wait.
        """
        with ExitStack() as handles:
            feeds = self._hold_feeds(handles)
            everyone = self._wait_list(feeds)
            busy = self._wait_list({})
            active_at: dict[int, int] = {}
            while not self._is_interrupted:
                timeout_nanos = _NOT_AT_ALL if busy.feeds else _FOR_EVER
                active_at.update(everyone.receive(timeout_nanos))
                now = time.monotonic_ns()
                are_busy = {
                    pointer: feed
                    for pointer, feed in feeds.items()
                    if active_at.get(pointer, 0) > now - _BUSY_NANOS
                }
                if are_busy.keys() != busy.feeds.keys():
                    busy = self._wait_list(are_busy)
                if busy.feeds:
                    active_at.update(self._receive_until(now + _SURVEY_NANOS, busy))

    def _receive_until(self, deadline_nanos: int, busy: _WaitList) -> dict[int, int]:
        """Receive from the busy ones; return which had messages and when."""
        active_at: dict[int, int] = {}
        rest_nanos = deadline_nanos - time.monotonic_ns()
        while rest_nanos > 0 and not self._is_interrupted:
            active_at.update(busy.receive(rest_nanos))
            time.sleep(min(self._round_sec() / _PAUSES_PER_ROUND, _MAX_PAUSE_SEC))
            rest_nanos = deadline_nanos - time.monotonic_ns()
        return active_at

    @property
    def _is_interrupted(self) -> bool:
        return self._has_changed or self._is_stopping

    def _wait_list(self, feeds: dict[int, Feed]) -> _WaitList:
        wait_set = self._new_wait_set(len(feeds), 1, 0, 0, 0, 0, self._node.context.handle)
        return _WaitList(wait_set, feeds, self._wake_up.handle, self._take)

    def _hold_feeds(self, handles: ExitStack) -> dict[int, Feed]:
        """Return the feeds, none of which is destroyed before `handles` are let go."""
        handles.enter_context(self._node.context.handle)
        handles.enter_context(self._wake_up.handle)
        with self._lock:
            self._has_changed = False
            feeds = dict(self._feeds)
        for pointer, feed in list(feeds.items()):
            with suppress(InvalidHandle):
                handles.enter_context(feed.subscription.handle)
                continue
            del feeds[pointer]
        return feeds

    def _drain(self) -> None:
        deadline = time.monotonic() + _DRAIN_SEC
        with ExitStack() as handles:
            rest = list(self._hold_feeds(handles).values())
            while rest and time.monotonic() < deadline:
                rest = [feed for feed in rest if _take_burst(self._take, feed)]


class _WaitList:
    """Subscriptions that are waited for together, beside a guard condition."""

    def __init__(self, wait_set: Any, feeds: dict[int, Feed], guard: Any, take: Take) -> None:  # noqa: ANN401 - rclpy has no types
        self.feeds = feeds
        self._take = take
        self._wait_set = wait_set
        self._handles = [feed.subscription.handle for feed in feeds.values()]
        self._guard = guard

    def receive(self, timeout_nanos: int) -> dict[int, int]:
        """Wait, take some messages of each; return which there were and when."""
        wait_set = self._wait_set
        wait_set.clear_entities()
        for handle in self._handles:
            wait_set.add_subscription(handle)
        wait_set.add_guard_condition(self._guard)
        wait_set.wait(timeout_nanos)
        ready = wait_set.get_ready_entities('subscription')
        for pointer in ready:
            _take_burst(self._take, self.feeds[pointer])
        return dict.fromkeys(ready, time.monotonic_ns())


class ExecutorIntake:
    """
    Receives in the executor's thread; services and timers delay it.

    Parameters
    ----------
    node
        What to subscribe with.

    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._is_open = False
        self._tells_info = hasattr(rclpy.subscription.Subscription, 'CallbackType')

    def add(
        self,
        message_class: type,
        topic: str,
        qos: SubscriptionQos,
        deliver: Callable[[Sample], None],
    ) -> Feed:
        """Subscribe."""

        def on_message_with_info(data: bytes, info: dict[str, Any]) -> None:
            if self._is_open:
                deliver(sample_of(data, info))

        def on_message(data: bytes) -> None:
            on_message_with_info(data, {})

        subscription = self._node.create_subscription(
            message_class,
            topic,
            on_message_with_info if self._tells_info else on_message,
            _profile(qos),
            event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False),
            raw=True,
        )
        return Feed(subscription, deliver)

    def remove(self, feed: Feed) -> None:
        """Unsubscribe."""
        self._node.destroy_subscription(feed.subscription)

    def start(self) -> None:
        """Begin to receive."""
        self._is_open = True

    def stop(self) -> None:
        """Receive no more."""
        self._is_open = False


def _fastest_take() -> Take:
    middleware = get_rmw_implementation_identifier()
    try:
        if middleware in UNLOCKED_MIDDLEWARES:
            return RclTake()
        reason = f'not tried with {middleware}'
    except (AttributeError, OSError) as exc:
        reason = str(exc)
    _log.info('messages are taken through rclpy, which copies them once more: %s', reason)
    return take_through_rclpy


def _take_burst(take: Take, feed: Feed) -> bool:
    """Deliver some messages; tell whether there may be more."""
    num_bytes = 0
    for _ in range(_BURST_MESSAGES):
        sample = take(feed.subscription)
        if sample is None:
            return False
        feed.deliver(sample)
        num_bytes += len(sample.data)
        if num_bytes > _BURST_BYTES:
            break
    return True


def _profile(qos: SubscriptionQos) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_ALL if qos.keeps_all else HistoryPolicy.KEEP_LAST,
        depth=qos.depth,
        reliability=(
            ReliabilityPolicy.RELIABLE if qos.is_reliable else ReliabilityPolicy.BEST_EFFORT
        ),
        durability=(
            DurabilityPolicy.TRANSIENT_LOCAL if qos.is_latched else DurabilityPolicy.VOLATILE
        ),
    )


def _ignore(_data: bytes) -> None:
    """Stand in for the callback that is never called."""
