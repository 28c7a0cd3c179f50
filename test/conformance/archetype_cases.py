# SPDX-License-Identifier: Apache-2.0
"""
Calls that rerun-sdk and we must encode alike, and others that both must refuse.

They are texts, because they run in two worlds: `rr` is rerun-sdk or rerun_bridge, `np` is NumPy,
`rrb` is rerun's blueprint module.
"""

from __future__ import annotations

VECTORS = (
    '[1, 2, 3, 4, 5, 6]',
    '[[1, 2, 3], [4, 5, 6]]',
    '((1, 2, 3),)',
    'np.arange(6).reshape(2, 3)',
    "np.arange(12, dtype='f4').reshape(4, 3)[::2]",
    "np.asfortranarray(np.arange(6, dtype='f8').reshape(2, 3))",
    "np.arange(6, dtype='>f4').reshape(2, 3)",
    "np.arange(6, dtype='f4').reshape(2, 3, 1)",
    '[np.array([1, 2, 3]), np.array([4, 5, 6])]',
    '[]',
    'np.zeros((0, 3))',
)
COLORS = (
    '[255, 0, 0]',
    '(1, 2, 3, 4)',
    '[[255, 0, 0], [0, 255, 0]]',
    '[[255, 0, 0, 7], [0, 255, 0, 8]]',
    '[[1, 2, 3], [4, 5, 6, 7]]',
    '[0.5, 0.25, 1.0]',
    '[[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]',
    '0xFF8800FF',
    '[0xFF0000FF, 0x00FF00FF]',
    '[0xFF0000FF, 0x00FF00FF, 1, 2, 3]',
    '[5]',
    'np.array([0xFF0000FF, 1, 2], np.uint32)',
    'np.uint32(7)',
    'np.arange(6, dtype=np.uint8).reshape(2, 3)',
    'np.arange(8, dtype=np.uint8).reshape(2, 4)',
    'np.arange(12, dtype=np.uint8).reshape(4, 3)[::-2]',
    'np.arange(8, dtype=np.uint8)',
    'np.array([9, 8, 7], np.uint8)',
    'np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)',
    'np.linspace(0, 1, 8).reshape(2, 4)',
    'np.array([[1, 2, 3]], np.int64)',
    'np.zeros((0, 3), np.uint8)',
    '[]',
    '[(255, 0, 0), 0x00FF00FF]',
    'rr.components.Color([1, 2, 3])',
    '[rr.components.Color([1, 2, 3]), rr.components.Color(0x11223344)]',
)
STRIPS = (
    '[[0, 0, 0], [1, 1, 1]]',
    '[[[0, 0, 0], [1, 1, 1]], [[2, 2, 2], [3, 3, 3], [4, 4, 4]]]',
    'np.arange(12).reshape(4, 3)',
    'np.arange(12).reshape(2, 2, 3)',
    '[np.zeros((2, 3)), np.ones((3, 3))]',
    '[np.zeros(3), np.ones(3)]',
    '[[[0, 0, 0]], []]',
    '[]',
)
RADII = ('1', '0.5', '[1, 2]', '(3,)', 'np.array([1.5, -2])', 'rr.Radius.ui_points([1, 2])', '[]')
TEXTS = ("'one'", "['one', 'two']", "('ä', '日本')", "np.array(['x', 'yy'])", '[1, 2.5]', '[]')
ENUMS = ('rr.components.FillMode.Solid', "'solid'", "'MajorWireframe'", '2', "['solid', 1]")
QUATERNIONS = (
    '[0, 0, 0, 1]',
    'rr.Quaternion(xyzw=[0, 0, 1, 0])',
    '[rr.Quaternion(xyzw=[0, 0, 1, 0]), rr.Quaternion.identity()]',
    'np.eye(4)',
)
AXIS_ANGLES = (
    'rr.RotationAxisAngle([0, 0, 1], radians=1.5)',
    'rr.RotationAxisAngle(axis=(0, 1, 0), angle=rr.Angle(deg=90))',
    '[rr.RotationAxisAngle([0, 0, 1], degrees=45), rr.RotationAxisAngle([1, 0, 0], angle=2.0)]',
    '[]',
)
MATRICES = (
    'np.arange(9)',
    '[[1, 2, 3], [4, 5, 6], [7, 8, 9]]',
    'np.arange(18).reshape(2, 3, 3)',
    'np.arange(9).reshape(3, 3).T',
)
TENSORS = (
    '[1, 2, 3]',
    '[1.5, 2]',
    *(
        f"np.arange(3, dtype='{dtype}')"
        for dtype in ('u1', 'u2', 'u4', 'u8', 'i1', 'i2', 'i4', 'i8', 'f2', 'f4', 'f8')
    ),
)

