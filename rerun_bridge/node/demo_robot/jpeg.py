# SPDX-License-Identifier: Apache-2.0
"""JPEG with whichever picture library happens to be there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import importlib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Encoder = Callable[['npt.NDArray[np.uint8]'], bytes]
_QUALITY = 85


def jpeg_encoder() -> Encoder | None:
    """Find a function from pixels, uint8 (height, width, 3), to a JPEG file; None if none."""
    for maker in (_opencv_encoder, _pillow_encoder):
        with suppress(ImportError):
            return maker()
    return None


def _opencv_encoder() -> Encoder:
    cv2 = importlib.import_module('cv2')

    def encode(rgb: npt.NDArray[np.uint8]) -> bytes:
        _, encoded = cv2.imencode('.jpg', rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return bytes(encoded)

    return encode


def _pillow_encoder() -> Encoder:
    image = importlib.import_module('PIL.Image')

    def encode(rgb: npt.NDArray[np.uint8]) -> bytes:
        stream = io.BytesIO()
        image.fromarray(rgb).save(stream, 'JPEG', quality=_QUALITY)
        return stream.getvalue()

    return encode
