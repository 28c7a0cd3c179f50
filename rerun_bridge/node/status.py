# SPDX-License-Identifier: Apache-2.0
"""What the node tells about itself: plain data, and what of it is worth a diagnosis."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
import time
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.node.topic import added

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rerun_bridge.node.topic import Topic, TopicCounts
    from rerun_bridge.sinks import SinkStatus

_TROUBLES: Mapping[str, str] = {
    'failed': 'messages could not be converted',
    'dropped': 'messages were dropped because the conversion did not keep up',
    'lost': 'messages were lost in the middleware',
}
_SERVER = 'serve:'
_name = attrgetter('name')
_GOOD_STATES = frozenset({'open', 'closed'})


class Finding(NamedTuple):
    """
    One entry of the diagnostics.

    Attributes
    ----------
    name
        What it is about.
    summary
        One line.
    values
        The figures.
    is_good
        Whether all is well.

    """

    name: str
    summary: str
    values: dict[str, Any]
    is_good: bool


class StatusReporter:
    """Makes the status of the node; keeps what rates are computed from."""

    def __init__(self) -> None:
        self._last_sec = time.monotonic()
        self._last: dict[str, tuple[int, int]] = {}
        self._now: dict[str, tuple[int, int]] = {}

    def report(  # noqa: PLR0913 - all that a status has
        self,
        *,
        sinks: Iterable[SinkStatus],
        topics: Iterable[Topic],
        forgotten: tuple[int, TopicCounts],
        num_heard: Mapping[str, int],
        unusable: Mapping[str, str],
        recording_id: str,
        dropped_rows: int,
        is_paused: bool,
    ) -> dict[str, Any]:
        """
        Collect all figures.

        Parameters
        ----------
        sinks
            Of the open sinks.
        topics
            All that are or were subscribed. Those of one name, which had several types one after
            the other, are reported as one, of the type of the last.
        forgotten
            How many others there were, and what became of their messages together.
        num_heard
            Publishers of those that are, by name.
        unusable
            Topics that cannot be subscribed, and their types.
        recording_id
            Of the recording.
        dropped_rows
            Given up by all sinks together, closed ones included.
        is_paused
            Whether what arrives is dropped until it is resumed.

        Returns
        -------
        dict
            Fit for JSON. `rate` and `bytes_per_sec` are those since the last call;
            `latency_ms` is a moving average from publishing to logging.

        """
        now_sec = time.monotonic()
        elapsed_sec = max(1e-3, now_sec - self._last_sec)
        self._last_sec = now_sec
        self._last, self._now = self._now, {}
        num_forgotten, forgotten_counts = forgotten
        return {
            'recording_id': recording_id,
            'dropped_rows': dropped_rows,
            'paused': is_paused,
            'sinks': [{**asdict(sink), 'state': sink.state.value} for sink in sinks],
            'topics': {
                name: {
                    'publishers': num_heard.get(name, 0),
                    **self._figures(list(same), elapsed_sec),
                }
                for name, same in groupby(sorted(topics, key=_name), _name)
            },
            'forgotten_topics': {'number': num_forgotten, **forgotten_counts._asdict()},
            'unusable_topics': dict(sorted(unusable.items())),
        }

    def _figures(self, topics: Sequence[Topic], elapsed_sec: float) -> dict[str, Any]:
        topic = topics[-1]
        counts = added(*(each.counts() for each in topics))
        received, num_bytes = self._last.get(topic.name, (0, 0))
        self._now[topic.name] = counts.received, counts.num_bytes
        return {
            'type': topic.type_name,
            **counts._asdict(),
            'rate': round((counts.received - received) / elapsed_sec, 2),
            'bytes_per_sec': round((counts.num_bytes - num_bytes) / elapsed_sec),
            'latency_ms': round(topic.latency_sec * 1e3, 3),
        }


def findings(status: Mapping[str, Any]) -> list[Finding]:
    """
    Pick what a diagnosis shows: all sinks, all topics together, and each topic in trouble.

    Parameters
    ----------
    status
        From `StatusReporter`.

    Returns
    -------
    list of Finding
        For `/diagnostics`.

    """
    topics: Mapping[str, Mapping[str, Any]] = status['topics']
    found = [_of_sink(sink) for sink in status['sinks']]
    found.append(_of_all(topics, status['unusable_topics'], is_paused=status['paused']))
    for name, figures in topics.items():
        troubles = {key: figures[key] for key in _TROUBLES if figures[key]}
        if troubles:
            summary = '; '.join(f'{count} {_TROUBLES[key]}' for key, count in troubles.items())
            values = {'received': figures['received'], **troubles}
            found.append(Finding(name, summary, values, is_good=False))
    return found


def _of_sink(sink: Mapping[str, Any]) -> Finding:
    values = {key: value for key, value in sink.items() if key != 'target'}
    summary = sink['error'] or sink['state']
    slow = 'it'
    if sink['target'].startswith(_SERVER):
        summary += f', viewers: {sink["receivers"]}'
        slow = 'a viewer'
    if sink['dropped_rows']:
        summary += f'; {sink["dropped_rows"]} rows were dropped because {slow} did not keep up'
    is_good = sink['state'] in _GOOD_STATES and not sink['dropped_rows']
    return Finding(sink['target'], summary, values, is_good)


def _of_all(
    topics: Mapping[str, Mapping[str, Any]], unusable: Mapping[str, str], *, is_paused: bool
) -> Finding:
    values = {
        'topics': len(topics),
        'rate': round(sum(figures['rate'] for figures in topics.values()), 2),
        'bytes_per_sec': sum(figures['bytes_per_sec'] for figures in topics.values()),
        **{f'unusable {name}': type_name for name, type_name in unusable.items()},
    }
    summary = f'{len(topics)} topics{", paused" if is_paused else ""}'
    if unusable:
        summary += f'; {len(unusable)} cannot be shown, the log of the node says why'
    return Finding('topics', summary, values, not unusable)
