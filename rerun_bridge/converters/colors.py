# SPDX-License-Identifier: Apache-2.0
"""``std_msgs/msg/ColorRGBA``: channels from 0 to 1 to 0xRRGGBBAA."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.converters.palette import pack
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from rerun_bridge.cdr import Message, StructSequence
    from rerun_bridge.converters.palette import ColorArray

_MAX_BYTE = 255


def color_of(message: Message) -> int:
    """
    Read a color.

    Parameters
    ----------
    message
        With ``r``, ``g``, ``b`` and ``a``.

    Returns
    -------
    int
        0xRRGGBBAA; what is beyond 0 and 1 is cut off, and what is no number is 0.

    """
    color = 0
    for channel in (message.r, message.g, message.b, message.a):
        # In this order, since a comparison with NaN is false.
        color = color << 8 | round(_MAX_BYTE * min(1.0, max(0.0, channel)))
    return color


def colors_of(messages: StructSequence, path: str = '') -> ColorArray:
    """
    Read the colors of a sequence.

    Parameters
    ----------
    messages
        Any number.
    path
        Where the color is in each; empty if they are colors.

    Returns
    -------
    numpy.ndarray
        0xRRGGBBAA, uint32, shape (n,); see `color_of`.

    """
    channels = np.nan_to_num(messages.columns(path, ('r', 'g', 'b', 'a')))
    return owned(pack(*(channels.clip(0, 1) * _MAX_BYTE).round().T))
