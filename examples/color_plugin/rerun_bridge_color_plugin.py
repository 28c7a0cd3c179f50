# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: INP001 - a module of a package of its own
"""Shows ``std_msgs/msg/ColorRGBA``, for instance of a lamp, as a spot of that color."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import rerun_bridge as rr
from rerun_bridge.plugin import ConversionError, converts, Entry, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.plugin import Convert, Message, Topic


@converts('std_msgs/msg/ColorRGBA')
def color(topic: Topic) -> Convert:  # noqa: ARG001 - what is known of the topic
    """Make a spot of the color, and `Scalars` of its brightness and of how often it changed."""
    last, num_changes = None, 0

    def convert(message: Message) -> Iterator[Entry]:
        nonlocal last, num_changes
        rgba = (message.r, message.g, message.b, message.a)
        if not all(map(math.isfinite, rgba)):
            msg = f'the color is {rgba}; publish numbers from 0 to 1'
            raise ConversionError(msg)
        num_changes += last not in {None, rgba}
        last = rgba
        yield Entry(rr.Points2D([0, 0], radii=1, colors=[min(max(part, 0), 1) for part in rgba]))
        yield Entry(series('brightness', 'changes'), '/numbers', is_static=True)
        yield Entry(rr.Scalars([sum(rgba[:3]) / 3, num_changes]), '/numbers')

    return convert
