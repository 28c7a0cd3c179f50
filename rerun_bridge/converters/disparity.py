# SPDX-License-Identifier: Apache-2.0
"""``stereo_msgs/msg/DisparityImage``: how far apart two cameras see the same, as depths."""

from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import ChannelDatatype, DepthImage, ImageFormat
from rerun_bridge.converters.base import converts_each, Entry
from rerun_bridge.converters.image_encodings import image_encoding
from rerun_bridge.converters.images import METERS, read_pixels
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message

_ENCODING = '32FC1'


@converts_each('stereo_msgs/msg/DisparityImage', frame='image_plane')
def disparity_image(message: Message) -> Iterator[Entry]:
    """Make `DepthImage`; nothing is where the disparity is not known."""
    image = message.image
    if image.encoding != _ENCODING:
        msg = f'disparities of encoding {image.encoding!r} cannot be read; publish {_ENCODING}'
        raise ConversionError(msg)
    disparities = read_pixels(image, image_encoding(_ENCODING)).view('<f4')
    product = message.f * message.t
    depths = np.zeros(len(disparities), '<f4')
    is_known = (disparities >= message.min_disparity) & (disparities > 0)
    np.divide(product, disparities, out=depths, where=is_known)
    fields: dict[str, Any] = {}
    if product > 0 and 0 < message.min_disparity < message.max_disparity < math.inf:
        fields['depth_range'] = product / message.max_disparity, product / message.min_disparity
    yield Entry(
        DepthImage.from_fields(
            buffer=[owned(depths.view(np.uint8))],
            format=ImageFormat(image.width, image.height, channel_datatype=ChannelDatatype.F32),
            meter=METERS,
            **fields,
        )
    )
