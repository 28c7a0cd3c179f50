# SPDX-License-Identifier: Apache-2.0
"""``theora_image_transport/msg/Packet``: Rerun knows no Theora, so frames are decoded by PyAV."""

from __future__ import annotations

import logging
import struct
from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes import ChannelDatatype, ColorModel, Image, ImageFormat
from rerun_bridge.converters.base import converts, Entry
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_log = logging.getLogger('rerun_bridge.converters')
_HEADER_MARK = 0x80
"""Bit of the first byte of the three packets that a stream begins with."""
_NUM_HEADERS = 3


@converts('theora_image_transport/msg/Packet', frame='image_plane')
def theora_packet(topic: Topic) -> Convert:
    """Make `Image` of each frame, if PyAV is installed."""
    try:
        import av  # noqa: PLC0415 - optional
    except ImportError:
        _log.warning(
            '%s: video of Theora is not shown without PyAV; run: pip install av, or publish raw '
            'images: ros2 run image_transport republish --ros-args -p in_transport:=theora '
            '-p out_transport:=raw',
            topic.name,
        )
        return lambda _: ()
    decoder = _Decoder(av)

    def convert(message: Message) -> Iterator[Entry]:
        for pixels in decoder.decode(bytes(message.data)):
            height, width = pixels.shape[:2]
            image_format = ImageFormat(
                width, height, color_model=ColorModel.RGB, channel_datatype=ChannelDatatype.U8
            )
            buffer = [owned(pixels.reshape(-1))]
            yield Entry(Image.from_fields(buffer=buffer, format=image_format))

    return convert


class _Decoder:
    """Decodes one stream; its headers may come again, as for a new subscriber."""

    def __init__(self, av: Any) -> None:  # noqa: ANN401 - a module without types for us
        self._av = av
        self._headers: list[bytes] = []
        self._context: Any = None

    def decode(self, data: bytes) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield pictures of shape (height, width, 3)."""
        if data and data[0] & _HEADER_MARK:
            self._add_header(data)
            return
        if self._context is None:
            msg = (
                'a frame of Theora came before the headers of its stream, which are published '
                'when it begins; start the publisher again'
            )
            raise ConversionError(msg)
        # No bytes repeat the last picture.
        for frame in self._context.decode(self._av.Packet(data)) if data else ():
            yield frame.to_ndarray(format='rgb24')

    def _add_header(self, data: bytes) -> None:
        number = data[0] - _HEADER_MARK
        if number > len(self._headers):
            return  # those before it were missed
        self._headers[number:] = [data]
        if len(self._headers) == _NUM_HEADERS:
            context = self._av.CodecContext.create('theora', 'r')
            context.thread_count = 1  # more would hold frames back
            context.extradata = b''.join(
                struct.pack('>H', len(each)) + each for each in self._headers
            )
            self._context = context
