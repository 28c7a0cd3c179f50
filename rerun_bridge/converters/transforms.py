# SPDX-License-Identifier: Apache-2.0
"""
``tf2_msgs/msg/TFMessage`` and ``TransformStamped``: transforms between named frames.

A moving transform is a row of the topic's entity. Static ones need an entity per child frame:
Rerun keeps one static value per entity and component, so that on a common entity the message of
one publisher would replace those of all others. Each frame gets axes on an entity of its own below
the topic, so that the tree is seen at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

from rerun_bridge.archetypes import CoordinateFrame, Transform3D, TransformAxes3D, ViewCoordinates
from rerun_bridge.converters.base import child_path, cleared, converts, Entry, ROOT, RowType
from rerun_bridge.converters.geometry import exact_rotations, rotations, vectors, XYZ, xyz, xyzw
from rerun_bridge.converters.stamps import stamp_nanos, stamps_nanos
from rerun_bridge.encodings import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rerun_bridge.cdr import Message, MessageTable
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.bulk import ConvertTable
    from rerun_bridge.converters.frames import Change

_Values: TypeAlias = tuple[Any, Any, str, str]


class _Transform(NamedTuple):
    values: _Values
    stamp: int


_UP = ViewCoordinates.RIGHT_HAND_Z_UP
_PARTS = [
    Transform3D.FIELDS[name]
    for name in ('translation', 'quaternion', 'parent_frame', 'child_frame')
]
_SHOWN = [CoordinateFrame.FIELDS['frame'], TransformAxes3D.FIELDS['axis_length']]
TRANSFORMS = RowType(*_PARTS)
"""Translation, quaternion, parent frame, child frame."""
NO_TRANSFORM = cleared(Layout.of(_PARTS))
_AXES, _STATIC = RowType(*_SHOWN), RowType(*_PARTS, *_SHOWN)
_AXIS_LENGTH = 0.3
_TRANSLATION, _ROTATION = 'transforms.transform.translation', 'transforms.transform.rotation'


@converts('tf2_msgs/msg/TFMessage', frame='none')
def transforms(topic: Topic) -> Convert:
    """Make rows of `Transform3D` at their own stamps, static if the topic is; and the root."""
    return _Transforms(topic)


@converts('geometry_msgs/msg/TransformStamped', frame='none')
def transform_stamped(topic: Topic) -> Convert:
    """Make `Transform3D`, static if the topic is; and the root."""
    to_entries = _to_entries(topic, _read)
    return lambda message: to_entries((message,))


@converts('foxglove_msgs/msg/FrameTransforms', frame='none')
def foxglove_transforms(topic: Topic) -> Convert:
    """Make rows of `Transform3D` at their own stamps, static if the topic is; and the root."""
    to_entries = _to_entries(topic, _read_foxglove)
    return lambda message: to_entries(message.transforms)


@converts('foxglove_msgs/msg/FrameTransform', frame='none')
def foxglove_transform(topic: Topic) -> Convert:
    """Make `Transform3D`, static if the topic is; and the root."""
    to_entries = _to_entries(topic, _read_foxglove)
    return lambda message: to_entries((message,))


def _to_entries(
    topic: Topic, read: Callable[[Message], _Transform]
) -> Callable[[Iterable[Message]], Iterator[Entry]]:
    is_static = _is_static(topic)
    make = _static if is_static else _moving
    shown: set[str] = set()

    def to_entries(messages: Iterable[Message]) -> Iterator[Entry]:
        transforms = [read(each) for each in messages]
        rows = [each.values for each in transforms]
        stamps = [each.stamp for each in transforms]
        if rows:
            note_transforms(topic, rows, None if is_static else stamps)
            yield from make(rows, stamps)
        for *_, parent, child in rows:
            if child not in shown and not is_static:
                shown.add(child)
                yield Entry(_AXES(child, _AXIS_LENGTH), child_path(child), is_static=True)
            yield from connect_entries(topic, parent, child)

    return to_entries


class _Transforms:
    """Converts ``TFMessage``, many at once if they are not static."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._to_entries = _to_entries(topic, _read)
        self._is_static = _is_static(topic)

    def __call__(self, message: Message) -> Iterator[Entry]:
        return self._to_entries(message.transforms)

    def bulk(self, message: Message) -> ConvertTable | None:
        count = len(message.transforms)
        if self._is_static or not count:
            return None
        read = [_read(each).values for each in message.transforms]
        frames = [values[2:] for values in read]

        def convert(table: MessageTable) -> list[Entry] | None:
            parents, children = zip(*frames * len(table))  # noqa: B905 - pairs
            stamps = stamps_nanos(table, 'transforms.header.stamp')
            if stamps is None:
                return None
            if self._topic.shared.fixed_frame is not None:
                places = table.columns(_TRANSLATION, XYZ), exact_rotations(table, _ROTATION)
                values = zip(*(each.tolist() for each in places), parents, children)  # noqa: B905
                note_transforms(self._topic, values, stamps)
            return [
                TRANSFORMS.many(
                    count * len(table),
                    vectors(table, _TRANSLATION),
                    rotations(table, _ROTATION),
                    parents,
                    children,
                    stamps=stamps,
                )
            ]

        return convert


