# SPDX-License-Identifier: Apache-2.0
"""When joint states move the robot, and when they leave that to transforms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.robot_messages import ARM, placed, Recording, SECOND, urdf
from test.unit.converters.robot_messages import JOINTS as JOINT_STATE
from test.unit.converters.ros_messages import columns_of, LOG_TIME, SEC

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows

JOINTS = '/robi/joints'
ALWAYS = TopicOptions(joint_states_fk='on')
NEVER = TopicOptions(joint_states_fk='off')


def x_of(rows: list[Rows], child: str = 'arm', entity: str = JOINTS) -> float | None:
    found = placed([row for row in rows if row.times], entity)
    return found[child][0] if child in found else None


def on_entity(rows: list[Rows], entity: str = JOINTS) -> list[Rows]:
    return [row for row in rows if row.entity_path == entity]


def test_moves_when_no_transforms_have_come() -> None:
    recording = Recording()
    recording.describe(urdf())
    assert on_entity(recording.joints(at=0.5, shoulder=0.5)) == []
    assert on_entity(recording.joints(at=2.4, shoulder=0.6)) == []
    [first, second] = on_entity(recording.wait(2.5))
    assert x_of([first]) == 0.5
    assert x_of([second]) == pytest.approx(0.6)
    [third] = on_entity(recording.joints(at=2.6, shoulder=0.7, wrist=0.1))
    assert placed([third], JOINTS) == {
        'arm': pytest.approx([0.7, 0, 0]),
        'hand': pytest.approx([0, 0.1, 0]),
    }
    assert columns_of(third)['Transform3D:parent_frame'] == [['mast'], ['arm']]


def test_what_waits_keeps_its_times() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.joints(at=0.5, shoulder=0.5)
    columns = columns_of(on_entity(recording.wait(9))[0])
    assert columns['ros2_timestamp'] == [SEC * SECOND + SECOND // 2]
    for name in ('log_time', 'message_log_time', 'message_publish_time'):
        assert columns[name] == [LOG_TIME + SECOND // 2]


def test_short_bag_is_not_left_out() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.joints(at=0.5, shoulder=0.5)
    assert x_of(recording.wait(0.6, is_end=True)) == 0.5


def test_partial_messages_leave_the_others() -> None:
    recording = Recording({'/joint_states': ALWAYS})
    recording.describe(urdf())
    assert placed(recording.joints(wrist=0.5), JOINTS) == {'hand': [0, 0.5, 0]}
    assert on_entity(recording.joints(unheard=1.0)) == []
    assert on_entity(recording.feed(JOINT_STATE, '/joint_states', {'name': ['wrist']})) == []


@pytest.mark.parametrize('bad', [math.nan, math.inf, -1e300])
def test_positions_that_are_no_numbers(bad: float) -> None:
    recording = Recording({'/joint_states': ALWAYS})
    recording.describe(urdf())
    assert placed(recording.joints(shoulder=bad, wrist=0.5), JOINTS) == {'hand': [0, 0.5, 0]}
    assert on_entity(recording.joints(shoulder=bad)) == []


def test_frames_with_transforms_are_left_to_them() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.joints(shoulder=0.5, wrist=0.5)
    recording.transform('mast', 'arm', at=1)
    assert placed(on_entity(recording.wait(3)), JOINTS) == {'hand': [0, 0.5, 0]}
    rows = recording.joints(at=4, shoulder=0.5, wrist=0.6)
    assert placed(on_entity(rows), JOINTS) == {'hand': pytest.approx([0, 0.6, 0])}


def test_transform_that_comes_late_takes_over() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.joints(shoulder=0.5)
    recording.wait(3)
    assert x_of(recording.joints(at=3, shoulder=0.75)) == 0.75
    rows = recording.transform('mast', 'arm', at=4)
    assert placed(rows, f'{JOINTS}/arm') == {'': []}
    assert x_of(recording.joints(at=5, shoulder=0.75)) is None


def test_static_transform_takes_over_from_the_standing_robot() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.wait(3)
    rows = recording.transform('base', 'mast', '/tf_static', at=4)
    assert placed(rows, f'{JOINTS}/mast') == {'': []}
    assert recording.transform('base', 'mast', '/tf_static', at=5)[0].entity_path != JOINTS


def test_always() -> None:
    recording = Recording({'/joint_states': ALWAYS})
    recording.transform('mast', 'arm')
    recording.describe(urdf())
    assert x_of(recording.joints(shoulder=0.5)) == 0.5


def test_never() -> None:
    recording = Recording({'/joint_states': NEVER})
    recording.describe(urdf())
    recording.joints(shoulder=0.5)
    assert x_of(recording.wait(9)) is None
    assert x_of(recording.joints(at=9, shoulder=0.5)) is None


def test_topics_of_other_names_may_be_commands() -> None:
    recording = Recording({'/commands': ALWAYS})
    recording.describe(urdf())
    recording.joints('/joint_commands', shoulder=0.5)
    assert x_of(recording.wait(9)) is None
    assert x_of(recording.joints('/commands', at=9, shoulder=0.5)) == 0.5


def test_namespaces_have_robots_of_their_own() -> None:
    options = {
        f'/{name}/robot_description': TopicOptions(frame_prefix=f'{name}/') for name in ('a', 'b')
    }
    recording = Recording(options)
    for name in ('a', 'b'):
        recording.describe(urdf(), f'/{name}/robot_description')
        recording.joints(f'/{name}/joint_states', shoulder=0.5)
    rows = recording.wait(3)
    for name in ('a', 'b'):
        assert x_of(rows, f'{name}/arm', f'/{name}/robi/joints') == 0.5
    rows = recording.joints('/a/joint_states', at=4, shoulder=0.25)
    assert x_of(rows, 'a/arm', '/a/robi/joints') == 0.25
    assert on_entity(rows, '/b/robi/joints') == []


def test_new_description_waits_for_its_transforms() -> None:
    recording = Recording()
    recording.describe(urdf())
    recording.joints(shoulder=0.5)
    recording.wait(3)
    longer = ARM.replace('prismatic', 'revolute')
    recording.describe(urdf(longer), at=4)
    assert x_of(recording.joints(at=4.5, shoulder=0.5)) is None
    rows = on_entity(recording.wait(6.5))
    assert columns_of(rows[0])['ros2_timestamp'] == [(SEC + 4) * SECOND + SECOND // 2]
    assert columns_of(rows[0])['Transform3D:translation'] == [[[0.0, 0.0, 0.0]]]


def test_restamped_joint_states_that_wait() -> None:
    recording = Recording({'/joint_states': TopicOptions(restamp=True)})
    recording.describe(urdf())
    recording.joints(at=0.5, shoulder=0.5)
    [row] = on_entity(recording.wait(3))
    assert columns_of(row)['ros2_timestamp'] == [LOG_TIME + SECOND // 2]


def test_scalars_are_as_without_a_robot() -> None:
    recording = Recording({'/joint_states': ALWAYS})
    recording.describe(urdf())
    rows = recording.joints(shoulder=0.5)
    assert [row.entity_path for row in rows] == ['/joint_states/position'] * 2 + [JOINTS]
    with pytest.raises(ConversionError, match='1 names of joints but 2'):
        recording.feed(
            JOINT_STATE, '/joint_states', {'name': ['shoulder'], 'position': [1.0, 2.0]}
        )


def test_reset_forgets_the_robot() -> None:
    recording = Recording({'/joint_states': ALWAYS})
    recording.describe(urdf())
    recording.shared.reset()
    assert x_of(recording.joints(shoulder=0.5)) is None
