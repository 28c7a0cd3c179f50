# SPDX-License-Identifier: Apache-2.0
"""
``robot_description``: a URDF becomes the shapes of a robot, which hold for all times.

They are beside the topic, below the name of the robot, as the official importer has them:
``/ns/robot_description`` makes ``/ns/<robot>/visual_geometries/<link>/<visual>``. Each is in the
frame of its link, so whoever sends transforms moves it. Where nobody does, the robot stands.
"""

from __future__ import annotations

from functools import lru_cache
import logging
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import CoordinateFrame, TextDocument
from rerun_bridge.converters.base import child_path, ended, Entry
from rerun_bridge.converters.kinematics import Kinematics
from rerun_bridge.converters.robot_motion import GRACE_NANOS
from rerun_bridge.converters.robot_shapes import RobotShapes
from rerun_bridge.converters.robots import KnownRobot
from rerun_bridge.converters.transforms import change_entries, note_transforms, TRANSFORMS
from rerun_bridge.converters.urdf_reader import read_urdf
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Topic
    from rerun_bridge.converters.urdf import Geometry, Robot

_NAME = 'robot_description'
_OTHER_SUFFIX = '_semantic'
_STAND = 'stand'
_log = logging.getLogger('rerun_bridge.converters')


def is_robot_description(topic_name: str) -> bool:
    """Tell whether the texts of a topic are URDFs; what MoveIt calls semantic is none."""
    name = topic_name.rpartition('/')[2]
    return _NAME in name and not name.endswith(_OTHER_SUFFIX)


def robot_description(topic: Topic) -> Convert:
    """Make the shapes of the robot, and the transforms that nobody else sends."""
    return _Description(topic).convert


class _Shown(NamedTuple):
    """What an entity shows, and what that was made of."""

    source: Hashable
    columns: AnyColumns


class _Part(NamedTuple):
    """A shape of the robot."""

    path: str
    geometry: Geometry
    frame_id: str
    is_visual: bool


