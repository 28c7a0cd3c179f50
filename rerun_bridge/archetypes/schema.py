# SPDX-License-Identifier: Apache-2.0
"""
Rerun's schema, release 0.41, as two tables: types of components, fields of archetypes.

To add an archetype: one line in `_ARCHETYPES`, a class in the module of its family, its name in
``__init__``.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.archetypes import enums, structs
from rerun_bridge.archetypes.colors import Color
from rerun_bridge.archetypes.tensors import Tensor
from rerun_bridge.encodings import Boolean, Component, Primitive, Text, Vector, VectorList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rerun_bridge.encodings import Encoding


class ComponentType(NamedTuple):
    """
    What a component is and how it is encoded.

    Attributes
    ----------
    name
        In full, for instance ``rerun.components.Position3D``.
    encoding
        Values to Arrow.

    """

    name: str
    encoding: Encoding


class Schema:
    """
    Which fields archetypes have.

    Parameters
    ----------
    prefix
        Of the names of archetypes, for instance ``rerun.archetypes.``.
    archetypes
        From short names to lists of fields: ``name:Type``, or ``name`` if it tells the type.
    types
        From short names to types.
    usual
        The types that names of fields tell.

    """

    def __init__(
        self,
        prefix: str,
        archetypes: Mapping[str, str],
        *,
        types: Mapping[str, ComponentType],
        usual: Mapping[str, str],
    ) -> None:
        self._prefix = prefix
        self._archetypes = archetypes
        self._types = types
        self._usual = usual

    def fields_of(self, archetype: str) -> dict[str, Component]:
        """
        Return the components of an archetype.

        Parameters
        ----------
        archetype
            Short name, for instance ``Points3D``.

        Returns
        -------
        dict
            From names of fields to their components.

        """
        fields = {}
        for text in self._archetypes[archetype].split():
            field, _, type_name = text.partition(':')
            name, encoding = self._types[type_name or self._usual[field]]
            full_name = f'{self._prefix}{archetype}'
            fields[field] = Component(f'{archetype}:{field}', full_name, name, encoding)
        return fields


_ENCODINGS: tuple[tuple[Encoding, str], ...] = (
    (Primitive('<f4'), 'AxisLength CellSize DepthMeter DrawOrder FillRatio GammaCorrection'),
    (Primitive('<f4'), 'ImagePlaneDistance Length MarkerSize Opacity OpticalDensity Radius'),
    (Primitive('<f4'), 'StrokeWidth VoxelValue'),
    (Primitive('<f8'), 'LinearSpeed Scalar Variance'),
    (Primitive('<u2'), 'ChannelId ClassId KeypointId SchemaId'),
    (Primitive('<u4'), 'SphericalHarmonicsDegree'),
    (Primitive('<u8'), 'Count'),
    (Primitive('<i8'), 'Timestamp VideoTimestamp'),
    (Boolean(), 'ClearIsRecursive Interactive IsKeyframe ShowLabels Visible'),
    (Text(), 'EntityPath GraphNode MediaType Name Text TextLogLevel TransformFrameId Unit Url'),
    (structs.File(), 'Blob ImageBuffer Thumbnail VideoSample'),
    (Color(), 'AlbedoFactor Color'),
    (Vector('<f4', 2), 'HalfSize2D Position2D Resolution Texcoord2D Vector2D'),
    (Vector('<f4', 3), 'HalfSize3D Position3D Scale3D Translation3D Vector3D VoxelSize'),
    (Vector('<f4', 4), 'Plane3D RotationQuat'),
    (Vector('<f8', 2), 'LatLon'),
    (Vector('<i4', 3), 'VoxelIndex'),
    (Vector('<u4', 3), 'TriangleIndices'),
    (Vector('u1', 3), 'ViewCoordinates'),
    (VectorList('<f4', 2), 'LineStrip2D'),
    (VectorList('<f4', 3), 'LineStrip3D'),
    (VectorList('<f8', 2), 'GeoLineString'),
    (structs.Range(), 'Range1D ValueRange'),
    (structs.Matrix(), 'PinholeProjection TransformMat3x3'),
    (structs.AxisAngle(), 'RotationAxisAngle'),
    (structs.Coefficients(), 'SphericalHarmonics3Rgb'),
    (structs.class_maps(), 'AnnotationContext'),
    (structs.counts(), 'ChannelMessageCounts'),
    (structs.pairs(), 'GraphEdge'),
    (structs.pair_lists(), 'KeyValuePairs'),
    (structs.tensor_axis(), 'TensorHeightDimension TensorWidthDimension'),
    (structs.tensor_index(), 'TensorDimensionIndexSelection'),
    (structs.ImageFormats(), 'ImageFormat'),
    (Tensor(), 'TensorData'),
    (enums.Choice(enums.VideoCodec, '<u4'), 'VideoCodec'),
    *(
        (enums.Choice(enum), enum.__name__)
        for enum in (
            enums.AggregationPolicy,
            enums.Colormap,
            enums.FillMode,
            enums.GraphType,
            enums.InterpolationMode,
            enums.MagnificationFilter,
            enums.MarkerShape,
            enums.MeshFaceRendering,
            enums.PointShading,
            enums.TransformRelation,
        )
    ),
)
COMPONENT_TYPES: Mapping[str, ComponentType] = {
    name: ComponentType(f'rerun.components.{name}', encoding)
    for encoding, names in _ENCODINGS
    for name in names.split()
}

# Types of fields whose name tells, in every archetype that does not say otherwise.
USUAL: Mapping[str, str] = {
    'aggregation_policy': 'AggregationPolicy',
    'albedo_factor': 'AlbedoFactor',
    'blob': 'Blob',
    'centers': 'Translation3D',
    'child_frame': 'TransformFrameId',
    'class_ids': 'ClassId',
    'color': 'Color',
    'colormap': 'Colormap',
    'colors': 'Color',
    'depth_range': 'ValueRange',
    'draw_order': 'DrawOrder',
    'fill_mode': 'FillMode',
    'format': 'ImageFormat',
    'interpolation_mode': 'InterpolationMode',
    'keypoint_ids': 'KeypointId',
    'labels': 'Text',
    'line_radii': 'Radius',
    'magnification_filter': 'MagnificationFilter',
    'media_type': 'MediaType',
    'meter': 'DepthMeter',
    'name': 'Name',
    'names': 'Name',
    'opacity': 'Opacity',
    'parent_frame': 'TransformFrameId',
    'point_fill_ratio': 'FillRatio',
    'quaternion': 'RotationQuat',
    'quaternions': 'RotationQuat',
    'radii': 'Radius',
    'rotation_axis_angle': 'RotationAxisAngle',
    'rotation_axis_angles': 'RotationAxisAngle',
    'show_labels': 'ShowLabels',
    'translation': 'Translation3D',
    'value_range': 'ValueRange',
    'visible_series': 'Visible',
    'voxel_size': 'VoxelSize',
    'widths': 'StrokeWidth',
}
_ARCHETYPES = {
    'AnnotationContext': 'context:AnnotationContext',
    'Arrows2D': 'vectors:Vector2D origins:Position2D radii colors labels show_labels draw_order '
    'class_ids',
    'Arrows3D': 'vectors:Vector3D origins:Position3D radii colors labels show_labels class_ids',
    'Asset3D': 'blob media_type albedo_factor',
    'AssetAudio': 'blob media_type',
    'AssetVideo': 'blob media_type',
    'BarChart': 'values:TensorData color abscissa:TensorData widths:Length',
    'Boxes2D': 'half_sizes:HalfSize2D centers:Position2D colors radii labels show_labels '
    'draw_order class_ids',
    'Boxes3D': 'half_sizes:HalfSize3D centers rotation_axis_angles quaternions colors radii '
    'fill_mode labels show_labels class_ids',
    'Capsules3D': 'lengths:Length radii translations:Translation3D rotation_axis_angles '
    'quaternions colors line_radii fill_mode labels show_labels class_ids',
    'Clear': 'is_recursive:ClearIsRecursive',
    'CoordinateFrame': 'frame:TransformFrameId',
    'Cylinders3D': 'lengths:Length radii centers rotation_axis_angles quaternions colors '
    'line_radii fill_mode labels show_labels class_ids',
    'DepthImage': 'buffer:ImageBuffer format meter colormap depth_range point_fill_ratio '
    'draw_order magnification_filter',
    'Ellipses2D': 'half_sizes:HalfSize2D centers:Position2D colors line_radii labels show_labels '
    'draw_order class_ids',
    'Ellipsoids3D': 'half_sizes:HalfSize3D centers rotation_axis_angles quaternions colors '
    'line_radii fill_mode labels show_labels class_ids',
    'EncodedDepthImage': 'blob media_type meter colormap depth_range point_fill_ratio draw_order '
    'magnification_filter',
    'EncodedImage': 'blob media_type opacity draw_order magnification_filter',
    'GaussianSplats3D': 'centers:Position3D scales:Scale3D quaternions colors '
    'sh_coefficients:SphericalHarmonics3Rgb spherical_harmonics_degree:SphericalHarmonicsDegree',
    'GeoLineStrings': 'line_strings:GeoLineString radii colors',
    'GeoPoints': 'positions:LatLon radii colors class_ids',
    'GraphEdges': 'edges:GraphEdge graph_type:GraphType',
    'GraphNodes': 'node_ids:GraphNode positions:Position2D colors labels show_labels radii',
    'GridMap': 'data:ImageBuffer format cell_size:CellSize translation rotation_axis_angle '
    'quaternion opacity draw_order colormap',
    'Image': 'buffer:ImageBuffer format opacity draw_order magnification_filter',
    'InstancePoses3D': 'translations:Translation3D rotation_axis_angles quaternions '
    'scales:Scale3D mat3x3:TransformMat3x3',
    'LineStrips2D': 'strips:LineStrip2D radii colors labels show_labels draw_order class_ids',
    'LineStrips3D': 'strips:LineStrip3D radii colors labels show_labels class_ids',
    'McapChannel': 'id:ChannelId topic:Text message_encoding:Text metadata:KeyValuePairs',
    'McapMessage': 'data:Blob',
    'McapSchema': 'id:SchemaId name:Text encoding:Text data:Blob',
    'McapStatistics': 'message_count:Count schema_count:Count channel_count:Count '
    'attachment_count:Count metadata_count:Count chunk_count:Count message_start_time:Timestamp '
    'message_end_time:Timestamp channel_message_counts:ChannelMessageCounts',
    'Measurements': 'values:Scalar variances:Variance units:Unit colors widths names '
    'visible_series aggregation_policy interpolation_mode',
    'Mesh3D': 'vertex_positions:Position3D triangle_indices:TriangleIndices '
    'vertex_normals:Vector3D vertex_colors:Color vertex_texcoords:Texcoord2D albedo_factor '
    'face_rendering:MeshFaceRendering albedo_texture_buffer:ImageBuffer '
    'albedo_texture_format:ImageFormat class_ids',
    'Pinhole': 'image_from_camera:PinholeProjection resolution:Resolution '
    'camera_xyz:ViewCoordinates child_frame parent_frame image_plane_distance:ImagePlaneDistance '
    'color line_width:Radius',
    'Points2D': 'positions:Position2D radii colors labels show_labels draw_order class_ids '
    'keypoint_ids',
    'Points3D': 'positions:Position3D radii colors labels show_labels point_shading:PointShading '
    'class_ids keypoint_ids',
    'RecordingInfo': 'start_time:Timestamp name',
    'Scalars': 'scalars:Scalar',
    'SegmentationImage': 'buffer:ImageBuffer format opacity draw_order',
    'SeriesLines': 'colors widths names visible_series aggregation_policy interpolation_mode',
    'SeriesPoints': 'colors markers:MarkerShape names visible_series marker_sizes:MarkerSize',
    'StateChange': 'state:Text',
    'StateConfiguration': 'values:Text labels colors visible:Visible',
    'Tensor': 'data:TensorData value_range',
    'TextDocument': 'text:Text media_type',
    'TextLog': 'text:Text level:TextLogLevel color',
    'Transform3D': 'translation rotation_axis_angle quaternion scale:Scale3D '
    'mat3x3:TransformMat3x3 relation:TransformRelation child_frame parent_frame',
    'TransformAxes3D': 'axis_length:AxisLength show_frame:ShowLabels',
    'VideoFrameReference': 'timestamp:VideoTimestamp video_reference:EntityPath opacity '
    'draw_order',
    'VideoStream': 'codec:VideoCodec sample:VideoSample is_keyframe:IsKeyframe opacity draw_order',
    'ViewCoordinates': 'xyz:ViewCoordinates',
    'Volume3D': 'values:TensorData voxel_size translation quaternion value_range '
    'gamma:GammaCorrection colormap optical_density:OpticalDensity',
    'VoxelGridMap': 'voxel_indices:VoxelIndex voxel_size values:VoxelValue colors translation '
    'rotation_axis_angle quaternion opacity value_range colormap',
}
SCHEMA = Schema('rerun.archetypes.', _ARCHETYPES, types=COMPONENT_TYPES, usual=USUAL)
