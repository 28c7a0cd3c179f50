# SPDX-License-Identifier: Apache-2.0
"""
``tf2_msgs/msg/TFMessage``: transforms between named frames.

A moving transform is a row of the topic's entity. Static ones need an entity per child frame:
Rerun keeps one static value per entity and component, so that on a common entity the message of
one publisher would replace those of all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import Transform3D
from rerun_bridge.converters.base import child_path, converts, Entry
from rerun_bridge.converters.geometry import rotation, rotations, vector, vectors
from rerun_bridge.converters.stamps import stamps_nanos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic


@converts('tf2_msgs/msg/TFMessage')
def transforms(topic: Topic) -> Convert:
    """Make rows of `Transform3D` at their own stamps; static if the topic is."""
    is_static = topic.is_latched or topic.name.endswith('tf_static')
    return _static if is_static else _moving


def _moving(message: Message) -> Iterator[Entry]:
    transforms = message.transforms
    if not len(transforms):
        return
    yield Entry(
        Transform3D.from_fields(
            translation=vectors(transforms, 'transform.translation'),
            quaternion=rotations(transforms, 'transform.rotation'),
            parent_frame=_clean(transforms.column('header.frame_id')),
            child_frame=_clean(transforms.column('child_frame_id')),
        ),
        stamps=stamps_nanos(transforms, 'header.stamp'),
        num_rows=len(transforms),
    )


def _static(message: Message) -> Iterator[Entry]:
    for each in message.transforms:
        child_frame = each.child_frame_id.removeprefix('/')
        yield Entry(
            Transform3D.from_fields(
                translation=vector(each.transform.translation),
                quaternion=rotation(each.transform.rotation),
                parent_frame=each.header.frame_id.removeprefix('/'),
                child_frame=child_frame,
            ),
            child_path(child_frame),
            is_static=True,
        )


def _clean(frame_ids: list[str]) -> list[str]:
    return [frame_id.removeprefix('/') for frame_id in frame_ids]
