# SPDX-License-Identifier: Apache-2.0
"""Points and lines on the map of the Earth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from rerun_bridge.archetypes.likes import Colors, Numbers, Strips, Vectors


class GeoPoints(SchemaArchetype):
    """
    Points on the map.

    Parameters
    ----------
    lat_lon
        Latitude and longitude in degrees (EPSG:4326), shape (n, 2).
    radii
        In meters; negative: in points of the screen.
    colors, class_ids
        One for each point, or one for all.

    """

    def __init__(
        self,
        *,
        lat_lon: Vectors,
        radii: Numbers | None = None,
        colors: Colors | None = None,
        class_ids: Numbers | None = None,
    ) -> None:
        self._set(positions=lat_lon, radii=radii, colors=colors, class_ids=class_ids)


class GeoLineStrings(SchemaArchetype):
    """
    Lines on the map.

    Parameters
    ----------
    lat_lon
        Lines of shape (m, 2): latitude and longitude in degrees (EPSG:4326).
    radii
        Half the widths, in meters; negative: in points of the screen.
    colors
        One for each line, or one for all.

    """

    def __init__(
        self,
        *,
        lat_lon: Strips,
        radii: Numbers | None = None,
        colors: Colors | None = None,
    ) -> None:
        self._set(line_strings=lat_lon, radii=radii, colors=colors)
