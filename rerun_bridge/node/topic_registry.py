# SPDX-License-Identifier: Apache-2.0
"""All topics that are or were subscribed, with the converters that the user's options ask for."""

from __future__ import annotations

from dataclasses import replace
import time
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.cdr import definitions_of_class, type_name_of
from rerun_bridge.converters import load_mappings, Shared, TimelineNames, TopicConverter
from rerun_bridge.converters.options import resolve_options
from rerun_bridge.converters.rate_limit import RateLimit
from rerun_bridge.converters.timelines import TimeIndex
from rerun_bridge.node.parameters import topic_options
from rerun_bridge.node.qos import HEAVY_TYPES
from rerun_bridge.node.topic import added, NO_COUNTS, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from rerun_bridge.cdr import Definitions
    from rerun_bridge.converters import TopicOptions
    from rerun_bridge.node.topic import MessageConverter, RowLog, TopicCounts
    from rerun_bridge.node.topic_queue import QueueSet

_KEPT_SEC = 300.0


class Adjustment(NamedTuple):
    """What a topic shall become; made beforehand, so that it cannot fail any more."""

    topic: Topic
    converter: MessageConverter
    options: TopicOptions
    is_latched: bool

    def commit(self, recording: RowLog) -> None:
        """Let it apply to the next message; what waits is logged as it is."""
        self.topic.adopt(self.converter, time.time_ns(), recording)
        self.topic.is_latched = self.is_latched
        self.topic.rate_limit = RateLimit(self.options.max_rate)
        self.topic.options = self.options


class TopicRegistry:
    """
    Makes topics and keeps them, so that their counts outlive their subscriptions.

    Parameters
    ----------
    queues
        Where the messages of all topics wait.
    settings
        Returns all parameters, checked.
    recording
        Where rows go.

    Raises
    ------
    UsageError
        If the names of the timelines are not distinct, or a file of mappings cannot be read.

    """

    def __init__(
        self,
        queues: QueueSet[Topic],
        settings: Callable[[], Mapping[str, Any]],
        recording: RowLog,
    ) -> None:
        self._queues = queues
        self._settings = settings
        self._recording = recording
        names = settings()
        self._timelines = TimelineNames(
            **{field: names[f'timelines.{field}'] for field in TimelineNames._fields}
        )
        TimeIndex(self._timelines)
        self._shared = Shared(
            mappings=load_mappings(names['mappings']), fixed_frame=names['fixed_frame']
        )
        self._topics: dict[tuple[str, str], Topic] = {}
        self._definitions: dict[str, Definitions] = {}
        self._gone_at: dict[tuple[str, str], float] = {}
        self._num_forgotten = 0
        self._forgotten = NO_COUNTS

    @property
    def mapped_types(self) -> frozenset[str]:
        """Get the types that the user has mapped."""
        return self._shared.mappings.type_names

    @property
    def topics(self) -> list[Topic]:
        """All topics, also those that are not subscribed any more; the latest come last."""
        return list(self._topics.values())

    @property
    def forgotten(self) -> tuple[int, TopicCounts]:
        """How many topics were forgotten, and what became of their messages together."""
        return self._num_forgotten, self._forgotten

    def forget_gone(self, subscribed: Collection[str], now_sec: float) -> None:
        """
        Forget topics that have been gone for minutes, but not their counts.

        Parameters
        ----------
        subscribed
            Names of those that are not gone.
        now_sec
            Time on a clock that never goes back.

        """
        for key, topic in list(self._topics.items()):
            if topic.name in subscribed:
                self._gone_at.pop(key, None)
            elif now_sec - self._gone_at.setdefault(key, now_sec) > _KEPT_SEC:
                counts = topic.retire()
                if counts is not None:
                    del self._topics[key], self._gone_at[key]
                    self._num_forgotten += 1
                    self._forgotten = added(self._forgotten, counts)

    def __call__(self, name: str, message_class: type, *, is_latched: bool) -> Topic:
        """
        Make a topic ready to receive.

        Parameters
        ----------
        name
            Fully resolved.
        message_class
            Of its type.
        is_latched
            Whether its publishers keep messages for late subscribers.

        Returns
        -------
        Topic
            The one that was there before, if any; where nothing has changed it goes on with what
            it has drawn.

        Raises
        ------
        UnsupportedTypeError
            If the type contains one that is not installed.
        UsageError
            If an option of the topic cannot be.

        """
        type_name = type_name_of(message_class)
        if type_name not in self._definitions:
            self._definitions[type_name] = definitions_of_class(message_class)
        options = resolve_options(topic_options(self._settings()), name, type_name)
        key = name, type_name
        topic = self._topics.get(key)
        if topic is None:
            converter = self._converter(name, type_name, options, is_latched=is_latched)
            is_heavy = type_name in HEAVY_TYPES
            topic = Topic(name, type_name, converter, self._queues, is_heavy=is_heavy)
            adjustment = Adjustment(topic, converter, options, is_latched)
        else:
            adjustment = self._adjustment(topic, options, is_latched=is_latched)
        self._topics.pop(key, None)
        self._topics[key] = topic
        adjustment.commit(self._recording)
        return topic

    def adjust(self, settings: Mapping[str, Any]) -> list[Adjustment]:
        """
        Prepare the topics whose options change.

        Parameters
        ----------
        settings
            All parameters as they shall be, checked.

        Returns
        -------
        list of Adjustment
            To be committed.

        Raises
        ------
        UsageError
            If an option cannot be.

        """
        chosen = topic_options(settings)
        adjustments = []
        for topic in self._topics.values():
            options = resolve_options(chosen, topic.name, topic.type_name)
            if options != topic.options:
                adjustments.append(self._adjustment(topic, options, is_latched=topic.is_latched))
        return adjustments

    def _adjustment(self, topic: Topic, options: TopicOptions, *, is_latched: bool) -> Adjustment:
        converter = topic.converter
        # A converter has a state that a new one lacks, and knows nothing of rates.
        is_same = replace(options, max_rate=topic.options.max_rate) == topic.options
        if not is_same or is_latched != topic.is_latched:
            converter = self._converter(
                topic.name, topic.type_name, options, is_latched=is_latched
            )
        return Adjustment(topic, converter, options, is_latched)

    def _converter(
        self, name: str, type_name: str, options: TopicOptions, *, is_latched: bool
    ) -> TopicConverter:
        return TopicConverter(
            name,
            type_name,
            self._definitions[type_name],
            options=options,
            timelines=self._timelines,
            shared=self._shared,
            is_latched=is_latched,
        )
