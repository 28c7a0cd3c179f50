# SPDX-License-Identifier: Apache-2.0
"""The shapes of a URDF as archetypes, those that the official importer makes of them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rerun_bridge.archetypes import (
    Boxes3D,
    Capsules3D,
    CoordinateFrame,
    Cylinders3D,
    Ellipsoids3D,
    FillMode,
)
from rerun_bridge.converters.assets import Assets
from rerun_bridge.converters.base import RowType
from rerun_bridge.converters.markers import placed
from rerun_bridge.converters.urdf import Box, Capsule, Cylinder, Mesh, Sphere
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from typing import Any

    from rerun_bridge.archetypes import Archetype, Asset3D, Columns
    from rerun_bridge.converters.geometry import Vector
    from rerun_bridge.converters.resources import Resources
    from rerun_bridge.converters.urdf import Color, Geometry, Unknown

_FRAME = RowType(CoordinateFrame.FIELDS['frame'])
_WHITE = 0xFFFFFFFF
_MAX_BYTE = 255
_DAE_UNIT = re.compile(rb'<unit\b[^>]*?\bmeter\s*=\s*["\']([^"\']*)')
_DAE_HEAD_SIZE = 1 << 16


class RobotShapes:
    """
    Draws the shapes of one description.

    Parameters
    ----------
    resources
        Where to look for meshes.
    mesh_folder
        Of meshes with relative names; empty if there are none.

    """

    def __init__(self, resources: Resources, mesh_folder: str) -> None:
        self._resources = resources
        self._assets = Assets(resources)
        self._folder = mesh_folder

    def columns(self, geometry: Geometry, frame_id: str, *, is_solid: bool) -> Columns:
        """
        Draw a shape.

        Parameters
        ----------
        geometry
            Of a link.
        frame_id
            Of that link.
        is_solid
            Whether to fill it; else one looks through, which meshes do not allow.

        Returns
        -------
        Columns
            The frame, the pose in it, and what is there.

        Raises
        ------
        ConversionError
            If it is a file that is not there, or cannot be drawn.

        """
        shape, material = geometry.shape, geometry.material
        color = None if material is None or material.color is None else _srgb(material.color)
        frame = _FRAME(frame_id)
        if isinstance(shape, Mesh):
            asset, scale = self._mesh(shape, color or 0)
            return placed(geometry.origin, scale, frame, asset)
        paint = {'colors': _WHITE if color is None else color}
        if is_solid:
            paint['fill_mode'] = FillMode.Solid
        return placed(geometry.origin, None, frame, _solid(shape, paint))

    def _mesh(self, mesh: Mesh, color: int) -> tuple[Asset3D, Vector | None]:
        uri = self._uri(mesh.filename)
        asset = self._assets.named(uri, color)
        unit = _dae_unit(self._resources.contents(uri)) if uri.lower().endswith('.dae') else 1.0
        if unit == 1:
            return asset, mesh.scale
        x, y, z = mesh.scale or (1.0, 1.0, 1.0)
        return asset, (unit * x, unit * y, unit * z)

    def _uri(self, filename: str) -> str:
        try:
            scheme = urlsplit(filename).scheme
        except ValueError:
            scheme = ''
        if scheme in {'http', 'https'}:
            msg = (
                f'meshes are not fetched from the network; use a file of this machine: {filename}'
            )
            raise ConversionError(msg)
        if scheme or filename.startswith('/'):
            return filename
        if not self._folder:
            msg = (
                f'the mesh {filename!r} has no folder; use package:// or file://, or set the '
                'option mesh_folder of the topic'
            )
            raise ConversionError(msg)
        return f'{self._folder.rstrip("/")}/{filename}'


def _solid(shape: Box | Sphere | Cylinder | Capsule | Unknown, paint: dict[str, Any]) -> Archetype:
    if isinstance(shape, Box):
        return Boxes3D.from_fields(half_sizes=[size / 2 for size in shape.size], **paint)
    if isinstance(shape, Sphere):
        return Ellipsoids3D.from_fields(half_sizes=[shape.radius] * 3, **paint)
    if isinstance(shape, Cylinder):
        return Cylinders3D.from_fields(lengths=shape.length, radii=shape.radius, **paint)
    if isinstance(shape, Capsule):
        # Those of Rerun begin at the origin, and those of URDF have it in the middle.
        begin = (0.0, 0.0, -shape.length / 2)
        return Capsules3D.from_fields(
            lengths=shape.length, radii=shape.radius, translations=begin, **paint
        )
    msg = f'there is no shape {shape.tag!r}; use box, cylinder, sphere, capsule or mesh'
    raise ConversionError(msg)


def _srgb(color: Color) -> int:
    """Return 0xRRGGBBAA; URDF's colors are linear, as the official importer takes them."""
    packed = 0
    for channel in (*map(_gamma, color[:3]), color[3]):
        packed = packed << 8 | round(_MAX_BYTE * min(1.0, max(0.0, channel)))
    return packed


def _gamma(linear: float) -> float:
    if linear <= 0.0031308:  # noqa: PLR2004 - as sRGB is defined
        return 12.92 * linear
    return 1.055 * math.pow(min(linear, 1.0), 1 / 2.4) - 0.055


def _dae_unit(contents: bytes) -> float:
    """Return how many meters a COLLADA file calls 1, which RViz heeds and the viewer does not."""
    found = _DAE_UNIT.search(contents[:_DAE_HEAD_SIZE])
    try:
        unit = float(found[1]) if found else 1.0
    except ValueError:
        return 1.0
    return unit if 0 < unit < math.inf else 1.0
