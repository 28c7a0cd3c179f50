# SPDX-License-Identifier: Apache-2.0
"""
``tf2_msgs/msg/TFMessage``: transforms between named frames.

A moving transform is a row of the topic's entity. Static ones need an entity per child frame:
Rerun keeps one static value per entity and component, so that on a common entity the message of
one publisher would replace those of all others.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes import Transform3D
from rerun_bridge.converters.base import child_path, converts, Entry, RowType
from rerun_bridge.converters.geometry import xyz, xyzw
from rerun_bridge.converters.stamps import stamp_nanos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_TRANSFORMS = RowType(
    *(
        Transform3D.FIELDS[name]
        for name in ('translation', 'quaternion', 'parent_frame', 'child_frame')
    )
)


@converts('tf2_msgs/msg/TFMessage')
def transforms(topic: Topic) -> Convert:
    """Make rows of `Transform3D` at their own stamps; static if the topic is."""
    is_static = topic.is_latched or topic.name.endswith('tf_static')
    return _static if is_static else _moving


def _moving(message: Message) -> Iterator[Entry]:
    rows = [_values(each) for each in message.transforms]
    if rows:
        stamps = [stamp_nanos(each.header.stamp) for each in message.transforms]
        yield Entry(
            _TRANSFORMS(*zip(*rows)),  # noqa: B905 - as many in each
            stamps=stamps,
            num_rows=len(rows),
        )


def _static(message: Message) -> Iterator[Entry]:
    for each in message.transforms:
        values = _values(each)
        yield Entry(_TRANSFORMS(*values), child_path(values[-1]), is_static=True)


def _values(message: Message) -> tuple[Any, Any, str, str]:
    transform = message.transform
    return (
        xyz(transform.translation),
        xyzw(transform.rotation),
        message.header.frame_id.removeprefix('/'),
        message.child_frame_id.removeprefix('/'),
    )
