# SPDX-License-Identifier: Apache-2.0
"""Generated source reads as much at a time as it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rerun_bridge.cdr import definitions_of_store, Field, Nested, Primitive, Text
from rerun_bridge.cdr.source import generate

if TYPE_CHECKING:
    from rosbags.typesys.store import Typestore


@pytest.mark.parametrize(
    ('type_name', 'structs'),
    [
        ('geometry_msgs/msg/Pose', {'ddddddd'}),
        ('builtin_interfaces/msg/Time', {'iI'}),
        ('sensor_msgs/msg/Imu', {'iII', 'dddd72xddd72xddd72x'}),
        ('sensor_msgs/msg/LaserScan', {'iII', 'fffffffI', 'I'}),
        ('sensor_msgs/msg/RegionOfInterest', {'IIII?'}),
        ('std_msgs/msg/Empty', set()),
    ],
)
def test_runs(type_name: str, structs: set[str], typestore: Typestore) -> None:
    source = generate(type_name, definitions_of_store(typestore, type_name))
    assert set(source.structs) == structs


def test_padding_inside_a_run_is_known() -> None:
    kinds = ('int8', 'uint16', 'uint8', 'float64', 'bool', 'float32')
    fields = tuple(Field(f'f{number}', Primitive(kind)) for number, kind in enumerate(kinds))
    assert list(generate('x/msg/M', {'x/msg/M': fields}).structs) == ['b1xHB3xd?3xf']
    behind_text = {'x/msg/M': (Field('text', Text()), *fields)}
    assert list(generate('x/msg/M', behind_text).structs) == ['I', 'b', 'HB', 'd?3xf']


def test_each_element_type_has_one_loop(typestore: Typestore) -> None:
    name = 'visualization_msgs/msg/InteractiveMarkerInit'
    source = generate(name, definitions_of_store(typestore, name))
    assert source.text.count('\ndef L') == len(source.loops)
    assert Nested('geometry_msgs/msg/Point') in source.loops
    joints = 'sensor_msgs/msg/JointState'
    assert set(generate(joints, definitions_of_store(typestore, joints)).loops) == {Text()}
