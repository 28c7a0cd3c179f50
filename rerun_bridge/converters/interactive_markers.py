# SPDX-License-Identifier: Apache-2.0
"""Markers that a user can drag: the shapes of their controls, and what was done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import TextLog
from rerun_bridge.converters.base import child_path, converts, converts_each, Entry
from rerun_bridge.converters.geometry import chained, pose_of
from rerun_bridge.converters.markers import MarkerLooks
from rerun_bridge.converters.scene import Scene
from rerun_bridge.converters.stamps import stamp_nanos

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.geometry import Pose

_EVENTS: Mapping[int, str] = {
    1: 'pose update',
    2: 'menu select',
    3: 'button click',
    4: 'mouse down',
    5: 'mouse up',
}


@converts('visualization_msgs/msg/InteractiveMarkerUpdate', frame='none')
def interactive_marker_update(topic: Topic) -> Convert:
    """Make an entity for each marker of each control, at the pose of the interactive marker."""
    markers = _InteractiveMarkers(topic)

    def convert(message: Message) -> Iterator[Entry]:
        for each in message.markers:
            yield from markers.show(each)
        for each in message.poses:
            yield from markers.move(each)
        for name in message.erases:
            markers.erase(name)
        yield from markers.scene.flush()

    return convert


@converts('visualization_msgs/msg/InteractiveMarkerInit', frame='none')
def interactive_marker_init(topic: Topic) -> Convert:
    """Make an entity for each marker of each control, at the pose of the interactive marker."""
    markers = _InteractiveMarkers(topic)

    def convert(message: Message) -> Iterator[Entry]:
        stamps = [stamp_nanos(each.header.stamp) for each in message.markers]
        markers.scene.remove_all(max(stamps, default=0))
        for each in message.markers:
            yield from markers.show(each)
        yield from markers.scene.flush()

    return convert


@converts('visualization_msgs/msg/InteractiveMarker', frame='none')
def interactive_marker(topic: Topic) -> Convert:
    """Make an entity for each marker of each control, at the pose of the interactive marker."""
    markers = _InteractiveMarkers(topic)

    def convert(message: Message) -> Iterator[Entry]:
        yield from markers.show(message)
        yield from markers.scene.flush()

    return convert


@converts_each('visualization_msgs/msg/InteractiveMarkerFeedback', frame='none')
def interactive_marker_feedback(message: Message) -> Iterator[Entry]:
    """Make `TextLog` of what a user did, on an entity per marker."""
    event = _EVENTS.get(message.event_type)
    if event is None:
        return
    text = f'{message.client_id}: {event} of {message.control_name or message.marker_name}'
    if message.menu_entry_id:
        text = f'{text}, entry {message.menu_entry_id}'
    yield Entry(TextLog.from_fields(text=text, level='INFO'), child_path(message.marker_name))


class _InteractiveMarkers:
    """Remembers markers, since updates of their poses say nothing of their shapes."""

    def __init__(self, topic: Topic) -> None:
        self.scene = Scene(topic)
        self._looks = MarkerLooks(topic.shared.resources)
        self._markers: dict[str, Message] = {}

    def show(self, message: Message) -> Iterator[Entry]:
        self._markers[message.name] = message
        # Controls may have gone.
        self.scene.remove_all(stamp_nanos(message.header.stamp), child_path(message.name) + '/')
        yield from self._place(message, message)

    def move(self, message: Message) -> Iterator[Entry]:
        marker = self._markers.get(message.name)
        if marker is not None:
            yield from self._place(marker, message)

    def erase(self, name: str) -> None:
        self._markers.pop(name, None)
        self.scene.remove_all(0, child_path(name) + '/')

    def _place(self, marker: Message, where: Message) -> Iterator[Entry]:
        """Draw a marker where a message says."""
        outer, header = pose_of(where.pose), where.header
        stamp = stamp_nanos(header.stamp)
        for number, control in enumerate(marker.controls):
            name = control.name or str(number)
            for inner_number, each in enumerate(control.markers):
                pose, frame_id = _pose_in(each, outer, header.frame_id)
                look = self._looks.look(each, pose, frame_id)
                # Those without a stamp are where their frame is, as in RViz.
                look = look._replace(follows_frame=not stamp)
                path = child_path(marker.name, name, str(inner_number))
                yield from self.scene.show(path, look, stamp=stamp, lifetime_nanos=0)


def _pose_in(marker: Message, outer: Pose, frame_id: str) -> tuple[Pose, str]:
    """Markers without a frame are in that of the interactive marker."""
    inner = pose_of(marker.pose)
    if marker.header.frame_id:
        return inner, marker.header.frame_id
    return chained(outer, inner), frame_id
