# SPDX-License-Identifier: Apache-2.0
"""Visualizers: how a view draws an entity, for the overrides of blueprints."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of archetypes that are not drawn by a visualizer of their own name.
_NAMES = {
    'LineStrips2D': 'Lines2D',
    'LineStrips3D': 'Lines3D',
    'Measurements': 'MeasurementsSeries',
    'Pinhole': 'Cameras',
    'StateChange': 'StateVisualizer',
    'StateConfiguration': 'StateVisualizer',
}


class Visualizer:
    """
    A visualizer of one entity in one view.

    Parameters
    ----------
    visualizer_type
        Its name.
    overrides
        Component batches that replace what was logged.
    mappings
        Where it takes other components from (`VisualizerComponentMapping`).

    """

    def __init__(
        self,
        visualizer_type: str,
        *,
        overrides: Sequence[Any] | None = None,
        mappings: Sequence[Any] | None = None,
    ) -> None:
        self.id = uuid4()
        self.visualizer_type = visualizer_type
        self.overrides = overrides
        self.mappings = mappings


def visualizer_name(archetype: str) -> str:
    """
    Return the name of the visualizer of an archetype.

    Parameters
    ----------
    archetype
        Short name.

    Returns
    -------
    str
        Mostly the same.

    """
    return _NAMES.get(archetype, archetype)
