# SPDX-License-Identifier: Apache-2.0
"""
The shapes of ``visualization_msgs/msg/Marker``, a function for each number in `SHAPES`.

Points, lines and lists are in the frame of the marker's pose, as its solid shapes are.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import (
    Arrows3D,
    Boxes3D,
    Cylinders3D,
    Ellipsoids3D,
    FillMode,
    LineStrips3D,
    Mesh3D,
    Points3D,
)
from rerun_bridge.converters.base import RowType
from rerun_bridge.converters.colors import color_of, colors_of
from rerun_bridge.converters.geometry import vectors, xyz
from rerun_bridge.converters.strips import even_strips
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns

    Array: TypeAlias = npt.NDArray[Any]
    Scale: TypeAlias = tuple[float, float, float]


class Shape(NamedTuple):
    """
    What is drawn of a marker.

    Attributes
    ----------
    columns
        The archetype, without pose.
    scale
        To be applied to it, if any.

    """

    columns: AnyColumns
    scale: Scale | None = None


def _row_type(archetype: Any, *names: str) -> RowType:  # noqa: ANN401 - any class of archetypes
    return RowType(*(archetype.FIELDS[name] for name in names))


_ARROWS = _row_type(Arrows3D, 'vectors', 'origins', 'radii', 'colors')
_BOXES = _row_type(Boxes3D, 'half_sizes', 'centers', 'colors', 'fill_mode')
_ELLIPSOIDS = _row_type(Ellipsoids3D, 'half_sizes', 'centers', 'colors', 'fill_mode')
_CYLINDERS = _row_type(Cylinders3D, 'lengths', 'radii', 'colors', 'fill_mode')
_STRIPS = _row_type(LineStrips3D, 'strips', 'radii', 'colors')
_SEGMENTS = RowType(
    even_strips(LineStrips3D), LineStrips3D.FIELDS['radii'], LineStrips3D.FIELDS['colors']
)
_POINTS = _row_type(Points3D, 'positions', 'radii', 'colors')
_TEXTS = _row_type(Points3D, 'positions', 'radii', 'colors', 'labels', 'show_labels')
_COLORED_MESH = _row_type(Mesh3D, 'vertex_positions', 'vertex_colors')
_MESH = _row_type(Mesh3D, 'vertex_positions', 'albedo_factor')
_SOLID = FillMode.Solid
_ORIGIN = (0.0, 0.0, 0.0)
_TRIANGLE = 3


def _arrow(marker: Message) -> Shape:
    if len(marker.points):
        if len(marker.points) != 2:  # noqa: PLR2004
            msg = f'an arrow has {len(marker.points)} points; give it none, or tail and tip'
            raise ConversionError(msg)
        return _arrow_strip(marker)
    scale = marker.scale
    vector = (scale.x, 0.0, 0.0)
    return Shape(_ARROWS(vector, _ORIGIN, scale.y / 2, color_of(marker.color)))


def _arrow_strip(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    radius, count = marker.scale.x / 2, max(0, len(points) - 1)
    colors = _colors(marker, len(points))
    if not isinstance(colors, int):
        colors = colors[:count]
    return Shape(_ARROWS(owned(points[1:] - points[:-1]), points[:count], radius, colors))


def _cube(marker: Message) -> Shape:
    return Shape(_BOXES(_half(marker.scale), _ORIGIN, color_of(marker.color), _SOLID))


def _sphere(marker: Message) -> Shape:
    return Shape(_ELLIPSOIDS(_half(marker.scale), _ORIGIN, color_of(marker.color), _SOLID))


def _cylinder(marker: Message) -> Shape:
    x, y, z = xyz(marker.scale)
    # Rerun's are round, so an elliptic one is a round one that is stretched.
    scale = None if x == y else (1.0, y / x if x else 0.0, 1.0)
    return Shape(_CYLINDERS(z, x / 2, color_of(marker.color), _SOLID), scale)


def _line_strip(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    radius, colors = marker.scale.x / 2, _colors(marker, len(points))
    if isinstance(colors, int):
        return Shape(_STRIPS([points] if len(points) else [], radius, colors))
    # Rerun colors whole strips, so each segment is one.
    segments = np.stack((points[:-1], points[1:]), axis=1)
    return Shape(_SEGMENTS(owned(segments), radius, colors[: len(segments)]))


def _line_list(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    if len(points) % 2:
        msg = f'a list of lines has {len(points)} points; publish two for each line'
        raise ConversionError(msg)
    colors = _colors(marker, len(points))
    if not isinstance(colors, int):
        colors = owned(np.ascontiguousarray(colors[::2]))
    segments = points.reshape(-1, 2, 3)
    return Shape(_SEGMENTS(owned(segments), marker.scale.x / 2, colors))


def _cube_list(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    half_sizes = np.tile(np.array(_half(marker.scale), np.float32), (len(points), 1))
    return Shape(_BOXES(owned(half_sizes), points, _colors(marker, len(points)), _SOLID))


def _sphere_list(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    colors, half_size = _colors(marker, len(points)), _half(marker.scale)
    if len(set(half_size)) == 1:
        return Shape(_POINTS(points, half_size[0], colors))
    half_sizes = np.tile(np.array(half_size, np.float32), (len(points), 1))
    return Shape(_ELLIPSOIDS(owned(half_sizes), points, colors, _SOLID))


def _points(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    radius = max(marker.scale.x, marker.scale.y) / 2
    return Shape(_POINTS(points, radius, _colors(marker, len(points))))


def _text(marker: Message) -> Shape:
    is_shown = True
    return Shape(_TEXTS(_ORIGIN, 0.0, color_of(marker.color), marker.text, is_shown))


def _triangle_list(marker: Message) -> Shape:
    points = vectors(marker.points, '')
    num_faces, rest = divmod(len(points), _TRIANGLE)
    if rest:
        msg = f'a list of triangles has {len(points)} points; publish three for each triangle'
        raise ConversionError(msg)
    scale = xyz(marker.scale)
    if len(marker.colors) == num_faces != len(points):
        colors = owned(np.repeat(colors_of(marker.colors), _TRIANGLE))
        return Shape(_COLORED_MESH(points, colors), scale)
    both = _colors(marker, len(points))
    make = _MESH if isinstance(both, int) else _COLORED_MESH
    return Shape(make(points, both), scale)


def _half(scale: Message) -> Scale:
    return scale.x / 2, scale.y / 2, scale.z / 2


def _colors(marker: Message, count: int) -> Array | int:
    """Return one color per point, or that of the marker, as RViz does if the numbers differ."""
    if count and len(marker.colors) == count:
        return colors_of(marker.colors)
    return color_of(marker.color)


TRIANGLE_LIST, MESH_RESOURCE = 11, 10
SHAPES: Mapping[int, Callable[[Message], Shape]] = {
    0: _arrow,
    1: _cube,
    2: _sphere,
    3: _cylinder,
    4: _line_strip,
    5: _line_list,
    6: _cube_list,
    7: _sphere_list,
    8: _points,
    9: _text,
    TRIANGLE_LIST: _triangle_list,
    12: _arrow_strip,
}
"""By the field ``type`` of a marker; meshes, number 10, are in `marker_meshes`."""
