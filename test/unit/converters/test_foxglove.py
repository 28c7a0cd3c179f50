# SPDX-License-Identifier: Apache-2.0
"""Foxglove's words for what other packages have, too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import columns_of, convert, values_of

FOXGLOVE = 'foxglove_msgs/msg/'
SEC = 1_700_000_000
FRAMED = {'timestamp': {'sec': SEC, 'nanosec': 5}, 'frame_id': '/cam'}
STAMP = SEC * 10**9 + 5
FLOAT, BYTE = 7, 1


def test_pose() -> None:
    rows = convert(FOXGLOVE + 'PoseInFrame', {**FRAMED, 'pose': {'position': {'x': 1.0}}})
    values = values_of(rows)
    assert values['/topic@CoordinateFrame:frame'] == ['cam']
    assert values['/topic@InstancePoses3D:translations'] == [[1.0, 0.0, 0.0]]
    assert columns_of(rows[-1])['ros2_timestamp'] == [STAMP]


def test_poses() -> None:
    poses = [{'position': {'x': float(i)}} for i in range(3)]
    values = values_of(convert(FOXGLOVE + 'PosesInFrame', {**FRAMED, 'poses': poses}))
    assert len(values['/topic@InstancePoses3D:translations']) == 3


@pytest.mark.parametrize('is_array', [False, True])
def test_transforms(*, is_array: bool) -> None:
    transform = {
        'timestamp': FRAMED['timestamp'],
        'parent_frame_id': 'map',
        'child_frame_id': '/base',
        'translation': {'x': 1.0},
    }
    type_name = 'FrameTransform' + 's' * is_array
    fields: dict[str, Any] = {'transforms': [transform]} if is_array else transform
    [rows, *_] = convert(FOXGLOVE + type_name, fields)
    columns = columns_of(rows)
    assert columns['ros2_timestamp'] == [STAMP]
    assert columns['Transform3D:parent_frame'] == [['map']]
    assert columns['Transform3D:child_frame'] == [['base']]


def test_image() -> None:
    fields = {'width': 2, 'height': 1, 'encoding': 'rgb8', 'step': 6, 'data': bytes(6)}
    values = values_of(convert(FOXGLOVE + 'RawImage', {**FRAMED, **fields}))
    assert values['/topic@Image:buffer'] == [[0] * 6]
    assert values['/topic@CoordinateFrame:frame'] == ['cam_image_plane']


def test_compressed_image() -> None:
    fields = {'data': b'\xff\xd8\xff picture', 'format': 'jpeg'}
    values = values_of(convert(FOXGLOVE + 'CompressedImage', {**FRAMED, **fields}))
    assert values['/topic@EncodedImage:media_type'] == ['image/jpeg']


def test_camera() -> None:
    matrix = [500.0, 0.0, 320.0, 0.0, 510.0, 240.0, 0.0, 0.0, 1.0]
    fields = {**FRAMED, 'width': 640, 'height': 480, 'k': matrix}
    values = values_of(convert(FOXGLOVE + 'CameraCalibration', fields))
    assert values['/topic@Pinhole:resolution'] == [[640.0, 480.0]]
    assert values['/topic@Pinhole:parent_frame'] == ['cam']
    assert values['/topic@Pinhole:child_frame'] == ['cam_image_plane']


def test_fixes_are_points_at_the_latest_stamp() -> None:
    fixes = [
        {'timestamp': {'sec': SEC + i}, 'latitude': latitude, 'longitude': 11.0}
        for i, latitude in enumerate((48.0, math.nan, 49.0))
    ]
    [rows] = convert(FOXGLOVE + 'LocationFixes', {'fixes': fixes})
    columns = columns_of(rows)
    assert columns['GeoPoints:positions'] == [[[48.0, 11.0], [49.0, 11.0]]]
    assert columns['ros2_timestamp'] == [(SEC + 2) * 10**9]
    values = values_of(convert(FOXGLOVE + 'LocationFixes', {}))
    assert values == {'/topic@GeoPoints:positions': []}


def voxels(kind: int, dtype: str, cells: Any, names: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401
    """Make a grid of cells by z, y, x and field, with gaps between rows and slices."""
    table = np.asarray(cells, dtype)
    num_rows, num_columns, num_fields = table.shape[1:]
    cell = num_fields * table.dtype.itemsize
    row = num_columns * cell + 3
    slices = [
        b''.join(bytes(row_cells.tobytes()) + bytes(3) for row_cells in each) + bytes(5)
        for each in table
    ]
    return {
        **FRAMED,
        'pose': {'position': {'x': 1.0}, 'orientation': {'w': 1.0}},
        'row_count': num_rows,
        'column_count': num_columns,
        'cell_size': {'x': 0.5, 'y': 0.25, 'z': 1.0},
        'slice_stride': num_rows * row + 5,
        'row_stride': row,
        'cell_stride': cell,
        'fields': [
            {'name': name, 'offset': i * table.dtype.itemsize, 'type': kind}
            for i, name in enumerate(names)
        ],
        'data': b''.join(slices),
    }


VOXELS = FOXGLOVE + 'VoxelGrid'


def test_voxels_that_are_not_zero() -> None:
    cells = np.zeros((2, 2, 3, 1))
    cells[0, 1, 2], cells[1, 0, 0], cells[1, 1, 0] = 5.0, 7.0, math.nan
    values = values_of(convert(VOXELS, voxels(FLOAT, '<f4', cells, ('occupancy',))))
    assert values['/topic@VoxelGridMap:voxel_indices'] == [[2, 1, 0], [0, 0, 1]]
    assert values['/topic@VoxelGridMap:voxel_size'] == [[0.5, 0.25, 1.0]]
    assert values['/topic@VoxelGridMap:translation'] == [[1.0, 0.0, 0.0]]
    assert values['/topic@VoxelGridMap:quaternion'] == [[0.0, 0.0, 0.0, 1.0]]
    assert len(set(values['/topic@VoxelGridMap:colors'])) == 2
    assert values['/topic@CoordinateFrame:frame'] == ['cam']


def test_voxels_that_are_not_transparent() -> None:
    cells = [[[[0, 0, 0, 255], [1, 2, 3, 0], [4, 5, 6, 7]]]]
    values = values_of(
        convert(VOXELS, voxels(BYTE, 'u1', cells, ('red', 'green', 'blue', 'alpha')))
    )
    assert values['/topic@VoxelGridMap:voxel_indices'] == [[0, 0, 0], [2, 0, 0]]
    assert values['/topic@VoxelGridMap:colors'] == [0x000000FF, 0x04050607]


@pytest.mark.parametrize(
    'change',
    [
        {'slice_stride': 0},
        {'row_count': 3},
        {'column_count': 4},
        {'column_count': 0},
        {'cell_size': {'x': math.nan, 'y': 1.0, 'z': 1.0}},
        {'data': b''},
        {'fields': []},
    ],
)
def test_bad_voxels(change: dict[str, Any]) -> None:
    fields = {**voxels(FLOAT, '<f4', np.ones((2, 2, 3, 1)), ('a',)), **change}
    with pytest.raises(ConversionError, match=r'cannot be drawn|no fields'):
        convert(VOXELS, fields)


@pytest.mark.parametrize(
    ('number', 'level'), [(0, 'UNKNOWN'), (1, 'DEBUG'), (3, 'WARN'), (5, 'CRITICAL')]
)
def test_log(number: int, level: str) -> None:
    fields = {'level': number, 'message': 'hm', 'name': 'a.b', 'line': 7}
    values = values_of(convert(FOXGLOVE + 'Log', fields))
    assert values['/topic/a/b@TextLog:text'] == ['[a.b] hm']
    assert values['/topic/a/b@TextLog:level'] == [level]


def fields_of(*names: str, kind: int = FLOAT, size: int = 4) -> list[dict[str, Any]]:
    return [{'name': name, 'offset': size * i, 'type': kind} for i, name in enumerate(names)]


def test_cloud() -> None:
    numbers = np.array([1, 2, 3, 0.5, math.nan, 5, 6, 0.25], '<f4')
    fields = {
        'pose': {'position': {'x': 9.0}},
        'point_stride': 16,
        'fields': fields_of('x', 'y', 'z', 'intensity'),
        'data': numbers.tobytes(),
    }
    values = values_of(convert(FOXGLOVE + 'PointCloud', {**FRAMED, **fields}))
    assert values['/topic@Points3D:positions'] == [[1.0, 2.0, 3.0]]
    assert values['/topic@Points3D:intensity'] == [0.5]
    assert values['/topic@InstancePoses3D:translations'] == [[9.0, 0.0, 0.0]]


def test_cloud_of_colors() -> None:
    point = np.array([1, 2, 3], '<f4').tobytes() + bytes([10, 20, 30, 40])
    colors = [
        {'name': name, 'offset': 12 + i, 'type': BYTE}
        for i, name in enumerate(('red', 'green', 'blue', 'alpha'))
    ]
    fields = {'point_stride': 16, 'fields': [*fields_of('x', 'y', 'z'), *colors], 'data': point}
    values = values_of(convert(FOXGLOVE + 'PointCloud', fields))
    assert values['/topic@Points3D:colors'] == [0x0A141E28]


@pytest.mark.parametrize('little_endian', [True, False])
def test_scan(*, little_endian: bool) -> None:
    fields = {
        'end_angle': math.pi,
        'ranges': [1.0, math.inf, 2.0],
        'intensities': [1.0, 2.0, 3.0],
        'pose': {'position': {'z': 1.0}},
    }
    values = values_of(
        convert(FOXGLOVE + 'LaserScan', {**FRAMED, **fields}, little_endian=little_endian)
    )
    positions = np.array(values['/topic@Points3D:positions'])
    assert np.allclose(positions, np.array([[1, 0, 0], [-2, 0, 0]]), atol=1e-6)
    assert len(set(values['/topic@Points3D:colors'])) == 2


def grid(data: bytes, *fields: dict[str, Any], stride: int, **change: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        **FRAMED,
        'column_count': 2,
        'cell_size': {'x': 0.5, 'y': 0.5},
        'row_stride': 2 * stride,
        'cell_stride': stride,
        'fields': list(fields),
        'data': data,
        **change,
    }


def test_grid_of_numbers() -> None:
    data = np.array([[0, 1], [2, math.nan]], '<f4').tobytes()
    values = values_of(convert(FOXGLOVE + 'Grid', grid(data, *fields_of('h'), stride=4)))
    pixels = np.array(values['/topic@GridMap:data'][0]).reshape(2, 2, 4)
    assert pixels[0, 1].tolist() == [0, 0, 0, 0], 'the first row is that of the largest y'
    assert pixels[:, :, 3].tolist() == [[255, 0], [255, 255]]
    assert values['/topic@GridMap:cell_size'] == [0.5]


def test_grid_of_colors() -> None:
    colors = fields_of('red', 'green', 'blue', kind=BYTE, size=1)
    data = bytes(range(12))
    values = values_of(convert(FOXGLOVE + 'Grid', grid(data, *colors, stride=3)))
    expected = [6, 7, 8, 255, 9, 10, 11, 255, 0, 1, 2, 255, 3, 4, 5, 255]
    assert values['/topic@GridMap:data'] == [expected]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'column_count': 0}, 'publish whole rows'),
        ({'row_stride': 1}, 'publish whole rows'),
        ({'cell_size': {'x': 1.0, 'y': 2.0}}, 'publish whole rows'),
        ({'fields': []}, 'no fields within its cells'),
        ({'fields': [{'name': 'h', 'offset': 3, 'type': FLOAT}]}, 'no fields within its cells'),
    ],
)
def test_bad_grids(change: dict[str, Any], message: str) -> None:
    fields = grid(bytes(16), *fields_of('h'), stride=4, **change)
    with pytest.raises(ConversionError, match=message):
        convert(FOXGLOVE + 'Grid', fields)