RGB = 'np.arange(24, dtype=np.uint8).reshape(2, 4, 3)'
GRAY16 = 'np.arange(6, dtype=np.uint16).reshape(2, 3)'
GLB = "b'glTF\\x02\\x00'"
FORMAT = (
    "rr.components.ImageFormat(width=3, height=2, color_model='L', channel_datatype='u8')"
)

ARCHETYPE_CASES = (
    *(f'rr.Points3D({value})' for value in VECTORS),
    *(f'rr.Points3D([1, 2, 3], colors={value})' for value in COLORS),
    *(f'rr.Points3D([1, 2, 3], radii={value})' for value in RADII),
    *(f'rr.Points3D([1, 2, 3], labels={value})' for value in TEXTS),
    "rr.Points3D([[1, 2, 3]], show_labels=True, point_shading='flat', class_ids=[1, 2])",
    'rr.Points3D([[1, 2, 3]], keypoint_ids=[4, 5])',
    'rr.Points3D([[1, 2, 3]], class_ids=np.uint16(3), keypoint_ids=4)',
    'rr.Points3D(positions=[[1, 2, 3]], show_labels=[True, False, True])',
    'rr.Points2D([[1, 2], [3, 4]], radii=2, colors=[1, 2, 3], draw_order=1.5)',
    "rr.Points2D(np.arange(4).reshape(2, 2), labels='x', keypoint_ids=[1], show_labels=False)",
    *(f'rr.LineStrips3D({value}, radii=0.1, colors=[[1, 2, 3]])' for value in STRIPS),
    'rr.LineStrips3D(strips=[[[1, 2, 3], [4, 5, 6]]], labels=["a"], class_ids=[7])',
    'rr.LineStrips2D([[0, 0], [1, 1]], draw_order=3, radii=[-1])',
    'rr.LineStrips2D([[[0, 0], [1, 1]], np.zeros((3, 2))], colors=0xFF, show_labels=True)',
    'rr.Arrows3D(vectors=[1, 0, 0])',
    'rr.Arrows3D(vectors=np.eye(3), origins=[[0, 0, 0]], radii=0.1, colors=[1, 2, 3])',
    'rr.Arrows3D(vectors=np.eye(3), labels=["x", "y", "z"], show_labels=True, class_ids=1)',
    'rr.Arrows2D(vectors=[[1, 0]], origins=[2, 3], draw_order=2, labels="x")',
    'rr.Boxes3D(half_sizes=[1, 2, 3])',
    'rr.Boxes3D(sizes=[[1, 2, 3]], centers=[4, 5, 6], colors=[1, 2, 3], radii=0.01)',
    'rr.Boxes3D(sizes=[[1, 2, 3]], mins=[[0, 0, 0]])',
    'rr.Boxes3D(half_sizes=[[1, 2, 3]], mins=[[0, 1, 0]], labels=["a"], show_labels=False)',
    *(f'rr.Boxes3D(half_sizes=[1, 2, 3], fill_mode={value})' for value in ENUMS),
    *(f'rr.Boxes3D(half_sizes=[1, 2, 3], quaternions={value})' for value in QUATERNIONS),
    *(f'rr.Boxes3D(half_sizes=[1, 2, 3], rotation_axis_angles={v})' for v in AXIS_ANGLES),
    'rr.Boxes3D(half_sizes=[1, 2, 3], rotations=[rr.Quaternion(xyzw=[0, 0, 1, 0])])',
    'rr.Boxes3D(half_sizes=[1, 2, 3], rotations=rr.RotationAxisAngle([0, 0, 1], radians=1))',
    'rr.Boxes2D(half_sizes=[[1, 2]], centers=[[3, 4]], labels=["a"], draw_order=1)',
    'rr.Boxes2D(sizes=[1, 2], mins=[3, 4], radii=1, colors=[[1, 2, 3]], show_labels=True)',
    *(
        f'rr.Boxes2D(array={array}, array_format=rr.Box2DFormat.{name})'
        for name in ('XYWH', 'XYXY', 'XCYCWH', 'XCYCW2H2')
        for array in ('[1, 2, 3, 4]', '[[1, 2, 3, 4], [5, 6, 7, 9]]', 'np.zeros((0, 4))')
    ),
    'rr.Boxes2D(array=[[1, 2, 3, 3]], array_format=rr.Box2DFormat.YXHW)',
    'rr.Boxes2D(array=[[1, 2, 5, 7]], array_format=rr.Box2DFormat.YXYX)',
    'rr.Ellipsoids3D(half_sizes=[[1, 2, 3]], centers=[[0, 0, 1]], fill_mode="solid")',
    'rr.Ellipsoids3D(radii=[1, 2], line_radii=0.1, quaternions=[0, 0, 0, 1])',
    'rr.Ellipsoids3D(radii=np.array([1.5]), rotation_axis_angles=[], labels="x", class_ids=3)',
    'rr.Ellipses2D(half_sizes=[[1, 2]], centers=[0, 0], line_radii=1, draw_order=4)',
    'rr.Capsules3D(lengths=[1, 2], radii=0.5, translations=[[1, 2, 3]], fill_mode=1)',
    'rr.Capsules3D(lengths=1, radii=1, quaternions=[[0, 0, 0, 1]], colors=[[1, 2, 3, 4]])',
    'rr.Cylinders3D(lengths=[1, 2], radii=[1, 2], centers=[[1, 2, 3]], line_radii=1)',
    'rr.Cylinders3D(lengths=1, radii=1, rotation_axis_angles=[], show_labels=True)',
    'rr.GaussianSplats3D([[1, 2, 3]], scales=[[1, 1, 1]], quaternions=[[0, 0, 0, 1]])',
    'rr.GaussianSplats3D(np.eye(3), colors=[[1, 2, 3]], spherical_harmonics_degree=3, '
    'sh_coefficients=np.arange(45).reshape(1, 15, 3))',
    'rr.GaussianSplats3D([1, 2, 3], sh_coefficients=np.arange(90, dtype="f4").reshape(2, 45))',
    'rr.Mesh3D(vertex_positions=np.eye(3), triangle_indices=[[0, 1, 2]])',
    'rr.Mesh3D(vertex_positions=np.eye(3), triangle_indices=np.array([[0, 1, 2]], np.int64), '
    'vertex_normals=np.eye(3), vertex_colors=[[1, 2, 3]], vertex_texcoords=[[0, 1]])',
    f'rr.Mesh3D(vertex_positions=np.eye(3), albedo_texture={RGB}, albedo_factor=[1, 2, 3], '
    'face_rendering="front", class_ids=[1])',
    'rr.Mesh3D(vertex_positions=[[0.0, 1.0, 0.0]], albedo_factor=0xFF0000FF)',
    # Transforms
    'rr.Transform3D()',
    'rr.Transform3D(translation=[1, 2, 3])',
    'rr.Transform3D(translation=np.arange(3), quaternion=[0, 0, 0, 1], relation=2)',
    *(f'rr.Transform3D(quaternion={value})' for value in QUATERNIONS[:2]),
    *(f'rr.Transform3D(rotation_axis_angle={value})' for value in AXIS_ANGLES[:2]),
    'rr.Transform3D(rotation=rr.Quaternion(xyzw=[0, 0, 1, 0]), scale=2)',
    'rr.Transform3D(rotation=rr.RotationAxisAngle([0, 0, 1], radians=1), scale=[1, 2, 3])',
    'rr.Transform3D(scale=2.5, relation=rr.TransformRelation.ChildFromParent)',
    'rr.Transform3D(scale=rr.Scale3D(2), relation="parentfromchild")',
    *(f'rr.Transform3D(mat3x3={value})' for value in MATRICES[:2]),
    'rr.Transform3D(translation=[1, 2, 3], parent_frame="map", child_frame="odom")',
    'rr.Transform3D.from_fields(clear_unset=True, translation=[1, 2, 3])',
    'rr.InstancePoses3D(translations=np.eye(3), quaternions=[[0, 0, 0, 1]], scales=[1, 2, 3])',
    *(f'rr.InstancePoses3D(mat3x3={value})' for value in MATRICES),
    *(f'rr.InstancePoses3D(rotation_axis_angles={value})' for value in AXIS_ANGLES),
    'rr.TransformAxes3D(0.5)',
    'rr.TransformAxes3D(axis_length=2, show_frame=True)',
    'rr.CoordinateFrame("base_link")',
    'rr.CoordinateFrame(frame="")',
    'rr.Pinhole(focal_length=3, width=640, height=480)',
    'rr.Pinhole(focal_length=(3, 4), principal_point=(5, 6), resolution=[640, 480])',
    'rr.Pinhole(focal_length=3.5, principal_point=[5, 6])',
    'rr.Pinhole(fov_y=0.8, aspect_ratio=1.5, camera_xyz=rr.ViewCoordinates.RUB)',
    'rr.Pinhole(image_from_camera=[[1, 0, 2], [0, 3, 4], [0, 0, 1]], width=6, height=7)',
    'rr.Pinhole(image_from_camera=np.arange(9), resolution=np.array([6, 7]), '
    'image_plane_distance=2, color=[1, 2, 3], line_width=0.1)',
    'rr.Pinhole(focal_length=3, width=6, height=4, parent_frame="a", child_frame="b")',
    'rr.ViewCoordinates.RIGHT_HAND_Z_UP',
    'rr.ViewCoordinates.FLU',
    'rr.ViewCoordinates([1, 3, 5])',
    'rr.ViewCoordinates(xyz=rr.components.ViewCoordinates.RDF)',
    # Images and files
    *(f'rr.Image({RGB}, {model})' for model in ('None', "'BGR'", 'rr.ColorModel.RGB')),
    *(
        f"rr.Image(np.zeros((2, 3), '{dtype}'))"
        for dtype in ('u1', 'u2', 'u4', 'u8', 'i1', 'i2', 'i4', 'i8', 'f2', 'f4', 'f8')
    ),
    'rr.Image(np.arange(24, dtype=np.uint8).reshape(1, 2, 3, 4, 1), opacity=0.5)',
    "rr.Image(np.arange(24, dtype=np.uint8).reshape(2, 3, 4), 'bgra', draw_order=2)",
    "rr.Image(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)[::2, ::-1], width=4, height=2)",
    'rr.Image(np.arange(6, dtype=np.uint8).reshape(1, 2, 3))',
    "rr.Image(bytes=b'123456', width=2, height=1, color_model='RGB', datatype=np.uint8)",
    "rr.Image(bytes=b'1234', width=2, height=1, color_model='L', datatype='U16')",
    "rr.Image(bytes=np.arange(6, dtype='u1'), width=2, height=2, pixel_format='NV12')",
    "rr.Image(bytes=b'123456', width=2, height=2, pixel_format=rr.PixelFormat.YUY2, "
    "magnification_filter='nearest')",
    f'rr.Image.from_fields(format={FORMAT})',
    f'rr.DepthImage({GRAY16}, meter=1000, colormap="turbo", depth_range=[0, 5])',
    f'rr.DepthImage({GRAY16}.astype(np.float32), point_fill_ratio=0.5, draw_order=1)',
    "rr.DepthImage(np.zeros((1, 2, 3, 1), 'u2'), depth_range=slice(1, 2), colormap=2)",
    f'rr.SegmentationImage({GRAY16}, opacity=0.5, draw_order=2)',
    'rr.SegmentationImage(np.zeros((2, 3), np.uint8))',
    "rr.EncodedImage(contents=b'\\xff\\xd8\\xff1', media_type='image/jpeg', opacity=1)",
    'rr.EncodedImage(path=here + "/pixel.png", draw_order=3, magnification_filter="linear")',
    'rr.EncodedImage(contents=open(here + "/pixel.png", "rb"), media_type="image/png")',
    "rr.EncodedDepthImage(b'123', media_type='application/rvl', meter=1000)",
    "rr.EncodedDepthImage(b'123', depth_range=(0, 1), colormap='viridis', draw_order=1)",
    f'rr.Asset3D(contents={GLB})',
    f"rr.Asset3D(contents={GLB}, media_type=rr.MediaType.GLB, albedo_factor=[1, 2, 3])",
    'rr.Asset3D(path=here + "/shape.STL")',
    "rr.AssetVideo(contents=b'123', media_type='video/mp4')",
    'rr.AssetVideo(path=here + "/clip.mp4")',
    "rr.AssetAudio(contents=b'123', media_type='audio/wav')",
    'rr.AssetAudio(path=here + "/beep.ogg")',
    "rr.VideoStream('h264')",
    "rr.VideoStream(rr.VideoCodec.H265, sample=b'123', is_keyframe=True, opacity=0.5)",
    "rr.VideoStream.from_fields(sample=b'123')",
    'rr.VideoFrameReference(seconds=1.5, video_reference="/video")',
    'rr.VideoFrameReference(nanoseconds=7, opacity=0.5, draw_order=1)',
    'rr.VideoFrameReference(5)',
    'rr.VideoFrameReference(timestamp=rr.components.VideoTimestamp(seconds=0.5))',
    f"rr.GridMap(data=b'123456', format={FORMAT}, cell_size=0.05)",
    f"rr.GridMap(data=np.arange(6, dtype='u1'), format={FORMAT}, cell_size=0.05, "
    'translation=[1, 2, 3], quaternion=[0, 0, 0, 1], opacity=0.5, draw_order=1, '
    "colormap='rvizmap')",
    'rr.VoxelGridMap([[1, 2, 3], [-1, 0, 4]], [0.1, 0.1, 0.2], values=[1, 2])',
    'rr.VoxelGridMap(voxel_indices=np.eye(3, dtype=int), voxel_size=[1, 1, 1], '
    "colors=[1, 2, 3], translation=[1, 2, 3], value_range=[0, 1], colormap='turbo')",
    'rr.Volume3D(np.zeros((2, 3, 4), np.float32), voxel_size=[1, 2, 3], gamma=2)',
    "rr.Volume3D(np.zeros((2, 2, 2), 'u1'), value_range=[0, 9], optical_density=0.5, "
    "colormap='magma', translation=[1, 2, 3], quaternion=[0, 0, 0, 1])",
    *(f'rr.Tensor({value})' for value in TENSORS),
    "rr.Tensor(np.zeros((2, 3)), dim_names=['a', 'b'], value_range=[0, 1])",
    'rr.Tensor(rr.TensorData(array=np.zeros((2, 3), "u1"), dim_names=("x", "y")))',
    'rr.Tensor(rr.TensorData(shape=[2, 2], buffer=np.arange(4)))',
    # Plots and texts
    'rr.Scalars(1)',
    'rr.Scalars(1.5)',
    'rr.Scalars([1, 2.5])',
    'rr.Scalars(scalars=np.arange(3, dtype=np.int32))',
    'rr.Scalars(np.float32(0.1))',
    'rr.Scalars(True)',
    'rr.SeriesLines(colors=[1, 2, 3], widths=2, names="a")',
    'rr.SeriesLines(names=["a", "b"], visible_series=[True, False], '
    'aggregation_policy="minmax", interpolation_mode="stepafter")',
    'rr.SeriesPoints()',
    'rr.SeriesPoints(markers=["circle", "cross"], marker_sizes=[1, 2], names=["a", "b"])',
    'rr.SeriesPoints(colors=[[1, 2, 3]], visible_series=True)',
    'rr.Measurements(1.5, variances=0.1, units="m/s")',
    'rr.Measurements([1, 2], names=["a", "b"], colors=[1, 2, 3], widths=[1], '
    'visible_series=[True, True], aggregation_policy=2, interpolation_mode="linear")',
    'rr.StateChange(state="driving")',
    'rr.StateChange()',
    'rr.StateConfiguration(values=["a", "b"], labels=["A", "B"], colors=[[1, 2, 3]])',
    'rr.StateConfiguration(visible=[True, False])',
    *(f'rr.BarChart({value})' for value in TENSORS),
    'rr.BarChart([1, 2], color=[1, 2, 3], abscissa=[3, 4], widths=[0.5, 1])',
    *(f'rr.TextLog({value})' for value in TEXTS[:3]),
    'rr.TextLog("x", level=rr.TextLogLevel.WARN, color=[1, 2, 3])',
    'rr.TextLog(text="x", level="MINE", color=0xFF)',
    'rr.TextDocument("# Hi", media_type="text/markdown")',
    'rr.TextDocument(text="x", media_type=rr.MediaType.TEXT)',
    # Maps and graphs
    'rr.GeoPoints(lat_lon=[[47.6, 19.1], [48, 20]], radii=-10, colors=[1, 2, 3])',
    'rr.GeoPoints(lat_lon=np.array([47.6, 19.1]), class_ids=[3])',
    'rr.GeoLineStrings(lat_lon=[[47.6, 19.1], [48, 20]], radii=2, colors=[[1, 2, 3]])',
    'rr.GeoLineStrings(lat_lon=[[[47.6, 19.1]], np.zeros((2, 2))])',
    'rr.GraphNodes(["a", "b"], positions=[[0, 1], [2, 3]], radii=1, labels=["A", "B"])',
    'rr.GraphNodes(node_ids="a", colors=[1, 2, 3], show_labels=True)',
    'rr.GraphEdges([("a", "b"), ("b", "c")], graph_type="directed")',
    'rr.GraphEdges(edges=[rr.GraphEdge("a", "b")], graph_type=rr.GraphType.Undirected)',
    # The rest
    'rr.AnnotationContext([(1, "red", (255, 0, 0)), (2, "green", (0, 255, 0, 9))])',
    'rr.AnnotationContext([(1, "one"), rr.AnnotationInfo(2, label="two", color=0xFF), 3])',
    'rr.AnnotationContext([rr.AnnotationInfo(id=2, color=[0.1, 0.2, 0.3])])',
    'rr.AnnotationContext(rr.ClassDescription(info=(1, "p"), keypoint_annotations=[(0, "nose"), '
    '1], keypoint_connections=[(0, 1)]))',
    'rr.ClassDescription(info=3)',
    'rr.Clear(recursive=True)',
    'rr.Clear(recursive=False)',
    'rr.Clear.recursive()',
    'rr.Clear.flat()',
    'rr.McapChannel(id=1, topic="/a", message_encoding="cdr")',
    'rr.McapChannel(id=1, topic="/a", message_encoding="cdr", metadata={"x": "y", "z": ""})',
    "rr.McapMessage(b'123')",
    "rr.McapSchema(id=1, name='a/B', encoding='ros2msg', data=b'int32 x')",
    'rr.McapStatistics(message_count=1, schema_count=2, channel_count=3, attachment_count=4, '
    'metadata_count=5, chunk_count=6, message_start_time=7, message_end_time=8)',
    'rr.archetypes.RecordingInfo(start_time=1700000000000000000, name="run")',
    'rr.archetypes.RecordingInfo(start_time=rr.components.Timestamp(seconds=1.5))',
)

