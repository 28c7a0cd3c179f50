# SPDX-License-Identifier: Apache-2.0
"""README says what the code does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rerun_bridge.cdr import types_of_msg
from rerun_bridge.converters import load_mappings, Shared
from test.readme import README, with_tables

if TYPE_CHECKING:
    from pathlib import Path


def test_tables_are_those_of_the_code() -> None:
    pytest.importorskip('rclpy')
    text = README.read_text()
    assert text == with_tables(text), 'run: python -m test.readme'


DEFINITION = f"""\
std_msgs/Header header
Battery battery
Obstacle[] obstacles
{'=' * 80}
MSG: my_msgs/Battery
float32[4] cells
float32 charge
{'=' * 80}
MSG: my_msgs/Obstacle
uint8 kind
float32 score
geometry_msgs/Pose pose
geometry_msgs/Vector3 velocity
float32 length
float32 width
"""
OBSTACLES = 'my_msgs/msg/Obstacles'


def test_the_mapping(tmp_path: Path) -> None:
    pytest.importorskip('rosbags')
    from test.unit.converters.ros_messages import (  # noqa: PLC0415 - needs rosbags
        convert,
        HEADER,
        TYPESTORE,
        values_of,
    )

    TYPESTORE.register(types_of_msg(OBSTACLES, DEFINITION))
    text = README.read_text().partition('<!-- mapping: begin -->')[2]
    path = tmp_path / 'readme.yaml'
    path.write_text(text.partition('```yaml\n')[2].partition('```')[0])
    shared = Shared(mappings=load_mappings([str(path)]))
    obstacle = {
        'score': 0.5,
        'pose': {'position': {'x': 1.0}, 'orientation': {'z': 1.0}},
        'velocity': {'x': 3.0},
        'length': 4.0,
        'width': 2.0,
    }
    fields = {
        'header': HEADER,
        'battery': {'cells': [24, 25, 26, 27], 'charge': 0.75},
        'obstacles': [{**obstacle, 'kind': kind} for kind in (1, 2)],
    }
    values = values_of(convert(OBSTACLES, fields, shared=shared))
    assert values['/topic@Boxes3D:centers'] == [[1.0, 0.0, 0.0]] * 2
    assert values['/topic@Boxes3D:quaternions'] == [[0.0, 0.0, 1.0, 0.0]] * 2
    assert values['/topic@Boxes3D:half_sizes'] == [[2.0, 1.0, 0.75]] * 2
    assert values['/topic@Boxes3D:labels'] == ['person 50%', 'car 50%']
    assert values['/topic/velocity/person@Arrows3D:vectors'] == [[-3.0, 0.0, 0.0]]
    assert values['/topic/velocity/car@Arrows3D:colors'] == [0xFFA000FF]
    assert values['/topic/battery@Scalars:scalars'] == [24.0, 75.0]
    assert values['/topic/battery@SeriesLines:names'] == ['voltage [V]', 'charge [%]']
