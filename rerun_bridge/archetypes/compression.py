# SPDX-License-Identifier: Apache-2.0
"""What archetypes do with files of pictures and videos, by libraries that may be absent."""

from __future__ import annotations

from importlib import import_module
import io
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.enums import ChannelDatatype, ColorModel
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from rerun_bridge.archetypes.base import Archetype

_MODES: Mapping[tuple[Any, Any], tuple[str, str]] = {
    (ColorModel.L, ChannelDatatype.U8): ('L', 'L'),
    (ColorModel.RGB, ChannelDatatype.U8): ('RGB', 'RGB'),
    (ColorModel.BGR, ChannelDatatype.U8): ('RGB', 'BGR'),
    (None, ChannelDatatype.U8): ('L', 'L'),
    (None, ChannelDatatype.U16): ('I;16', 'I;16'),
}
"""Modes of Pillow, of a picture and of its bytes, by color model and datatype."""


def encoded_fields(archetype: Archetype) -> dict[str, Any]:
    """Return what an archetype has been given, as it is encoded, by the names of its fields."""
    names = (component.name.rpartition(':')[2] for component in archetype.layout.components)
    return dict(zip(names, archetype.datas))  # noqa: B905 - one of each


def compressed(pixels: Any, image_format: Any, file_format: str, **options: int) -> bytes:  # noqa: ANN401 - as encoded
    """
    Write a picture into a file.

    Parameters
    ----------
    pixels
        Bytes of all rows.
    image_format
        Width, height, pixel format, color model (None for depths) and datatype.
    file_format
        JPEG or PNG.
    **options
        Of that format, for Pillow.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    UsageError
        If the format cannot hold such pixels, or Pillow is not installed.

    """
    width, height, pixel_format, color_model, datatype = image_format
    modes = _MODES.get((color_model, datatype)) if pixel_format is None else None
    if modes is None:
        wanted = 'U8 or U16' if color_model is None else 'L, RGB or BGR with U8'
        found = pixel_format or f'{color_model or "depth"} with {datatype}'
        msg = f'{file_format} takes {wanted}, this is {found}; log it as it is'
        raise UsageError(msg)
    pillow = _library('PIL.Image', 'pillow')
    picture = pillow.frombytes(modes[0], (width, height), bytes(pixels), 'raw', modes[1])
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return file.getvalue()


def frame_timestamps(contents: bytes) -> npt.NDArray[np.int64]:
    """
    Read when the frames of a video are shown.

    Parameters
    ----------
    contents
        Of a file.

    Returns
    -------
    numpy.ndarray
        Nanoseconds since its start, in ascending order.

    Raises
    ------
    UsageError
        If it is no video, or PyAV is not installed.

    """
    av = _library('av', 'av')
    try:
        with av.open(io.BytesIO(contents)) as container:
            stream = container.streams.video[0]
            shown = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
            nanos_per_tick = stream.time_base * 10**9
    except (av.FFmpegError, IndexError) as exc:
        msg = f'the video cannot be read ({exc}); give a file of MP4'
        raise UsageError(msg) from exc
    return np.array(sorted(round(at * nanos_per_tick) for at in shown), np.int64)


def _library(module: str, package: str) -> Any:  # noqa: ANN401 - a module
    try:
        return import_module(module)
    except ImportError as exc:
        msg = f'this needs {package}, which is not installed; run: pip install {package}'
        raise UsageError(msg) from exc
