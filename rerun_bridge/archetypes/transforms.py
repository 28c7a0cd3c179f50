# SPDX-License-Identifier: Apache-2.0
"""Where things are: transforms, coordinate frames, poses, cameras."""

from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING
import warnings

import numpy as np

from rerun_bridge.archetypes.enums import TransformRelation
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import Quaternion, RotationAxisAngle
from rerun_bridge.encodings import to_owned
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import (
        AxisAngles,
        Booleans,
        Choices,
        Colors,
        Matrices,
        Numbers,
        Quaternions,
        Texts,
        Vectors,
    )

_SMALLEST_ANGLE = 1.19209e-07


class Transform3D(SchemaArchetype):
    """
    A transform between this entity and its parent, or between two named frames.

    Parameters
    ----------
    translation
        Shape (3,).
    rotation
        A `Quaternion` or a `RotationAxisAngle`, instead of the next two.
    rotation_axis_angle
        A `RotationAxisAngle`.
    quaternion
        Shape (4,), real part last.
    scale
        One number for all axes, or shape (3,).
    mat3x3
        Rotation and scale in one matrix, shape (3, 3), row by row.
    from_parent
        Old way to say ``relation=TransformRelation.ChildFromParent``.
    relation
        `TransformRelation`: which way it maps; to the parent unless told otherwise.
    child_frame, parent_frame
        Names of frames; without them, those of the entity and its parent.

    Raises
    ------
    UsageError
        If arguments exclude each other.

    """

    def __init__(
        self,
        *,
        translation: Vectors | None = None,
        rotation: Quaternion | RotationAxisAngle | None = None,
        rotation_axis_angle: AxisAngles | None = None,
        quaternion: Quaternions | None = None,
        scale: Vectors | None = None,
        mat3x3: Matrices | None = None,
        from_parent: bool | None = None,
        relation: Choices | None = None,
        child_frame: Texts | None = None,
        parent_frame: Texts | None = None,
    ) -> None:
        if rotation is not None:
            if quaternion is not None or rotation_axis_angle is not None:
                msg = 'the rotation is given twice; leave rotation= out'
                raise UsageError(msg)
            rotation_axis_angle, quaternion = _sort_rotation(rotation)
        if scale is not None:
            scale = _per_axis(scale)
        if from_parent is not None:
            relation = _relation_of(relation, from_parent=from_parent)
        self._set(
            translation=translation,
            rotation_axis_angle=rotation_axis_angle,
            quaternion=quaternion,
            scale=scale,
            mat3x3=mat3x3,
            relation=relation,
            child_frame=child_frame,
            parent_frame=parent_frame,
        )


def _sort_rotation(rotation: Any) -> tuple[Any, Any]:  # noqa: ANN401
    first = rotation[0] if isinstance(rotation, (list, tuple)) and rotation else rotation
    if isinstance(first, RotationAxisAngle):
        return rotation, None
    if isinstance(first, Quaternion):
        return None, rotation
    msg = f'{type(rotation).__name__} may be any rotation; use quaternion= or a Quaternion'
    raise UsageError(msg)


def _per_axis(scale: Any) -> Any:  # noqa: ANN401
    factors = to_owned(scale, np.dtype('<f4'))
    return np.repeat(factors, 3) if factors.size == 1 else factors


def _relation_of(relation: Choices | None, *, from_parent: bool) -> Choices | None:
    warnings.warn(
        'from_parent= is old; use relation=TransformRelation.ChildFromParent',
        DeprecationWarning,
        stacklevel=3,
    )
    if relation is not None:
        msg = 'from_parent and relation exclude each other; give relation= only'
        raise UsageError(msg)
    return TransformRelation.ChildFromParent if from_parent else None


class InstancePoses3D(SchemaArchetype):
    """
    Poses at which everything of this entity is drawn, once for each.

    Parameters
    ----------
    translations, scales
        Shape (n, 3).
    rotation_axis_angles, quaternions
        Rotations of either kind.
    mat3x3
        Rotation and scale in one matrix, shape (n, 3, 3), row by row.

    """

    _: KW_ONLY
    translations: Vectors | None = None
    rotation_axis_angles: AxisAngles | None = None
    quaternions: Quaternions | None = None
    scales: Vectors | None = None
    mat3x3: Matrices | None = None


