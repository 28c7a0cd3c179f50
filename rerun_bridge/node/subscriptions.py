# SPDX-License-Identifier: Apache-2.0
"""The subscriptions of one topic, kept in step with its publishers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rerun_bridge.node.qos import choose_subscriptions, default_depth, unheard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rerun_bridge.node.intake import Feed, Intake
    from rerun_bridge.node.qos import PublisherQos, SubscriptionQos
    from rerun_bridge.node.topic import Topic

_log = logging.getLogger('rerun_bridge.node')
_OVERLAP_SEC = 2.0


class Subscriptions:
    """
    Hears all publishers of a topic.

    When publishers or overrides change and other subscriptions are needed, the old ones live on
    until the new ones had time to be matched; messages that both hear are counted once.

    Parameters
    ----------
    topic
        Where messages go.
    message_class
        Of its type.
    intake
        What to subscribe with.

    """

    def __init__(self, topic: Topic, message_class: type, intake: Intake) -> None:
        self.topic = topic
        self._message_class = message_class
        self._intake = intake
        self._feeds: dict[SubscriptionQos, Feed] = {}
        self._retired: list[tuple[float, Feed]] = []
        self._warned_of: set[PublisherQos] = set()

    @property
    def num_matched(self) -> tuple[int | None, ...]:
        """How many publishers each subscription hears; None where ROS 2 does not tell."""
        return tuple(feed.num_matched for feed in self._feeds.values())

    def update(
        self,
        publishers: Sequence[PublisherQos],
        now_sec: float,
        overrides: Mapping[str, str | int],
    ) -> None:
        """
        Subscribe so that these publishers are heard.

        Parameters
        ----------
        publishers
            What all publishers of the topic offer.
        now_sec
            Time on a clock that never goes back.
        overrides
            Policies that the user decided.

        """
        wanted = choose_subscriptions(
            publishers, depth=default_depth(self.topic.type_name), overrides=overrides
        )
        self.topic.loss.num_publishers = len(publishers)
        for qos in wanted:
            if qos not in self._feeds:
                _log.debug('subscribing to %s (%s)', self.topic.name, qos)
                self._feeds[qos] = self._intake.add(
                    self._message_class, self.topic.name, qos, self.topic.receive
                )
        for qos in self._feeds.keys() - set(wanted):
            self._retired.append((now_sec + _OVERLAP_SEC, self._feeds.pop(qos)))
        self._warn(wanted, publishers)

    def retire(self, now_sec: float) -> None:
        """End subscriptions whose successors had time enough."""
        for entry in [entry for entry in self._retired if entry[0] <= now_sec]:
            self._retired.remove(entry)
            self._intake.remove(entry[1])

    def close(self) -> None:
        """End all subscriptions."""
        for feed in (*self._feeds.values(), *(feed for _, feed in self._retired)):
            self._intake.remove(feed)
        self._feeds.clear()
        self._retired.clear()

    def _warn(
        self, subscriptions: Sequence[SubscriptionQos], publishers: Sequence[PublisherQos]
    ) -> None:
        for offer in unheard(subscriptions, publishers):
            if offer not in self._warned_of:
                self._warned_of.add(offer)
                asked = ' and '.join(f'({qos})' for qos in subscriptions)
                _log.warning(
                    '%s: a publisher offers (%s), which a subscription that asks for %s never '
                    'hears; change qos_overrides.%s.subscription',
                    self.topic.name,
                    offer,
                    asked,
                    self.topic.name,
                )
