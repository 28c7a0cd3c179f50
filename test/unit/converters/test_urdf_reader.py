# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from rerun_bridge.converters.urdf import (
    Box,
    Capsule,
    Cylinder,
    Geometry,
    Joint,
    Link,
    Material,
    Mesh,
    Mimic,
    Robot,
    Sphere,
    Unknown,
)
from rerun_bridge.converters.urdf_reader import read_urdf
from rerun_bridge.errors import ConversionError

NOWHERE = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
BASE, ARM = '<link name="base"/>', '<link name="arm"/>'


def robot(*parts: str, name: str = 'r') -> Robot:
    return read_urdf(f'<robot name="{name}">{"".join(parts)}</robot>')


def joint(parent: str = 'base', child: str = 'arm', more: str = '', kind: str = 'fixed') -> str:
    links = f'<parent link="{parent}"/><child link="{child}"/>'
    return f'<joint name="{parent}_{child}" type="{kind}">{links}{more}</joint>'


def arm_joint(more: str, kind: str = 'revolute') -> Joint:
    [found] = robot(BASE, ARM, joint(more=more, kind=kind)).joints
    return found


def visual(shape: str, more: str = '') -> Geometry:
    geometry = f'<visual>{more}<geometry>{shape}</geometry></visual>'
    [link] = robot(f'<link name="base">{geometry}</link>').links
    [found] = link.visuals
    return found


def test_robot() -> None:
    text = """\n <?xml version="1.0" encoding="UTF-16"?>
    <robot name="robi" xmlns:xacro="http://www.ros.org/wiki/xacro">
      <!-- a comment -->
      <link name="base">
        <inertial><mass value="1"/></inertial>
        <visual name="shell"><geometry><sphere radius="0.5"/></geometry></visual>
        <collision><geometry><box size="1 2 3"/></geometry></collision>
      </link>
      <link name="arm"/>
      <joint name="shoulder" type="prismatic">
        <parent link="base"/><child link="arm"/>
        <origin xyz="1 2 3" rpy="0 0 3.141592653589793"/>
        <axis xyz="0 2 0"/>
        <limit lower="-1" upper="2" effort="3" velocity="4"/>
        <mimic joint="other" multiplier="2" offset="-1"/>
        <dynamics damping="1"/>
      </joint>
      <gazebo reference="base"><selfCollide>true</selfCollide></gazebo>
      <ros2_control name="system" type="system"><joint name="shoulder"/></ros2_control>
      <transmission/>
    </robot>"""
    found = read_urdf(text)
    assert found.links == (
        Link(
            'base',
            (Geometry('shell', NOWHERE, Sphere(0.5), None),),
            (Geometry('', NOWHERE, Box((1.0, 2.0, 3.0)), None),),
        ),
        Link('arm', (), ()),
    )
    [shoulder] = found.joints
    assert shoulder.origin[1] == pytest.approx((0, 0, 1, 0), abs=1e-9)
    expected = Joint(
        'shoulder',
        'prismatic',
        'base',
        'arm',
        ((1.0, 2.0, 3.0), shoulder.origin[1]),
        (0.0, 1.0, 0.0),
        (-1.0, 2.0),
        Mimic('other', 2.0, -1.0),
    )
    assert shoulder == expected
    assert (found.name, found.root) == ('robi', 'base')


@pytest.mark.parametrize(
    ('text', 'shape'),
    [
        ('<box size=" 1 2\n3 "/>', Box((1.0, 2.0, 3.0))),
        ('<cylinder radius="1" length="2"/>', Cylinder(1.0, 2.0)),
        ('<capsule radius="1e-3" length="0"/>', Capsule(0.001, 0.0)),
        ('<sphere radius="1"/>', Sphere(1.0)),
        ('<mesh filename="package://a/b.stl"/>', Mesh('package://a/b.stl', None)),
        ('<mesh filename="b.stl" scale="1 -1 1"/>', Mesh('b.stl', (1.0, -1.0, 1.0))),
        ('<cone radius="1"/>', Unknown('cone')),
        ('', Unknown('')),
    ],
)
def test_shapes(text: str, shape: object) -> None:
    assert visual(text).shape == shape


