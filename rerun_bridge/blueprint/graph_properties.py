# SPDX-License-Identifier: Apache-2.0
"""Properties of views of graphs: background and forces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint.schema import BlueprintArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Colors, Numbers, Vectors


class GraphBackground(BlueprintArchetype):
    """
    What is behind a graph.

    Parameters
    ----------
    color
        Of the background.

    """

    _: KW_ONLY
    color: Colors | None = None


class ForceLink(BlueprintArchetype):
    """
    Pulls linked nodes of a graph to a distance.

    Parameters
    ----------
    enabled, distance, iterations
        Of the force.

    """

    _: KW_ONLY
    enabled: Booleans | None = None
    distance: Numbers | None = None
    iterations: Numbers | None = None


class ForceManyBody(BlueprintArchetype):
    """
    Pulls nodes of a graph together, or apart if negative.

    Parameters
    ----------
    enabled, strength
        Of the force.

    """

    _: KW_ONLY
    enabled: Booleans | None = None
    strength: Numbers | None = None


class ForcePosition(BlueprintArchetype):
    """
    Pulls nodes of a graph to a position.

    Parameters
    ----------
    enabled, strength
        Of the force.
    position
        Shape (2,).

    """

    _: KW_ONLY
    enabled: Booleans | None = None
    strength: Numbers | None = None
    position: Vectors | None = None


class ForceCollisionRadius(BlueprintArchetype):
    """
    Keeps nodes of a graph from covering each other.

    Parameters
    ----------
    enabled, strength, iterations
        Of the force.

    """

    _: KW_ONLY
    enabled: Booleans | None = None
    strength: Numbers | None = None
    iterations: Numbers | None = None


class ForceCenter(BlueprintArchetype):
    """
    Keeps a graph in the middle.

    Parameters
    ----------
    enabled, strength
        Of the force.

    """

    _: KW_ONLY
    enabled: Booleans | None = None
    strength: Numbers | None = None
