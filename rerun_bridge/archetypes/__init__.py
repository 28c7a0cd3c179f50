# SPDX-License-Identifier: Apache-2.0
"""Archetypes: what users log, NumPy in, encoded columns out."""

from __future__ import annotations

from rerun_bridge.archetypes import components
from rerun_bridge.archetypes.annotation_context import AnnotationContext
from rerun_bridge.archetypes.annotations import AnnotationInfo, ClassDescription, KeypointPair
from rerun_bridge.archetypes.any_values import AnyBatchValue, AnyValues, DynamicArchetype
from rerun_bridge.archetypes.base import Archetype, Columns
from rerun_bridge.archetypes.batches import ComponentDescriptor, DescribedBatch
from rerun_bridge.archetypes.clear import Clear
from rerun_bridge.archetypes.columns import ComponentColumn, ComponentColumnList
from rerun_bridge.archetypes.components import AlbedoFactor, Radius, Scale3D
from rerun_bridge.archetypes.enums import (
    AggregationPolicy,
    Box2DFormat,
    ChannelDatatype,
    Colormap,
    ColorModel,
    FillMode,
    GraphType,
    InterpolationMode,
    MagnificationFilter,
    MarkerShape,
    MeshFaceRendering,
    PixelFormat,
    PointShading,
    TransformRelation,
    VideoCodec,
    ViewDir,
)
from rerun_bridge.archetypes.files import (
    Asset3D,
    AssetAudio,
    AssetVideo,
    EncodedDepthImage,
    EncodedImage,
)
from rerun_bridge.archetypes.geo import GeoLineStrings, GeoPoints
from rerun_bridge.archetypes.graph import GraphEdge, GraphEdges, GraphNodes
from rerun_bridge.archetypes.grids import GridMap, Tensor, Volume3D, VoxelGridMap
from rerun_bridge.archetypes.images import DepthImage, Image, SegmentationImage
from rerun_bridge.archetypes.interop import columns_of
from rerun_bridge.archetypes.mcap import McapChannel, McapMessage, McapSchema, McapStatistics
from rerun_bridge.archetypes.meshes import Mesh3D
from rerun_bridge.archetypes.recording_info import RecordingInfo
from rerun_bridge.archetypes.scalars import (
    BarChart,
    Measurements,
    Scalars,
    SeriesLines,
    SeriesPoints,
    StateChange,
    StateConfiguration,
)
from rerun_bridge.archetypes.spatial2d import Arrows2D, Boxes2D, Ellipses2D, LineStrips2D, Points2D
from rerun_bridge.archetypes.spatial3d import (
    Arrows3D,
    Boxes3D,
    Capsules3D,
    Cylinders3D,
    Ellipsoids3D,
    GaussianSplats3D,
    LineStrips3D,
    Points3D,
)
from rerun_bridge.archetypes.text import TextDocument, TextLog
from rerun_bridge.archetypes.transforms import (
    CoordinateFrame,
    InstancePoses3D,
    Pinhole,
    Transform3D,
    TransformAxes3D,
)
from rerun_bridge.archetypes.values import (
    Angle,
    ImageFormat,
    MediaType,
    Plane3D,
    Quaternion,
    RotationAxisAngle,
    TensorData,
    TensorDimensionIndexSelection,
    TensorDimensionSelection,
    TextLogLevel,
    Time,
    VideoTimestamp,
)
from rerun_bridge.archetypes.video import VideoFrameReference, VideoStream
from rerun_bridge.archetypes.view_coordinates import ViewCoordinates
from rerun_bridge.archetypes.visualizer import Visualizer

__all__ = [
    'AggregationPolicy',
    'AlbedoFactor',
    'Angle',
    'AnnotationContext',
    'AnnotationInfo',
    'AnyBatchValue',
    'AnyValues',
    'Archetype',
    'Arrows2D',
    'Arrows3D',
    'Asset3D',
    'AssetAudio',
    'AssetVideo',
    'BarChart',
    'Box2DFormat',
    'Boxes2D',
    'Boxes3D',
    'Capsules3D',
    'ChannelDatatype',
    'ClassDescription',
    'Clear',
    'ColorModel',
    'Colormap',
    'Columns',
    'ComponentColumn',
    'ComponentColumnList',
    'ComponentDescriptor',
    'CoordinateFrame',
    'Cylinders3D',
    'DepthImage',
    'DescribedBatch',
    'DynamicArchetype',
    'Ellipses2D',
    'Ellipsoids3D',
    'EncodedDepthImage',
    'EncodedImage',
    'FillMode',
    'GaussianSplats3D',
    'GeoLineStrings',
    'GeoPoints',
    'GraphEdge',
    'GraphEdges',
    'GraphNodes',
    'GraphType',
    'GridMap',
    'Image',
    'ImageFormat',
    'InstancePoses3D',
    'InterpolationMode',
    'KeypointPair',
    'LineStrips2D',
    'LineStrips3D',
    'MagnificationFilter',
    'MarkerShape',
    'McapChannel',
    'McapMessage',
    'McapSchema',
    'McapStatistics',
    'Measurements',
    'MediaType',
    'Mesh3D',
    'MeshFaceRendering',
    'Pinhole',
    'PixelFormat',
    'Plane3D',
    'PointShading',
    'Points2D',
    'Points3D',
    'Quaternion',
    'Radius',
    'RecordingInfo',
    'RotationAxisAngle',
    'Scalars',
    'Scale3D',
    'SegmentationImage',
    'SeriesLines',
    'SeriesPoints',
    'StateChange',
    'StateConfiguration',
    'Tensor',
    'TensorData',
    'TensorDimensionIndexSelection',
    'TensorDimensionSelection',
    'TextDocument',
    'TextLog',
    'TextLogLevel',
    'Time',
    'Transform3D',
    'TransformAxes3D',
    'TransformRelation',
    'VideoCodec',
    'VideoFrameReference',
    'VideoStream',
    'VideoTimestamp',
    'ViewCoordinates',
    'ViewDir',
    'Visualizer',
    'Volume3D',
    'VoxelGridMap',
    'columns_of',
    'components',
]