ANY_VALUE_CASES = (
    'rr.AnyValues(i=1, f=1.5, s="text", b=True, y=b"bytes", u=np.uint8(3), d=np.float32(2))',
    'rr.AnyValues(li=[1, 2], lf=[1.5, 2], ls=["a", "b"], t=(1, 2), a=np.zeros(2, "f4"))',
    'rr.AnyValues(ll=[[1, 2], [3]], ld=[{"x": 1}], none=None, empty=[])',
    'rr.AnyValues(color=rr.components.ColorBatch([[1, 2, 3], [4, 5, 6]]))',
    'rr.AnyValues().with_component_override("c", "my.Type", [1, 2])',
    'rr.AnyValues(i2=1).with_component_from_data("j2", [2.5])',
    'rr.DynamicArchetype("mine", components={"x": 1, "y": ["a"]})',
    'rr.DynamicArchetype("mine", components={"p": rr.components.Position3DBatch([1, 2, 3])})',
)

COLUMN_CASES = (
    'rr.Scalars.columns(scalars=[1, 2, 3])',
    'rr.Scalars.columns(scalars=np.zeros((4, 3)))',
    'rr.Points3D.columns(positions=np.zeros((4, 3)), radii=[1, 2, 3, 4])',
    'rr.Points3D.columns(positions=np.zeros((4, 2, 3)))',
    'rr.Points3D.columns(positions=np.zeros((4, 3))).partition([1, 3])',
    'rr.Points3D.columns(colors=[0xFF0000FF, 0x00FF00FF, 3, 4, 5], labels=list("abcde"))',
    'rr.Points3D.columns(colors=np.zeros((2, 3), np.uint8))',
    'rr.Transform3D.columns(translation=np.eye(3), quaternion=np.zeros((3, 4)))',
    'rr.Transform3D.columns(rotation_axis_angle=[rr.RotationAxisAngle([0, 0, 1], radians=1)] * 2)',
    "rr.Image.columns(buffer=np.zeros((3, 12), 'u1'))",
    "rr.EncodedImage.columns(blob=[b'1', b'23'], media_type=['image/png', 'image/jpeg'])",
    'rr.TextLog.columns(text=["a", "b"], level=["INFO", "WARN"])',
    'rr.LineStrips3D.columns(strips=[[[0, 0, 0], [1, 1, 1]], [[2, 2, 2]]])',
    'rr.VideoFrameReference.columns_nanos([1, 2, 3])',
    'rr.VideoFrameReference.columns_secs([1, 2])',
    'rr.VideoFrameReference.columns_millis([1, 2])',
    'rr.SeriesLines.columns(visible_series=[True, False], aggregation_policy=["off", "max"])',
    'rr.AnyValues.columns(ca=[1, 2], cb=["a", "b"], cc=[[1, 2], [3, 4]])',
    'rr.DynamicArchetype.columns("mine", components={"v": [1.5, 2.5]})',
)

