# SPDX-License-Identifier: Apache-2.0
"""The robot's description as URDF text, made of primitives only."""

from __future__ import annotations

import math
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

_COLORS = {
    'orange': '0.95 0.45 0.10 1',
    'black': '0.10 0.10 0.12 1',
    'grey': '0.60 0.62 0.65 1',
    'blue': '0.15 0.35 0.80 1',
}
_BODY_Z = WHEEL_RADIUS + 0.06
_CASTER_RADIUS = 0.05
# Shape, its attributes, colour, xyz and rpy within the link.
_VISUALS: dict[str, list[tuple[str, dict[str, str], str, str, str]]] = {
    'base_link': [
        ('box', {'size': '{} {} {}'.format(*BODY_SIZE)}, 'orange', f'0 0 {_BODY_Z}', '0 0 0'),
        ('sphere', {'radius': f'{_CASTER_RADIUS}'}, 'grey', f'-0.22 0 {_CASTER_RADIUS}', '0 0 0'),
        ('cylinder', {'radius': '0.03', 'length': '0.14'}, 'grey', '0 0 0.33', '0 0 0'),
        ('box', {'size': '0.03 0.03 0.34'}, 'grey', f'{CAMERA.xyz[0] - 0.02} 0 0.44', '0 0 0'),
        ('cylinder', {'radius': '0.012', 'length': '0.22'}, 'grey', '-0.2 0 0.38', '0 0 0'),
    ],
    LASER.child: [('cylinder', {'radius': '0.055', 'length': '0.07'}, 'black', '0 0 0', '0 0 0')],
    IMU.child: [('box', {'size': '0.05 0.05 0.02'}, 'blue', '0 0 0', '0 0 0')],
    GPS.child: [('box', {'size': '0.08 0.08 0.03'}, 'blue', '0 0 0', '0 0 0')],
    CAMERA.child: [('box', {'size': '0.05 0.12 0.04'}, 'black', '-0.02 0 0', '0 0 0')],
    OPTICAL.child: [],
}
_WHEEL_VISUAL = (
    'cylinder',
    {'radius': f'{WHEEL_RADIUS}', 'length': f'{WHEEL_WIDTH}'},
    'black',
    '0 0 0',
    f'{math.pi / 2:.6f} 0 0',
)


def robot_description() -> str:
    """Write the URDF document."""
    robot = ET.Element('robot', name=NAME)
    for name, rgba in _COLORS.items():
        ET.SubElement(ET.SubElement(robot, 'material', name=name), 'color', rgba=rgba)
    visuals = {**_VISUALS, **{wheel.child: [_WHEEL_VISUAL] for wheel in WHEELS.values()}}
    for link_name, shapes in visuals.items():
        link = ET.SubElement(robot, 'link', name=link_name)
        for shape, attributes, color, xyz, rpy in shapes:
            for role in ('visual', 'collision'):
                part = ET.SubElement(link, role)
                ET.SubElement(part, 'origin', xyz=xyz, rpy=rpy)
                ET.SubElement(ET.SubElement(part, 'geometry'), shape, attributes)
                if role == 'visual':
                    ET.SubElement(part, 'material', name=color)
    for mount in FIXED_MOUNTS:
        _add_joint(robot, f'{mount.child}_joint', 'fixed', mount)
    for name, mount in WHEELS.items():
        ET.SubElement(_add_joint(robot, name, 'continuous', mount), 'axis', xyz='0 1 0')
    return ET.tostring(robot, encoding='unicode', xml_declaration=True)


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