def test_materials() -> None:
    red, blue = Material((1.0, 0.0, 0.0, 1.0), ''), Material((0.0, 0.0, 1.0, 0.5), '')
    own = '<material name="blue"><color rgba="0 0 1 0.5"/></material>'
    picture = '<material name="p"><texture filename="p.png"/></material>'
    shapes = [
        f'<visual><geometry><sphere radius="1"/></geometry>{material}</visual>'
        for material in (
            '<material name="red"/>',
            '<material name="blue"/>',
            own,
            '<material name="none"/>',
            picture,
            '',
        )
    ]
    found = robot(
        '<material name="red"><color rgba="1 0 0 1"/></material>',
        f'<link name="base">{"".join(shapes)}</link>',
    )
    materials = [each.material for each in found.links[0].visuals]
    assert materials == [red, blue, blue, None, Material(None, 'p.png'), None]


def test_quaternion_is_that_of_fixed_axes() -> None:
    origin = arm_joint('<origin rpy="1.5707963267948966 0 1.5707963267948966"/>').origin
    assert origin[0] == (0.0, 0.0, 0.0)
    assert origin[1] == pytest.approx((0.5, 0.5, 0.5, 0.5))


@pytest.mark.parametrize(
    ('limit', 'limits'),
    [
        ('', None),
        ('<limit effort="1"/>', None),
        ('<limit upper="1"/>', (0.0, 1.0)),
        ('<limit lower="-1"/>', (-1.0, 0.0)),
        ('<limit lower="0" upper="0"/>', None),
        ('<limit lower="1" upper="-1"/>', None),
    ],
)
def test_limits_that_leave_no_room_are_none(
    limit: str, limits: tuple[float, float] | None
) -> None:
    assert arm_joint(limit).limits == limits


def test_what_joints_do_not_need_is_not_read() -> None:
    for kind in ('fixed', 'floating', 'planar'):
        found = arm_joint('<axis xyz="0 0 0"/><limit lower="x"/>', kind)
        assert (found.axis, found.limits) == ((1.0, 0.0, 0.0), None)
    assert arm_joint('<limit lower="-1" upper="1"/>', 'continuous').limits is None
    assert arm_joint('').axis == (1.0, 0.0, 0.0)


def test_other_namespaces_make_no_difference() -> None:
    text = '<robot name="r" xmlns="http://drake.mit.edu"><link name="base"/></robot>'
    assert read_urdf(f'\ufeff{text}\0').root == 'base'


def test_robot_without_name() -> None:
    assert read_urdf('<robot><link name="base"/></robot>').name == 'robot'
    assert robot(BASE, name=' ').name == 'robot'


