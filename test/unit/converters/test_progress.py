# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from test.unit.converters.ros_messages import (
    convert,
    LOG_TIME,
    to_cdr,
    topic_converter,
    values_of,
)

GOALS, CLOCK = 'action_msgs/msg/GoalStatusArray', 'rosgraph_msgs/msg/Clock'


def test_lifecycle() -> None:
    fields = {'goal_state': {'label': 'active'}, 'start_state': {'label': 'inactive'}}
    values = values_of(convert('lifecycle_msgs/msg/TransitionEvent', fields))
    assert values['/topic@StateChange:state'] == ['active']
    assert 'unconfigured' in values['/topic@StateConfiguration:values']


def goals(**statuses: int) -> dict[str, Any]:
    return {
        'status_list': [
            {'goal_info': {'goal_id': {'uuid': [int(name[1:])] * 16}}, 'status': status}
            for name, status in statuses.items()
        ]
    }


def test_goals_have_lanes() -> None:
    converter = topic_converter(GOALS)

    def states(**statuses: int) -> dict[str, str]:
        values = values_of(convert(GOALS, goals(**statuses), using=converter))
        return {name: value[0] for name, value in values.items() if 'StateChange' in name}

    first, second = ('/topic/goal_1@StateChange:state', '/topic/goal_2@StateChange:state')
    assert states(g7=2) == {first: 'EXECUTING'}
    assert states(g7=2, g9=1) == {second: 'ACCEPTED'}
    assert states(g7=4, g9=2) == {first: 'SUCCEEDED', second: 'EXECUTING'}
    assert states(g9=99) == {second: '99'}
    assert states() == {}


@pytest.mark.parametrize(('active', 'state'), [(True, 'active'), (False, 'broken')])
def test_bonds(*, active: bool, state: str) -> None:
    fields = {'id': 'a b', 'instance_id': 'x', 'active': active}
    values = values_of(convert('bond/msg/Status', fields))
    assert values['/topic/a\\ b/x@StateChange:state'] == [state]


def parameter(name: str, **value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {'name': name, 'value': value}


def test_parameters() -> None:
    fields = {
        'node': '/ns/arm',
        'new_parameters': [parameter('rate', type=3, double_value=2.5)],
        'changed_parameters': [
            parameter('on', type=1, bool_value=True),
            parameter('name', type=4, string_value='x' * 1000),
            parameter('list', type=8, double_array_value=[1.0, 2.0]),
            parameter('strange', type=99),
        ],
        'deleted_parameters': [parameter('old', type=2, integer_value=3)],
    }
    values = values_of(convert('rcl_interfaces/msg/ParameterEvent', fields))
    assert values['/topic/ns/arm/rate@Scalars:scalars'] == [2.5]
    assert values['/topic/ns/arm/rate@TextLog:text'] == ['new: /ns/arm rate = 2.5']
    assert values['/topic/ns/arm/on@Scalars:scalars'] == [1.0]
    assert len(values['/topic/ns/arm/name@TextLog:text'][0]) < 250
    assert values['/topic/ns/arm/list@TextLog:text'] == ['changed: /ns/arm list = [1.0, 2.0]']
    assert values['/topic/ns/arm/strange@TextLog:text'] == ['changed: /ns/arm strange = None']
    assert values['/topic/ns/arm/old@TextLog:text'] == ['deleted: /ns/arm old']
    assert '/topic/ns/arm/old@Scalars:scalars' not in values


def test_real_time_factor() -> None:
    converter = topic_converter(CLOCK)

    def factor(clock_sec: int, sec: float) -> float | None:
        rows = converter.convert(
            to_cdr(CLOCK, {'clock': {'sec': clock_sec}}),
            log_time_nanos=LOG_TIME + round(sec * 1e9),
            publish_time_nanos=0,
        )
        found = values_of(rows).get('/topic@Scalars:scalars')
        return found and found[0]

    assert factor(10, 0) is None
    assert factor(11, 0.1) is None
    assert factor(12, 1.0) == 2.0
    assert factor(5, 2.0) is None, 'the simulation was started again'
    assert factor(6, 4.0) == 0.5


def test_metrics() -> None:
    fields = {
        'measurement_source_name': 'node',
        'metrics_source': 'age',
        'unit': 'ms',
        'statistics': [
            {'data_type': 1, 'data': 2.5},
            {'data_type': 2, 'data': math.nan},
            {'data_type': 77, 'data': 1.0},
        ],
    }
    values = values_of(convert('statistics_msgs/msg/MetricsMessage', fields))
    assert values == {
        '/topic/node/age/average@SeriesLines:names': ['average [ms]'],
        '/topic/node/age/average@Scalars:scalars': [2.5],
    }
