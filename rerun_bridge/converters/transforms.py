# SPDX-License-Identifier: Apache-2.0
"""
``tf2_msgs/msg/TFMessage``: transforms between named frames.

A moving transform is a row of the topic's entity. Static ones need an entity per child frame:
Rerun keeps one static value per entity and component, so that on a common entity the message of
one publisher would replace those of all others.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING, TypeAlias

from rerun_bridge.archetypes import CoordinateFrame, Transform3D, ViewCoordinates
from rerun_bridge.converters.base import child_path, converts, Entry, ROOT, RowType
from rerun_bridge.converters.geometry import xyz, xyzw
from rerun_bridge.converters.stamps import stamp_nanos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

_Values: TypeAlias = tuple[Any, Any, str, str]
_UP = ViewCoordinates.RIGHT_HAND_Z_UP
_TRANSFORMS = RowType(
    *(
        Transform3D.FIELDS[name]
        for name in ('translation', 'quaternion', 'parent_frame', 'child_frame')
    )
)


@converts('tf2_msgs/msg/TFMessage', frame='none')
def transforms(topic: Topic) -> Convert:
    """Make rows of `Transform3D` at their own stamps, static if the topic is; and the root."""
    is_static = topic.is_latched or topic.name.endswith('tf_static')
    make = _static if is_static else _moving

    def convert(message: Message) -> Iterator[Entry]:
        rows = [_values(each) for each in message.transforms]
        if rows:
            yield from make(rows, [stamp_nanos(each.header.stamp) for each in message.transforms])
        for *_, parent, child in rows:
            root = topic.frames.connect(parent, child)
            if root is not None:
                yield Entry(_UP, ROOT, is_static=True)
                yield Entry(CoordinateFrame(root), ROOT, is_static=True)

    return convert


def _moving(rows: list[_Values], stamps: list[int]) -> Iterator[Entry]:
    columns = _TRANSFORMS(*zip(*rows))  # noqa: B905 - as many in each
    yield Entry(columns, stamps=stamps, num_rows=len(rows))


def _static(rows: list[_Values], _: list[int]) -> Iterator[Entry]:
    for values in rows:
        yield Entry(_TRANSFORMS(*values), child_path(values[-1]), is_static=True)


def _values(message: Message) -> _Values:
    transform = message.transform
    return (
        xyz(transform.translation),
        xyzw(transform.rotation),
        message.header.frame_id.removeprefix('/'),
        message.child_frame_id.removeprefix('/'),
    )
