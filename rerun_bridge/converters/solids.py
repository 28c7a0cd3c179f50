# SPDX-License-Identifier: Apache-2.0
"""``shape_msgs``: solids, meshes and planes."""

from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import Boxes3D, Cylinders3D, Ellipsoids3D, FillMode, Mesh3D
from rerun_bridge.converters.base import converts, converts_each, Entry
from rerun_bridge.converters.geometry import vectors
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Topic

    Array: TypeAlias = npt.NDArray[Any]

_COLOR = 0x90A0B0FF
_SOLID: dict[str, Any] = {'colors': _COLOR, 'fill_mode': FillMode.Solid}
_NUM_CORNERS = 32
_PLANE_SIZE = 5.0


@converts('shape_msgs/msg/SolidPrimitive')
def solid_primitive(topic: Topic) -> Convert:  # noqa: ARG001
    """Make `Boxes3D`, `Ellipsoids3D` or `Cylinders3D`, or `Mesh3D` of cones and prisms."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        return replacing.entries(_to_solid(message))

    return convert


@converts_each('shape_msgs/msg/Mesh')
def mesh(message: Message) -> Iterator[Entry]:
    """Make `Mesh3D`."""
    vertices = vectors(message.vertices, '')
    triangles = message.triangles.column('vertex_indices')
    if triangles.size and int(triangles.max()) >= len(vertices):
        msg = f'a mesh of {len(vertices)} vertices has a triangle of number {triangles.max()}'
        raise ConversionError(msg)
    yield Entry(
        Mesh3D.from_fields(
            vertex_positions=vertices, triangle_indices=triangles, albedo_factor=_COLOR
        )
    )


@converts_each('shape_msgs/msg/Plane')
def plane(message: Message) -> Iterator[Entry]:
    """Make `Mesh3D`: a square of the plane, in the middle that which is nearest to the origin."""
    a, b, c, d = map(float, message.coef)
    length = math.hypot(a, b, c)
    if not (0 < length < math.inf and math.isfinite(d)):
        msg = f'the plane {a} x + {b} y + {c} z + {d} = 0 has no direction; repair its numbers'
        raise ConversionError(msg)
    normal = np.array((a, b, c)) / length
    first = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    half = _PLANE_SIZE / 2
    corners = [-d / length * normal + half * (i * first + j * second) for i, j in _SQUARE]
    yield Entry(
        Mesh3D.from_fields(
            vertex_positions=np.array(corners),
            triangle_indices=((0, 1, 2), (0, 2, 3)),
            albedo_factor=_COLOR,
        )
    )


_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _to_solid(message: Message) -> AnyColumns:
    found = _SOLIDS.get(message.type)
    sizes = [float(size) for size in message.dimensions]
    if found is None:
        msg = f'solids of type {message.type} do not exist; use 1 (box) to 5 (prism)'
        raise ConversionError(msg)
    make, num_sizes = found
    if len(sizes) < num_sizes:
        msg = f'a solid of type {message.type} has {len(sizes)} sizes; publish {num_sizes}'
        raise ConversionError(msg)
    return make(message, *sizes[:num_sizes])


def _box(_: Message, x: float, y: float, z: float) -> AnyColumns:
    return Boxes3D.from_fields(half_sizes=(x / 2, y / 2, z / 2), **_SOLID)


def _sphere(_: Message, radius: float) -> AnyColumns:
    return Ellipsoids3D.from_fields(half_sizes=(radius, radius, radius), **_SOLID)


def _cylinder(_: Message, height: float, radius: float) -> AnyColumns:
    return Cylinders3D.from_fields(lengths=height, radii=radius, **_SOLID)


def _cone(_: Message, height: float, radius: float) -> AnyColumns:
    angles = np.linspace(0, math.tau, _NUM_CORNERS, endpoint=False)
    circle = np.stack((np.cos(angles), np.sin(angles)), axis=1) * radius
    return _extruded(circle, height, tip=True)


def _prism(message: Message, height: float) -> AnyColumns:
    outline = vectors(message.polygon.points, '')[:, :2]
    if len(outline) < 3:  # noqa: PLR2004
        msg = f'the base of a prism has {len(outline)} corners; publish at least 3'
        raise ConversionError(msg)
    return _extruded(outline, height, tip=False)


def _extruded(outline: Array, height: float, *, tip: bool) -> AnyColumns:
    """Return a body around the origin whose base is convex."""
    count = len(outline)
    vertices = np.zeros((2 * count, 3), np.float32)
    vertices[:count, :2] = vertices[count:, :2] = outline
    vertices[count:, 2] = height / 2
    vertices[:count, 2] = -height / 2
    if tip:
        vertices[count:, :2] = 0
    i = np.arange(count)
    j = np.roll(i, -1)
    fan = np.stack((np.zeros(count - 2, int), i[2:], i[1:-1]), axis=1)
    sides = np.stack((i, j, j + count, i, j + count, i + count), axis=1).reshape(-1, 3)
    triangles = np.concatenate((fan, sides, fan[:, ::-1] + count))
    return Mesh3D.from_fields(
        vertex_positions=owned(vertices),
        triangle_indices=owned(triangles.astype(np.uint32)),
        albedo_factor=_COLOR,
    )


_SOLIDS: Mapping[int, tuple[Callable[..., AnyColumns], int]] = {
    1: (_box, 3),
    2: (_sphere, 1),
    3: (_cylinder, 2),
    4: (_cone, 2),
    5: (_prism, 1),
}
