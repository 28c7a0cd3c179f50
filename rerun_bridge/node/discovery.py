# SPDX-License-Identifier: Apache-2.0
"""
Finds the topics of the graph, subscribes to those that are wanted and lets vanished ones go.

rclpy does not tell when the graph changes, so it is looked at once a `topics.rescan_sec`. What
costs time, the details of all publishers of a topic, is asked for only when their number or
how many of them are heard has changed, and of every topic once in a while.
"""

from __future__ import annotations

import logging
import time
from typing import Any, NamedTuple, Protocol, TYPE_CHECKING

from rclpy.qos import DurabilityPolicy, ReliabilityPolicy

from rerun_bridge.errors import RerunBridgeError, UnsupportedTypeError
from rerun_bridge.node.message_classes import find_message_class
from rerun_bridge.node.qos import PublisherQos
from rerun_bridge.node.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rclpy.node import Node

    from rerun_bridge.converters.topic_filter import TopicFilter
    from rerun_bridge.node.intake import Intake
    from rerun_bridge.node.topic import Topic

__all__ = ['Discovery', 'TopicFactory']

_log = logging.getLogger('rerun_bridge.node')
_GRACE_SEC = 5.0
_FULL_SCAN_EVERY = 5


class TopicFactory(Protocol):
    """Makes topics ready to receive, and finds them again."""

    def __call__(self, name: str, message_class: type, *, is_latched: bool) -> Topic:
        """Return the topic of this name and type; raise RerunBridgeError if it cannot be."""


