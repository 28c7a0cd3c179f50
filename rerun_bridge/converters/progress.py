# SPDX-License-Identifier: Apache-2.0
"""What nodes, actions and bonds are doing, as lanes of states; their parameters; the clock."""

from __future__ import annotations

from itertools import count
import math
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import TextLog
from rerun_bridge.converters.base import (
    child_path,
    converts,
    converts_each,
    Entry,
    SCALARS,
    series,
)
from rerun_bridge.converters.stamps import NANOS_PER_SEC, stamp_nanos
from rerun_bridge.converters.states import BLUE, GRAY, GREEN, Lane, ORANGE, RED, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_LIFECYCLE = Lane(
    {
        'unknown': State('unknown', GRAY),
        'unconfigured': State('unconfigured', GRAY),
        'inactive': State('inactive', ORANGE),
        'active': State('active', GREEN),
        'finalized': State('finalized', GRAY),
        'errorprocessing': State('errorprocessing', RED),
    }
)
_GOALS = Lane(
    {
        0: State('UNKNOWN', GRAY),
        1: State('ACCEPTED', BLUE),
        2: State('EXECUTING', BLUE),
        3: State('CANCELING', ORANGE),
        4: State('SUCCEEDED', GREEN),
        5: State('CANCELED', ORANGE),
        6: State('ABORTED', RED),
    }
)
_BONDS = Lane({True: State('active', GREEN), False: State('broken', RED)})
_BOOL, _INTEGER, _DOUBLE = 1, 2, 3
_FIELDS: Mapping[int, str] = {
    1: 'bool_value',
    2: 'integer_value',
    3: 'double_value',
    4: 'string_value',
    5: 'byte_array_value',
    6: 'bool_array_value',
    7: 'integer_array_value',
    8: 'double_array_value',
    9: 'string_array_value',
}
_STATISTICS: Mapping[int, str] = {
    1: 'average',
    2: 'minimum',
    3: 'maximum',
    4: 'standard deviation',
    5: 'samples',
}
_MIN_CLOCK_NANOS = NANOS_PER_SEC // 2
_MAX_TEXT = 200


@converts_each('lifecycle_msgs/msg/TransitionEvent')
def transition_event(message: Message) -> Iterator[Entry]:
    """Make `StateChange` of the state that the node goes to."""
    return _LIFECYCLE.entries(message.goal_state.label)


@converts('action_msgs/msg/GoalStatusArray')
def goal_status_array(topic: Topic) -> Convert:  # noqa: ARG001
    """Make a lane of `StateChange` for each goal that is known at the same time."""
    last: dict[bytes, tuple[int, int]] = {}

    def convert(message: Message) -> Iterator[Entry]:
        nonlocal last
        seen = {bytes(each.goal_info.goal_id.uuid): each.status for each in message.status_list}
        # Servers forget goals after a while; their lanes are for new ones then.
        taken = {lane for goal, (lane, _) in last.items() if goal in seen}
        free = (lane for lane in count(1) if lane not in taken)
        lanes = {goal: last[goal][0] if goal in last else next(free) for goal in seen}
        for goal, status in seen.items():
            if last.get(goal) != (lanes[goal], status):
                yield from _GOALS.entries(status, child_path(f'goal_{lanes[goal]}'))
        last = {goal: (lanes[goal], status) for goal, status in seen.items()}

    return convert


@converts_each('bond/msg/Status')
def bond_status(message: Message) -> Iterator[Entry]:
    """Make a lane of `StateChange` for each partner of a bond."""
    path = child_path(*filter(None, (message.id, message.instance_id)))
    return _BONDS.entries(message.active, path)


@converts_each('rcl_interfaces/msg/ParameterEvent')
def parameter_event(message: Message) -> Iterator[Entry]:
    """Make `TextLog` of each change, and `Scalars` of numbers, on an entity per parameter."""
    node = [part for part in message.node.split('/') if part]
    changes = (
        ('new', message.new_parameters),
        ('changed', message.changed_parameters),
        ('deleted', message.deleted_parameters),
    )
    for change, parameters in changes:
        for each in parameters:
            path = child_path(*node, each.name)
            value = _value(each.value)
            text = f'{change}: {message.node} {each.name}'
            if change != 'deleted':
                text = f'{text} = {str(value)[:_MAX_TEXT]}'
                if each.value.type in {_BOOL, _INTEGER, _DOUBLE}:
                    yield Entry(SCALARS(float(value)), path)  # type: ignore[arg-type]
            yield Entry(TextLog.from_fields(text=text, level='INFO'), path)


@converts('rosgraph_msgs/msg/Clock')
def clock(topic: Topic) -> Convert:
    """Make `Scalars`: how fast simulated time goes, 1 being as fast as real time."""
    last: tuple[int, int] | None = None

    def convert(message: Message) -> Iterator[Entry]:
        nonlocal last
        now = stamp_nanos(message.clock), topic.schedule.now_nanos
        if last is None or now[1] < last[1] or now[0] < last[0]:
            last = now
        elif now[1] - last[1] >= _MIN_CLOCK_NANOS:
            factor = (now[0] - last[0]) / (now[1] - last[1])
            last = now
            yield Entry(series('real-time factor'), is_static=True)
            yield Entry(SCALARS(factor))

    return convert


@converts_each('statistics_msgs/msg/MetricsMessage')
def metrics(message: Message) -> Iterator[Entry]:
    """Make `Scalars` of each statistic, on an entity per source and metric."""
    path = child_path(message.measurement_source_name, message.metrics_source)
    for point in message.statistics:
        name = _STATISTICS.get(point.data_type)
        if name is not None and math.isfinite(point.data):
            where = path + child_path(name)
            yield Entry(series(f'{name} [{message.unit}]'), where, is_static=True)
            yield Entry(SCALARS(point.data), where)


def _value(value: Message) -> object:
    name = _FIELDS.get(value.type)
    if name is None:
        return None
    found: Any = getattr(value, name)
    return found.tolist() if isinstance(found, np.ndarray) else found
