# SPDX-License-Identifier: Apache-2.0
"""The robot's description as URDF text: primitives, and meshes for the body and the wheels."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from rerun_bridge.node.demo_robot.robot import (
    BODY_SIZE,
    CAMERA,
    FIXED_MOUNTS,
    GPS,
    IMU,
    LASER,
    Mount,
    NAME,
    OPTICAL,
    WHEEL_RADIUS,
    WHEEL_WIDTH,
    WHEELS,
)


class _Shape(NamedTuple):
    tag: str
    attributes: dict[str, str]
    color: str = ''
    xyz: str = '0 0 0'
    rpy: str = '0 0 0'


def _mesh(name: str, xyz: str = '0 0 0') -> _Shape:
    path = Path(__file__).with_name('meshes') / name
    return _Shape('mesh', {'filename': path.as_uri()}, xyz=xyz)


_COLORS = {
    'black': '0.10 0.10 0.12 1',
    'grey': '0.60 0.62 0.65 1',
    'blue': '0.15 0.35 0.80 1',
}
_BODY_XYZ = f'0 0 {WHEEL_RADIUS + 0.06}'
_CASTER_RADIUS = 0.05
_ATTACHED = [
    _Shape('sphere', {'radius': f'{_CASTER_RADIUS}'}, 'grey', f'-0.22 0 {_CASTER_RADIUS}'),
    _Shape('cylinder', {'radius': '0.03', 'length': '0.14'}, 'grey', '0 0 0.33'),
    _Shape('box', {'size': '0.03 0.03 0.34'}, 'grey', f'{CAMERA.xyz[0] - 0.02} 0 0.44'),
    _Shape('cylinder', {'radius': '0.012', 'length': '0.22'}, 'grey', '-0.2 0 0.38'),
]
_PARTS = {
    LASER.child: [_Shape('cylinder', {'radius': '0.055', 'length': '0.07'}, 'black')],
    IMU.child: [_Shape('box', {'size': '0.05 0.05 0.02'}, 'blue')],
    GPS.child: [_Shape('box', {'size': '0.08 0.08 0.03'}, 'blue')],
    CAMERA.child: [_Shape('box', {'size': '0.05 0.12 0.04'}, 'black', '-0.02 0 0')],
    OPTICAL.child: [],
}
_WHEEL = _Shape(
    'cylinder',
    {'radius': f'{WHEEL_RADIUS}', 'length': f'{WHEEL_WIDTH}'},
    rpy=f'{math.pi / 2:.6f} 0 0',
)
_BODY = _Shape('box', {'size': '{} {} {}'.format(*BODY_SIZE)}, xyz=_BODY_XYZ)


def robot_description() -> str:
    """Write the URDF document."""
    robot = ET.Element('robot', name=NAME)
    for name, rgba in _COLORS.items():
        ET.SubElement(ET.SubElement(robot, 'material', name=name), 'color', rgba=rgba)
    _add_link(robot, 'base_link', [_mesh('body.glb', _BODY_XYZ), *_ATTACHED], [_BODY, *_ATTACHED])
    for name, shapes in _PARTS.items():
        _add_link(robot, name, shapes, shapes)
    for wheel in WHEELS.values():
        _add_link(robot, wheel.child, [_mesh('wheel.glb')], [_WHEEL])
    for mount in FIXED_MOUNTS:
        _add_joint(robot, f'{mount.child}_joint', 'fixed', mount)
    for name, mount in WHEELS.items():
        ET.SubElement(_add_joint(robot, name, 'continuous', mount), 'axis', xyz='0 1 0')
    return ET.tostring(robot, encoding='unicode', xml_declaration=True)


def _add_link(
    robot: ET.Element, name: str, visuals: list[_Shape], collisions: list[_Shape]
) -> None:
    link = ET.SubElement(robot, 'link', name=name)
    for role, shapes in (('visual', visuals), ('collision', collisions)):
        for shape in shapes:
            part = ET.SubElement(link, role)
            ET.SubElement(part, 'origin', xyz=shape.xyz, rpy=shape.rpy)
            ET.SubElement(ET.SubElement(part, 'geometry'), shape.tag, shape.attributes)
            if role == 'visual' and shape.color:
                ET.SubElement(part, 'material', name=shape.color)


def _add_joint(robot: ET.Element, name: str, kind: str, mount: Mount) -> ET.Element:
    joint = ET.SubElement(robot, 'joint', name=name, type=kind)
    ET.SubElement(joint, 'parent', link=mount.parent)
    ET.SubElement(joint, 'child', link=mount.child)
    ET.SubElement(
        joint,
        'origin',
        xyz=' '.join(f'{value:g}' for value in mount.xyz),
        rpy=' '.join(f'{value:.9g}' for value in mount.rpy_rad),
    )
    return joint