class _Entry:
    """A topic that is subscribed."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self.subscriptions = subscriptions
        self.signature: tuple[object, ...] = ()
        self.vanished_at_sec: float | None = None


class _Unusable(NamedTuple):
    """A topic that is wanted but cannot be subscribed; some can later, when a package has come."""

    type_name: str
    lacks_package: bool


class Discovery:
    """
    Keeps the subscriptions in step with the graph; for the thread of the executor.

    Parameters
    ----------
    node
        Whose graph it is; its own topics are left out.
    intake
        What to subscribe with.
    make_topic
        Called for a topic before it is subscribed.
    topic_filter
        Which topics are wanted.
    preferred_types
        Types that are shown best; of several types on a topic one of these is taken.
    qos_overrides
        By topic: the policies that the user decided.

    """

    def __init__(  # noqa: PLR0913 - wired once
        self,
        node: Node,
        intake: Intake,
        make_topic: TopicFactory,
        *,
        topic_filter: TopicFilter,
        preferred_types: Collection[str],
        qos_overrides: Mapping[str, Mapping[str, str | int]],
    ) -> None:
        self.topic_filter = topic_filter
        self._node = node
        self._intake = intake
        self._make_topic = make_topic
        self._preferred_types = preferred_types
        self.qos_overrides = qos_overrides
        self._own_prefix = f'{node.get_fully_qualified_name()}/'
        self._own_names = (node.get_name(), node.get_namespace())
        self._entries: dict[str, _Entry] = {}
        self._unusable: dict[str, _Unusable] = {}
        self._missing_packages: set[str] = set()
        self._ambiguous: set[str] = set()
        self._num_scans = 0

    @property
    def num_heard(self) -> dict[str, int]:
        """How many publishers each subscribed topic has, and where it is known, are heard."""
        heard = {}
        for name, entry in self._entries.items():
            known = [number for number in entry.subscriptions.num_matched if number is not None]
            heard[name] = max(known, default=entry.subscriptions.topic.loss.num_publishers)
        return heard

    @property
    def unusable(self) -> dict[str, str]:
        """Topics that are wanted but cannot be subscribed, with their types."""
        return {name: found.type_name for name, found in self._unusable.items()}

    def scan(self) -> None:
        """Look at the graph; subscribe and unsubscribe."""
        self._num_scans += 1
        now_sec = time.monotonic()
        found = dict(self._wanted_topics())
        for name in self._unusable.keys() - found.keys():
            del self._unusable[name]
        for name, type_name in found.items():
            self._try_visit(name, type_name, now_sec)
        for name in self._entries.keys() - found.keys():
            if self.topic_filter.accepts(name):
                self._age(name, now_sec)
            else:
                self._drop(name)
        for entry in self._entries.values():
            entry.subscriptions.retire(now_sec)

    def _wanted_topics(self) -> list[tuple[str, str]]:
        wanted = []
        for name, known_types in self._node.get_topic_names_and_types():
            if name.startswith(self._own_prefix) or not self.topic_filter.accepts(name):
                continue
            published = self._published_types(name) if len(known_types) > 1 else []
            types = published or known_types
            type_name = self.topic_filter.choose_type(types, self._preferred_types)
            if type_name is None:
                continue
            if len(types) > 1 and name not in self._ambiguous:
                self._ambiguous.add(name)
                _log.warning(
                    '%s has several types (%s): showing the messages of %s; give the others '
                    'a topic of their own',
                    name,
                    ', '.join(types),
                    type_name,
                )
            wanted.append((name, type_name))
        return wanted

    def _published_types(self, name: str) -> list[str]:
        """Return the types that others publish, since those who listen may expect another one."""
        found = {info.topic_type for info in self._publishers(name)}
        entry = self._entries.get(name)
        if not found and entry:
            return [entry.subscriptions.topic.type_name]
        return sorted(found)

    def _try_visit(self, name: str, type_name: str, now_sec: float) -> None:
        """Visit a topic; if that fails, leave it alone until something has changed."""
        try:
            self._visit(name, type_name, now_sec)
        except UnsupportedTypeError as exc:
            self._give_up(name, _Unusable(type_name, lacks_package=True))
            package = type_name.partition('/')[0]
            if package not in self._missing_packages:
                self._missing_packages.add(package)
                _log.warning('%s is not shown: %s', name, exc)
        except RerunBridgeError as exc:
            self._give_up(name, _Unusable(type_name, lacks_package=False))
            _log.warning('%s is not shown: %s', name, exc)
        except Exception:  # noqa: BLE001 - one topic must not end the others
            self._give_up(name, _Unusable(type_name, lacks_package=False))
            _log.exception('%s (%s) cannot be subscribed', name, type_name)

    def _give_up(self, name: str, reason: _Unusable) -> None:
        self._unusable[name] = reason
        if name in self._entries:
            self._drop(name)

    def _visit(self, name: str, type_name: str, now_sec: float) -> None:
        """Bring the subscriptions to one topic up to date."""
        entry = self._entries.get(name)
        if entry and entry.subscriptions.topic.type_name != type_name:
            # The next scan subscribes: DDS refuses a second type while the first one is held.
            self._drop(name)
            return
        num_publishers = self._node.count_publishers(name)
        if entry and self._is_settled(name, entry, num_publishers):
            return
        if not entry and (not num_publishers or self._is_given_up(name, type_name)):
            return
        offers = self._offers(name, type_name)
        if offers:
            self._subscribe(name, type_name, offers, now_sec)
            entry = self._entries[name]
            entry.signature = self._signature(name, entry, num_publishers)
            entry.vanished_at_sec = None
            if self._unusable.pop(name, None):
                _log.info('%s is shown from now on', name)
        elif entry:
            self._age(name, now_sec)

    def _is_settled(self, name: str, entry: _Entry, num_publishers: int) -> bool:
        signature = self._signature(name, entry, num_publishers)
        is_unchanged = num_publishers > 0 and signature == entry.signature
        return is_unchanged and entry.vanished_at_sec is None and not self._has_turn(name)

    def _signature(self, name: str, entry: _Entry, num_publishers: int) -> tuple[object, ...]:
        """Return what tells that other subscriptions may be needed."""
        return num_publishers, self._overrides(name), *entry.subscriptions.num_matched

    def _overrides(self, name: str) -> Mapping[str, str | int]:
        return self.qos_overrides.get(name, {})

    def _is_given_up(self, name: str, type_name: str) -> bool:
        found = self._unusable.get(name)
        if found is None or found.type_name != type_name:
            return False
        return not (found.lacks_package and self._has_turn(name))

    def _has_turn(self, name: str) -> bool:
        return (self._num_scans + hash(name)) % _FULL_SCAN_EVERY == 0

    def _subscribe(
        self, name: str, type_name: str, offers: list[PublisherQos], now_sec: float
    ) -> None:
        entry = self._entries.get(name)
        is_latched = all(offer.is_latched for offer in offers)
        # A topic that was latched goes on as such beside a publisher that is not: a new converter
        # would end what the others have drawn, and these do not send it again.
        if entry is None or (is_latched and not entry.subscriptions.topic.is_latched):
            message_class = find_message_class(type_name)
            topic = self._make_topic(name, message_class, is_latched=is_latched)
            if entry is None:
                entry = _Entry(Subscriptions(topic, message_class, self._intake))
                self._entries[name] = entry
        entry.subscriptions.update(offers, now_sec, self._overrides(name))

    def _offers(self, name: str, type_name: str) -> list[PublisherQos]:
        """Ask what the others publish on a topic with one type."""
        return [_offer(info) for info in self._publishers(name) if info.topic_type == type_name]

    def _publishers(self, name: str) -> list[Any]:
        return [
            info
            for info in self._node.get_publishers_info_by_topic(name)
            if (info.node_name, info.node_namespace) != self._own_names
        ]

    def _age(self, name: str, now_sec: float) -> None:
        """Unsubscribe once the publishers have been gone for a while."""
        entry = self._entries[name]
        if entry.vanished_at_sec is None:
            entry.vanished_at_sec = now_sec
        elif now_sec - entry.vanished_at_sec >= _GRACE_SEC:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._entries.pop(name).subscriptions.close()


def _offer(info: Any) -> PublisherQos:  # noqa: ANN401 - rclpy has no types
    qos = info.qos_profile
    return PublisherQos(
        qos.reliability == ReliabilityPolicy.RELIABLE,
        qos.durability == DurabilityPolicy.TRANSIENT_LOCAL,
    )
