# SPDX-License-Identifier: Apache-2.0
"""Drawings on images: ``visualization_msgs/msg/ImageMarker`` and Foxglove's annotations."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import Ellipses2D, LineStrips2D, Points2D
from rerun_bridge.converters.base import child_path, converts, Entry
from rerun_bridge.converters.colors import color_of, colors_of
from rerun_bridge.converters.scene import Look, Scene
from rerun_bridge.converters.stamps import duration_nanos, stamp_nanos
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

    from rerun_bridge.cdr import Message, StructSequence
    from rerun_bridge.converters.base import AnyColumns, Convert, Topic

    Array: TypeAlias = npt.NDArray[Any]

_ADD, _REMOVE = 0, 1
_XY = ('x', 'y')


@converts('visualization_msgs/msg/ImageMarker', frame='none')
def image_marker(topic: Topic) -> Convert:
    """Make `Ellipses2D`, `LineStrips2D` or `Points2D` in the image plane, until it is removed."""
    scene = Scene(topic)

    def convert(message: Message) -> Iterator[Entry]:
        stamp = stamp_nanos(message.header.stamp)
        path = child_path(*filter(None, (message.ns, str(message.id))))
        if message.action == _ADD:
            frame_id = message.header.frame_id.removeprefix('/')
            plane = frame_id and topic.shared.frames.image_plane(frame_id, topic.name)
            look = Look(_draw(message), plane)
            lifetime = duration_nanos(message.lifetime)
            yield from scene.show(path, look, stamp=stamp, lifetime_nanos=lifetime)
        elif message.action == _REMOVE:
            scene.remove(path, stamp)
        yield from scene.flush()

    return convert


@converts('foxglove_msgs/msg/ImageAnnotations', frame='none')
def image_annotations(topic: Topic) -> Convert:
    """Make `Ellipses2D`, `LineStrips2D`, `Points2D` and labels, each in place of those before."""
    scene = Scene(topic)

    def convert(message: Message) -> Iterator[Entry]:
        annotations = list(_annotations(message))
        scene.remove_all(max((stamp for _, stamp, _ in annotations), default=0))
        for path, stamp, columns in annotations:
            yield from scene.show(path, Look(columns), stamp=stamp, lifetime_nanos=0)
        yield from scene.flush()

    return convert


def _draw(message: Message) -> AnyColumns:
    draw = _SHAPES.get(message.type)
    if draw is None:
        msg = f'image markers of type {message.type} do not exist; use 0 (circle) to 4 (points)'
        raise ConversionError(msg)
    return draw(message)


def _circle(message: Message) -> AnyColumns:
    radius = message.scale
    return Ellipses2D.from_fields(
        half_sizes=(radius, radius),
        centers=(message.position.x, message.position.y),
        colors=color_of(message.outline_color),
    )


def _line_strip(message: Message) -> AnyColumns:
    return _strip(_points(message.points), message)


def _polygon(message: Message) -> AnyColumns:
    points = _points(message.points)
    return _strip(np.concatenate((points, points[:1])), message)


def _strip(points: Array, message: Message) -> AnyColumns:
    return LineStrips2D.from_fields(
        strips=[points] if len(points) else [],
        radii=message.scale / 2,
        colors=color_of(message.outline_color),
    )


def _line_list(message: Message) -> AnyColumns:
    points = _points(message.points)
    return LineStrips2D.from_fields(
        strips=_pairs(points),
        radii=message.scale / 2,
        colors=_colors(message.outline_colors, message.outline_color, len(points))[::2],
    )


def _point_list(message: Message) -> AnyColumns:
    points = _points(message.points)
    return Points2D.from_fields(
        positions=points,
        radii=message.scale / 2,
        colors=_colors(message.outline_colors, message.outline_color, len(points)),
    )


_SHAPES: Mapping[int, Callable[[Message], AnyColumns]] = {
    0: _circle,
    1: _line_strip,
    2: _line_list,
    3: _polygon,
    4: _point_list,
}
_POINTS, _LOOP, _STRIP, _LIST = 1, 2, 3, 4


def _annotations(message: Message) -> Iterator[tuple[str, int, AnyColumns]]:
    for number, each in enumerate(message.circles):
        radius = each.diameter / 2
        columns: AnyColumns = Ellipses2D.from_fields(
            half_sizes=(radius, radius),
            centers=(each.position.x, each.position.y),
            colors=color_of(each.outline_color),
            line_radii=each.thickness / 2,
        )
        yield f'/circles/{number}', stamp_nanos(each.timestamp), columns
    for number, each in enumerate(message.points):
        yield f'/points/{number}', stamp_nanos(each.timestamp), _outline(each)
    for number, each in enumerate(message.texts):
        columns = Points2D.from_fields(
            positions=(each.position.x, each.position.y),
            radii=0.0,
            colors=color_of(each.text_color),
            labels=each.text,
            show_labels=True,
        )
        yield f'/texts/{number}', stamp_nanos(each.timestamp), columns


def _outline(message: Message) -> AnyColumns:
    points = _points(message.points)
    radius, color = message.thickness / 2, color_of(message.outline_color)
    colors = _colors(message.outline_colors, message.outline_color, len(points))
    if message.type == _LIST:
        return LineStrips2D.from_fields(strips=_pairs(points), radii=radius, colors=colors[::2])
    if message.type in {_LOOP, _STRIP}:
        end = 1 if message.type == _LOOP else 0
        strip = np.concatenate((points, points[:end]))
        return LineStrips2D.from_fields(
            strips=[strip] if len(strip) else [], radii=radius, colors=color
        )
    return Points2D.from_fields(positions=points, radii=radius, colors=colors)


def _points(messages: StructSequence) -> Array:
    return owned(messages.columns('', _XY).astype(np.float32))


def _pairs(points: Array) -> Array:
    return points[: len(points) // 2 * 2].reshape(-1, 2, 2)


def _colors(messages: StructSequence, common: Message, count: int) -> Array:
    """Return a color for each of so many points."""
    if len(messages) == count:
        return colors_of(messages)
    return owned(np.full(count, color_of(common), np.uint32))
