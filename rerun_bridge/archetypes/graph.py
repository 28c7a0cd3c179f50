# SPDX-License-Identifier: Apache-2.0
"""Graphs of nodes and edges."""

from __future__ import annotations

from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Choices, Colors, Numbers, Texts, Vectors


class GraphEdge(NamedTuple):
    """
    An edge between two nodes.

    Attributes
    ----------
    first, second
        Ids of the nodes.

    """

    first: str
    second: str


class GraphNodes(SchemaArchetype):
    """
    Nodes of a graph.

    Parameters
    ----------
    node_ids
        Texts that edges refer to.
    positions
        Where they are drawn, shape (n, 2); laid out by forces if not given.
    colors, labels, show_labels, radii
        One for each node, or one for all.

    """

    node_ids: Texts
    _: KW_ONLY
    positions: Vectors | None = None
    colors: Colors | None = None
    labels: Texts | None = None
    show_labels: Booleans | None = None
    radii: Numbers | None = None


class GraphEdges(SchemaArchetype):
    """
    Edges of a graph; the nodes may be at other entities.

    Parameters
    ----------
    edges
        Pairs of node ids.
    graph_type
        `GraphType`: whether the edges have a direction.

    """

    edges: Any
    _: KW_ONLY
    graph_type: Choices | None = None
