# SPDX-License-Identifier: Apache-2.0
"""
Types of components by their Rerun names: enumerations, value classes, and batches.

Whatever is not written here is made when it is first asked for: `Position3D`, `ColorBatch`, ...
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.component_batch import batch_class, ComponentBatch
from rerun_bridge.archetypes.enums import (
    AggregationPolicy,
    Colormap,
    FillMode,
    GraphType,
    InterpolationMode,
    MagnificationFilter,
    MarkerShape,
    MeshFaceRendering,
    PointShading,
    TransformRelation,
    VideoCodec,
    ViewDir,
)
from rerun_bridge.archetypes.graph import GraphEdge
from rerun_bridge.archetypes.schema import COMPONENT_TYPES
from rerun_bridge.archetypes.values import (
    ImageFormat,
    MediaType,
    Plane3D,
    RotationAxisAngle,
    TensorData,
    TensorDimensionIndexSelection,
    TextLogLevel,
    VideoTimestamp,
)
from rerun_bridge.archetypes.values import (
    Quaternion as RotationQuat,
)
from rerun_bridge.archetypes.values import (
    TensorDimensionSelection as TensorHeightDimension,
)
from rerun_bridge.archetypes.values import (
    TensorDimensionSelection as TensorWidthDimension,
)
from rerun_bridge.archetypes.values import (
    Time as Timestamp,
)
from rerun_bridge.archetypes.view_coordinates import ViewCoordinates

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    'AggregationPolicy',
    'AlbedoFactor',
    'Colormap',
    'ComponentBatch',
    'FillMode',
    'GraphEdge',
    'GraphType',
    'ImageFormat',
    'InterpolationMode',
    'MagnificationFilter',
    'MarkerShape',
    'MediaType',
    'MeshFaceRendering',
    'Plane3D',
    'PointShading',
    'Radius',
    'RotationAxisAngle',
    'RotationQuat',
    'Scale3D',
    'TensorData',
    'TensorDimensionIndexSelection',
    'TensorHeightDimension',
    'TensorWidthDimension',
    'TextLogLevel',
    'Timestamp',
    'TransformRelation',
    'VideoCodec',
    'VideoTimestamp',
    'ViewCoordinates',
    'ViewDir',
]


class AlbedoFactor(ComponentBatch):
    """A color that all colors of a mesh are multiplied by."""

    TYPE = COMPONENT_TYPES['AlbedoFactor']


class Radius(ComponentBatch):
    """A radius: in scene units, or in points of the screen if negative."""

    TYPE = COMPONENT_TYPES['Radius']

    @staticmethod
    def ui_points(radii: npt.ArrayLike) -> np.ndarray[Any, np.dtype[np.float32]]:
        """
        Mark radii as points of the screen.

        Parameters
        ----------
        radii
            One or many.

        Returns
        -------
        numpy.ndarray
            Negative.

        """
        return -np.abs(np.asarray(radii, np.float32))


class Scale3D(ComponentBatch):
    """
    Factors of the three axes.

    Parameters
    ----------
    uniform_or_per_axis
        One number for all, or shape (3,).

    """

    TYPE = COMPONENT_TYPES['Scale3D']

    def __init__(self, uniform_or_per_axis: npt.ArrayLike = 1.0) -> None:
        super().__init__(np.broadcast_to(np.asarray(uniform_or_per_axis, np.float32), 3))


def __getattr__(name: str) -> type[ComponentBatch]:
    component_type = name.removesuffix('Batch')
    if component_type not in COMPONENT_TYPES:
        msg = f'module {__name__!r} has no attribute {name!r}'
        raise AttributeError(msg)
    found = batch_class(name, component_type)
    globals()[name] = found
    return found
