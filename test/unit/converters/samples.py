# SPDX-License-Identifier: Apache-2.0
"""
Messages that show something: one or more of every type.

Most are what `Filler` writes. Those whose fields must fit each other are here, with the kinds of
contents that make a difference.
"""

from __future__ import annotations

import math
import struct
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.converters import DEFAULT_MAPPINGS, load_mappings, supported_types
from test.unit.converters.foreign_messages import TEXTS
from test.unit.converters.image_samples import COLORED, GRAY, image
from test.unit.converters.png_files import write_gray_png
from test.unit.converters.ros_messages import HEADER
from test.unit.converters.theora_packets import theora_packets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Fields = dict[str, Any]

MAPPINGS = load_mappings(DEFAULT_MAPPINGS)
STRUCTS = (
    *(name for name in TEXTS if name.startswith('my_msgs/')),
    'diagnostic_msgs/msg/KeyValue',
    'std_msgs/msg/ColorRGBA',
    'std_srvs/srv/SetBool_Event',
)
"""Types that are logged as they are."""
TYPES = (*sorted(supported_types()), *sorted(MAPPINGS.type_names), *STRUCTS)
"""Every type that has a converter or a mapping, and some that have not."""

POINT_FIELDS = {'i1': 1, 'u1': 2, 'i2': 3, 'u2': 4, 'i4': 5, 'u4': 6, 'f4': 7, 'f8': 8}
XYZ = [('x', 'f4'), ('y', 'f4'), ('z', 'f4')]
RED, GREEN = {'r': 1.0, 'a': 1.0}, {'g': 1.0, 'a': 0.5}
VECTOR, OTHER = {'x': 1.0, 'y': 2.0, 'z': 3.0}, {'x': 4.0, 'y': -5.0, 'z': 6.5}
ROTATION = {'x': 0.5, 'y': 0.5, 'z': 0.5, 'w': 0.5}
POSE = {'position': VECTOR, 'orientation': ROTATION}
STL = bytes(80) + np.uint32(1).tobytes() + np.eye(4, 3, dtype='<f4').tobytes() + bytes(2)
JPEG, PNG, WEBP = b'\xff\xd8\xff\xe0', b'\x89PNG\r\n\x1a\n', b'RIFF\x04\0\0\0WEBP'
DEPTH_HEADER = struct.pack('<iff', 0, 100.0, 2.0)
H264_FRAME = b'\0\0\0\1\x67 frame'
NUM_MARKERS = 13


def cloud(points: np.ndarray[Any, Any], **fields: object) -> Fields:
    """Make a ``PointCloud2`` of a structured array, (n,) or (height, width)."""
    height, width = points.shape if points.ndim > 1 else (1, len(points))
    assert points.dtype.fields is not None
    return {
        'header': HEADER,
        'height': height,
        'width': width,
        'fields': [
            {'name': name, 'offset': offset, 'datatype': POINT_FIELDS[dtype.str[1:]], 'count': 1}
            for name, (dtype, offset, *_) in points.dtype.fields.items()
        ],
        'point_step': points.dtype.itemsize,
        'row_step': width * points.dtype.itemsize,
        'data': points.tobytes(),
        'is_dense': True,
        **fields,
    }


def structured(fields: list[tuple[str, str]], rows: list[list[float]]) -> np.ndarray[Any, Any]:
    """Make an array of points."""
    return np.array([tuple(row) for row in rows], np.dtype(fields))


def _images() -> Iterator[tuple[str, Fields]]:
    for encoding in (*COLORED, *GRAY):
        yield f'in_{encoding}', image(encoding)
    for encoding, kind in (('16UC1', '<u2'), ('32FC1', '<f4'), ('64FC1', '<f8')):
        depths = np.arange(8, dtype=kind)
        size = {'width': 4, 'height': 2, 'step': 4 * depths.itemsize}
        yield f'in_{encoding}', {'encoding': encoding, 'data': depths.tobytes(), **size}
    pixels = {'width': 4, 'height': 2, 'data': bytes(range(32))}
    yield 'padded', {**pixels, 'encoding': 'rgb8', 'step': 16}
    yield 'big_endian', {**pixels, 'encoding': 'mono16', 'step': 8, 'is_bigendian': 1}


