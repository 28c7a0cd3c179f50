# SPDX-License-Identifier: Apache-2.0
"""Files of meshes that a topic shows: the same file in the same color is one object."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING
import zlib

from rerun_bridge.archetypes import Asset3D, MediaType
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from rerun_bridge.converters.resources import Resources

_MAX_ASSETS = 256
_SIGNATURE_SIZE = 16


class Assets:
    """
    The latest files of one topic.

    Parameters
    ----------
    resources
        Where to look for files that messages name.

    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._assets: OrderedDict[Hashable, Asset3D] = OrderedDict()

    def named(self, uri: str, color: int) -> Asset3D:
        """
        Return a file that a message names.

        Parameters
        ----------
        uri
            See `Resources.contents`.
        color
            0xRRGGBBAA; 0 for that of the file.

        Returns
        -------
        Asset3D
            The same object for the same arguments.

        Raises
        ------
        ConversionError
            If there is no such file.

        """
        return self.get(
            (uri, color), lambda: _asset(self._resources.contents(uri), uri, color, '')
        )

    def given(self, contents: bytes, name: str, color: int, media_type: str = '') -> Asset3D:
        """
        Return a file that is in a message.

        Parameters
        ----------
        contents
            Its bytes.
        name
            Tells what kind of file it is, unless `media_type` does.
        color
            0xRRGGBBAA; 0 for that of the file.
        media_type
            Such as ``model/stl``.

        Returns
        -------
        Asset3D
            The same object for the same arguments.

        Raises
        ------
        ConversionError
            If there are no bytes.

        """
        if not contents:
            msg = f'the mesh {name!r} has no bytes; publish them once in the message'
            raise ConversionError(msg)
        key = name, checksum(contents), color, media_type
        return self.get(key, lambda: _asset(contents, name, color, media_type))

    def get(self, key: Hashable, make: Callable[[], Asset3D]) -> Asset3D:
        """
        Return what was made for a key before.

        Parameters
        ----------
        key
            Whatever makes files the same.
        make
            Makes it if need be.

        Returns
        -------
        Asset3D
            The same object for the same key.

        """
        asset = self._assets.get(key)
        if asset is None:
            asset = self._assets[key] = make()
            if len(self._assets) > _MAX_ASSETS:
                self._assets.popitem(last=False)
        return asset


def checksum(contents: bytes) -> tuple[int, int]:
    """Return what differs for different contents."""
    return len(contents), zlib.crc32(contents)


def _asset(contents: bytes, name: str, color: int, media_type: str) -> Asset3D:
    known = (
        media_type
        or MediaType.guess_from_path(name)
        or MediaType.guess_from_contents(contents[:_SIGNATURE_SIZE])
    )
    return Asset3D.from_fields(blob=[contents], media_type=known, albedo_factor=color or None)