def connect_entries(topic: Topic, parent: str, child: str) -> Iterator[Entry]:
    """
    Note a transform.

    Parameters
    ----------
    topic
        That has it.
    parent, child
        Names of frames.

    Yields
    ------
    Entry
        What is different because of it: the root of the recording, and the end of a transform that
        stood in for it.

    """
    change = topic.shared.frames.connect(parent, child)
    if change is not None:
        yield from change_entries(change)


def note_transforms(
    topic: Topic, transforms: Iterable[_Values], stamps: Iterable[int] | None
) -> None:
    """
    Note where frames are, if there is a fixed frame.

    Parameters
    ----------
    topic
        That has the transforms.
    transforms
        Translation, quaternion, parent frame, child frame.
    stamps
        When, in nanoseconds, one for each; 0 for the time of reception. None for always.

    """
    fixed_frame = topic.shared.fixed_frame
    if fixed_frame is None:
        return
    buffer, now_nanos = fixed_frame.transforms, topic.schedule.now_nanos
    if stamps is None:
        for translation, quaternion, parent, child in transforms:
            buffer.add_static(parent, child, (translation, quaternion))
        return
    for (translation, quaternion, parent, child), stamp in zip(transforms, stamps):  # noqa: B905
        buffer.add(parent, child, stamp or now_nanos, (translation, quaternion))


def change_entries(change: Change) -> Iterator[Entry]:
    """Log a change of `Frames`."""
    if change.stand_in:
        yield Entry(NO_TRANSFORM, change.stand_in, is_static=True, is_absolute=True)
    if change.root:
        yield Entry(_UP, ROOT, is_static=True, is_absolute=True)
        yield Entry(CoordinateFrame(change.root), ROOT, is_static=True, is_absolute=True)


def _is_static(topic: Topic) -> bool:
    return topic.is_latched or topic.name.endswith('tf_static')


def _moving(rows: list[_Values], stamps: list[int]) -> Iterator[Entry]:
    columns = TRANSFORMS(*zip(*rows))  # noqa: B905 - as many in each
    yield Entry(columns, stamps=stamps, num_rows=len(rows))


def _static(rows: list[_Values], _: list[int]) -> Iterator[Entry]:
    for values in rows:
        columns = _STATIC(*values, values[-1], _AXIS_LENGTH)
        yield Entry(columns, child_path(values[-1]), is_static=True)


def _read(message: Message) -> _Transform:
    transform = message.transform
    values = (
        xyz(transform.translation),
        xyzw(transform.rotation),
        message.header.frame_id.removeprefix('/'),
        message.child_frame_id.removeprefix('/'),
    )
    return _Transform(values, stamp_nanos(message.header.stamp))


def _read_foxglove(message: Message) -> _Transform:
    values = (
        xyz(message.translation),
        xyzw(message.rotation),
        message.parent_frame_id.removeprefix('/'),
        message.child_frame_id.removeprefix('/'),
    )
    return _Transform(values, stamp_nanos(message.timestamp))