class _Description:
    """What was made of the last description of a topic, so that the next one can replace it."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._frame_prefix = topic.options.frame_prefix.removeprefix('/')
        self._shapes = RobotShapes(topic.shared.resources, topic.options.mesh_folder)
        self._text: str | None = None
        self._robot: KnownRobot | None = None
        self._shown: dict[str, _Shown] = {}
        self._is_standing = False

    def convert(self, message: Message) -> list[Entry]:
        text = message.data
        if text == self._text:
            return []
        robot = read_urdf(text)
        known = KnownRobot(
            self._topic.name, self._path_of(robot.name), Kinematics(robot, self._frame_prefix)
        )
        self._introduce(known)
        last, self._shown = self._shown, self._draw(known, robot)
        self._text = text
        document = TextDocument.from_fields(text=text)
        entries = [Entry(document, is_retained=self._topic.is_latched)]
        entries += [_static(shown.columns, path) for path, shown in self._shown.items()]
        if self._is_standing:
            entries += self._stand()
        else:
            schedule = self._topic.schedule
            schedule.after(GRACE_NANOS, _STAND, self._stand, is_due_at_end=True)
        for path, shown in last.items():
            now = self._shown.get(path)
            end = ended(shown.columns.layout, None if now is None else now.columns.layout)
            if end is not None:
                entries.append(_static(end, path))
        return entries

    def _path_of(self, name: str) -> str:
        """Return the entity of the robot; below the topic if another one has the usual place."""
        topic = self._topic
        path = topic.entity_path.rpartition('/')[0] + child_path(name)
        if topic.shared.robots.is_taken(path, topic.name):
            return topic.entity_path.rstrip('/') + child_path(name)
        return path

    def _introduce(self, robot: KnownRobot) -> None:
        robots, frames = self._topic.shared.robots, self._topic.shared.frames
        if self._robot is not None:
            last = self._robot.kinematics
            frames.leave(last.root)
            for frame in last.children:
                if robots.owns(robot.topic, frame):
                    self._leave(frame)
        self._robot = robot
        robots.add(robot)

    def _leave(self, frame: str) -> None:
        shared = self._topic.shared
        shared.frames.leave(frame)
        if shared.fixed_frame is not None and not shared.frames.has_transform(frame):
            shared.fixed_frame.transforms.remove_static(frame)

    def _draw(self, known: KnownRobot, robot: Robot) -> dict[str, _Shown]:
        """Draw all shapes; what cannot be drawn does not cost the others."""
        root = known.kinematics.root
        shown = {known.entity_path: _Shown(root, _frame(root))}
        parts = self._parts(known.entity_path, robot)
        failures: list[ConversionError] = []
        for path, geometry, frame_id, is_visual in parts:
            source = geometry, frame_id
            last = self._shown.get(path)
            if last is not None and last.source == source:
                shown[path] = last
                continue
            try:
                columns = self._shapes.columns(geometry, frame_id, is_solid=is_visual)
                shown[path] = _Shown(source, columns)
            except ConversionError as exc:
                failures.append(exc)
        self._warn(robot.name, parts, failures)
        return shown

    def _parts(self, path: str, robot: Robot) -> list[_Part]:
        parts = []
        for link in robot.links:
            frame_id, link_path = self._frame_prefix + link.name, child_path(link.name)
            for name, each in _named('visual', link.visuals):
                below = f'{path}/visual_geometries{link_path}{child_path(name)}'
                parts.append(_Part(below, each, frame_id, is_visual=True))
            for name, each in _named('collision', link.collisions):
                if self._topic.options.collisions:
                    kind = type(each.shape).__name__.lower()
                    below = f'{path}/collision_geometries/{kind}{link_path}{child_path(name)}'
                    parts.append(_Part(below, each, frame_id, is_visual=False))
        return parts

    def _warn(
        self, name: str, parts: Sequence[_Part], failures: Sequence[ConversionError]
    ) -> None:
        if failures:
            _log.warning(
                '%s: %d of %d shapes of %s cannot be drawn: %s',
                self._topic.name,
                len(failures),
                len(parts),
                name,
                failures[0],
            )
        if any(part.geometry.material and part.geometry.material.texture for part in parts):
            _log.warning(
                '%s: the textures of %s are not drawn; use meshes that contain theirs, as .glb',
                self._topic.name,
                name,
            )

    def _stand(self) -> Iterator[Entry]:
        """Tell where links are that nobody sends transforms of."""
        self._is_standing = True
        robot = self._robot
        if robot is None:
            return
        robots, frames = self._topic.shared.robots, self._topic.shared.frames
        kinematics = robot.kinematics
        changes = [frames.add_root(kinematics.root)]
        disputed = []
        poses = (each.tolist() for each in kinematics.at_rest())
        for values in zip(*poses, kinematics.parents, kinematics.children):  # noqa: B905
            *_, parent, child = values
            if frames.has_transform(child):
                continue
            if not robots.owns(robot.topic, child):
                disputed.append(child)
                continue
            path = robot.joints_path + child_path(child)
            columns = TRANSFORMS(*values)
            note_transforms(self._topic, [values], None)
            self._shown[path] = _Shown(None, columns)
            yield _static(columns, path)
            changes.append(frames.stand_in(parent, child, path))
        for change in changes:
            if change is not None:
                yield from change_entries(change)
        if disputed:
            _log.warning(
                '%s: another robot has the frame %s; set the option frame_prefix of the topic',
                robot.topic,
                disputed[0],
            )


@lru_cache(maxsize=256)
def _frame(frame_id: str) -> CoordinateFrame:
    """Return the same object for the same frame, as static entries want it."""
    return CoordinateFrame(frame_id)


def _named(role: str, geometries: Sequence[Geometry]) -> Iterator[tuple[str, Geometry]]:
    """Give each a name of its own."""
    used: set[str] = set()
    for i, geometry in enumerate(geometries):
        name = geometry.name or f'{role}_{i}'
        if name in used:
            name = f'{name}_{i}'
        used.add(name)
        yield name, geometry


def _static(columns: AnyColumns, path: str) -> Entry:
    return Entry(columns, path, is_static=True, is_absolute=True)
