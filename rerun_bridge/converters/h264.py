# SPDX-License-Identifier: Apache-2.0
"""Video of H.264 by PyAV: every picture becomes one frame at once."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
import logging
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from rerun_bridge.converters.pictures import Picture

_log = logging.getLogger('rerun_bridge.converters')
_ENCODER = 'libx264'
_OPTIONS = {
    # No frame waits for a later one, and none needs one.
    'preset': 'ultrafast',
    'tune': 'zerolatency',
    # A key frame that is asked for starts anew and brings the parameters along.
    'forced-idr': '1',
    'x264-params': 'annexb=1:repeat-headers=1',
}
_KEY_EVERY_NANOS = 1_000_000_000
_LONGEST_GROUP = 1_000_000
_LIMITED_RANGE, _BT_601 = 1, 6


class VideoFrame(NamedTuple):
    """A frame in Annex B, and whether decoding can start with it."""

    data: bytes
    is_keyframe: bool


@lru_cache(maxsize=1)
def find_av() -> Any:  # noqa: ANN401 - a module without types for us
    """Return the module `av`; None if it cannot write H.264, which is told once."""
    try:
        import av  # noqa: PLC0415 - optional

        av.CodecContext.create(_ENCODER, 'w')
    except (ImportError, ValueError) as exc:
        _log.warning(
            'encode: h264 needs PyAV with %s (%s), so pictures are logged as they are; run: '
            'pip install av',
            _ENCODER,
            exc,
        )
        return None
    return av


class H264Encoder:
    """
    Writes one video; a picture of another size begins a new one.

    Who begins to look in the midst of it sees something within a second.

    Parameters
    ----------
    av
        The module, see `find_av`.

    """

    def __init__(self, av: Any) -> None:  # noqa: ANN401
        self._av = av
        self._context: Any = None
        self._size = (0, 0)
        self._key_nanos = 0

    def encode(self, picture: Picture, now_nanos: int) -> VideoFrame:
        """
        Encode a picture.

        Parameters
        ----------
        picture
            Of any size; the last row or column of an odd number is left out.
        now_nanos
            When it was received.

        Raises
        ------
        ConversionError
            If it cannot be encoded.

        """
        width, height = size = (picture.width & ~1, picture.height & ~1)
        try:
            if self._context is None or self._size != size:
                self._context, self._size = self._open(width, height), size
                self._key_nanos = 0
            pixels = np.ascontiguousarray(np.asarray(picture.convert('RGB'))[:height, :width])
            frame = self._av.VideoFrame.from_ndarray(pixels, format='rgb24')
            if not 0 <= now_nanos - self._key_nanos < _KEY_EVERY_NANOS:
                frame.pict_type = self._av.video.frame.PictureType.I
                self._key_nanos = now_nanos
            packets = self._context.encode(frame)
        except (self._av.FFmpegError, ValueError) as exc:
            self._context = None
            msg = f'a picture of {width} x {height} pixels cannot become a frame of video: {exc}'
            raise ConversionError(msg) from exc
        data = b''.join(bytes(packet) for packet in packets)
        return VideoFrame(data, any(packet.is_keyframe for packet in packets))

    def _open(self, width: int, height: int) -> Any:  # noqa: ANN401
        if not width or not height:
            msg = 'it is too small'
            raise ValueError(msg)
        context = self._av.CodecContext.create(_ENCODER, 'w')
        context.width, context.height, context.pix_fmt = width, height, 'yuv420p'
        context.time_base = Fraction(1, 30)
        context.gop_size, context.max_b_frames = _LONGEST_GROUP, 0
        context.thread_count = 1
        context.color_range, context.colorspace = _LIMITED_RANGE, _BT_601
        context.options = dict(_OPTIONS)
        return context