REFUSED = (
    'rr.Points3D([[1, 2]])',
    'rr.Points3D([1, 2, 3, 4])',
    'rr.Points3D(np.zeros((3, 2)))',
    'rr.Points3D("abc")',
    'rr.Points3D([1, 2, 3], labels="x", nonsense=1)',
    'rr.LineStrips3D([np.zeros((2, 2))])',
    'rr.Boxes3D(half_sizes=[1, 2, 3], sizes=[1, 2, 3])',
    'rr.Boxes3D(half_sizes=[1, 2, 3], mins=[1, 2, 3], centers=[1, 2, 3])',
    'rr.Boxes3D(mins=[1, 2, 3])',
    'rr.Boxes3D(half_sizes=[1, 2, 3], fill_mode="glass")',
    'rr.Boxes2D(array=[1, 2, 3, 4])',
    'rr.Ellipsoids3D(half_sizes=[1, 2, 3], radii=[1])',
    'rr.Transform3D(rotation=rr.Quaternion(xyzw=[0, 0, 0, 1]), quaternion=[0, 0, 0, 1])',
    'rr.Transform3D(mat3x3=[1, 2, 3, 4])',
    'rr.Transform3D(relation="sideways")',
    'rr.Pinhole(width=3, height=3)',
    'rr.Pinhole(focal_length=3)',
    'rr.Pinhole(focal_length=3, image_from_camera=np.eye(3))',
    'rr.Image()',
    'rr.Image(np.zeros((2, 3, 5), "u1"))',
    'rr.Image(np.zeros((2, 3), "c8"))',
    'rr.Image(np.zeros((2, 3, 3), "u1"), "RGBA")',
    'rr.Image(np.zeros((2, 3), "u1"), width=7)',
    "rr.Image(bytes=b'1', width=1, height=1)",
    'rr.DepthImage(np.zeros((2, 3, 4), "u1"))',
    'rr.Asset3D()',
    "rr.Asset3D(path='x', contents=b'1')",
    'rr.VideoFrameReference()',
    'rr.VideoFrameReference(1.5)',
    'rr.VideoFrameReference(1, seconds=2)',
    'rr.Tensor(rr.TensorData(buffer=[1, 2]))',
    'rr.Tensor(np.zeros((2, 2)), dim_names=["a"])',
    'rr.RotationAxisAngle([0, 0, 1])',
    'rr.Mesh3D(vertex_positions=np.eye(3), albedo_texture=np.zeros((2, 3), "u1"))',
)