def _clouds() -> Iterator[tuple[str, Fields]]:
    rows = [[1, 2, 3, 0.5], [4, 5, 6, 0.25], [7, 8, 9, 1.0], [-1, 0, 1, 0.75]]
    positions = [row[:3] for row in rows]
    intensity = structured([*XYZ, ('intensity', 'f4')], rows)
    yield 'intensity', cloud(intensity)
    yield 'plain', cloud(structured(XYZ, positions))
    yield 'organized', cloud(intensity.reshape(2, 2))
    wide = intensity.astype(np.dtype([('x', '>f8'), ('y', '>f8'), ('z', '>f8'), ('ring', '>u2')]))
    yield 'big', cloud(wide, is_bigendian=True)
    codes = [[*row[:3], code] for row, code in zip(rows, (0xFF, 0xFF00, 0x99FF8040, 0))]  # noqa: B905
    for name in ('rgb', 'rgba'):
        yield name, cloud(structured([*XYZ, (name, 'u4')], codes))
    colors = [[*row[:3], 255, 128, i] for i, row in enumerate(rows)]
    yield 'channels', cloud(structured([*XYZ, ('r', 'u1'), ('g', 'u1'), ('b', 'u1')], colors))
    holes = structured(XYZ, [[math.nan, 0, 0], [1, 2, 3], [0, math.inf, 0]])
    yield 'holes', cloud(holes, is_dense=False)
    yield 'empty', cloud(structured(XYZ, []))


def _compressed() -> Iterator[tuple[str, Fields]]:
    depths = np.array([[0, 3, 12], [52, 102, 4]], np.uint16)
    size = struct.pack('<II', 4, 2)
    for name, image_format, data in (
        ('jpeg', 'rgb8; jpeg compressed bgr8', JPEG + b' picture'),
        ('png', 'png', PNG + b' picture'),
        ('webp', 'webp', WEBP + b' picture'),
        ('h264', 'h264', H264_FRAME),
        ('depth_png', '16UC1; compressedDepth png', DEPTH_HEADER + write_gray_png(depths)),
        ('depth_rvl', '16UC1; compressedDepth rvl', DEPTH_HEADER + size + b' depth'),
        ('depth_float', '32FC1; compressedDepth png', DEPTH_HEADER + write_gray_png(depths)),
    ):
        yield name, {'format': image_format, 'data': data}


def _markers() -> Iterator[tuple[str, Fields]]:
    points = [{'x': 0.0}, {'x': 1.0}, {'y': 1.0}]
    for number in range(NUM_MARKERS):
        yield (
            f'type_{number}',
            {
                'header': HEADER,
                'ns': 'markers',
                'id': number,
                'type': number,
                'pose': POSE,
                'scale': dict.fromkeys('xyz', 0.5),
                'color': RED,
                'points': points[: 2 if number in {0, 5} else 3],
                'colors': [RED, GREEN, RED][: 3 if number in {4, 8} else 0],
                'text': 'text',
                'mesh_file': {'filename': 'a.stl', 'data': STL},
                'lifetime': {'nanosec': 300_000_000 * (number % 2)},
            },
        )


def _image_markers() -> Iterator[tuple[str, Fields]]:
    for number in range(5):
        yield (
            f'type_{number}',
            {
                'id': number,
                'type': number,
                'position': VECTOR,
                'scale': 2.0,
                'outline_color': GREEN,
                'points': [VECTOR, OTHER, {'x': 3.0}, {'y': 3.0}],
            },
        )


def _arrays() -> Iterator[tuple[str, Fields]]:
    dim = [
        {'label': 'rows', 'size': 2, 'stride': 6},
        {'label': 'columns', 'size': 3, 'stride': 3},
    ]
    yield 'curves', {'data': [1, 2]}
    yield 'bars', {'data': list(range(65))}
    yield 'tensor', {'data': list(range(6)), 'layout': {'dim': dim}}


