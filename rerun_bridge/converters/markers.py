# SPDX-License-Identifier: Apache-2.0
"""
``visualization_msgs/msg/Marker`` and ``MarkerArray``: an entity for each marker.

It is named by the topic, the marker's namespace and its id.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rerun_bridge.archetypes import InstancePoses3D
from rerun_bridge.converters.base import child_path, converts, merge, RowType
from rerun_bridge.converters.geometry import pose_of, POSES, xyz
from rerun_bridge.converters.marker_meshes import MarkerMeshes
from rerun_bridge.converters.marker_shapes import MESH_RESOURCE, SHAPES, TRIANGLE_LIST
from rerun_bridge.converters.scene import Look, Scene
from rerun_bridge.converters.stamps import duration_nanos, stamp_nanos
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rerun_bridge.archetypes import Columns
    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Entry, Topic
    from rerun_bridge.converters.geometry import Pose
    from rerun_bridge.converters.resources import Resources

_ADD, _DELETE, _DELETE_ALL = 0, 2, 3
_SCALED_POSES = RowType(
    *(InstancePoses3D.FIELDS[name] for name in ('translations', 'quaternions', 'scales'))
)
_log = logging.getLogger('rerun_bridge.converters')


@converts('visualization_msgs/msg/Marker', frame='none')
def marker(topic: Topic) -> Convert:
    """Make an entity per namespace and id with the shape and its pose, until it is deleted."""
    markers = Markers(topic)

    def convert(message: Message) -> Iterator[Entry]:
        yield from markers.apply(message)
        yield from markers.flush()

    return convert


@converts('visualization_msgs/msg/MarkerArray', frame='none')
def marker_array(topic: Topic) -> Convert:
    """Make what each marker of the array makes."""
    markers = Markers(topic)

    def convert(message: Message) -> Iterator[Entry]:
        yield from markers.apply_all(message.markers)
        yield from markers.flush()

    return convert


class Markers:
    """
    The markers of one topic.

    Parameters
    ----------
    topic
        Its own.

    """

    def __init__(self, topic: Topic) -> None:
        self.scene = Scene(topic)
        self._topic_name = topic.name
        self._looks = MarkerLooks(topic.shared.resources)
        self._is_told = False

    def apply(self, message: Message) -> Iterator[Entry]:
        """
        Do what a marker says.

        Parameters
        ----------
        message
            A ``Marker``.

        Yields
        ------
        Entry
            What is to be logged now.

        Raises
        ------
        ConversionError
            If it cannot be drawn.

        """
        stamp = stamp_nanos(message.header.stamp)
        path = marker_path(message)
        if message.action == _ADD:
            look = self._looks.look(message)
            lifetime = duration_nanos(message.lifetime)
            yield from self.scene.show(path, look, stamp=stamp, lifetime_nanos=lifetime)
        elif message.action == _DELETE:
            self.scene.remove(path, stamp)
        elif message.action == _DELETE_ALL:
            self.scene.remove_all(stamp)
        else:
            msg = f'a marker has action {message.action}; use 0 (add), 2 (delete) or 3 (all)'
            raise ConversionError(msg)

    def apply_all(self, messages: Iterable[Message]) -> Iterator[Entry]:
        """
        Do what markers say, whatever is wrong with some of them.

        Parameters
        ----------
        messages
            Each a ``Marker``.

        Yields
        ------
        Entry
            What is to be logged now.

        Raises
        ------
        ConversionError
            If none of them can be drawn.

        """
        failures = []
        num_good = 0
        for message in messages:
            try:
                yield from list(self.apply(message))
                num_good += 1
            except ConversionError as exc:  # noqa: PERF203 - markers do not depend on one another
                failures.append(exc)
        if not failures:
            return
        if not num_good:
            raise failures[0]
        if not self._is_told:
            self._is_told = True
            _log.warning(
                '%s: %d of %d markers cannot be drawn: %s',
                self._topic_name,
                len(failures),
                num_good + len(failures),
                failures[0],
            )

    def flush(self) -> Iterator[Entry]:
        """End a message; see `Scene.flush`."""
        return self.scene.flush()


class MarkerLooks:
    """
    Draws markers.

    Parameters
    ----------
    resources
        Where to look for files that markers name.

    """

    def __init__(self, resources: Resources) -> None:
        self._meshes = MarkerMeshes(resources)

    def look(self, message: Message, pose: Pose | None = None, frame_id: str = '') -> Look:
        """
        Draw a marker.

        Parameters
        ----------
        message
            A ``Marker``.
        pose
            Where, in place of its own.
        frame_id
            In which frame that is.

        Returns
        -------
        Look
            With its pose and frame.

        Raises
        ------
        ConversionError
            If it cannot be drawn.

        """
        asset = None
        if message.type == MESH_RESOURCE:
            asset = self._meshes.mesh(message)
        elif message.type == TRIANGLE_LIST:
            asset = self._meshes.textured(message)
        if pose is None:
            pose = pose_of(message.pose)
            frame_id = message.header.frame_id
        if asset is not None:
            columns = placed(pose, xyz(message.scale))
            return Look(columns, frame_id, asset, message.frame_locked)
        draw = SHAPES.get(message.type)
        if draw is None:
            msg = f'markers of type {message.type} do not exist; use 0 to 12'
            raise ConversionError(msg)
        shape = draw(message)
        columns = placed(pose, shape.scale, shape.columns)
        return Look(columns, frame_id, follows_frame=message.frame_locked)


def marker_path(message: Message) -> str:
    """
    Name the entity of a marker.

    Parameters
    ----------
    message
        A ``Marker``.

    Returns
    -------
    str
        See `Entry`.

    """
    return child_path(*filter(None, (message.ns, str(message.id))))


def placed(pose: Pose, scale: Iterable[float] | None, *columns: AnyColumns) -> Columns:
    """
    Put something somewhere.

    Parameters
    ----------
    pose
        Where.
    scale
        How much it is stretched; None for not at all.
    columns
        What it is.

    Returns
    -------
    Columns
        All of it.

    """
    where = POSES(*pose) if scale is None else _SCALED_POSES(*pose, scale)
    return merge(where, *columns)