class TransformAxes3D(SchemaArchetype):
    """
    Axes drawn at the transform of this entity.

    Parameters
    ----------
    axis_length
        In scene units.
    show_frame
        Whether to write the name of the frame.

    """

    axis_length: Numbers
    _: KW_ONLY
    show_frame: Booleans | None = None


class CoordinateFrame(SchemaArchetype):
    """
    The frame that the data of this entity are in.

    Parameters
    ----------
    frame
        Its name.

    """

    frame: Texts


class Pinhole(SchemaArchetype):
    """
    A camera without distortion.

    Parameters
    ----------
    image_from_camera
        Shape (3, 3), row by row; or give `focal_length` and `principal_point`.
    resolution
        Width and height in pixels; or give `width` and `height`.
    camera_xyz
        Where the axes point, one of `ViewCoordinates`; X=right, Y=down, Z=forward by default.
    width, height
        In pixels.
    focal_length
        In pixels; one number, or two for X and Y.
    principal_point
        In pixels; the center by default.
    fov_y, aspect_ratio
        Angle of view from top to bottom in radians and width per height, instead of the above.
    child_frame, parent_frame
        Names of frames, as in `Transform3D`.
    image_plane_distance
        How far from the camera the image is drawn, in scene units.
    color, line_width
        Of the lines that show the camera.

    Raises
    ------
    UsageError
        If arguments exclude each other or do not tell the projection.

    """

    def __init__(
        self,
        *,
        image_from_camera: Matrices | None = None,
        resolution: Vectors | None = None,
        camera_xyz: Vectors | None = None,
        width: float | None = None,
        height: float | None = None,
        focal_length: Numbers | None = None,
        principal_point: Vectors | None = None,
        fov_y: float | None = None,
        aspect_ratio: float | None = None,
        child_frame: Texts | None = None,
        parent_frame: Texts | None = None,
        image_plane_distance: Numbers | None = None,
        color: Colors | None = None,
        line_width: Numbers | None = None,
    ) -> None:
        if width is not None or height is not None:
            if resolution is not None:
                msg = 'resolution and width, height exclude each other; give resolution= only'
                raise UsageError(msg)
            if width is not None and height is not None:
                resolution = (width, height)
        if image_from_camera is None:
            if fov_y is not None and aspect_ratio is not None:
                focal_length = 0.5 / math.tan(max(fov_y * 0.5, _SMALLEST_ANGLE))
                resolution = (aspect_ratio, 1.0)
            image_from_camera = _projection(focal_length, principal_point, resolution)
        elif any(v is not None for v in (focal_length, principal_point, fov_y, aspect_ratio)):
            msg = 'image_from_camera tells the whole projection; give nothing else about it'
            raise UsageError(msg)
        self._set(
            image_from_camera=image_from_camera,
            resolution=resolution,
            camera_xyz=camera_xyz,
            child_frame=child_frame,
            parent_frame=parent_frame,
            image_plane_distance=image_plane_distance,
            color=color,
            line_width=line_width,
        )


def _projection(
    focal_length: Numbers | None, principal_point: Vectors | None, resolution: Vectors | None
) -> Matrices:
    if focal_length is None:
        msg = 'nothing tells the focal length; give image_from_camera= or focal_length='
        raise UsageError(msg)
    if principal_point is None:
        if resolution is None:
            msg = 'nothing tells the center; give principal_point=, resolution= or width=, height='
            raise UsageError(msg)
        principal_point = np.asarray(resolution, np.float64) / 2
    try:
        focal_x, focal_y = np.broadcast_to(np.asarray(focal_length, np.float64), 2)
        center_x, center_y = np.asarray(principal_point, np.float64).reshape(2)
    except (TypeError, ValueError) as exc:
        msg = 'expected one or two focal lengths and two coordinates of the principal point'
        raise UsageError(msg) from exc
    return np.array([[focal_x, 0, center_x], [0, focal_y, center_y], [0, 0, 1]])
