# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import pytest

from test.unit.converters.ros_messages import (
    columns_of,
    convert,
    HEADER,
    SEC,
    topic_converter,
    values_of,
    without_frames,
)

UPDATE, INIT, FEEDBACK, SINGLE = (
    f'visualization_msgs/msg/InteractiveMarker{name}'
    for name in ('Update', 'Init', 'Feedback', '')
)
HALF = math.sqrt(0.5)
TURNED = {'position': {'x': 1.0}, 'orientation': {'z': HALF, 'w': HALF}}
ARM = '/topic/arm/move/0@InstancePoses3D:translations'


def cube(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {'type': 1, 'pose': {'position': {'x': 2.0}}, **fields}


def marker(name: str = 'arm', *cubes: dict[str, Any]) -> dict[str, Any]:
    controls = [{'name': 'move', 'markers': list(cubes or (cube(),))}]
    return {'header': HEADER, 'name': name, 'pose': TURNED, 'controls': controls}


def test_markers_are_at_the_pose_of_their_owner() -> None:
    values = values_of(convert(UPDATE, {'markers': [marker()]}))
    assert values[ARM] == [pytest.approx([1.0, 2.0, 0.0], abs=1e-6)]
    assert values['/topic/arm/move/0@CoordinateFrame:frame'] == ['base']
    assert '/topic/arm/move/0@Boxes3D:half_sizes' in values


def test_markers_with_a_frame_of_their_own() -> None:
    fixed = cube(header={'frame_id': 'map'})
    values = values_of(convert(UPDATE, {'markers': [marker('arm', fixed)]}))
    assert values[ARM] == [[2.0, 0.0, 0.0]]
    assert values['/topic/arm/move/0@CoordinateFrame:frame'] == ['map']


def test_poses_erasing_and_keeping_alive() -> None:
    converter = topic_converter(UPDATE)

    def update(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
        return values_of(without_frames(convert(UPDATE, fields, using=converter)))

    update(markers=[marker('arm'), marker('leg')])
    assert update(type=0) == {}
    moved = {'header': HEADER, 'name': 'arm', 'pose': {'position': {'y': 5.0}}}
    assert update(type=1, poses=[moved, {'name': 'unknown'}])[ARM] == [[2.0, 5.0, 0.0]]
    assert update(erases=['arm']) == {'/topic/arm/move/0@Clear:is_recursive': [False]}
    assert update(poses=[moved]) == {}
    assert update(erases=['leg', 'unknown']) == {'/topic/leg/move/0@Clear:is_recursive': [False]}


def test_markers_that_have_gone_from_a_control() -> None:
    converter = topic_converter(UPDATE)
    convert(UPDATE, {'markers': [marker('arm', cube(), cube())]}, using=converter)
    values = values_of(convert(UPDATE, {'markers': [marker()]}, using=converter))
    assert values['/topic/arm/move/1@Clear:is_recursive'] == [False]
    assert '/topic/arm/move/0@Clear:is_recursive' not in values


def test_init_replaces_everything() -> None:
    converter = topic_converter(INIT)
    convert(INIT, {'markers': [marker('arm'), marker('leg')]}, using=converter)
    later = {**marker('arm'), 'header': {**HEADER, 'stamp': {'sec': SEC + 2}}}
    rows = convert(INIT, {'markers': [later]}, using=converter)
    values = values_of(rows)
    assert values['/topic/leg/move/0@Clear:is_recursive'] == [False]
    assert ARM in values
    assert {columns_of(row)['ros2_timestamp'][0] for row in rows} == {(SEC + 2) * 10**9}


def test_single_marker() -> None:
    assert ARM in values_of(convert(SINGLE, marker()))


@pytest.mark.parametrize(
    ('fields', 'text'),
    [
        ({'event_type': 1, 'control_name': 'move'}, 'rviz: pose update of move'),
        ({'event_type': 2, 'menu_entry_id': 4}, 'rviz: menu select of arm, entry 4'),
    ],
)
def test_feedback(fields: dict[str, Any], text: str) -> None:
    common = {'client_id': 'rviz', 'marker_name': 'arm'}
    values = values_of(convert(FEEDBACK, {**common, **fields}))
    assert values['/topic/arm@TextLog:text'] == [text]
    assert convert(FEEDBACK, {**common, 'event_type': 0}) == []
