# SPDX-License-Identifier: Apache-2.0
"""Messages that are converted together become the rows that they become one by one."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import Any, TYPE_CHECKING

from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge.cdr import MessageShape
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import columns_of, to_cdr, topic_converter

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters import TopicConverter

IMU, JOINTS, TF = 'sensor_msgs/msg/Imu', 'sensor_msgs/msg/JointState', 'tf2_msgs/msg/TFMessage'
START = 1_800_000_000_000_000_000
numbers = st.floats(width=64)
usual = st.floats(-100, 100) | st.just(0.0)
any_number = usual | numbers
stamps = st.builds(lambda sec: {'sec': 1_700_000_000 + sec, 'nanosec': sec}, st.integers(0, 9))
odd_stamps = st.sampled_from(
    [{}, {'sec': 5}, {'sec': -1}, {'nanosec': 2_000_000_000}, {'sec': 1_700_000_000}]
)


def vector(number: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries(dict.fromkeys('xyz', number))


quaternion = st.fixed_dictionaries(dict.fromkeys('xyzw', any_number))
frames = st.sampled_from(['base', 'base', '/base', 'imu'])


@st.composite
def imus(draw: st.DrawFn) -> dict[str, Any]:
    covariance = [draw(st.sampled_from([0.0, 0.0, 0.0, -1.0])), *[0.5] * 8]
    return {
        'header': {'stamp': draw(stamps | odd_stamps), 'frame_id': draw(frames)},
        'orientation': draw(quaternion),
        'orientation_covariance': covariance,
        'angular_velocity': draw(vector(any_number)),
        'linear_acceleration': draw(vector(any_number)),
    }


@st.composite
def joint_states(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.sampled_from([['a', 'b'], ['a', 'b'], ['a', 'b'], ['elbow'], []]))
    lists = st.lists(any_number, min_size=len(names), max_size=len(names))
    return {
        'header': {'stamp': draw(stamps | odd_stamps)},
        'name': names,
        'position': draw(lists),
        'velocity': draw(lists | st.just([])),
        'effort': draw(lists),
    }


@st.composite
def transform_lists(draw: st.DrawFn) -> dict[str, Any]:
    children = draw(st.sampled_from([['a', 'bc'], ['a', 'bc'], ['a', 'bc'], ['a'], []]))
    transforms = [
        {
            'header': {'stamp': draw(stamps | odd_stamps), 'frame_id': 'map'},
            'child_frame_id': child,
            'transform': {'translation': draw(vector(any_number)), 'rotation': draw(quaternion)},
        }
        for child in children
    ]
    return {'transforms': transforms}


MESSAGES = {IMU: imus(), JOINTS: joint_states(), TF: transform_lists()}


def table_of(all_rows: list[Rows]) -> dict[Any, list[Any]]:
    """Take rows apart, so that it does not matter how they were put together."""
    table: dict[Any, list[Any]] = defaultdict(list)
    for rows in all_rows:
        columns = columns_of(rows)
        columns.pop('rerun.controls.RowId')
        key = rows.entity_path, rows.is_retained, tuple(columns)
        table[key] += [repr(row) for row in zip(*columns.values())]  # noqa: B905 - a table
    return dict(table)


def one_by_one(converter: TopicConverter, datas: list[bytes], first: int) -> list[Rows]:
    rows: list[Rows] = []
    for i, data in enumerate(datas, first):
        with suppress(ConversionError):
            rows += converter.convert(
                data, log_time_nanos=START + i, publish_time_nanos=(START - i) * (i % 3)
            )
    return rows


def together(converter: TopicConverter, datas: list[bytes], first: int) -> list[Rows] | None:
    numbers = range(first, first + len(datas))
    return converter.convert_many(
        datas, [START + i for i in numbers], [(START - i) * (i % 3) for i in numbers]
    )


@pytest.mark.parametrize('type_name', list(MESSAGES))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_rows_are_the_same(type_name: str, data: st.DataObject) -> None:
    messages = data.draw(st.lists(MESSAGES[type_name], min_size=1, max_size=12))
    sizes = data.draw(st.lists(st.integers(1, 6), max_size=6))
    datas = [to_cdr(type_name, fields) for fields in messages]
    expected = one_by_one(topic_converter(type_name), datas, 0)
    converter = topic_converter(type_name)
    rows: list[Rows] = []
    at = 0
    for size in [*sizes, len(datas)]:
        batch = datas[at : at + size]
        if batch:
            found = together(converter, batch, at)
            rows += one_by_one(converter, batch, at) if found is None else found
            at += len(batch)
    assert table_of(rows) == table_of(expected)


def alike(type_name: str, count: int, **change: object) -> list[bytes]:
    covariance = [0.1] * 9
    fields: dict[str, dict[str, Any]] = {
        IMU: {'header': {'frame_id': 'imu'}, 'orientation_covariance': covariance},
        JOINTS: {'name': ['a', 'bc'], 'position': [1.0, 2.0], 'effort': [0.0, 0.5]},
        TF: {'transforms': [{'child_frame_id': child} for child in ('a', 'bcd', 'e')]},
    }
    return [to_cdr(type_name, {**fields[type_name], **change}) for _ in range(count)]


@pytest.mark.parametrize('type_name', list(MESSAGES))
def test_messages_that_are_alike_are_converted_together(type_name: str) -> None:
    converter = topic_converter(type_name)
    datas = alike(type_name, 50)
    assert together(converter, datas, 0) is None, 'there is nothing that they are like'
    one_by_one(converter, datas[:1], 0)
    rows = together(converter, datas[1:], 1)
    assert rows
    per_message = 3 if type_name == TF else 1
    assert {each.num_rows for each in rows} == {49 * per_message}


@pytest.mark.parametrize('type_name', list(MESSAGES))
def test_messages_that_come_alone_between_cost_no_new_table(
    type_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = []

    def note(*args: Any) -> MessageShape:  # noqa: ANN401 - those of the class
        shapes.append(MessageShape(*args))
        return shapes[-1]

    monkeypatch.setattr('rerun_bridge.converters.bulk.MessageShape', note)
    converter = topic_converter(type_name)
    datas = alike(type_name, 3)
    for i in range(5):
        one_by_one(converter, datas[:1], 3 * i)
        assert together(converter, datas[1:], 3 * i + 1)
    assert len(shapes) == 1


def test_other_names_are_converted_by_themselves() -> None:
    converter = topic_converter(JOINTS)
    datas = alike(JOINTS, 3)
    one_by_one(converter, datas, 0)
    others = alike(JOINTS, 3, name=['x', 'yz'])
    assert together(converter, others, 3) is None
    one_by_one(converter, others[:1], 3)
    rows = together(converter, others[1:], 4)
    assert rows
    assert {each.entity_path for each in rows} == {'/topic/position/2', '/topic/effort/2'}


def test_publishers_that_take_turns_are_not_tried_for_ever() -> None:
    converter = topic_converter(JOINTS)
    (a, b, c), (d, *_) = alike(JOINTS, 3), alike(JOINTS, 1, name=['x', 'yz'])
    for i in range(20):
        one_by_one(converter, [a, d], 2 * i)
        together(converter, [a, d], 2 * i)
    one_by_one(converter, [a], 100)
    assert together(converter, [b, c], 101) is None


def test_damaged_messages_are_not_together() -> None:
    converter = topic_converter(IMU)
    datas = alike(IMU, 4)
    one_by_one(converter, datas[:1], 0)
    assert together(converter, [datas[1], datas[2][:50]], 1) is None
    assert together(converter, datas[2:], 3)


def test_static_transforms_are_not_together() -> None:
    converter = topic_converter(TF, '/tf_static')
    datas = alike(TF, 4)
    one_by_one(converter, datas[:1], 0)
    assert together(converter, datas[1:], 1) is None


def test_nothing_of_the_past_remains_after_a_reset() -> None:
    converter = topic_converter(IMU)
    datas = alike(IMU, 4)
    one_by_one(converter, datas[:1], 0)
    converter.reset()
    assert together(converter, datas[1:], 1) is None
