# SPDX-License-Identifier: Apache-2.0
"""``octomap_msgs``: trees of cubes that are occupied or free."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import VoxelGridMap
from rerun_bridge.converters.base import converts, Entry
from rerun_bridge.converters.geometry import xyz, xyzw
from rerun_bridge.converters.octree import MAX_DEPTH, place_nodes
from rerun_bridge.converters.palette import pack, turbo
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic

    Array: TypeAlias = npt.NDArray[Any]

_MAX_VOXELS = 1 << 20
_OCCUPIED, _INNER = 2, 3
_PLAIN_NODE = np.dtype([('value', '<f4'), ('children', 'u1')])
_COLORED_NODE = np.dtype([('value', '<f4'), ('color', 'u1', 3), ('children', 'u1')])
_NODES = {'OcTree': _PLAIN_NODE, 'ColorOcTree': _COLORED_NODE}
_BITS = np.arange(8, dtype=np.uint8)
_IDENTITY = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)


class _Leaves(NamedTuple):
    """Occupied cubes: corners and sizes as multiples of the smallest, and colors if any."""

    corners: Array
    sizes: Array
    colors: Array | None


@converts('octomap_msgs/msg/Octomap')
def octomap(topic: Topic) -> Convert:
    """Make `VoxelGridMap` of what is occupied, colored by the tree or by height."""

    def convert(message: Message) -> Iterator[Entry]:
        columns = _to_voxels(message, *_IDENTITY)
        yield Entry(columns, is_retained=topic.is_latched)

    return convert


@converts('octomap_msgs/msg/OctomapWithPose')
def octomap_with_pose(topic: Topic) -> Convert:
    """Make `VoxelGridMap` of what is occupied, colored by the tree or by height."""

    def convert(message: Message) -> Iterator[Entry]:
        pose = message.origin
        columns = _to_voxels(message.octomap, xyz(pose.position), xyzw(pose.orientation))
        yield Entry(columns, is_retained=topic.is_latched)

    return convert


def _to_voxels(message: Message, translation: Any, quaternion: Any) -> VoxelGridMap:  # noqa: ANN401
    if not 0 < message.resolution < np.inf:
        msg = f'an octomap has cubes of {message.resolution} m; publish their size'
        raise ConversionError(msg)
    data = message.data.view(np.uint8)
    leaves = _binary_leaves(data) if message.binary else _full_leaves(data, message.id)
    indices, colors, scale = _split(leaves)
    if colors is None:
        colors = turbo(indices[:, 2])
    return VoxelGridMap.from_fields(
        voxel_indices=owned(indices.astype(np.int32)),
        voxel_size=[message.resolution * scale] * 3,
        colors=owned(colors),
        translation=translation,
        quaternion=quaternion,
    )


def _binary_leaves(data: Array) -> _Leaves:
    """Read two bits for each child: nothing, free, occupied, or a node that follows."""
    if len(data) % 2:
        msg = f'a binary octomap has two bytes per node, but this one has {len(data)} in all'
        raise ConversionError(msg)
    if not len(data):
        return _nothing()
    kinds = (data.reshape(-1, 2)[:, :, None] >> 2 * _BITS[:4] & 3).reshape(-1, 8)
    nodes = place_nodes(kinds == _INNER)
    node, child = np.nonzero(kinds[nodes.numbers] == _OCCUPIED)
    depths = nodes.depths[node] + 1
    _check(depths)
    sizes = 1 << MAX_DEPTH - depths
    steps = np.stack((child & 1, child >> 1 & 1, child >> 2), axis=1)
    return _Leaves(nodes.corners[node] + steps * sizes[:, None], sizes, None)


def _full_leaves(data: Array, name: str) -> _Leaves:
    """Read the log-odds of each node, and which children follow it."""
    kind = _NODES.get(name)
    if kind is None or len(data) % kind.itemsize:
        msg = (
            f'an octomap of kind {name!r} and {len(data)} bytes cannot be read; publish OcTree, '
            'ColorOcTree or binary ones'
        )
        raise ConversionError(msg)
    if not len(data):
        return _nothing()
    records = np.ascontiguousarray(data).view(kind)
    has_child = (records['children'][:, None] >> _BITS & 1).astype(bool)
    nodes = place_nodes(has_child)
    is_shown = ~has_child.any(axis=1) & (records['value'] > 0)
    chosen = is_shown[nodes.numbers]
    numbers = nodes.numbers[chosen]
    _check(nodes.depths)
    sizes = 1 << MAX_DEPTH - nodes.depths[chosen]
    colors = pack(*records['color'][numbers].T) if kind is _COLORED_NODE else None
    return _Leaves(nodes.corners[chosen], sizes, colors)


def _split(leaves: _Leaves) -> tuple[Array, Array | None, int]:
    """Return voxels of one size: indices, colors, and the size; larger ones if too many."""
    corners, sizes, colors = leaves
    scale = 1
    while len(sizes) and scale < 1 << MAX_DEPTH:
        if int((np.maximum(sizes // scale, 1) ** 3).sum()) <= _MAX_VOXELS:
            break
        scale *= 2
    parts, numbers = [], []
    for size in np.unique(sizes).tolist():
        chosen = np.flatnonzero(sizes == size)
        per_side = max(size // scale, 1)
        steps = np.indices((per_side,) * 3).reshape(3, -1).T
        parts.append((corners[chosen] // scale)[:, None, :] + steps)
        numbers.append(np.repeat(chosen, len(steps)))
    if not parts:
        return corners, colors, scale
    indices = np.concatenate([part.reshape(-1, 3) for part in parts])
    number = np.concatenate(numbers)
    if scale > 1:
        indices, first = np.unique(indices, axis=0, return_index=True)
        number = number[first]
    return indices, None if colors is None else colors[number], scale


def _nothing() -> _Leaves:
    return _Leaves(np.empty((0, 3), np.int64), np.empty(0, np.int64), None)


def _check(depths: Array) -> None:
    if len(depths) and int(depths.max()) > MAX_DEPTH:
        msg = f'an octomap is deeper than {MAX_DEPTH} levels; repair the publisher'
        raise ConversionError(msg)
