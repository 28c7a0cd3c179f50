# SPDX-License-Identifier: Apache-2.0
"""
Shapes in space: points, lines, arrows, boxes and other solids.

Common parameters: `radii` and `line_radii` in scene units, negative ones in points of the screen;
`colors`, `labels` and `class_ids` one for each instance or one for all; `show_labels` whether
labels are shown; `fill_mode` a `FillMode`. Give rotations as `quaternions` or as
`rotation_axis_angles`.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.boxes import centers_and_half_sizes
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import RotationAxisAngle
from rerun_bridge.encodings import to_owned
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import (
        AxisAngles,
        Booleans,
        Choices,
        Colors,
        Numbers,
        Quaternions,
        Strips,
        Texts,
        Vectors,
    )


class Points3D(SchemaArchetype):
    """
    A cloud of points.

    Parameters
    ----------
    positions
        Shape (n, 3).
    radii, colors, labels, show_labels, class_ids
        See the module.
    point_shading
        `PointShading`: as balls or as discs.
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
        point_shading: Choices | None = None,
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
            point_shading=point_shading,
            class_ids=class_ids,
            keypoint_ids=keypoint_ids,
        )


class LineStrips3D(SchemaArchetype):
    """
    Lines through points.

    Parameters
    ----------
    strips
        Lines of shape (m, 3); one, or a sequence.
    radii, colors, labels, show_labels, class_ids
        One for each line; see the module.

    """

    strips: Strips
    _: KW_ONLY
    radii: Numbers | None = None
    colors: Colors | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    class_ids: Numbers | None = None


class Arrows3D(SchemaArchetype):
    """
    Arrows.

    Parameters
    ----------
    vectors
        From shaft to tip, shape (n, 3).
    origins
        Where the shafts begin, shape (n, 3).
    radii, colors, labels, show_labels, class_ids
        See the module.

    """

    _: KW_ONLY
    vectors: Vectors
    origins: Vectors | None = None
    radii: Numbers | None = None
    colors: Colors | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    class_ids: Numbers | None = None


class Boxes3D(SchemaArchetype):
    """
    Boxes.

    Parameters
    ----------
    sizes, half_sizes
        Lengths of the edges, or half of them; one of the two, shape (n, 3).
    mins, centers
        Corners with the smallest coordinates, or centers; at most one of the two, shape (n, 3).
    rotations
        Rotations of either kind, for old scripts.
    rotation_axis_angles, quaternions, colors, radii, fill_mode, labels, show_labels, class_ids
        See the module; `radii` are half the widths of the edges.

    Raises
    ------
    UsageError
        If arguments exclude each other.

    """

    def __init__(
        self,
        *,
        sizes: Vectors | None = None,
        mins: Vectors | None = None,
        half_sizes: Vectors | None = None,
        centers: Vectors | None = None,
        rotation_axis_angles: AxisAngles | None = None,
        quaternions: Quaternions | None = None,
        rotations: AxisAngles | Quaternions | None = None,
        colors: Colors | None = None,
        radii: Numbers | None = None,
        fill_mode: Choices | None = None,
        labels: Texts | None = None,
        show_labels: Booleans | None = None,
        class_ids: Numbers | None = None,
    ) -> None:
        centers, half_sizes = centers_and_half_sizes(
            sizes=sizes, mins=mins, half_sizes=half_sizes, centers=centers
        )
        if rotations is not None:
            if quaternions is not None or rotation_axis_angles is not None:
                msg = 'rotations are given twice; leave rotations= out'
                raise UsageError(msg)
            rotation_axis_angles, quaternions = _sort_rotations(rotations)
        self._set(
            half_sizes=half_sizes,
            centers=centers,
            rotation_axis_angles=rotation_axis_angles,
            quaternions=quaternions,
            colors=colors,
            radii=radii,
            fill_mode=fill_mode,
            labels=labels,
            show_labels=show_labels,
            class_ids=class_ids,
        )


