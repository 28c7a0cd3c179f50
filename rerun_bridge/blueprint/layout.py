# SPDX-License-Identifier: Apache-2.0
"""Archetypes that describe views, containers and panels; and the rows that they become."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes import Columns, columns_of
from rerun_bridge.blueprint.schema import BlueprintArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Choices, Numbers, Texts, Vectors

Row = tuple[str, Columns]


def row(path: str, value: Any) -> Row:  # noqa: ANN401 - all that can be logged
    """
    Make a row of the blueprint store.

    Parameters
    ----------
    path
        Of the entity.
    value
        Anything that can be logged.

    Returns
    -------
    tuple
        Path and encoded columns.

    """
    return path, columns_of(value)


class ViewBlueprint(BlueprintArchetype):
    """
    A view.

    Parameters
    ----------
    class_identifier
        What kind of view.
    display_name
        For people.
    space_origin
        Path of the entity that is the origin of the view.
    visible, titlebar
        Whether it is shown, and its title.

    """

    class_identifier: Texts
    _: KW_ONLY
    display_name: Texts | None = None
    space_origin: Texts | None = None
    visible: Booleans | None = None
    titlebar: Booleans | None = None


class ViewContents(BlueprintArchetype):
    """
    Which entities a view shows.

    Parameters
    ----------
    query
        Expressions such as ``+ $origin/**`` and ``- /secret``.

    """

    query: Texts


class ActiveVisualizers(BlueprintArchetype):
    """
    Which visualizers draw an entity in a view.

    Parameters
    ----------
    instruction_ids
        Their ids, shape (n, 16).

    """

    instruction_ids: Vectors


class VisualizerInstruction(BlueprintArchetype):
    """
    A visualizer of an entity in a view.

    Parameters
    ----------
    visualizer_type
        Its name.
    component_map
        `VisualizerComponentMapping`.

    """

    visualizer_type: Texts
    _: KW_ONLY
    component_map: Any = None


class ContainerBlueprint(BlueprintArchetype):
    """
    A container of views and containers.

    Parameters
    ----------
    container_kind
        `ContainerKind`.
    display_name
        For people.
    contents
        Paths of views and containers.
    col_shares, row_shares
        How the room is divided.
    active_tab
        Path of one of the contents.
    visible
        Whether it is shown.
    grid_columns
        How many columns a grid has.

    """

    container_kind: Choices
    _: KW_ONLY
    display_name: Texts | None = None
    contents: Texts | None = None
    col_shares: Numbers | None = None
    row_shares: Numbers | None = None
    active_tab: Texts | None = None
    visible: Booleans | None = None
    grid_columns: Numbers | None = None


class ViewportBlueprint(BlueprintArchetype):
    """
    The middle of the window.

    Parameters
    ----------
    root_container
        Id of the container that fills it, 16 bytes.
    maximized
        Id of a view that hides the others.
    auto_layout, auto_views
        Whether the viewer lays out, and adds views, as data come.
    past_viewer_recommendations
        What the viewer proposed before.

    """

    _: KW_ONLY
    root_container: Vectors | None = None
    maximized: Vectors | None = None
    auto_layout: Booleans | None = None
    auto_views: Booleans | None = None
    past_viewer_recommendations: Numbers | None = None


class PanelBlueprint(BlueprintArchetype):
    """
    A panel at a side of the window.

    Parameters
    ----------
    state
        `PanelState`.

    """

    _: KW_ONLY
    state: Choices | None = None


class TimePanelBlueprint(BlueprintArchetype):
    """
    The panel of time.

    Parameters
    ----------
    state
        `PanelState`.
    timeline
        Its name.
    playback_speed
        1 for real time.
    fps
        Steps per second of timelines that count.
    play_state
        `PlayState`.
    loop_mode
        `LoopMode`.
    time_selection
        `AbsoluteTimeRange`.

    """

    _: KW_ONLY
    state: Choices | None = None
    timeline: Texts | None = None
    playback_speed: Numbers | None = None
    fps: Numbers | None = None
    play_state: Choices | None = None
    loop_mode: Choices | None = None
    time_selection: Any = None
