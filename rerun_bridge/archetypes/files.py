# SPDX-License-Identifier: Apache-2.0
"""Files that the viewer decodes: images, meshes, videos, sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes.compression import encoded_fields, frame_timestamps
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import MediaType
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    import numpy as np
    import numpy.typing as npt

    from rerun_bridge.archetypes.likes import Choices, Colors, Contents, Numbers, Texts

_SIGNATURE_BYTES = 16


def _read(
    path: str | Path | None, contents: Contents | None, media_type: Texts | None
) -> tuple[Any, Texts | None]:
    """Return bytes and media type of what is given one way or the other."""
    if (path is None) == (contents is None):
        msg = 'the file is needed once; give path= or contents='
        raise UsageError(msg)
    if path is not None:
        return Path(path).read_bytes(), media_type or MediaType.guess_from_path(path)
    read = getattr(contents, 'read', None)
    return contents if read is None else read(), media_type


def _head(blob: Any) -> bytes:  # noqa: ANN401 - perhaps no bytes at all
    try:
        return bytes(memoryview(blob)[:_SIGNATURE_BYTES])
    except (TypeError, NotImplementedError):
        return b''


class EncodedImage(SchemaArchetype):
    """
    An image as a file of JPEG or PNG.

    Parameters
    ----------
    path, contents
        The file, or what is in it; one of the two.
    media_type
        See `MediaType`; guessed from the name and the first bytes.
    opacity, draw_order, magnification_filter
        As in `Image`.

    Raises
    ------
    UsageError
        Unless one of `path` and `contents` is given.

    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        contents: Contents | None = None,
        media_type: Texts | None = None,
        opacity: Numbers | None = None,
        draw_order: Numbers | None = None,
        magnification_filter: Choices | None = None,
    ) -> None:
        blob, media_type = _read(path, contents, media_type)
        if media_type is None:
            media_type = MediaType.guess_from_contents(_head(blob))
        self._set(
            blob=blob,
            media_type=media_type,
            opacity=opacity,
            draw_order=draw_order,
            magnification_filter=magnification_filter,
        )


class EncodedDepthImage(SchemaArchetype):
    """
    Depths as a file of PNG, or compressed by RVL.

    Parameters
    ----------
    blob
        The contents of the file.
    media_type
        ``image/png`` or ``application/rvl``; the viewer guesses if not given.
    meter, colormap, depth_range, point_fill_ratio, draw_order, magnification_filter
        As in `DepthImage`.

    """

    blob: Contents
    _: KW_ONLY
    media_type: Texts | None = None
    meter: Numbers | None = None
    colormap: Choices | None = None
    depth_range: Numbers | None = None
    point_fill_ratio: Numbers | None = None
    draw_order: Numbers | None = None
    magnification_filter: Choices | None = None


class Asset3D(SchemaArchetype):
    """
    A mesh as a file: glTF, OBJ, STL or PLY.

    Parameters
    ----------
    path, contents
        The file, or what is in it; one of the two.
    media_type
        See `MediaType`; guessed from the name.
    albedo_factor
        A color that all colors are multiplied by.

    Raises
    ------
    UsageError
        Unless one of `path` and `contents` is given.

    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        contents: Contents | None = None,
        media_type: Texts | None = None,
        albedo_factor: Colors | None = None,
    ) -> None:
        blob, media_type = _read(path, contents, media_type)
        self._set(blob=blob, media_type=media_type, albedo_factor=albedo_factor)


class AssetVideo(SchemaArchetype):
    """
    A video as a file of MP4; see `VideoFrameReference`.

    Parameters
    ----------
    path, contents
        The file, or what is in it; one of the two.
    media_type
        See `MediaType`; guessed from the name.

    Raises
    ------
    UsageError
        Unless one of `path` and `contents` is given.

    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        contents: Contents | None = None,
        media_type: Texts | None = None,
    ) -> None:
        blob, media_type = _read(path, contents, media_type)
        self._set(blob=blob, media_type=media_type)

    def read_frame_timestamps_nanos(self) -> npt.NDArray[np.int64]:
        """
        Read when the frames are shown, by PyAV.

        Returns
        -------
        numpy.ndarray
            Nanoseconds since the start of the video, for `VideoFrameReference`.

        Raises
        ------
        UsageError
            If the file is no video, or PyAV is not installed.

        """
        return frame_timestamps(bytes(encoded_fields(self)['blob'][0]))


class AssetAudio(SchemaArchetype):
    """
    A sound as a file.

    Parameters
    ----------
    path, contents
        The file, or what is in it; one of the two.
    media_type
        See `MediaType`; guessed from the name.

    Raises
    ------
    UsageError
        Unless one of `path` and `contents` is given.

    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        contents: Contents | None = None,
        media_type: Texts | None = None,
    ) -> None:
        blob, media_type = _read(path, contents, media_type)
        self._set(blob=blob, media_type=media_type)
