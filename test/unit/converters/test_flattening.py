# SPDX-License-Identifier: Apache-2.0
"""Numbers of types without a converter as series."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from rerun_bridge.cdr import definitions_of_store
from rerun_bridge.converters import TopicConverter, TopicOptions
from test.unit.converters.ros_messages import convert, HEADER, LOG_TIME, values_of

MOTOR = """
float32 speed
bool is_on
string name
builtin_interfaces/Duration age
float64[2] limits
"""
ROBOT = """
std_msgs/Header header
uint8 mode
int64 count
bool is_ready
byte level
string name
float64[3] gains
float32[] free
uint8[<=4] few
float64[17] long
builtin_interfaces/Duration uptime
builtin_interfaces/Time last_seen
geometry_msgs/Vector3 force
Motor main
Motor[] motors
Motor[2] two
string[] names
"""
TYPE = 'my_msgs/msg/Robot'
STRUCT = f'/robot@{TYPE.replace("/", ".")}:message'


@pytest.fixture(scope='module')
def store() -> Any:  # noqa: ANN401 - of rosbags
    store = get_typestore(Stores.ROS2_JAZZY)
    store.register(get_types_from_msg(MOTOR, 'my_msgs/msg/Motor'))
    store.register(get_types_from_msg(ROBOT, TYPE))
    return store


@pytest.fixture
def robot(store: Any) -> Any:  # noqa: ANN401
    t = store.types
    duration = t['builtin_interfaces/msg/Duration']

    def motor(speed: float) -> Any:  # noqa: ANN401
        limits = np.array([1.0, 2.0])
        return t['my_msgs/msg/Motor'](
            speed, is_on=True, name='m', age=duration(1, 0), limits=limits
        )

    return t[TYPE](
        header=t['std_msgs/msg/Header'](t['builtin_interfaces/msg/Time'](5, 6), 'base'),
        mode=3,
        count=-(2**40),
        is_ready=True,
        level=7,
        name='r',
        gains=np.array([1.0, math.nan, 3.0]),
        free=np.arange(5, dtype=np.float32),
        few=np.array([8, 9], np.uint8),
        long=np.zeros(17),
        uptime=duration(-2, 500_000_000),
        last_seen=t['builtin_interfaces/msg/Time'](1, 0),
        force=t['geometry_msgs/msg/Vector3'](0.5, 0.0, -1.0),
        main=motor(4.0),
        motors=[motor(float(i)) for i in range(3)],
        two=[motor(1.5)] * 2,
        names=['a'],
    )


def plots(store: Any, robot: Any, flatten: bool | int, *, little_endian: bool = True) -> Any:  # noqa: ANN401, FBT001
    definitions = definitions_of_store(store, TYPE)
    converter = TopicConverter('/robot', TYPE, definitions, options=TopicOptions(flatten=flatten))
    data = bytes(store.serialize_cdr(robot, TYPE, little_endian=little_endian))
    return values_of(converter.convert(data, log_time_nanos=LOG_TIME, publish_time_nanos=0))


@pytest.mark.parametrize('little_endian', [True, False])
def test_all_numbers(store: Any, robot: Any, *, little_endian: bool) -> None:  # noqa: ANN401
    values = plots(store, robot, True, little_endian=little_endian)  # noqa: FBT003
    assert values[STRUCT][0]['name'] == 'r'
    found = {
        name.partition('@')[0].removeprefix('/robot/'): value
        for name, value in values.items()
        if name.endswith('@Scalars:scalars')
    }
    gains = found.pop('gains')
    assert math.isnan(gains[1])
    assert gains[::2] == [1.0, 3.0]
    assert found == {
        'mode': [3.0],
        'count': [-(2.0**40)],
        'is_ready': [1.0],
        'level': [7.0],
        'free': [0.0, 1.0, 2.0, 3.0, 4.0],
        'few': [8.0, 9.0],
        'uptime': [-1.5],
        'force/x': [0.5],
        'force/y': [0.0],
        'force/z': [-1.0],
        'main/speed': [4.0],
        'main/is_on': [1.0],
        'main/age': [1.0],
        'main/limits': [1.0, 2.0],
        'motors/speed': [0.0, 1.0, 2.0],
        'motors/is_on': [1.0, 1.0, 1.0],
        'two/speed': [1.5, 1.5],
        'two/is_on': [1.0, 1.0],
    }
    assert values['/robot/gains@SeriesLines:names'] == ['[0]', '[1]', '[2]']
    assert values['/robot/few@SeriesLines:names'] == ['[0]', '[1]', '[2]', '[3]']
    assert values['/robot/two/speed@SeriesLines:names'] == ['[0]', '[1]']
    assert '/robot/mode@SeriesLines:names' not in values


def test_arrays_up_to_a_length(store: Any, robot: Any) -> None:  # noqa: ANN401
    values = plots(store, robot, 2)
    plotted = {name.partition('@')[0] for name in values if name.endswith('Scalars:scalars')}
    assert {'/robot/few', '/robot/two/speed', '/robot/main/limits'} < plotted
    assert plotted.isdisjoint({'/robot/gains', '/robot/free', '/robot/motors/speed'})
    longer = plots(store, robot, 17)
    assert len(longer['/robot/long@Scalars:scalars']) == 17


def test_empty_arrays_are_left_out(store: Any, robot: Any) -> None:  # noqa: ANN401
    robot.free, robot.motors = np.empty(0, np.float32), []
    values = plots(store, robot, True)  # noqa: FBT003
    assert not any(name.startswith(('/robot/free', '/robot/motors')) for name in values)


def test_not_unless_wanted(store: Any, robot: Any) -> None:  # noqa: ANN401
    values = plots(store, robot, False)  # noqa: FBT003
    assert STRUCT in values
    assert not any('Scalars' in name for name in values)
    assert not any('Scalars' in name for name in plots(store, robot, 0))


def test_types_with_a_converter_stay_as_they_are() -> None:
    fields = {'header': HEADER, 'temperature': 5.0}
    plain, flat = (
        values_of(convert('sensor_msgs/msg/Temperature', fields, options=TopicOptions(flatten=on)))
        for on in (False, True)
    )
    assert plain == flat
