# SPDX-License-Identifier: Apache-2.0
"""The status is fit for JSON, and what is wrong shows in the diagnosis."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rerun_bridge.node.sample import Sample
from rerun_bridge.node.status import findings, StatusReporter
from rerun_bridge.node.topic import NO_COUNTS, Topic
from rerun_bridge.node.topic_queue import QueueSet
from rerun_bridge.sinks import SinkState, SinkStatus
from test.unit.node.converters import NeverDue

if TYPE_CHECKING:
    from typing import Any

    from rerun_bridge.chunk import Rows


class Never(NeverDue):
    """A converter that is not used."""

    def convert(self, data: bytes, **_times: int) -> list[Rows]:
        raise AssertionError(data)


def make_topic(*numbers: int, type_name: str = 'a/msg/N') -> Topic:
    topic = Topic('/n', type_name, Never(), QueueSet(1 << 20), is_heavy=False)
    for number in numbers:
        topic.receive(Sample(b'abc', number, number, number, b'p'))
    return topic


def report(
    reporter: StatusReporter, topics: Topic | list[Topic], *sinks: SinkStatus, **unusable: str
) -> dict[str, Any]:
    return reporter.report(
        sinks=sinks,
        topics=topics if isinstance(topics, list) else [topics],
        forgotten=(0, NO_COUNTS),
        num_heard={'/n': 2},
        unusable=unusable,
        recording_id='id',
        dropped_rows=0,
        is_paused=False,
    )


def test_all_figures_are_fit_for_json() -> None:
    sink = SinkStatus('save:/a.rrd', SinkState.OPEN, sent_messages=5)
    status = report(StatusReporter(), make_topic(1, 2), sink, bad='x/msg/Y')
    assert json.loads(json.dumps(status)) == status
    assert status['sinks'][0]['state'] == 'open'
    assert status['topics']['/n']['publishers'] == 2
    assert status['topics']['/n']['received'] == 2
    assert status['topics']['/n']['waiting'] == 2
    assert status['topics']['/n']['num_bytes'] == 6
    assert status['unusable_topics'] == {'bad': 'x/msg/Y'}


def test_rates_are_those_since_the_last_report() -> None:
    reporter = StatusReporter()
    topic = make_topic(1, 2)
    assert report(reporter, topic)['topics']['/n']['rate'] > 0
    assert report(reporter, topic)['topics']['/n']['rate'] == 0
    assert report(reporter, topic)['topics']['/n']['bytes_per_sec'] == 0


def test_a_name_with_several_types_is_reported_as_one() -> None:
    reporter = StatusReporter()
    text, number = make_topic(1, 2, 4), make_topic(1, type_name='a/msg/M')
    figures = report(reporter, [text, number])['topics']['/n']
    assert (figures['type'], figures['received'], figures['lost']) == ('a/msg/M', 4, 1)
    figures = report(reporter, [number, text])['topics']['/n']
    assert (figures['type'], figures['received'], figures['rate']) == ('a/msg/N', 4, 0)
    assert figures['bytes_per_sec'] == 0


def test_when_all_is_well_there_is_one_finding_per_sink_and_one_for_the_topics() -> None:
    sink = SinkStatus('save:/a.rrd', SinkState.OPEN)
    found = findings(report(StatusReporter(), make_topic(1), sink))
    assert [(finding.name, finding.is_good) for finding in found] == [
        ('save:/a.rrd', True),
        ('topics', True),
    ]


def test_what_is_wrong_is_found() -> None:
    sink = SinkStatus(
        'connect:x', SinkState.RECONNECTING, dropped_rows=3, error='nothing answers at x'
    )
    found = findings(report(StatusReporter(), make_topic(1, 4), sink, bad='x/msg/Y'))
    assert [finding.is_good for finding in found] == [False, False, False]
    assert found[0].summary.startswith('nothing answers at x; 3 rows were dropped')
    assert '1 cannot be shown' in found[1].summary
    assert found[1].values['unusable bad'] == 'x/msg/Y'
    assert found[2].name == '/n'
    assert found[2].summary == '2 messages were lost in the middleware'
    assert found[2].values == {'received': 2, 'lost': 2}


def test_a_server_tells_who_watches_and_for_whom_it_dropped() -> None:
    sink = SinkStatus('serve:9090', SinkState.OPEN, receivers=2, dropped_rows=7)
    status = report(StatusReporter(), make_topic(1), sink)
    assert status['sinks'][0]['receivers'] == 2
    found = findings(status)[0]
    assert found.summary == (
        'open, viewers: 2; 7 rows were dropped because a viewer did not keep up'
    )
    assert found.values['receivers'] == 2
    assert not found.is_good
