# SPDX-License-Identifier: Apache-2.0
"""The enumerations of blueprints."""

from __future__ import annotations

from rerun_bridge.archetypes.enums import SchemaEnum


class BackgroundKind(SchemaEnum):
    """What is behind everything."""

    GradientDark = 1
    GradientBright = 2
    SolidColor = 3


class ContainerKind(SchemaEnum):
    """How the contents of a container are laid out."""

    Tabs = 1
    Horizontal = 2
    Vertical = 3
    Grid = 4


class Corner2D(SchemaEnum):
    """A corner of a view."""

    LeftTop = 1
    RightTop = 2
    LeftBottom = 3
    RightBottom = 4


class Eye3DKind(SchemaEnum):
    """How the eye moves in 3D."""

    FirstPerson = 1
    Orbital = 2


class LinkAxis(SchemaEnum):
    """Whether the time axes of plots move together."""

    Independent = 1
    LinkToGlobal = 2


class LoopMode(SchemaEnum):
    """What is played again and again."""

    Off = 1
    Selection = 2
    All = 3


class MapProvider(SchemaEnum):
    """Where the tiles of maps come from."""

    OpenStreetMap = 1
    MapboxStreets = 2
    MapboxDark = 3
    MapboxSatellite = 4
    MapboxLight = 5


class PanelState(SchemaEnum):
    """How much of a panel is shown."""

    Hidden = 1
    Collapsed = 2
    Expanded = 3


class PlayState(SchemaEnum):
    """Whether time stands still, runs or follows the newest data."""

    Paused = 1
    Playing = 2
    Following = 3


class PointsDisplay(SchemaEnum):
    """When plots show the points of their lines."""

    OnHover = 1
    Always = 2


class TextLogColumnKind(SchemaEnum):
    """What a column of a log shows."""

    EntityPath = 1
    LogLevel = 2
    Body = 3


class TooltipMode(SchemaEnum):
    """Which values the tooltip of a plot shows."""

    Nearest = 1
    All = 2


class ViewFit(SchemaEnum):
    """How an image fills a view."""

    Original = 1
    Fill = 2
    FillKeepAspectRatio = 3


class ComponentSourceKind(SchemaEnum):
    """Where a visualizer takes a component from."""

    SourceComponent = 1
    Override = 2
    Default = 3
    AnnotationContext = 4
