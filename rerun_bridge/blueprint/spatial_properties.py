# SPDX-License-Identifier: Apache-2.0
"""Properties of views of space: background, grid, eye, bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint.enums import BackgroundKind
from rerun_bridge.blueprint.schema import BlueprintArchetype
from rerun_bridge.blueprint.values import Range2D
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Choices, Colors, Numbers, Texts, Vectors


class Background(BlueprintArchetype):
    """
    What is behind everything.

    Parameters
    ----------
    color_or_kind
        A color or a `BackgroundKind`, instead of the next two.
    color
        Of the background.
    kind
        A `BackgroundKind`.

    Raises
    ------
    UsageError
        If arguments exclude each other.

    """

    def __init__(
        self,
        color_or_kind: Colors | BackgroundKind | None = None,
        *,
        color: Colors | None = None,
        kind: Choices | None = None,
    ) -> None:
        if color_or_kind is not None:
            if color is not None or kind is not None:
                msg = 'the background is given twice; leave the first argument out'
                raise UsageError(msg)
            if isinstance(color_or_kind, BackgroundKind):
                kind = color_or_kind
            else:
                color = color_or_kind
        if kind is None:
            is_solid = color is not None
            kind = BackgroundKind.SolidColor if is_solid else BackgroundKind.GradientDark
        self._set(kind=kind, color=color)


class LineGrid3D(BlueprintArchetype):
    """
    A grid of lines in 3D.

    Parameters
    ----------
    visible
        Whether it is shown.
    spacing
        Between lines, in scene units.
    plane
        Normal and distance from the origin, shape (4,).
    stroke_width
        In points of the screen.
    color
        Of the lines.

    """

    visible: Booleans | None = None
    _: KW_ONLY
    spacing: Numbers | None = None
    plane: Vectors | None = None
    stroke_width: Numbers | None = None
    color: Colors | None = None


class SpatialInformation(BlueprintArchetype):
    """
    Frame of a view, and what helps to understand it.

    Parameters
    ----------
    target_frame
        Everything is shown relative to this frame.
    show_bounding_box, show_axes
        Whether to draw them.
    axes
        Where the axes point; see `ViewCoordinates`.

    """

    target_frame: Texts
    _: KW_ONLY
    show_bounding_box: Booleans | None = None
    show_axes: Booleans | None = None
    axes: Vectors | None = None


class EyeControls3D(BlueprintArchetype):
    """
    From where and how a view in 3D is seen.

    Parameters
    ----------
    kind
        `Eye3DKind`.
    position, look_target, eye_up
        Shape (3,).
    speed
        Of movements, in scene units per second.
    tracking_entity
        Path of an entity that the eye follows.
    spin_speed
        Radians per second.

    """

    _: KW_ONLY
    kind: Choices | None = None
    position: Vectors | None = None
    look_target: Vectors | None = None
    eye_up: Vectors | None = None
    speed: Numbers | None = None
    tracking_entity: Texts | None = None
    spin_speed: Numbers | None = None


class VisualBounds2D(BlueprintArchetype):
    """
    What a view in 2D shows at least.

    Parameters
    ----------
    x_range, y_range
        Smallest and largest coordinates; both or none.

    Raises
    ------
    UsageError
        If one is missing.

    """

    def __init__(
        self,
        *,
        x_range: Sequence[float] | None = None,
        y_range: Sequence[float] | None = None,
    ) -> None:
        if (x_range is None) != (y_range is None):
            msg = 'bounds need both ranges; give x_range= and y_range='
            raise UsageError(msg)
        bounds = None
        if x_range is not None and y_range is not None:
            bounds = Range2D((x_range[0], x_range[1]), (y_range[0], y_range[1]))
        self._set(range=bounds)


class EntityBehavior(BlueprintArchetype):
    """
    Whether an entity is shown and can be clicked, in one view.

    Parameters
    ----------
    interactive, visible
        Also for everything below it.

    """

    _: KW_ONLY
    interactive: Booleans | None = None
    visible: Booleans | None = None


class MapZoom(BlueprintArchetype):
    """
    How much of the Earth a map shows.

    Parameters
    ----------
    zoom
        Level, 0 for all of it.

    """

    zoom: Numbers


class MapBackground(BlueprintArchetype):
    """
    Where the tiles of a map come from.

    Parameters
    ----------
    provider
        `MapProvider`.

    """

    provider: Choices
