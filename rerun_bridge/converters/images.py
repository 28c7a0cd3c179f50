# SPDX-License-Identifier: Apache-2.0
"""``sensor_msgs/msg/Image``: pixels, copied only where Rerun reads them differently."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import ChannelDatatype, DepthImage, ImageFormat
from rerun_bridge.converters.base import converts
from rerun_bridge.converters.image_encodings import image_encoding
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.archetypes import Image
    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Entry, Topic
    from rerun_bridge.converters.image_encodings import ImageEncoding, Pixels
    from rerun_bridge.converters.picture_encoder import PictureEncoder

MILLIMETERS, METERS = 1000.0, 1.0


@converts('sensor_msgs/msg/Image', 'foxglove_msgs/msg/RawImage', frame='image_plane')
def image(topic: Topic) -> Convert:
    """Make `Image` or `DepthImage`, as the encoding says; it may change."""
    replacing = Replacing()
    encoder = picture_encoder(topic, replacing)
    plain_entries = replacing.entries if encoder is None else encoder.plain_entries
    depth_meter = topic.options.depth_meter

    def convert(message: Message) -> Iterator[Entry]:
        encoding = image_encoding(message.encoding)
        width, height = message.width, message.height
        pixels = read_pixels(message, encoding)
        if encoding.convert is not None:
            pixels = encoding.convert(pixels, width, height)
        if encoder is not None and encoding.archetype is not DepthImage:
            return encoder.image_entries(pixels, width, height, encoding)
        return plain_entries(_to_image(pixels, width, height, encoding, depth_meter))

    return convert


def picture_encoder(topic: Topic, replacing: Replacing) -> PictureEncoder | None:
    """
    Make what encodes the pictures of a topic.

    Parameters
    ----------
    topic
        With the user's choice.
    replacing
        That of the topic's entity.

    Returns
    -------
    PictureEncoder or None
        None if pictures are logged as they are.

    """
    options = topic.options
    if options.resize == 1 and not options.jpeg_quality and options.encode == 'none':
        return None
    from rerun_bridge.converters.picture_encoder import (  # noqa: PLC0415 - needs Pillow
        PictureEncoder,
    )

    encoder = PictureEncoder(topic, replacing)
    return encoder if encoder.is_wanted else None


def _to_image(
    pixels: Pixels, width: int, height: int, encoding: ImageEncoding, depth_meter: float
) -> Image | DepthImage:
    fields: dict[str, Any] = {}
    if encoding.pixel_format is not None:
        image_format = ImageFormat(width, height, pixel_format=encoding.pixel_format)
    else:
        image_format = ImageFormat(
            width,
            height,
            color_model=encoding.color_model,
            channel_datatype=ChannelDatatype.from_np_dtype(encoding.dtype),
        )
    if encoding.archetype is DepthImage:
        fields['meter'] = depth_meter or depth_unit(encoding.dtype)
    return encoding.archetype.from_fields(buffer=[pixels], format=image_format, **fields)


def depth_unit(dtype: np.dtype[Any]) -> float:
    """
    Return how many units of a depth image a meter is, by REP 118.

    Parameters
    ----------
    dtype
        Of its numbers.

    Returns
    -------
    float
        1000 for integers, 1 for floats.

    """
    return METERS if dtype.kind == 'f' else MILLIMETERS


def read_pixels(message: Message, encoding: ImageEncoding) -> Pixels:
    """
    Return the bytes of an image, little-endian and without gaps.

    Parameters
    ----------
    message
        A ``sensor_msgs/msg/Image``.
    encoding
        What its bytes mean.

    Returns
    -------
    numpy.ndarray
        Shape (n,); a view if the message has them so.

    Raises
    ------
    ConversionError
        If it has too few.

    """
    width, height, data = message.width, message.height, message.data
    if not width or not height:
        msg = f'the image is {width} x {height} pixels, so there is nothing to show'
        raise ConversionError(msg)
    if width % encoding.block[0] or height % encoding.block[1]:
        msg = f'images of encoding {message.encoding} cannot be {width} x {height} pixels'
        raise ConversionError(msg)
    row_size = width * encoding.num_channels * encoding.dtype.itemsize
    step = message.step or row_size
    num_rows = height * encoding.rows_per_line[0] // encoding.rows_per_line[1]
    size = step * (num_rows - 1) + row_size
    if step < row_size or len(data) < size:
        msg = (
            f'an image of {width} x {height} pixels {message.encoding} needs {row_size} bytes in '
            f'each of {num_rows} rows, but step is {message.step} and there are {len(data)} '
            'bytes; repair the publisher'
        )
        raise ConversionError(msg)
    if step == row_size:
        pixels: Pixels = data[:size]
    else:
        rows = np.lib.stride_tricks.as_strided(data, (num_rows, row_size), (step, 1))
        pixels = owned(rows.reshape(-1))
    if getattr(message, 'is_bigendian', False) and encoding.dtype.itemsize > 1:
        swapped = pixels.view(encoding.dtype.newbyteorder('>')).astype(encoding.dtype)
        pixels = owned(swapped.view(np.uint8))
    return pixels
