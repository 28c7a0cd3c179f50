# SPDX-License-Identifier: Apache-2.0
"""Regular grids of numbers: maps, voxels, volumes, tensors."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import TensorData

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import (
        AxisAngles,
        Choices,
        Colors,
        Contents,
        Numbers,
        Quaternions,
        Tensors,
        Vectors,
    )
    from rerun_bridge.archetypes.values import ImageFormat


class GridMap(SchemaArchetype):
    """
    A map of square cells on a plane, as an image.

    Parameters
    ----------
    data
        Rows of cells, without gaps.
    format
        An `ImageFormat`: how many cells, and what their bytes mean.
    cell_size
        In scene units.
    translation
        Of the lower left corner, shape (3,).
    rotation_axis_angle, quaternion
        Of the plane.
    opacity
        0 to 1.
    draw_order
        Higher ones are in front.
    colormap
        `Colormap`, for cells of one byte.

    """

    _: KW_ONLY
    data: Contents
    format: ImageFormat
    cell_size: Numbers
    translation: Vectors | None = None
    rotation_axis_angle: AxisAngles | None = None
    quaternion: Quaternions | None = None
    opacity: Numbers | None = None
    draw_order: Numbers | None = None
    colormap: Choices | None = None


class VoxelGridMap(SchemaArchetype):
    """
    A map of the occupied cubes of a grid.

    Parameters
    ----------
    voxel_indices
        Integers, shape (n, 3).
    voxel_size
        Lengths of the edges in scene units, shape (3,).
    values, colors
        One for each cube.
    translation
        Of the corner of cube (0, 0, 0), shape (3,).
    rotation_axis_angle, quaternion
        Of the grid.
    opacity
        0 to 1.
    value_range, colormap
        How values become colors.

    """

    voxel_indices: Vectors
    voxel_size: Vectors
    _: KW_ONLY
    values: Numbers | None = None
    colors: Colors | None = None
    translation: Vectors | None = None
    rotation_axis_angle: AxisAngles | None = None
    quaternion: Quaternions | None = None
    opacity: Numbers | None = None
    value_range: Numbers | None = None
    colormap: Choices | None = None


class Volume3D(SchemaArchetype):
    """
    Numbers in space, seen through like smoke.

    Parameters
    ----------
    values
        Shape (depth, height, width).
    voxel_size
        In scene units, shape (3,).
    translation, quaternion
        Where the volume is.
    value_range, gamma, colormap
        How values become colors.
    optical_density
        How much light a scene unit takes away.

    """

    values: Tensors
    _: KW_ONLY
    voxel_size: Vectors | None = None
    translation: Vectors | None = None
    quaternion: Quaternions | None = None
    value_range: Numbers | None = None
    gamma: Numbers | None = None
    colormap: Choices | None = None
    optical_density: Numbers | None = None


class Tensor(SchemaArchetype):
    """
    Numbers in any number of dimensions.

    Parameters
    ----------
    data
        An array or `TensorData`.
    dim_names
        One for each dimension.
    value_range
        Smallest and largest number of the colormap.

    Raises
    ------
    UsageError
        If there are not as many names as dimensions.

    """

    def __init__(
        self,
        data: Tensors | None = None,
        *,
        dim_names: Sequence[str] | None = None,
        value_range: Numbers | None = None,
    ) -> None:
        tensor: Any = data
        if not isinstance(tensor, TensorData):
            tensor = TensorData(array=tensor, dim_names=dim_names)
        elif dim_names is not None:
            tensor = TensorData(shape=tensor.shape, buffer=tensor.buffer, dim_names=dim_names)
        self._set(data=tensor, value_range=value_range)