def test_order_of_the_text_is_free() -> None:
    found = robot(ARM, joint('base', 'arm'), '<link name="world"/>', joint('world', 'base'), BASE)
    assert found.root == 'world'


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('', 'is no XML .*; publish a URDF'),
        ('hello', 'is no XML'),
        ('<robot name="r">', 'is no XML'),
        ('<robot name="r"/>\ud800', 'is no XML'),
        ('<sdf version="1.6"/>', 'is <sdf>, not <robot>'),
        ('<robot name="r"/>', 'no links'),
        ('<robot name="r"><link/></robot>', 'a link has no name'),
        ('<!DOCTYPE r [<!ENTITY a "x">]><robot name="&a;"/>', 'declares a document type'),
        ('<robot name="&a;"/>', 'is no XML'),
        ('<robot name="r"><xacro:macro/></robot>', 'is xacro.*expand it'),
        (
            '<robot name="r" xmlns:x="http://www.ros.org/wiki/xacro"><x:include/></robot>',
            'is xacro.*expand it',
        ),
    ],
)
def test_texts_that_are_no_urdf(text: str, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        read_urdf(text)


@pytest.mark.parametrize(
    ('parts', 'message'),
    [
        ((BASE, ARM), "2 links are nobody's child: 'base', 'arm'; connect"),
        ((BASE, BASE), "2 links have the name 'base'"),
        ((BASE, joint('base', 'arm')), "'base_arm' names link 'arm', which is not there"),
        ((ARM, joint('base', 'arm')), "names link 'base'"),
        ((BASE, joint('base', 'base')), "link 'base' is its own ancestor"),
        (
            (BASE, ARM, '<link name="hand"/>', joint('arm', 'hand'), joint('hand', 'arm')),
            'is its own ancestor',
        ),
        ((BASE, ARM, joint('base', 'arm'), joint('arm', 'arm')), "2 joints have the child 'arm'"),
        (
            (
                BASE,
                ARM,
                joint(),
                '<link name="b"/>',
                joint('arm', 'b').replace('arm_b', 'base_arm'),
            ),
            "2 joints have the name 'base_arm'",
        ),
    ],
)
def test_links_that_are_no_tree(parts: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        robot(*parts)


@pytest.mark.parametrize(
    ('more', 'message'),
    [
        ('<origin xyz="1 2"/>', "joint 'base_arm' has xyz='1 2', which is not 3 finite numbers"),
        ('<origin xyz="1 2 x"/>', 'not 3 finite numbers; repair'),
        ('<origin xyz="1 2 nan"/>', 'not 3 finite'),
        ('<origin rpy="inf 0 0"/>', 'not 3 finite'),
        ('<origin xyz=""/>', 'not 3 finite'),
        ('<origin xyz="0 0 ${height}"/>', 'expand the xacro first'),
        ('<axis xyz="0 0 0"/>', 'axis without direction'),
        ('<limit lower="-1 0"/>', 'not a finite number'),
        ('<mimic joint="a" multiplier="one"/>', 'not a finite number'),
    ],
)
def test_bad_numbers_of_joints(more: str, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        arm_joint(more)


def test_long_texts_are_not_repeated() -> None:
    with pytest.raises(ConversionError, match=r'1 \.\.\.') as caught:
        arm_joint(f'<origin xyz="{"1 " * 9999}"/>')
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ('shape', 'message'),
    [
        ('<box/>', "visual 0 of link 'base' has size='', which is not 3"),
        ('<box size="1 1 -1"/>', 'negative size: -1'),
        ('<sphere radius="nan"/>', 'not a finite number'),
        ('<cylinder radius="1"/>', "length='', which is not a finite number"),
        ('<mesh/>', "the mesh of visual 0 of link 'base' has no filename"),
        ('<mesh filename="a" scale="1"/>', 'not 3 finite numbers'),
    ],
)
def test_bad_shapes(shape: str, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        visual(shape)


def test_bad_color() -> None:
    with pytest.raises(ConversionError, match='not 4 finite'):
        visual('<sphere radius="1"/>', '<material name="m"><color rgba="1 1 1"/></material>')


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('<joint type="fixed"/>', 'a joint has no name'),
        ('<joint name="j"/>', "joint 'j' has no type"),
        ('<joint name="j" type="ball"/>', "joint 'j' is of type 'ball'; there are continuous, "),
        ('<joint name="j" type="fixed"/>', "joint 'j' has no <parent>"),
        ('<joint name="j" type="fixed"><parent/></joint>', "the parent of joint 'j' has no link"),
        ('<joint name="j" type="fixed"><parent link="base"/></joint>', 'has no <child>'),
    ],
)
def test_incomplete_joints(text: str, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        robot(BASE, text)


def test_long_chain() -> None:
    count = 5000
    links = [f'<link name="l{i}"/>' for i in range(count)]
    found = robot(*links, *(joint(f'l{i}', f'l{i + 1}') for i in range(count - 1)))
    assert (found.root, len(found.joints)) == ('l0', count - 1)


def test_deep_nesting() -> None:
    depth = 50_000
    assert robot(BASE, '<x>' * depth + '</x>' * depth).root == 'base'


def test_huge_numbers_are_numbers() -> None:
    origin = arm_joint('<origin xyz="1e300 0 0" rpy="1e300 0 0"/>').origin
    assert math.hypot(*origin[1]) == pytest.approx(1)
