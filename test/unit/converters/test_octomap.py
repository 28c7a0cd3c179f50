# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import defaultdict
import struct
from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, values_of

OCTOMAP = 'octomap_msgs/msg/Octomap'
DEPTH = 16
MIDDLE = 1 << DEPTH - 1
Voxel = tuple[int, int, int]


class Tree:
    """
    A tree that is written as OctoMap writes it.

    Leaves are given by index, the smallest being 1 wide: whether each is occupied.
    """

    def __init__(self, leaves: dict[Voxel, bool]) -> None:
        self._children: dict[tuple[int, Voxel], dict[int, bool]] = defaultdict(dict)
        self._leaves = leaves
        for voxel in leaves:
            key = tuple(index + MIDDLE for index in voxel)
            for depth in range(DEPTH):
                shift = DEPTH - 1 - depth
                child = sum((part >> shift & 1) << axis for axis, part in enumerate(key))
                node = depth, tuple(part >> shift + 1 for part in key)
                self._children[node][child] = depth < DEPTH - 1  # type: ignore[index]

    def binary(self, depth: int = 0, key: Voxel = (0, 0, 0)) -> bytes:
        bits, rest = 0, b''
        for child, is_inner in sorted(self._children[depth, key].items()):
            inner = self._child(key, child)
            if is_inner:
                kind = 3
                rest += self.binary(depth + 1, inner)
            else:
                kind = 2 if self._is_occupied(inner) else 1
            bits |= kind << 2 * child
        return struct.pack('<H', bits) + rest

    def full(self, *, is_colored: bool, depth: int = 0, key: Voxel = (0, 0, 0)) -> bytes:
        children = self._children[depth, key] if depth < DEPTH else {}
        odds = 0.85 if depth < DEPTH or self._is_occupied(key) else -0.4
        color = bytes(part & 0xFF for part in key) if is_colored else b''
        mask = sum(1 << child for child in children)
        data = struct.pack('<f', odds) + color + bytes([mask])
        for child in sorted(children):
            data += self.full(is_colored=is_colored, depth=depth + 1, key=self._child(key, child))
        return data

    def _is_occupied(self, key: Voxel) -> bool:
        x, y, z = (part - MIDDLE for part in key)
        return self._leaves[x, y, z]

    @staticmethod
    def _child(key: Voxel, child: int) -> Voxel:
        x, y, z = ((part << 1) + (child >> axis & 1) for axis, part in enumerate(key))
        return x, y, z


def octomap(data: bytes, name: str = 'OcTree', *, is_binary: bool = False) -> dict[str, Any]:
    return {
        'header': HEADER,
        'binary': is_binary,
        'id': name,
        'resolution': 0.25,
        'data': np.frombuffer(data, np.int8),
    }


def voxels(fields: dict[str, Any]) -> dict[Voxel, int]:
    """Return the color of each voxel."""
    values = values_of(convert(OCTOMAP, fields))
    assert values['/topic@VoxelGridMap:voxel_size'] == [[0.25] * 3]
    indices = [tuple(index) for index in values['/topic@VoxelGridMap:voxel_indices']]
    assert len(set(indices)) == len(indices)
    return dict(zip(indices, values['/topic@VoxelGridMap:colors'], strict=True))


def some_leaves(count: int) -> dict[Voxel, bool]:
    random = np.random.default_rng(1)
    indices = random.integers(-20, 20, (count, 3)).tolist()
    return {(x, y, z): bool((x + y + z) % 3) for x, y, z in indices}


@pytest.mark.parametrize('count', [1, 2, 500])
def test_binary(count: int) -> None:
    leaves = some_leaves(count)
    found = voxels(octomap(Tree(leaves).binary(), is_binary=True))
    assert set(found) == {voxel for voxel, is_occupied in leaves.items() if is_occupied}


@pytest.mark.parametrize('is_colored', [False, True])
def test_full(*, is_colored: bool) -> None:
    leaves = some_leaves(500)
    data = Tree(leaves).full(is_colored=is_colored)
    found = voxels(octomap(data, 'ColorOcTree' if is_colored else 'OcTree'))
    assert set(found) == {voxel for voxel, is_occupied in leaves.items() if is_occupied}
    if is_colored:
        for voxel, color in found.items():
            x, y, z = (index + MIDDLE & 0xFF for index in voxel)
            assert color == x << 24 | y << 16 | z << 8 | 0xFF
    else:
        by_height = {voxel[2]: color for voxel, color in found.items()}
        assert all(by_height[voxel[2]] == color for voxel, color in found.items())


def test_pruned_leaves_are_many_voxels() -> None:
    # One child of the parent of leaves: 2 x 2 x 2 of the smallest.
    kinds = b''.join(struct.pack('<H', 3 << 14) for _ in range(14)) + struct.pack('<H', 2)
    found = voxels(octomap(kinds, is_binary=True))
    assert len(found) == 8
    assert np.ptp(np.array(list(found)), axis=0).tolist() == [1, 1, 1]


def test_too_many_voxels_become_larger() -> None:
    data = struct.pack('<H', 2)  # an eighth of everything
    values = values_of(convert(OCTOMAP, octomap(data, is_binary=True)))
    [size] = {size for row in values['/topic@VoxelGridMap:voxel_size'] for size in row}
    count = len(values['/topic@VoxelGridMap:voxel_indices'])
    assert count <= 1 << 20
    assert round(count ** (1 / 3)) * size == MIDDLE * 0.25


def test_pose() -> None:
    fields = {
        'header': HEADER,
        'origin': {'position': {'x': 1.0}},
        'octomap': octomap(Tree({(0, 0, 0): True}).binary(), is_binary=True),
    }
    values = values_of(convert('octomap_msgs/msg/OctomapWithPose', fields))
    assert values['/topic@VoxelGridMap:translation'] == [[1.0, 0.0, 0.0]]
    assert values['/topic@VoxelGridMap:voxel_indices'] == [[0, 0, 0]]


@pytest.mark.parametrize('is_binary', [False, True])
def test_empty(*, is_binary: bool) -> None:
    assert voxels(octomap(b'', is_binary=is_binary)) == {}


GOOD = Tree(some_leaves(20))


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        (octomap(GOOD.binary()[:-2], is_binary=True), 'cut off'),
        (octomap(GOOD.binary() + b'\0\0', is_binary=True), 'cut off'),
        (octomap(GOOD.binary() + b'\0', is_binary=True), 'two bytes per node'),
        (octomap(GOOD.full(is_colored=False)[:-5]), 'cut off'),
        (octomap(GOOD.full(is_colored=False), 'Strange'), "kind 'Strange'"),
        (octomap(struct.pack('<H', 3) * 20 + b'\0\0', is_binary=True), 'deeper than 16'),
        ({**octomap(b''), 'resolution': 0.0}, 'cubes of 0.0 m'),
    ],
)
def test_bad_octomaps(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(OCTOMAP, fields)
