# SPDX-License-Identifier: Apache-2.0
"""Meshes of triangles."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes.enums import ChannelDatatype, ColorModel
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import ImageFormat, to_numpy
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from rerun_bridge.archetypes.likes import Choices, Colors, ImageLike, Numbers, Vectors

_MODELS = {3: ColorModel.RGB, 4: ColorModel.RGBA}


class Mesh3D(SchemaArchetype):
    """
    A mesh of triangles.

    Parameters
    ----------
    vertex_positions
        Shape (n, 3).
    triangle_indices
        Three vertices for each triangle, shape (m, 3); without them, any three in a row.
    vertex_normals
        Shape (n, 3).
    vertex_colors
        One for each vertex.
    vertex_texcoords
        Shape (n, 2), 0 to 1.
    albedo_texture
        An image, shape (height, width, 3) or (height, width, 4).
    albedo_factor
        A color that all colors are multiplied by.
    face_rendering
        `MeshFaceRendering`: which sides are drawn.
    class_ids
        One for each vertex.

    Raises
    ------
    UsageError
        If the texture is no color image.

    """

    def __init__(
        self,
        *,
        vertex_positions: Vectors,
        triangle_indices: Vectors | None = None,
        vertex_normals: Vectors | None = None,
        vertex_colors: Colors | None = None,
        vertex_texcoords: Vectors | None = None,
        albedo_texture: ImageLike | None = None,
        albedo_factor: Colors | None = None,
        face_rendering: Choices | None = None,
        class_ids: Numbers | None = None,
    ) -> None:
        self._set(
            vertex_positions=vertex_positions,
            triangle_indices=triangle_indices,
            vertex_normals=vertex_normals,
            vertex_colors=vertex_colors,
            vertex_texcoords=vertex_texcoords,
            albedo_factor=albedo_factor,
            face_rendering=face_rendering,
            class_ids=class_ids,
            **({} if albedo_texture is None else _texture(albedo_texture)),
        )


def _texture(image: ImageLike) -> dict[str, Any]:
    pixels = to_numpy(image)
    if pixels.ndim != 3 or pixels.shape[2] not in _MODELS:  # noqa: PLR2004
        msg = f'expected a texture of shape (height, width, 3 or 4), got {pixels.shape}'
        raise UsageError(msg)
    height, width, num_channels = pixels.shape
    texture_format = ImageFormat(
        width,
        height,
        color_model=_MODELS[num_channels],
        channel_datatype=ChannelDatatype.from_np_dtype(pixels.dtype),
    )
    return {'albedo_texture_buffer': [pixels], 'albedo_texture_format': texture_format}
