# SPDX-License-Identifier: Apache-2.0
"""All archetypes of blueprints by their Rerun names."""

from __future__ import annotations

from rerun_bridge.blueprint.graph_properties import (
    ForceCenter,
    ForceCollisionRadius,
    ForceLink,
    ForceManyBody,
    ForcePosition,
    GraphBackground,
)
from rerun_bridge.blueprint.layout import (
    ActiveVisualizers,
    ContainerBlueprint,
    PanelBlueprint,
    TimePanelBlueprint,
    ViewBlueprint,
    ViewContents,
    ViewportBlueprint,
    VisualizerInstruction,
)
from rerun_bridge.blueprint.plot_properties import (
    AudioPlayback,
    PlotBackground,
    PlotInteraction,
    PlotLegend,
    ScalarAxis,
    TimeAxis,
    VisibleTimeRanges,
)
from rerun_bridge.blueprint.spatial_properties import (
    Background,
    EntityBehavior,
    EyeControls3D,
    LineGrid3D,
    MapBackground,
    MapZoom,
    SpatialInformation,
    VisualBounds2D,
)
from rerun_bridge.blueprint.tensor_properties import (
    TensorScalarMapping,
    TensorSliceSelection,
    TensorViewFit,
)
from rerun_bridge.blueprint.text_properties import (
    DataframeQuery,
    TextDocumentFormat,
    TextLogColumns,
    TextLogFormat,
    TextLogRows,
)

__all__ = [
    'ActiveVisualizers',
    'AudioPlayback',
    'Background',
    'ContainerBlueprint',
    'DataframeQuery',
    'EntityBehavior',
    'EyeControls3D',
    'ForceCenter',
    'ForceCollisionRadius',
    'ForceLink',
    'ForceManyBody',
    'ForcePosition',
    'GraphBackground',
    'LineGrid3D',
    'MapBackground',
    'MapZoom',
    'PanelBlueprint',
    'PlotBackground',
    'PlotInteraction',
    'PlotLegend',
    'ScalarAxis',
    'SpatialInformation',
    'TensorScalarMapping',
    'TensorSliceSelection',
    'TensorViewFit',
    'TextDocumentFormat',
    'TextLogColumns',
    'TextLogFormat',
    'TextLogRows',
    'TimeAxis',
    'TimePanelBlueprint',
    'ViewBlueprint',
    'ViewContents',
    'ViewportBlueprint',
    'VisibleTimeRanges',
    'VisualBounds2D',
    'VisualizerInstruction',
]
