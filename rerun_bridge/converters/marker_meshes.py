# SPDX-License-Identifier: Apache-2.0
"""Markers that show files: meshes, and triangles with a picture on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import Asset3D, MediaType
from rerun_bridge.converters.assets import Assets, checksum
from rerun_bridge.converters.colors import color_of
from rerun_bridge.converters.geometry import vectors
from rerun_bridge.converters.gltf import textured_glb
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.resources import Resources

_EMBEDDED = 'embedded://'
_PICTURES = (MediaType.PNG, MediaType.JPEG)


class MarkerMeshes:
    """
    The files of the markers of one topic; the same file in the same color is one object.

    Parameters
    ----------
    resources
        Where to look for files that markers name.

    """

    def __init__(self, resources: Resources) -> None:
        self._assets = Assets(resources)
        self._embedded: dict[str, bytes] = {}

    def mesh(self, marker: Message) -> Asset3D:
        """
        Return what a marker of a mesh shows.

        Parameters
        ----------
        marker
            With a file in it, or the name of one; one that was sent before need not be sent
            again.

        Returns
        -------
        Asset3D
            In the color of the marker, unless it wants the mesh's own.

        Raises
        ------
        ConversionError
            If there is no such file.

        """
        uri = marker.mesh_resource
        file = getattr(marker, 'mesh_file', None)
        color = 0 if marker.mesh_use_embedded_materials else color_of(marker.color)
        if file is None or not (len(file.data) or uri.startswith(_EMBEDDED)):
            return self._assets.named(uri, color)
        name = file.filename or uri
        return self._assets.given(self._remember(name, file.data), name, color)

    def textured(self, marker: Message) -> Asset3D | None:
        """
        Return triangles with a picture on them.

        Parameters
        ----------
        marker
            A list of triangles.

        Returns
        -------
        Asset3D or None
            None if there is no picture, or nothing to put it on.

        Raises
        ------
        ConversionError
            If the picture is in no known format.

        """
        texture = getattr(marker, 'texture', None)
        count = len(marker.points)
        if texture is None or not count or len(marker.uv_coordinates) != count or count % 3:
            return None
        picture = self._remember(marker.texture_resource, texture.data)
        if not picture:
            return None
        media_type = MediaType.guess_from_contents(picture[:12])
        if media_type not in _PICTURES:
            msg = f'the texture begins with {picture[:4].hex()}; publish PNG or JPEG'
            raise ConversionError(msg)
        points = vectors(marker.points, '')
        texcoords = marker.uv_coordinates.columns('', ('u', 'v'))
        key = (checksum(picture), checksum(points.tobytes()), checksum(texcoords.tobytes()))
        return self._assets.get(
            key,
            lambda: Asset3D(
                contents=textured_glb(points, texcoords, picture, str(media_type)),
                media_type=MediaType.GLB,
            ),
        )

    def _remember(self, name: str, data: object) -> bytes:
        contents = bytes(memoryview(data))  # type: ignore[arg-type]
        name = name.removeprefix(_EMBEDDED)
        if contents and name:
            self._embedded[name] = contents
        return contents or self._embedded.get(name, b'')
