# SPDX-License-Identifier: Apache-2.0
"""
``sensor_msgs/msg/CompressedImage``: files of pictures, depths and frames of video.

The field ``format`` is free text. ``image_transport`` writes ``rgb8; jpeg compressed bgr8`` and
``16UC1; compressedDepth png``; video publishers write the name of the codec.
"""

from __future__ import annotations

import re
import struct
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import (
    ChannelDatatype,
    DepthImage,
    EncodedDepthImage,
    EncodedImage,
    ImageFormat,
    MediaType,
    VideoStream,
)
from rerun_bridge.converters.base import converts
from rerun_bridge.converters.images import depth_unit, picture_encoder
from rerun_bridge.converters.png_depth import decode_gray_png
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.converters.video import codec_entry, CODECS
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Entry, Topic
    from rerun_bridge.converters.image_encodings import Pixels

_SIGNATURES = (
    (re.compile(rb'\xff\xd8\xff'), 'image/jpeg'),
    (re.compile(rb'\x89PNG\r\n\x1a\n'), 'image/png'),
    (re.compile(rb'RIFF.{4}WEBP', re.DOTALL), 'image/webp'),
    (re.compile(rb'GIF8'), 'image/gif'),
    (re.compile(rb'BM'), 'image/bmp'),
    (re.compile(rb'II\*\0|MM\0\*'), 'image/tiff'),
)
_SIGNATURE_SIZE = 12
_DEPTH_HEADER = struct.Struct('<iff')
"""What ``compressed_depth_image_transport`` puts before the file: kind, and two parameters."""
_DEPTH_TYPES: Mapping[str, np.dtype[Any]] = {'16UC1': np.dtype('<u2'), '32FC1': np.dtype('<f4')}


@converts(
    'sensor_msgs/msg/CompressedImage', 'foxglove_msgs/msg/CompressedImage', frame='image_plane'
)
def compressed_image(topic: Topic) -> Convert:
    """Make what the format says; it may change."""
    replacing = Replacing()
    encoder = picture_encoder(topic, replacing)
    plain_entries = replacing.entries if encoder is None else encoder.plain_entries

    def convert(message: Message) -> Iterator[Entry]:
        if not len(message.data):
            msg = f'the image of format {message.format!r} has no bytes'
            raise ConversionError(msg)
        words = re.findall(r'\w+', message.format)
        codec = next((CODECS[word.lower()] for word in words if word.lower() in CODECS), None)
        if codec is not None:
            yield codec_entry(codec)
            columns: AnyColumns = VideoStream.from_fields(sample=[message.data])
        elif 'compressedDepth' in words:
            columns = _to_depth(message, words, topic.options.depth_meter)
        else:
            media_type = _media_type(message)
            if encoder is not None:
                entries = tuple(encoder.file_entries(message.data))
                if entries:
                    yield from entries
                    return
            columns = EncodedImage.from_fields(blob=[message.data], media_type=media_type)
        yield from plain_entries(columns)

    return convert


def _media_type(message: Message) -> str:
    head = message.data[:_SIGNATURE_SIZE].tobytes()
    for signature, media_type in _SIGNATURES:
        if signature.match(head):
            return media_type
    msg = (
        f'an image of format {message.format!r} begins with {head.hex()}, which is neither JPEG, '
        'PNG nor WebP; publish one of these'
    )
    raise ConversionError(msg)


def _to_depth(
    message: Message, words: list[str], depth_meter: float
) -> EncodedDepthImage | DepthImage:
    dtype = next((_DEPTH_TYPES[word] for word in words if word in _DEPTH_TYPES), None)
    if dtype is None or len(message.data) <= _DEPTH_HEADER.size:
        msg = (
            f'a compressed depth image of format {message.format!r} and {len(message.data)} '
            'bytes cannot be read; publish 16UC1 or 32FC1'
        )
        raise ConversionError(msg)
    meter = depth_meter or depth_unit(dtype)
    # The viewer reads the header of RVL itself.
    if 'rvl' in words:
        return EncodedDepthImage.from_fields(
            blob=[message.data], media_type=MediaType.RVL, meter=meter
        )
    file = message.data[_DEPTH_HEADER.size :]
    if not _SIGNATURES[1][0].match(file[:_SIGNATURE_SIZE].tobytes()):
        msg = f'a compressed depth image of format {message.format!r} has no PNG file in it'
        raise ConversionError(msg)
    if dtype.kind == 'u':
        return EncodedDepthImage.from_fields(blob=[file], media_type=MediaType.PNG, meter=meter)
    depths = _dequantize(message.data, decode_gray_png(file))
    image_format = ImageFormat(
        depths.shape[1], depths.shape[0], channel_datatype=ChannelDatatype.F32
    )
    return DepthImage.from_fields(
        buffer=[owned(depths.reshape(-1).view(np.uint8))], format=image_format, meter=meter
    )


def _dequantize(data: Pixels, inverse: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return depths: the file has ``a / depth + b`` as integers, and 0 where unknown."""
    _, a, b = _DEPTH_HEADER.unpack_from(data.data)
    depths: np.ndarray[Any, Any] = a / (inverse.astype('<f4') - np.float32(b))
    depths[inverse == 0] = np.nan
    return depths