ARCHETYPES = (
    'AnnotationContext Arrows2D Arrows3D Asset3D AssetAudio AssetVideo BarChart Boxes2D '
    'Boxes3D Capsules3D Clear CoordinateFrame Cylinders3D DepthImage Ellipses2D Ellipsoids3D '
    'EncodedDepthImage EncodedImage GaussianSplats3D GeoLineStrings GeoPoints GraphEdges '
    'GraphNodes GridMap Image InstancePoses3D LineStrips2D LineStrips3D McapChannel '
    'McapMessage McapSchema McapStatistics Measurements Mesh3D Pinhole Points2D Points3D '
    'RecordingInfo Scalars SegmentationImage SeriesLines SeriesPoints StateChange '
    'StateConfiguration Tensor TextDocument TextLog Transform3D TransformAxes3D '
    'VideoFrameReference VideoStream ViewCoordinates Volume3D VoxelGridMap'
).split()

CLASSES = (
    *(f'rr.archetypes.{name}' for name in ARCHETYPES),
    *(
        f'rr.components.{name}'
        for name in (
            'AggregationPolicy Colormap FillMode GraphType InterpolationMode MagnificationFilter '
            'MarkerShape MeshFaceRendering PointShading TransformRelation VideoCodec Scale3D'
        ).split()
    ),
    *(
        f'rr.{name}'
        for name in (
            'Angle AnnotationInfo AnyValues Box2DFormat ChannelDatatype ClassDescription '
            'ColorModel DynamicArchetype PixelFormat Quaternion RotationAxisAngle TensorData '
            'TensorDimensionSelection TensorDimensionIndexSelection'
        ).split()
    ),
    *(
        f'rr.blueprint.{name}'
        for name in (
            'AudioPlayback AudioView Background BackgroundKind BarChartView Blueprint '
            'BlueprintPanel Corner2D DataframeView EntityBehavior Eye3DKind '
            'EyeControls3D GraphView Grid Horizontal LineGrid3D MapProvider MapView PanelState '
            'PlotInteraction PlotLegend ScalarAxis SelectionPanel Spatial2DView Spatial3DView '
            'SpatialInformation StateTimelineView Tabs TensorScalarMapping TensorSliceSelection '
            'TensorView TextDocumentView TextLogColumns TextLogFormat TextLogRows TextLogView '
            'TimeAxis TimePanel TimeRange TimeSeriesView TopPanel Vertical VisibleTimeRange '
            'VisibleTimeRanges VisualBounds2D Visualizer'
        ).split()
    ),
)
# rerun-sdk cannot encode the message counts of McapStatistics.
CLEARED = tuple(
    f'rr.archetypes.{name}.cleared()' for name in ARCHETYPES if name != 'McapStatistics'
)
