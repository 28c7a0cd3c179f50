# SPDX-License-Identifier: Apache-2.0
"""
The kinds of views.

All take the arguments of `View` but `class_identifier`, and properties of their own. A property
is one of the archetypes of `rerun_bridge.blueprint`, or what its first parameter takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TYPE_CHECKING

from rerun_bridge.blueprint import (
    graph_properties as graph,
)
from rerun_bridge.blueprint import (
    plot_properties as plot,
)
from rerun_bridge.blueprint import (
    spatial_properties as spatial,
)
from rerun_bridge.blueprint import (
    tensor_properties as tensor,
)
from rerun_bridge.blueprint import (
    text_properties as text,
)
from rerun_bridge.blueprint.time_ranges import VisibleTimeRange
from rerun_bridge.blueprint.view import Properties, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.archetypes.likes import Colors
    from rerun_bridge.blueprint.enums import BackgroundKind, Corner2D, MapProvider, ViewFit

TimeRanges = plot.VisibleTimeRanges | VisibleTimeRange | Sequence[VisibleTimeRange]


@dataclass(kw_only=True, eq=False)
class _KnownView(View):
    """A view of a certain class, with the properties that this class has."""

    CLASS: ClassVar[str]

    class_identifier: str = field(init=False, default='')
    properties: Mapping[str, Any] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.class_identifier = self.CLASS


@dataclass(kw_only=True, eq=False)
class Spatial3DView(_KnownView):
    """A space in 3D."""

    CLASS = '3D'
    PROPERTIES: ClassVar[Properties] = {
        'background': spatial.Background,
        'line_grid': spatial.LineGrid3D,
        'spatial_information': spatial.SpatialInformation,
        'eye_controls': spatial.EyeControls3D,
        'time_ranges': plot.VisibleTimeRanges,
    }

    background: spatial.Background | BackgroundKind | Colors | None = None
    line_grid: spatial.LineGrid3D | bool | None = None
    spatial_information: spatial.SpatialInformation | str | None = None
    eye_controls: spatial.EyeControls3D | None = None
    time_ranges: TimeRanges | None = None


@dataclass(kw_only=True, eq=False)
class Spatial2DView(_KnownView):
    """A plane: images and what is drawn on them."""

    CLASS = '2D'
    PROPERTIES: ClassVar[Properties] = {
        'background': spatial.Background,
        'visual_bounds': spatial.VisualBounds2D,
        'spatial_information': spatial.SpatialInformation,
        'time_ranges': plot.VisibleTimeRanges,
    }

    background: spatial.Background | BackgroundKind | Colors | None = None
    visual_bounds: spatial.VisualBounds2D | None = None
    spatial_information: spatial.SpatialInformation | str | None = None
    time_ranges: TimeRanges | None = None


@dataclass(kw_only=True, eq=False)
class TimeSeriesView(_KnownView):
    """A plot over time."""

    CLASS = 'TimeSeries'
    PROPERTIES: ClassVar[Properties] = {
        'axis_x': plot.TimeAxis,
        'axis_y': plot.ScalarAxis,
        'plot_legend': plot.PlotLegend,
        'background': plot.PlotBackground,
        'interaction': plot.PlotInteraction,
        'time_ranges': plot.VisibleTimeRanges,
    }

    axis_x: plot.TimeAxis | None = None
    axis_y: plot.ScalarAxis | None = None
    plot_legend: plot.PlotLegend | Corner2D | None = None
    background: plot.PlotBackground | None = None
    interaction: plot.PlotInteraction | None = None
    time_ranges: TimeRanges | None = None


@dataclass(kw_only=True, eq=False)
class StateTimelineView(_KnownView):
    """States over time, as bars."""

    CLASS = 'StateTimeline'
    PROPERTIES: ClassVar[Properties] = {
        'time_view': plot.TimeAxis,
        'time_ranges': plot.VisibleTimeRanges,
    }

    time_view: plot.TimeAxis | None = None
    time_ranges: TimeRanges | None = None


@dataclass(kw_only=True, eq=False)
class TextLogView(_KnownView):
    """A log."""

    CLASS = 'TextLog'
    PROPERTIES: ClassVar[Properties] = {
        'columns': text.TextLogColumns,
        'rows': text.TextLogRows,
        'format_options': text.TextLogFormat,
    }

    columns: text.TextLogColumns | None = None
    rows: text.TextLogRows | None = None
    format_options: text.TextLogFormat | None = None


@dataclass(kw_only=True, eq=False)
class TextDocumentView(_KnownView):
    """A document."""

    CLASS = 'TextDocument'
    PROPERTIES: ClassVar[Properties] = {'format_options': text.TextDocumentFormat}

    format_options: text.TextDocumentFormat | None = None


@dataclass(kw_only=True, eq=False)
class DataframeView(_KnownView):
    """A table of what was logged."""

    CLASS = 'Dataframe'
    PROPERTIES: ClassVar[Properties] = {'query': text.DataframeQuery}

    query: text.DataframeQuery | None = None


@dataclass(kw_only=True, eq=False)
class MapView(_KnownView):
    """A map of the Earth."""

    CLASS = 'Map'
    PROPERTIES: ClassVar[Properties] = {
        'zoom': spatial.MapZoom,
        'background': spatial.MapBackground,
    }

    zoom: spatial.MapZoom | float | None = None
    background: spatial.MapBackground | MapProvider | str | None = None


@dataclass(kw_only=True, eq=False)
class BarChartView(_KnownView):
    """Bars side by side."""

    CLASS = 'BarChart'
    PROPERTIES: ClassVar[Properties] = {
        'plot_legend': plot.PlotLegend,
        'background': plot.PlotBackground,
    }

    plot_legend: plot.PlotLegend | Corner2D | None = None
    background: plot.PlotBackground | None = None


@dataclass(kw_only=True, eq=False)
class TensorView(_KnownView):
    """A slice of a tensor."""

    CLASS = 'Tensor'
    PROPERTIES: ClassVar[Properties] = {
        'slice_selection': tensor.TensorSliceSelection,
        'scalar_mapping': tensor.TensorScalarMapping,
        'view_fit': tensor.TensorViewFit,
    }

    slice_selection: tensor.TensorSliceSelection | None = None
    scalar_mapping: tensor.TensorScalarMapping | None = None
    view_fit: tensor.TensorViewFit | ViewFit | str | None = None


@dataclass(kw_only=True, eq=False)
class GraphView(_KnownView):
    """A graph of nodes and edges."""

    CLASS = 'Graph'
    PROPERTIES: ClassVar[Properties] = {
        'background': graph.GraphBackground,
        'visual_bounds': spatial.VisualBounds2D,
        'force_link': graph.ForceLink,
        'force_many_body': graph.ForceManyBody,
        'force_position': graph.ForcePosition,
        'force_collision_radius': graph.ForceCollisionRadius,
        'force_center': graph.ForceCenter,
    }

    background: graph.GraphBackground | None = None
    visual_bounds: spatial.VisualBounds2D | None = None
    force_link: graph.ForceLink | None = None
    force_many_body: graph.ForceManyBody | None = None
    force_position: graph.ForcePosition | None = None
    force_collision_radius: graph.ForceCollisionRadius | None = None
    force_center: graph.ForceCenter | None = None


@dataclass(kw_only=True, eq=False)
class AudioView(_KnownView):
    """A sound."""

    CLASS = 'Audio'
    PROPERTIES: ClassVar[Properties] = {'playback': plot.AudioPlayback}

    playback: plot.AudioPlayback | None = None
