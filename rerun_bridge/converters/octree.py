# SPDX-License-Identifier: Apache-2.0
"""
The nodes of an OctoMap, in the order in which they are written: each before its children.

Nothing says where the next sibling of a node begins, and trees are large. But the number of
nodes that are still to come, which a node with n children changes by n - 1, is first one lower
right where the node's subtree ends; so all ends are found by one sort.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[Any]

MAX_DEPTH = 16
_NUM_CHILDREN = 8


class Cubes(NamedTuple):
    """
    Nodes of a tree.

    Attributes
    ----------
    corners
        Of the smallest x, y and z, in the smallest cubes' size, shape (n, 3), int64; the middle of
        the tree is at zero.
    depths
        0 for the root, `MAX_DEPTH` for the smallest, shape (n,).
    numbers
        Which nodes, in the order of the bytes, shape (n,).

    """

    corners: Array
    depths: Array
    numbers: Array


def place_nodes(has_child: Array) -> Cubes:
    """
    Find where nodes are.

    Parameters
    ----------
    has_child
        Which children follow each node, shape (n, 8), bool.

    Returns
    -------
    Cubes
        All nodes, those of a level together.

    Raises
    ------
    ConversionError
        If nodes are missing, or there are too many.

    """
    ends = _subtree_ends(has_child.sum(axis=1))
    corner = np.full((1, 3), -(1 << MAX_DEPTH - 1), np.int64)
    levels = [Cubes(corner, np.zeros(1, np.int64), np.zeros(1, np.int64))]
    while True:
        corners, _, numbers = levels[-1]
        size = 1 << max(MAX_DEPTH - len(levels), 0)
        found: list[tuple[Array, Array]] = []
        start = numbers + 1
        for child in range(_NUM_CHILDREN):
            chosen = np.flatnonzero(has_child[numbers, child])
            if len(chosen):
                step = np.array([child & 1, child >> 1 & 1, child >> 2]) * size
                found.append((corners[chosen] + step, start[chosen]))
                start[chosen] = ends[start[chosen]]
        if not found:
            break
        if len(levels) > MAX_DEPTH:
            msg = f'an octomap is deeper than {MAX_DEPTH} levels; repair the publisher'
            raise ConversionError(msg)
        positions = np.concatenate([each[1] for each in found])
        depth = np.full(len(positions), len(levels))
        levels.append(Cubes(np.concatenate([each[0] for each in found]), depth, positions))
    return Cubes(*(np.concatenate(parts) for parts in zip(*levels)))  # noqa: B905 - the same


def _subtree_ends(num_children: Array) -> Array:
    """Return the number of the first node behind the subtree of each."""
    count = len(num_children)
    # How many nodes are missing yet, before each node and at the end.
    open_before = np.concatenate(([1], 1 + np.cumsum(num_children.astype(np.int64) - 1)))
    if open_before[-1] != 0 or (open_before[:-1] <= 0).any():
        msg = f'an octomap of {count} nodes is cut off, or goes on behind its end'
        raise ConversionError(msg)
    width = count + 1
    keys = np.sort(open_before * width + np.arange(width))
    wanted = (open_before[:-1] - 1) * width + np.arange(count)
    ends: Array = keys[np.searchsorted(keys, wanted)] % width
    return ends
