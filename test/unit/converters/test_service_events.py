# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.converters import TopicOptions
from test.unit.converters.ros_messages import columns_of, convert, LOG_TIME, SEC

EVENT = 'std_srvs/srv/SetBool_Event'
STRUCT = 'std_srvs.srv.SetBool_Event:message'


def event(kind: int, **parts: Any) -> dict[str, Any]:  # noqa: ANN401
    info = {'event_type': kind, 'stamp': {'sec': SEC}, 'sequence_number': 7}
    return {'info': info, **parts}


@pytest.mark.parametrize(
    ('fields', 'text'),
    [
        (event(0), 'request sent #7'),
        (
            event(1, request=[{'data': True}]),
            'request received #7: SetBool_Request(data=True)',
        ),
        (
            event(2, response=[{'message': 'ok'}]),
            "response sent #7: SetBool_Response(success=False, message='ok')",
        ),
        (event(3), 'response received #7'),
        (event(9), 'event 9 #7'),
    ],
)
def test_words_beside_the_struct(fields: dict[str, Any], text: str) -> None:
    struct, words = convert(EVENT, fields)
    columns = columns_of(struct)
    assert columns['ros2_timestamp'] == [LOG_TIME]
    assert columns[STRUCT][0][0]['info']['sequence_number'] == 7
    columns = columns_of(words)
    assert words.entity_path == '/topic'
    assert columns['TextLog:text'] == [[text]]
    assert columns['ros2_timestamp'] == [SEC * 10**9]


def test_long_contents_are_cut() -> None:
    fields = event(2, response=[{'message': 'x' * 100_000}])
    assert len(columns_of(convert(EVENT, fields)[1])['TextLog:text'][0][0]) == 500


def test_restamped() -> None:
    _, words = convert(EVENT, event(0), options=TopicOptions(restamp=True))
    assert columns_of(words)['ros2_timestamp'] == [LOG_TIME]