def _solids() -> Iterator[tuple[str, Fields]]:
    outline = {'points': [{'x': 0.0}, {'x': 1.0}, {'y': 1.0}]}
    for number, count in ((1, 3), (2, 1), (3, 2), (4, 2), (5, 1)):
        solid = {'type': number, 'dimensions': [0.5] * count, 'polygon': outline}
        yield f'type_{number}', solid


def _octomaps() -> Iterator[tuple[str, Fields]]:
    path = struct.pack('<H', 3 << 14) * 14 + struct.pack('<H', 2)
    node, color = struct.pack('<f', 0.85), b'\x10\x80\xf0'
    for name, is_binary, data in (
        ('binary', True, path),
        ('OcTree', False, (node + b'\1') * 16 + node + b'\0'),
        ('ColorOcTree', False, (node + color + b'\1') * 16 + node + color + b'\0'),
    ):
        yield (
            name,
            {
                'header': HEADER,
                'binary': is_binary,
                'id': name,
                'resolution': 0.25,
                'data': data,
            },
        )


def _grid_layer(*numbers: float) -> Fields:
    dim = [{'label': 'column_index', 'size': 2}, {'label': 'row_index', 'size': 3}]
    return {'layout': {'dim': dim}, 'data': list(numbers)}


def _scan(**fields: object) -> Fields:
    limits = {'angle_increment': 0.5, 'range_min': 0.5, 'range_max': 10.0}
    return {**limits, 'ranges': [1.0, math.inf, 2.0, math.nan, 0.25], **fields}


def _transform(child: str, **fields: object) -> Fields:
    place = {'translation': VECTOR, 'rotation': ROTATION}
    return {'header': HEADER, 'child_frame_id': child, 'transform': place, **fields}


def _foxglove_transform(child: str) -> Fields:
    place = {'translation': VECTOR, 'rotation': ROTATION}
    return {'parent_frame_id': 'fox', 'child_frame_id': child, **place}


_PACKED = [{'name': name, 'offset': 4 * i, 'type': 7} for i, name in enumerate('xyz')]
_CELLS = np.arange(6, dtype='<f4').tobytes()
_MATRIX = [500.0, 0.0, 320.0, 0.0, 510.0, 240.0, 0.0, 0.0, 1.0]
_CAMERA = {'width': 640, 'height': 480, 'k': _MATRIX}
_MAP_INFO = {'width': 3, 'height': 2, 'resolution': 0.5, 'origin': POSE}
_MAP = {'header': HEADER, 'info': _MAP_INFO, 'data': [0, 50, 100, -1, 1, 2]}
_ARRAY_TYPES = sorted(name for name in supported_types() if name.endswith('MultiArray'))
_VISIBLE_BOX = {'center': {'position': {'x': 5.0, 'y': 6.0}}, 'size_x': 2.0, 'size_y': 3.0}

