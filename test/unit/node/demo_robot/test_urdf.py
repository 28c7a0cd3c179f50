# SPDX-License-Identifier: Apache-2.0
"""The description is a tree of the frames that the transforms name."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from rerun_bridge.converters import Resources
from rerun_bridge.converters.geometry import quaternion_of_rpy
from rerun_bridge.converters.robot_shapes import RobotShapes
from rerun_bridge.converters.urdf import Mesh
from rerun_bridge.converters.urdf_reader import read_urdf
from rerun_bridge.node.demo_robot.robot import FIXED_MOUNTS, OPTICAL, WHEELS
from rerun_bridge.node.demo_robot.urdf import robot_description

ROBOT = ET.fromstring(robot_description())
SHAPES = {'box', 'cylinder', 'sphere'}


def name_of(joint: ET.Element, role: str) -> str:
    element = joint.find(role)
    assert element is not None
    return element.attrib['link']


def test_joints_are_those_of_the_robot() -> None:
    kinds = {joint.attrib['name']: joint.attrib['type'] for joint in ROBOT.findall('joint')}
    moving = [name for name, kind in kinds.items() if kind == 'continuous']
    assert moving == list(WHEELS)
    assert len(kinds) == len(WHEELS) + len(FIXED_MOUNTS)
    pairs = {(name_of(j, 'parent'), name_of(j, 'child')) for j in ROBOT.findall('joint')}
    mounts = [*FIXED_MOUNTS, *WHEELS.values()]
    assert pairs == {(mount.parent, mount.child) for mount in mounts}


def test_links_form_one_tree() -> None:
    links = {link.attrib['name'] for link in ROBOT.findall('link')}
    children = [name_of(joint, 'child') for joint in ROBOT.findall('joint')]
    assert len(children) == len(set(children))
    assert links - set(children) == {'base_link'}


def test_shapes_are_meshes_or_have_known_colours() -> None:
    colors = {material.attrib['name'] for material in ROBOT.findall('material')}
    visuals = ROBOT.findall('link/visual')
    assert len(visuals) > 8
    for visual in visuals:
        (shape,) = visual.findall('geometry/*')
        material = visual.find('material')
        if shape.tag == 'mesh':
            assert material is None
        else:
            assert shape.tag in SHAPES
            assert material is not None
            assert material.attrib['name'] in colors
    assert {shape.tag for shape in ROBOT.findall('link/collision/geometry/*')} == SHAPES


def test_all_shapes_can_be_drawn() -> None:
    resources = Resources()
    shapes = RobotShapes(resources, '')
    meshes = {}
    for link in read_urdf(robot_description()).links:
        for visual in link.visuals:
            assert shapes.columns(visual, link.name, is_solid=True)
            if isinstance(visual.shape, Mesh):
                meshes[link.name] = resources.contents(visual.shape.filename)
    assert set(meshes) == {'base_link', *(wheel.child for wheel in WHEELS.values())}
    assert all(contents.startswith(b'glTF') for contents in meshes.values())


def test_optical_frame_is_that_of_rep_103() -> None:
    x, y, z, w = quaternion_of_rpy(*OPTICAL.rpy_rad)
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    forward, left, up = np.eye(3)
    assert rotation @ (0, 0, 1) == pytest.approx(forward, abs=1e-12)
    assert rotation @ (1, 0, 0) == pytest.approx(-left, abs=1e-12)
    assert rotation @ (0, 1, 0) == pytest.approx(-up, abs=1e-12)
