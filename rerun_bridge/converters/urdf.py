# SPDX-License-Identifier: Apache-2.0
"""
What a URDF says about a robot, as plain values.

Lengths are in meters, angles in radians. Poses are those of `geometry`: a position and a rotation.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rerun_bridge.converters.geometry import Pose, Vector

    Color: TypeAlias = tuple[float, float, float, float]


class Box(NamedTuple):
    """
    A box around the origin.

    Attributes
    ----------
    size
        Lengths of its edges.

    """

    size: Vector


class Cylinder(NamedTuple):
    """A cylinder along Z, around the origin."""

    radius: float
    length: float


class Capsule(NamedTuple):
    """A cylinder along Z, around the origin, with half a ball of its radius at both ends."""

    radius: float
    length: float


class Sphere(NamedTuple):
    """A ball around the origin."""

    radius: float


class Mesh(NamedTuple):
    """
    A file.

    Attributes
    ----------
    filename
        A URI or a path.
    scale
        How much it is stretched along each axis; None for not at all.

    """

    filename: str
    scale: Vector | None


class Unknown(NamedTuple):
    """
    A shape that URDF does not have.

    Attributes
    ----------
    tag
        Its name; empty if there is no shape.

    """

    tag: str


Shape: TypeAlias = Box | Cylinder | Capsule | Sphere | Mesh | Unknown


class Material(NamedTuple):
    """
    What a shape is painted with.

    Attributes
    ----------
    color
        Red, green, blue, alpha from 0 to 1; None for that of the file.
    texture
        Name of a picture; empty for none.

    """

    color: Color | None
    texture: str


class Geometry(NamedTuple):
    """
    A visible shape of a link, or one to find collisions by.

    Attributes
    ----------
    name
        Empty if it has none.
    origin
        In the frame of the link.
    shape
        What it is.
    material
        None if it has none.

    """

    name: str
    origin: Pose
    shape: Shape
    material: Material | None


class Link(NamedTuple):
    """A rigid body, with a frame of its name."""

    name: str
    visuals: tuple[Geometry, ...]
    collisions: tuple[Geometry, ...]


class Mimic(NamedTuple):
    """Where a joint follows another one: ``multiplier * position + offset``."""

    joint: str
    multiplier: float
    offset: float


class Joint(NamedTuple):
    """
    How a link moves in the frame of another one.

    Attributes
    ----------
    name
        Of the joint.
    kind
        One of `JOINT_KINDS`.
    parent, child
        Names of the links.
    origin
        Of the child in the frame of the parent, where the position is 0.
    axis
        That it turns around or slides along, in the frame of the child, of length 1.
    limits
        Smallest and largest position; None for no limits.
    mimic
        None if it moves by itself.

    """

    name: str
    kind: str
    parent: str
    child: str
    origin: Pose
    axis: Vector
    limits: tuple[float, float] | None
    mimic: Mimic | None


class Robot(NamedTuple):
    """
    A tree of links.

    Attributes
    ----------
    name
        Of the robot.
    root
        Name of the link that is nobody's child.
    links, joints
        In the order of the text.

    """

    name: str
    root: str
    links: tuple[Link, ...]
    joints: tuple[Joint, ...]


TURNING = frozenset({'revolute', 'continuous'})
SLIDING = frozenset({'prismatic'})
JOINT_KINDS = TURNING | SLIDING | {'fixed', 'floating', 'planar', 'spherical'}
"""Of these `fixed` ones never move; those after it need more than one number to tell how."""
