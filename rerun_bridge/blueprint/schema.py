# SPDX-License-Identifier: Apache-2.0
"""Rerun's schema of blueprints, release 0.41: types of components, fields of archetypes."""

from __future__ import annotations

from typing import Any, ClassVar, TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.archetypes.enums import Choice
from rerun_bridge.archetypes.schema import COMPONENT_TYPES, ComponentType, Schema, USUAL
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.structs import Nested, records_of, struct_of
from rerun_bridge.blueprint import enums, values
from rerun_bridge.blueprint.time_ranges import Ranges, VisibleRanges
from rerun_bridge.encodings import Boolean, non_null, Primitive, Text, Vector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.encodings import Encoding


_COLUMN = struct_of(entity_path=pa.utf8(), component=pa.utf8())
_PAIR = pa.list_(non_null(pa.float64()), 2)
_TEXTS = pa.list_(non_null(pa.utf8()))
_OPTIONAL_TEXT = pa.field('', pa.utf8())


def _dicts(value: Any) -> list[Any]:  # noqa: ANN401
    """Take one dict or a sequence of them."""
    return [value] if isinstance(value, dict) else list(value)


_STRUCTS: tuple[tuple[Encoding, str], ...] = (
    (
        records_of(values.AbsoluteTimeRange, struct_of(min=pa.int64(), max=pa.int64())),
        'AbsoluteTimeRange',
    ),
    (
        records_of(values.TensorDimensionIndexSlider, struct_of(dimension=pa.uint32())),
        'TensorDimensionIndexSlider',
    ),
    (
        records_of(values.TextLogColumn, struct_of(visible=pa.bool_(), kind=pa.uint8())),
        'TextLogColumn',
    ),
    (
        records_of(values.TimelineColumn, struct_of(visible=pa.bool_(), timeline=pa.utf8())),
        'TimelineColumn',
    ),
    (records_of(values.Range2D, struct_of(x_range=_PAIR, y_range=_PAIR)), 'VisualBounds2D'),
    (
        records_of(
            values.VisualizerComponentMapping,
            struct_of(
                target=pa.utf8(),
                source_kind=pa.uint8(),
                source_component=_OPTIONAL_TEXT,
                selector=_OPTIONAL_TEXT,
            ),
        ),
        'VisualizerComponentMapping',
    ),
    (Nested(struct_of(start=pa.int64(), end=pa.int64()), _dicts), 'FilterByRange'),
    (Nested(struct_of(active=pa.bool_(), column=_COLUMN), _dicts), 'FilterIsNotNull'),
    (
        Nested(
            struct_of(time_columns=_TEXTS, component_columns=pa.list_(non_null(_COLUMN))), _dicts
        ),
        'SelectedColumns',
    ),
    (Nested(_TEXTS, lambda paths: [[str(path) for path in paths]]), 'ColumnOrder'),
)
_ENCODINGS: tuple[tuple[Encoding, str], ...] = (
    (Primitive('<f4'), 'ColumnShare GridSpacing NearClipPlane RowShare Volume'),
    (Primitive('<f8'), 'AngularSpeed ForceDistance ForceStrength Fps PlaybackSpeed ZoomLevel'),
    (Primitive('<u4'), 'GridColumns'),
    (Primitive('<u8'), 'ForceIterations ViewerRecommendationHash'),
    (Boolean(), 'ApplyLatestAt AutoLayout AutoScroll AutoViews Enabled LockRangeDuringZoom'),
    (Text(), 'ActiveTab IncludedContent QueryExpression TimelineName ViewClass ViewOrigin'),
    (Text(), 'VisualizerType'),
    (Vector('u1', 16), 'RootContainer ViewMaximized VisualizerInstructionId'),
    (Ranges(), 'TimeRange'),
    (VisibleRanges(), 'VisibleTimeRange'),
    *_STRUCTS,
    *(
        (Choice(enum), enum.__name__)
        for enum in (
            enums.BackgroundKind,
            enums.ContainerKind,
            enums.Corner2D,
            enums.Eye3DKind,
            enums.LinkAxis,
            enums.LoopMode,
            enums.MapProvider,
            enums.PanelState,
            enums.PlayState,
            enums.PointsDisplay,
            enums.TooltipMode,
            enums.ViewFit,
        )
    ),
)
_TYPES: Mapping[str, ComponentType] = {
    **COMPONENT_TYPES,
    **{
        name: ComponentType(f'rerun.blueprint.components.{name}', encoding)
        for encoding, names in _ENCODINGS
        for name in names.split()
    },
}
_USUAL: Mapping[str, str] = {
    **USUAL,
    'display_name': 'Name',
    'enabled': 'Enabled',
    'interactive': 'Interactive',
    'iterations': 'ForceIterations',
    'play_state': 'PlayState',
    'playback_speed': 'PlaybackSpeed',
    'state': 'PanelState',
    'strength': 'ForceStrength',
    'timeline': 'TimelineName',
    'visible': 'Visible',
    'zoom_lock': 'LockRangeDuringZoom',
}
_ARCHETYPES = {
    'ActiveVisualizers': 'instruction_ids:VisualizerInstructionId',
    'AudioPlayback': 'volume:Volume',
    'Background': 'kind:BackgroundKind color',
    'ContainerBlueprint': 'container_kind:ContainerKind display_name contents:IncludedContent '
    'col_shares:ColumnShare row_shares:RowShare active_tab:ActiveTab visible '
    'grid_columns:GridColumns',
    'DataframeQuery': 'timeline filter_by_range:FilterByRange filter_is_not_null:FilterIsNotNull '
    'apply_latest_at:ApplyLatestAt select:SelectedColumns entity_order:ColumnOrder '
    'auto_scroll:AutoScroll',
    'EntityBehavior': 'interactive visible',
    'EyeControls3D': 'kind:Eye3DKind position:Position3D look_target:Position3D eye_up:Vector3D '
    'speed:LinearSpeed tracking_entity:EntityPath spin_speed:AngularSpeed',
    'ForceCenter': 'enabled strength',
    'ForceCollisionRadius': 'enabled strength iterations',
    'ForceLink': 'enabled distance:ForceDistance iterations',
    'ForceManyBody': 'enabled strength',
    'ForcePosition': 'enabled strength position:Position2D',
    'GraphBackground': 'color',
    'LineGrid3D': 'visible spacing:GridSpacing plane:Plane3D stroke_width:StrokeWidth color',
    'MapBackground': 'provider:MapProvider',
    'MapZoom': 'zoom:ZoomLevel',
    'NearClipPlane': 'near_clip_plane:NearClipPlane',
    'PanelBlueprint': 'state',
    'PlotBackground': 'color show_grid:Enabled',
    'PlotInteraction': 'tooltip_mode:TooltipMode points_display:PointsDisplay',
    'PlotLegend': 'corner:Corner2D visible',
    'ScalarAxis': 'range:Range1D zoom_lock',
    'SpatialInformation': 'target_frame:TransformFrameId show_bounding_box:Enabled '
    'show_axes:Enabled axes:ViewCoordinates',
    'TensorScalarMapping': 'mag_filter:MagnificationFilter colormap gamma:GammaCorrection',
    'TensorSliceSelection': 'width:TensorWidthDimension height:TensorHeightDimension '
    'indices:TensorDimensionIndexSelection slider:TensorDimensionIndexSlider',
    'TensorViewFit': 'scaling:ViewFit',
    'TextDocumentFormat': 'monospace:Enabled word_wrap:Enabled',
    'TextLogColumns': 'timeline_columns:TimelineColumn text_log_columns:TextLogColumn',
    'TextLogFormat': 'monospace_body:Enabled',
    'TextLogRows': 'filter_by_log_level:TextLogLevel',
    'TimeAxis': 'link:LinkAxis view_range:TimeRange zoom_lock',
    'TimePanelBlueprint': 'state timeline playback_speed fps:Fps play_state loop_mode:LoopMode '
    'time_selection:AbsoluteTimeRange',
    'ViewBlueprint': 'class_identifier:ViewClass display_name space_origin:ViewOrigin visible '
    'titlebar:Enabled',
    'ViewContents': 'query:QueryExpression',
    'ViewportBlueprint': 'root_container:RootContainer maximized:ViewMaximized '
    'auto_layout:AutoLayout auto_views:AutoViews '
    'past_viewer_recommendations:ViewerRecommendationHash',
    'VisibleTimeRanges': 'ranges:VisibleTimeRange',
    'VisualBounds2D': 'range:VisualBounds2D',
    'VisualizerInstruction': 'visualizer_type:VisualizerType '
    'component_map:VisualizerComponentMapping',
}


class BlueprintArchetype(SchemaArchetype):
    """An archetype of the schema of blueprints."""

    SCHEMA: ClassVar[Schema] = Schema(
        'rerun.blueprint.archetypes.', _ARCHETYPES, types=_TYPES, usual=_USUAL
    )
