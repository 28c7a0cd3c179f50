# SPDX-License-Identifier: Apache-2.0
"""
Shapes on images and in other planes: points, lines, arrows, boxes, ellipses.

Common parameters: `radii` and `line_radii` in scene units, negative ones in points of the screen;
`colors`, `labels` and `class_ids` one for each instance or one for all; `show_labels` whether
labels are shown; `draw_order` higher ones in front.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes.boxes import centers_and_half_sizes, from_array
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.enums import Box2DFormat
    from rerun_bridge.archetypes.likes import Booleans, Colors, Numbers, Strips, Texts, Vectors


class Points2D(SchemaArchetype):
    """
    Points.

    Parameters
    ----------
    positions
        Shape (n, 2).
    radii, colors, labels, show_labels, draw_order, class_ids
        See the module.
    keypoint_ids
        Which points of their class these are; the class is 0 if no `class_ids` are given.

    """

    def __init__(
        self,
        positions: Vectors,
        *,
        radii: Numbers | None = None,
        colors: Colors | None = None,
        labels: Texts | None = None,
        show_labels: Booleans | None = None,
        draw_order: Numbers | None = None,
        class_ids: Numbers | None = None,
        keypoint_ids: Numbers | None = None,
    ) -> None:
        if class_ids is None and keypoint_ids is not None:
            class_ids = 0
        self._set(
            positions=positions,
            radii=radii,
            colors=colors,
            labels=labels,
            show_labels=show_labels,
            draw_order=draw_order,
            class_ids=class_ids,
            keypoint_ids=keypoint_ids,
        )


class LineStrips2D(SchemaArchetype):
    """
    Lines through points.

    Parameters
    ----------
    strips
        Lines of shape (m, 2); one, or a sequence.
    radii, colors, labels, show_labels, draw_order, class_ids
        One for each line; see the module.

    """

    strips: Strips
    _: KW_ONLY
    radii: Numbers | None = None
    colors: Colors | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    draw_order: Numbers | None = None
    class_ids: Numbers | None = None


class Arrows2D(SchemaArchetype):
    """
    Arrows.

    Parameters
    ----------
    vectors
        From shaft to tip, shape (n, 2).
    origins
        Where the shafts begin, shape (n, 2).
    radii, colors, labels, show_labels, draw_order, class_ids
        See the module.

    """

    _: KW_ONLY
    vectors: Vectors
    origins: Vectors | None = None
    radii: Numbers | None = None
    colors: Colors | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    draw_order: Numbers | None = None
    class_ids: Numbers | None = None


class Boxes2D(SchemaArchetype):
    """
    Rectangles along the axes.

    Parameters
    ----------
    sizes, half_sizes
        Lengths of the edges, or half of them; one of the two, shape (n, 2).
    mins, centers
        Corners with the smallest coordinates, or centers; at most one of the two, shape (n, 2).
    array
        Instead of all these, shape (n, 4).
    array_format
        What the four numbers are.
    radii, colors, labels, show_labels, draw_order, class_ids
        See the module; `radii` are half the widths of the edges.

    Raises
    ------
    UsageError
        If arguments exclude each other or `array_format` is missing.

    """

    def __init__(
        self,
        *,
        sizes: Vectors | None = None,
        mins: Vectors | None = None,
        half_sizes: Vectors | None = None,
        centers: Vectors | None = None,
        array: Vectors | None = None,
        array_format: Box2DFormat | None = None,
        radii: Numbers | None = None,
        colors: Colors | None = None,
        labels: Texts | None = None,
        show_labels: Booleans | None = None,
        draw_order: Numbers | None = None,
        class_ids: Numbers | None = None,
    ) -> None:
        others: tuple[Any, ...] = (sizes, mins, half_sizes, centers)
        if array is None:
            centers, half_sizes = centers_and_half_sizes(
                sizes=sizes, mins=mins, half_sizes=half_sizes, centers=centers
            )
        elif array_format is None or any(other is not None for other in others):
            msg = 'an array of boxes goes with array_format= and no other sizes or positions'
            raise UsageError(msg)
        else:
            centers, half_sizes = from_array(array, array_format)
        self._set(
            half_sizes=half_sizes,
            centers=centers,
            radii=radii,
            colors=colors,
            labels=labels,
            show_labels=show_labels,
            draw_order=draw_order,
            class_ids=class_ids,
        )


class Ellipses2D(SchemaArchetype):
    """
    Ellipses along the axes.

    Parameters
    ----------
    half_sizes
        Half axes, shape (n, 2).
    centers
        Shape (n, 2).
    line_radii, colors, labels, show_labels, draw_order, class_ids
        See the module.

    """

    _: KW_ONLY
    half_sizes: Vectors | None = None
    centers: Vectors | None = None
    line_radii: Numbers | None = None
    colors: Colors | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    draw_order: Numbers | None = None
    class_ids: Numbers | None = None
