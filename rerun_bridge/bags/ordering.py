# SPDX-License-Identifier: Apache-2.0
"""
From parts of bags to messages in the order of time.

Parts come in the order of their first times, so a message can go on when it is earlier than the
part that comes next. That sorts chunks that overlap, split bags and bags of several recorders
alike, with no more in memory than what overlaps.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rerun_bridge.bags.model import RecordedMessage

MAX_WAITING_BYTES = 512 << 20
_EACH_COUNTS = frozenset({'tf2_msgs/msg/TFMessage'})
"""Types of which not only the last latched message holds."""
_log_time = attrgetter('log_time_nanos')


def in_order(
    parts: Iterable[tuple[int, Sequence[RecordedMessage]]],
    max_waiting_bytes: int = MAX_WAITING_BYTES,
) -> Iterator[RecordedMessage]:
    """
    Sort messages.

    Parameters
    ----------
    parts
        First log time and messages of each; the first times ascend.
    max_waiting_bytes
        What is kept in memory at most; if parts overlap by more, the order is not perfect.

    Yields
    ------
    RecordedMessage
        In the order of log times; those of the same time in the order in which they came.

    """
    waiting: list[RecordedMessage] = []
    for start_nanos, messages in parts:
        num_ready = bisect_left(waiting, start_nanos, key=_log_time)
        yield from waiting[:num_ready]
        overlap = waiting[num_ready:]
        waiting = [*overlap, *messages]
        waiting.sort(key=_log_time)
        if overlap and sum(len(message.data) for message in waiting) > max_waiting_bytes:
            yield from waiting
            waiting = []
    yield from waiting


def latched_first(
    messages: Iterator[RecordedMessage], start_nanos: int
) -> Iterator[RecordedMessage]:
    """
    Let messages begin at a time, with what late subscribers would get then.

    Parameters
    ----------
    messages
        In order.
    start_nanos
        Log time to begin at.

    Yields
    ------
    RecordedMessage
        Of each latched topic the last message before that time (all, if they are transforms),
        then what comes from that time on.

    """
    held: dict[tuple[str, str], list[RecordedMessage]] = {}
    first: RecordedMessage | None = None
    for message in messages:
        if message.log_time_nanos >= start_nanos:
            first = message
            break
        topic = message.topic
        if topic.is_latched:
            kept = held.setdefault((topic.name, topic.type_name), [])
            if topic.type_name not in _EACH_COUNTS:
                kept.clear()
            kept.append(message)
    yield from sorted((each for kept in held.values() for each in kept), key=_log_time)
    if first is not None:
        yield first
    yield from messages
