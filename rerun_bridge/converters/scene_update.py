# SPDX-License-Identifier: Apache-2.0
"""``foxglove_msgs/msg/SceneUpdate``: entities made of many shapes."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import (
    Arrows3D,
    Boxes3D,
    Cylinders3D,
    Ellipsoids3D,
    FillMode,
    LineStrips3D,
    Mesh3D,
    Points3D,
)
from rerun_bridge.converters.assets import Assets
from rerun_bridge.converters.base import child_path, converts
from rerun_bridge.converters.colors import color_of, colors_of
from rerun_bridge.converters.geometry import forward, pose_of, rotations, vectors, xyz
from rerun_bridge.converters.markers import placed
from rerun_bridge.converters.scene import Look, Scene
from rerun_bridge.converters.stamps import duration_nanos, stamp_nanos
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from rerun_bridge.archetypes import Asset3D
    from rerun_bridge.cdr import Message, StructSequence
    from rerun_bridge.converters.base import AnyColumns, Convert, Entry, Topic
    from rerun_bridge.converters.palette import ColorArray

    Array: TypeAlias = npt.NDArray[Any]

_ALL = 1
_LINE_LOOP, _LINE_LIST = 1, 2
_SOLID = FillMode.Solid


class _Part(NamedTuple):
    path: str
    look: Look


@converts('foxglove_msgs/msg/SceneUpdate', frame='none')
def scene_update(topic: Topic) -> Convert:
    """Make an entity per id, and below it one per kind of its shapes, until they are deleted."""
    scene, assets = Scene(topic), Assets(topic.shared.resources)

    def convert(message: Message) -> Iterator[Entry]:
        for each in message.deletions:
            stamp = stamp_nanos(each.timestamp)
            scene.remove_all(stamp, '' if each.type == _ALL else child_path(each.id) + '/')
        for each in message.entities:
            stamp, lifetime = stamp_nanos(each.timestamp), duration_nanos(each.lifetime)
            path = child_path(each.id)
            # An entity replaces the one of the same id entirely.
            scene.remove_all(stamp, path + '/')
            for part in _parts(each, assets):
                yield from scene.show(
                    path + part.path, part.look, stamp=stamp, lifetime_nanos=lifetime
                )
        yield from scene.flush()

    return convert


def _parts(entity: Message, assets: Assets) -> Iterator[_Part]:
    frame_id, follows_frame = entity.frame_id, entity.frame_locked
    for name, draw in _GROUPS.items():
        group = getattr(entity, name)
        if len(group):
            yield _Part(f'/{name}', Look(draw(group), frame_id, follows_frame=follows_frame))
    for i, each in enumerate(entity.lines):
        columns = placed(pose_of(each.pose), None, _line(each))
        yield _Part(f'/lines/{i}', Look(columns, frame_id, follows_frame=follows_frame))
    for i, each in enumerate(entity.triangles):
        columns = placed(pose_of(each.pose), None, _triangles(each))
        yield _Part(f'/triangles/{i}', Look(columns, frame_id, follows_frame=follows_frame))
    for i, each in enumerate(entity.models):
        columns = placed(pose_of(each.pose), xyz(each.scale))
        yield _Part(f'/models/{i}', Look(columns, frame_id, _model(each, assets), follows_frame))


def _arrows(arrows: StructSequence) -> AnyColumns:
    lengths = arrows.columns('', ('shaft_length', 'head_length')).sum(axis=1, keepdims=True)
    directions = forward(rotations(arrows, 'pose.orientation'))
    return Arrows3D.from_fields(
        vectors=owned((directions * lengths).astype(np.float32)),
        origins=vectors(arrows, 'pose.position'),
        radii=arrows.column('shaft_diameter') / 2,
        colors=_colors(arrows),
    )


def _cubes(cubes: StructSequence) -> AnyColumns:
    return Boxes3D.from_fields(half_sizes=vectors(cubes, 'size') / 2, **_where(cubes))


def _spheres(spheres: StructSequence) -> AnyColumns:
    return Ellipsoids3D.from_fields(half_sizes=vectors(spheres, 'size') / 2, **_where(spheres))


def _cylinders(cylinders: StructSequence) -> AnyColumns:
    """Draw round ones; Rerun has no others, nor cones."""
    sizes = vectors(cylinders, 'size')
    scales = cylinders.columns('', ('bottom_scale', 'top_scale')).max(axis=1)
    return Cylinders3D.from_fields(
        lengths=sizes[:, 2], radii=sizes[:, :2].max(axis=1) / 2 * scales, **_where(cylinders)
    )


def _texts(texts: StructSequence) -> AnyColumns:
    return Points3D.from_fields(
        positions=vectors(texts, 'pose.position'),
        radii=0.0,
        colors=_colors(texts),
        labels=texts.column('text'),
        show_labels=True,
    )


_GROUPS: dict[str, Callable[[StructSequence], AnyColumns]] = {
    'arrows': _arrows,
    'cubes': _cubes,
    'spheres': _spheres,
    'cylinders': _cylinders,
    'texts': _texts,
}


def _where(messages: StructSequence) -> dict[str, Any]:
    return {
        'centers': vectors(messages, 'pose.position'),
        'quaternions': rotations(messages, 'pose.orientation'),
        'colors': _colors(messages),
        'fill_mode': _SOLID,
    }


def _line(message: Message) -> AnyColumns:
    points = _indexed(vectors(message.points, ''), message.indices)
    # Negative radii are in points of the screen.
    radius = message.thickness / (-2 if message.scale_invariant else 2)
    colors: Any = color_of(message.color)
    is_list = message.type == _LINE_LIST
    if message.type == _LINE_LOOP:
        points = np.concatenate((points, points[:1]))
    if len(message.colors) == len(message.points) and len(message.colors):
        colors = _indexed(colors_of(message.colors), message.indices)
        colors = colors[::2] if is_list else colors
    elif not is_list:
        strips = [points] if len(points) else []
        return LineStrips3D.from_fields(strips=strips, radii=radius, colors=colors)
    if is_list:
        segments = points[: len(points) // 2 * 2].reshape(-1, 2, 3)
    else:
        segments = np.stack((points[:-1], points[1:]), axis=1)
    return LineStrips3D.from_fields(strips=segments, radii=radius, colors=colors)


def _triangles(message: Message) -> AnyColumns:
    positions = vectors(message.points, '')
    colors: dict[str, Any] = {'albedo_factor': color_of(message.color)}
    if len(message.colors) == len(positions) and len(positions):
        colors = {'vertex_colors': colors_of(message.colors)}
    if len(message.indices):
        _indexed(positions, message.indices)
        count = len(message.indices) // 3 * 3
        colors['triangle_indices'] = message.indices[:count].reshape(-1, 3)
    else:
        positions = positions[: len(positions) // 3 * 3]
    return Mesh3D.from_fields(vertex_positions=positions, **colors)


def _model(message: Message, assets: Assets) -> Asset3D:
    color = color_of(message.color) if message.override_color else 0
    if len(message.data):
        return assets.given(bytes(message.data), message.url, color, message.media_type)
    return assets.named(message.url, color)


def _indexed(values: Array, indices: Array) -> Array:
    if not len(indices):
        return values
    if int(indices.max()) >= len(values):
        msg = f'a shape of {len(values)} points has index {indices.max()}; repair the publisher'
        raise ConversionError(msg)
    return values[indices]


def _colors(messages: StructSequence) -> ColorArray:
    return colors_of(messages, 'color')
