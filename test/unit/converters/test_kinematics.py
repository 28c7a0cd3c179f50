# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from rerun_bridge.chunk import Rows
from rerun_bridge.converters.kinematics import Kinematics
from rerun_bridge.converters.urdf_reader import read_urdf
from rerun_bridge.log_types import STATIC
from test.unit.converters.ros_messages import columns_of

if TYPE_CHECKING:
    from rerun_bridge.archetypes import Columns

Matrix = npt.NDArray[np.float64]
RPY = (0.3, -0.7, 1.9)
XYZ = (1.0, -2.0, 0.5)
AXIS = (0.6, 0.0, 0.8)


def joint(number: int, kind: str, more: str = '') -> str:
    xyz, rpy, axis = (' '.join(map(str, values)) for values in (XYZ, RPY, AXIS))
    return (
        f'<joint name="j{number}" type="{kind}">'
        f'<parent link="l{number}"/><child link="l{number + 1}"/>'
        f'<origin xyz="{xyz}" rpy="{rpy}"/><axis xyz="{axis}"/>{more}</joint>'
    )


def kinematics(*joints: str, prefix: str = '') -> Kinematics:
    links = ''.join(f'<link name="l{i}"/>' for i in range(len(joints) + 1))
    return Kinematics(read_urdf(f'<robot name="r">{links}{"".join(joints)}</robot>'), prefix)


def always(_: str) -> bool:
    return True


def moved(robot: Kinematics, **positions: float) -> dict[str, Any]:
    """Return the row of each child frame: translation, quaternion and parent."""
    motion = robot.motion(list(positions), always)
    assert motion is not None
    columns = motion.columns(np.array(list(positions.values())))
    return rows_of(columns, motion.num_rows)


def rows_of(columns: Columns, num_rows: int) -> dict[str, Any]:
    found = columns_of(Rows('/a', STATIC, (), columns.layout, columns.datas, num_rows))
    names = ('translation', 'quaternion', 'parent_frame')
    values = [found[f'Transform3D:{name}'] for name in names]
    children = found['Transform3D:child_frame']
    return {
        child: tuple(each[0] for each in row)
        for [child], *row in zip(children, *values, strict=True)
    }


def rotation_around(axis: tuple[float, ...], angle: float) -> Matrix:
    """Write Rodrigues' formula."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    result: Matrix = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
    return result


def matrix_of(quaternion: tuple[float, ...]) -> Matrix:
    x, y, z, w = quaternion
    return rotation_around(
        tuple(np.array((x, y, z)) / (math.hypot(x, y, z) or 1.0)),
        2 * math.atan2(math.hypot(x, y, z), w),
    )


AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
ROLL, PITCH, YAW = (rotation_around(AXES[i], RPY[i]) for i in range(3))
ORIGIN = YAW @ PITCH @ ROLL


@pytest.mark.parametrize('kind', ['revolute', 'continuous'])
@pytest.mark.parametrize('angle', [-4.0, -0.5, 0.0, 1.0, math.pi])
def test_turning(kind: str, angle: float) -> None:
    translation, quaternion, parent = moved(kinematics(joint(0, kind)), j0=angle)['l1']
    assert parent == 'l0'
    assert translation == pytest.approx(XYZ)
    assert math.hypot(*quaternion) == pytest.approx(1)
    expected = ORIGIN @ rotation_around(AXIS, angle)
    assert matrix_of(quaternion) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize('position', [-0.5, 0.0, 2.0])
def test_sliding(position: float) -> None:
    translation, quaternion, _ = moved(kinematics(joint(0, 'prismatic')), j0=position)['l1']
    assert translation == pytest.approx(XYZ + ORIGIN @ AXIS * position)
    assert matrix_of(quaternion) == pytest.approx(ORIGIN, abs=1e-6)


def test_limits_hold() -> None:
    limit = '<limit lower="-0.5" upper="1"/>'
    robot = kinematics(joint(0, 'prismatic', limit), joint(1, 'revolute', limit))
    for position, limited in ((7.0, 1.0), (-7.0, -0.5)):
        beyond, at = (moved(robot, j0=p, j1=p) for p in (position, limited))
        assert beyond == at


def test_joints_that_follow_others() -> None:
    mimic = '<mimic joint="{}" multiplier="{}" offset="{}"/>'
    robot = kinematics(
        joint(0, 'prismatic'),
        joint(1, 'prismatic', mimic.format('j0', -2, 0.25)),
        joint(2, 'prismatic', mimic.format('j1', 3, 1)),
        joint(3, 'prismatic', mimic.format('j3', 1, 0)),
        joint(4, 'prismatic', mimic.format('unheard', 1, 0)),
    )
    slide = ORIGIN @ AXIS

    def positions(**given: float) -> dict[str, float]:
        return {
            child: float((np.array(translation) - XYZ) @ slide)
            for child, (translation, *_) in moved(robot, **given).items()
        }

    assert positions(j0=0.5) == pytest.approx({'l1': 0.5, 'l2': -0.75, 'l3': -1.25}, abs=1e-6)
    assert positions(j1=0.5, j0=9.0)['l3'] == pytest.approx(2.5, abs=1e-6)
    assert positions(j3=0.5, j4=0.25) == pytest.approx({'l4': 0.5, 'l5': 0.25}, abs=1e-6)


def test_only_what_moves_and_is_wanted() -> None:
    robot = kinematics(
        joint(0, 'fixed'), joint(1, 'revolute'), joint(2, 'planar'), joint(3, 'revolute')
    )
    names = ['j3', 'j2', 'unheard', 'j1', 'j0']
    motion = robot.motion(names, lambda frame: frame != 'l2')
    assert motion is not None
    rows = rows_of(motion.columns(np.array([0.5, 1.0, 2.0, 3.0, 4.0])), motion.num_rows)
    assert rows == moved(robot, j3=0.5)
    assert robot.motion(names, lambda _: False) is None
    assert robot.motion(['j0', 'j2', ''], always) is None


def test_frames_have_the_prefix() -> None:
    robot = kinematics(joint(0, 'revolute'), prefix='left/')
    assert (robot.root, robot.parents, robot.children) == ('left/l0', ['left/l0'], ['left/l1'])
    assert moved(robot, j0=0.0)['left/l1'][2] == 'left/l0'


def test_rest_is_as_near_to_zero_as_limits_allow() -> None:
    mimic = '<mimic joint="j1" multiplier="1" offset="0.5"/>'
    robot = kinematics(
        joint(0, 'fixed'),
        joint(1, 'prismatic', '<limit lower="0.25" upper="1"/>'),
        joint(2, 'prismatic', mimic),
        joint(3, 'revolute', '<limit lower="-3" upper="-1"/>'),
        joint(4, 'floating'),
        joint(5, 'prismatic', '<mimic joint="j5"/>'),
    )
    at = dict(zip(robot.children, zip(*robot.at_rest(), strict=True), strict=True))
    slide = ORIGIN @ AXIS
    for child, position in (('l1', 0), ('l2', 0.25), ('l3', 0.75), ('l5', 0), ('l6', 0)):
        assert at[child][0] == pytest.approx(XYZ + slide * position)
    expected = ORIGIN @ rotation_around(AXIS, -1)
    assert matrix_of(at['l4'][1]) == pytest.approx(expected, abs=1e-6)


def test_robot_without_joints() -> None:
    robot = kinematics()
    assert [len(part) for part in robot.at_rest()] == [0, 0]
    assert robot.motion(['j0'], always) is None