_FITTING: Mapping[str, dict[str, Fields]] = {
    'audio_common_msgs/msg/AudioData': {'mp3': {'data': b'ID3\4 sound'}},
    'audio_common_msgs/msg/AudioDataStamped': {'flac': {'audio': {'data': b'fLaC sound'}}},
    'ffmpeg_image_transport_msgs/msg/FFMPEGPacket': {
        'hevc': {'encoding': 'hevc', 'flags': 1, 'data': H264_FRAME}
    },
    'foxglove_msgs/msg/CameraCalibration': {'all': _CAMERA},
    'foxglove_msgs/msg/CompressedAudio': {'aac': {'data': b'\xff\xf1 sound'}},
    'foxglove_msgs/msg/CompressedImage': {'jpeg': {'format': 'jpeg', 'data': JPEG}},
    'foxglove_msgs/msg/CompressedVideo': {'h264': {'format': 'h264', 'data': H264_FRAME}},
    'foxglove_msgs/msg/FrameTransform': {'all': _foxglove_transform('fox_one')},
    'foxglove_msgs/msg/FrameTransforms': {
        'all': {'transforms': [_foxglove_transform('fox_two'), _foxglove_transform('fox_three')]}
    },
    'foxglove_msgs/msg/Grid': {
        'all': {
            'pose': POSE,
            'column_count': 3,
            'cell_size': {'x': 0.5, 'y': 0.5},
            'row_stride': 12,
            'cell_stride': 4,
            'fields': [{'name': 'height', 'type': 7}],
            'data': _CELLS,
        }
    },
    'foxglove_msgs/msg/PointCloud': {
        'all': {'pose': POSE, 'point_stride': 12, 'fields': _PACKED, 'data': _CELLS}
    },
    'foxglove_msgs/msg/RawAudio': {
        'all': {
            'format': 'pcm-s16',
            'sample_rate': 8000,
            'number_of_channels': 1,
            'data': bytes(8),
        }
    },
    'foxglove_msgs/msg/RawImage': {
        'all': {'width': 4, 'height': 2, 'encoding': 'rgb8', 'step': 12, 'data': bytes(range(24))}
    },
    'foxglove_msgs/msg/SceneUpdate': {
        'all': {
            'entities': [
                {
                    'frame_id': 'fox',
                    'id': 'thing',
                    'lifetime': {'nanosec': 300_000_000},
                    'cubes': [{'pose': POSE, 'size': VECTOR, 'color': RED}],
                    'spheres': [{'pose': POSE, 'size': VECTOR, 'color': GREEN}],
                    'lines': [{'points': [VECTOR, OTHER], 'thickness': 0.5, 'color': RED}],
                    'triangles': [{'points': [VECTOR, OTHER, {}], 'color': RED}],
                    'texts': [{'text': 'text', 'color': RED}],
                    'models': [{'url': 'a.stl', 'data': STL, 'scale': VECTOR}],
                },
            ],
        }
    },
    'foxglove_msgs/msg/VoxelGrid': {
        'all': {
            'pose': POSE,
            'row_count': 1,
            'column_count': 3,
            'cell_size': VECTOR,
            'slice_stride': 12,
            'row_stride': 12,
            'cell_stride': 4,
            'fields': [{'name': 'cost', 'type': 7}],
            'data': _CELLS,
        }
    },
    'geometry_msgs/msg/TransformStamped': {'all': _transform('stamped')},
    'grid_map_msgs/msg/GridMap': {
        'all': {
            'info': {'resolution': 0.5, 'pose': POSE},
            'layers': ['elevation', 'cost'],
            'data': [_grid_layer(1, 2, 3, math.nan, 5, 6), _grid_layer(1, 2, 3, 4, 5, 6)],
        }
    },
    'map_msgs/msg/ProjectedMap': {'all': {'map': _MAP, 'max_z': 1.0}},
    'nav2_msgs/msg/Costmap': {
        'all': {
            'metadata': {'size_x': 3, 'size_y': 2, 'resolution': 0.5, 'origin': POSE},
            'data': [0, 253, 254, 255, 1, 2],
        }
    },
    'nav2_msgs/msg/CostmapUpdate': {'all': {'size_x': 2, 'size_y': 1, 'data': [1, 2]}},
    'nav2_msgs/msg/VoxelGrid': {
        'all': {
            'size_x': 2,
            'size_y': 1,
            'size_z': 2,
            'resolutions': VECTOR,
            'origin': VECTOR,
            'data': [0x00010003, 0x00030003],
        }
    },
    'nav_msgs/msg/OccupancyGrid': {'all': _MAP},
    'octomap_msgs/msg/Octomap': dict(_octomaps()),
    'octomap_msgs/msg/OctomapWithPose': {
        name: {'origin': POSE, 'octomap': fields} for name, fields in _octomaps()
    },
    'rcl_interfaces/msg/Log': {
        f'level_{level}': {'level': level, 'name': 'a.b', 'msg': 'hm', 'line': 7}
        for level in (0, 10, 20, 30, 40, 50)
    },
    'sensor_msgs/msg/CameraInfo': {'all': _CAMERA},
    'sensor_msgs/msg/CompressedImage': dict(_compressed()),
    'sensor_msgs/msg/Image': dict(_images()),
    'sensor_msgs/msg/Imu': {
        'all': {
            'angular_velocity': VECTOR,
            'linear_acceleration': OTHER,
            'orientation': ROTATION,
        },
        'without_orientation': {
            'linear_acceleration': OTHER,
            'orientation_covariance': [-1.0, *[0.0] * 8],
        },
    },
    'sensor_msgs/msg/LaserScan': {
        'colored': _scan(intensities=[1.0, 2.0, 3.0, 4.0, 5.0]),
        'plain': _scan(),
    },
    'sensor_msgs/msg/MultiEchoLaserScan': {
        'all': _scan(ranges=[{'echoes': [1.0, 2.0]}, {'echoes': []}, {'echoes': [math.inf]}])
    },
    'sensor_msgs/msg/NavSatFix': {
        'fix': {
            'latitude': 48.5,
            'longitude': 11.25,
            'altitude': 500.0,
            'position_covariance': [4.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 16.0],
            'position_covariance_type': 2,
        },
        'no_fix': {'status': {'status': -1}, 'latitude': math.nan},
    },
    'sensor_msgs/msg/PointCloud2': dict(_clouds()),
    'sensor_msgs/msg/Range': {
        'all': {'range': 1.5, 'min_range': 0.25, 'max_range': 4.0, 'field_of_view': 0.5},
        'nothing': {'range': math.inf, 'min_range': 0.25, 'max_range': 4.0},
    },
    'shape_msgs/msg/Mesh': {
        'all': {
            'vertices': [VECTOR, OTHER, {}],
            'triangles': [{'vertex_indices': [0, 1, 2]}],
        }
    },
    'shape_msgs/msg/SolidPrimitive': dict(_solids()),
    'std_msgs/msg/String': {
        'line': {'data': 'a line'},
        'document': {'data': '# Title\ntext'},
        'nothing': {'data': ''},
    },
    'stereo_msgs/msg/DisparityImage': {
        'all': {
            'image': {
                'header': HEADER,
                'width': 2,
                'height': 2,
                'encoding': '32FC1',
                'step': 8,
                'data': np.array([0, 1, 2, 4], '<f4').tobytes(),
            },
            'f': 100.0,
            't': 0.5,
            'min_disparity': 1.0,
            'max_disparity': 8.0,
        }
    },
    'theora_image_transport/msg/Packet': {'header': {'data': theora_packets()[0]}},
    'tf2_msgs/msg/TFMessage': {
        'all': {'transforms': [_transform('left'), _transform('right', header={**HEADER})]}
    },
    'vision_msgs/msg/BoundingBox2D': {'all': _VISIBLE_BOX},
    'vision_msgs/msg/BoundingBox2DArray': {
        'all': {'boxes': [_VISIBLE_BOX]},
        'none': {'boxes': []},
    },
    'visualization_msgs/msg/ImageMarker': dict(_image_markers()),
    'visualization_msgs/msg/Marker': dict(_markers()),
    'visualization_msgs/msg/MarkerArray': {
        'all': {'markers': [fields for _, fields in _markers()]},
        'empty': {},
    },
    **{name: dict(_arrays()) for name in _ARRAY_TYPES},
}


class Sample(NamedTuple):
    """
    A message.

    Attributes
    ----------
    type_name
        ``pkg/msg/Type``.
    name
        What is special; one word.
    fields
        None if `Filler` fills them.

    """

    type_name: str
    name: str
    fields: Fields | None


def samples(type_name: str) -> list[Sample]:
    """Return the samples of a type; at least one."""
    fitting = _FITTING.get(type_name, {'filled': None})
    return [Sample(type_name, name, fields) for name, fields in fitting.items()]