def _sort_rotations(rotations: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Return (axis-angles, quaternions), the one of the two that was not given being empty."""
    first = rotations[0] if isinstance(rotations, (list, tuple)) and rotations else rotations
    return (rotations, []) if isinstance(first, RotationAxisAngle) else ([], rotations)


class Ellipsoids3D(SchemaArchetype):
    """
    Ellipsoids and balls.

    Parameters
    ----------
    half_sizes, radii
        Half axes, shape (n, 3), or radii of balls, shape (n,); one of the two.
    centers
        Shape (n, 3).
    rotation_axis_angles, quaternions, colors, line_radii, fill_mode, labels, show_labels,
    class_ids
        See the module.

    Raises
    ------
    UsageError
        If both `half_sizes` and `radii` are given.

    """

    def __init__(
        self,
        *,
        half_sizes: Vectors | None = None,
        radii: Numbers | None = None,
        centers: Vectors | None = None,
        rotation_axis_angles: AxisAngles | None = None,
        quaternions: Quaternions | None = None,
        colors: Colors | None = None,
        line_radii: Numbers | None = None,
        fill_mode: Choices | None = None,
        labels: Texts | None = None,
        show_labels: Booleans | None = None,
        class_ids: Numbers | None = None,
    ) -> None:
        if radii is not None:
            if half_sizes is not None:
                msg = 'half_sizes and radii exclude each other; give one of them'
                raise UsageError(msg)
            half_sizes = np.repeat(to_owned(radii, np.dtype('<f4')).reshape(-1, 1), 3, axis=1)
        self._set(
            half_sizes=half_sizes,
            centers=centers,
            rotation_axis_angles=rotation_axis_angles,
            quaternions=quaternions,
            colors=colors,
            line_radii=line_radii,
            fill_mode=fill_mode,
            labels=labels,
            show_labels=show_labels,
            class_ids=class_ids,
        )


class Capsules3D(SchemaArchetype):
    """
    Cylinders along +Z with half a ball at both ends.

    Parameters
    ----------
    lengths
        Between the centers of the two balls.
    radii
        Of the balls.
    translations
        Of the center of the first ball, shape (n, 3).
    rotation_axis_angles, quaternions, colors, line_radii, fill_mode, labels, show_labels,
    class_ids
        See the module.

    """

    _: KW_ONLY
    lengths: Numbers | None = None
    radii: Numbers | None = None
    translations: Vectors | None = None
    rotation_axis_angles: AxisAngles | None = None
    quaternions: Quaternions | None = None
    colors: Colors | None = None
    line_radii: Numbers | None = None
    fill_mode: Choices | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    class_ids: Numbers | None = None


class Cylinders3D(SchemaArchetype):
    """
    Cylinders along Z.

    Parameters
    ----------
    lengths, radii
        Shape (n,).
    centers
        Shape (n, 3).
    rotation_axis_angles, quaternions, colors, line_radii, fill_mode, labels, show_labels,
    class_ids
        See the module.

    """

    _: KW_ONLY
    lengths: Numbers | None = None
    radii: Numbers | None = None
    centers: Vectors | None = None
    rotation_axis_angles: AxisAngles | None = None
    quaternions: Quaternions | None = None
    colors: Colors | None = None
    line_radii: Numbers | None = None
    fill_mode: Choices | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    class_ids: Numbers | None = None


class GaussianSplats3D(SchemaArchetype):
    """
    A scene of Gaussian splats.

    Parameters
    ----------
    centers, scales
        Shape (n, 3).
    quaternions
        Shape (n, 4).
    colors
        Of the splats, with their opacity.
    sh_coefficients
        How the colors depend on the direction: shape (n, 15, 3).
    spherical_harmonics_degree
        How many of them count: 0 to 3.

    """

    centers: Vectors
    _: KW_ONLY
    scales: Vectors | None = None
    quaternions: Quaternions | None = None
    colors: Colors | None = None
    sh_coefficients: Numbers | None = None
    spherical_harmonics_degree: Numbers | None = None
