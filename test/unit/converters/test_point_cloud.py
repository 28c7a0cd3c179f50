# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.converters.palette import turbo
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, topic_converter, values_of
from test.unit.converters.samples import cloud, structured, XYZ

CLOUD = 'sensor_msgs/msg/PointCloud2'
POINTS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
RGB_CODE = 0x99FF8040


def shown(fields: dict[str, Any], color_by: str = 'auto', **options: Any) -> dict[str, Any]:  # noqa: ANN401
    rows = convert(CLOUD, fields, options=TopicOptions(color_by=color_by, **options))
    values = values_of(rows)
    return {name.partition(':')[2]: value for name, value in values.items() if 'Points3D' in name}


@pytest.mark.parametrize('order', ['<', '>'])
@pytest.mark.parametrize('kind', ['f4', 'f8', 'i2', 'u1', 'i4'])
def test_positions_of_any_type(kind: str, order: str) -> None:
    points = structured([(name, order + kind) for name in 'xyz'], POINTS)
    assert shown(cloud(points, is_bigendian=order == '>'))['positions'] == POINTS


def test_any_order_with_gaps() -> None:
    dtype = np.dtype(
        {
            'names': ['z', 'x', 'y'],
            'formats': ['<f8', '<f4', '<i2'],
            'offsets': [4, 16, 22],
            'itemsize': 31,
        }
    )
    points = np.zeros(2, dtype)
    for name, column in zip('xyz', np.transpose(POINTS), strict=True):
        points[name] = column
    assert shown(cloud(points))['positions'] == POINTS


def test_organized_clouds_with_padded_rows() -> None:
    points = structured(XYZ, [[i, 0, 0] for i in range(6)]).reshape(2, 3)
    row = points[0].tobytes()
    data = row + b'padding' + points[1].tobytes()
    found = shown(cloud(points, row_step=len(row) + 7, data=data))
    assert [x for x, _, _ in found['positions']] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize('row_step', [0, 1, 24])
def test_row_step_of_one_row_does_not_matter(row_step: int) -> None:
    assert shown(cloud(structured(XYZ, POINTS), row_step=row_step))['positions'] == POINTS


def test_missing_row_step() -> None:
    points = structured(XYZ, POINTS).reshape(2, 1)
    assert shown(cloud(points, row_step=0))['positions'] == POINTS


@pytest.mark.parametrize('kind', ['<f4', '<u4', '<i4', '>u4'])
@pytest.mark.parametrize(('name', 'color'), [('rgb', 0xFF8040FF), ('rgba', 0xFF804099)])
def test_packed_colors(name: str, color: int, kind: str) -> None:
    order = kind[0]
    points = np.zeros(2, [(axis, f'{order}f4') for axis in 'xyz'] + [(name, kind)])
    points[name] = np.array([RGB_CODE] * 2, f'{order}u4').view(kind)
    found = shown(cloud(points, is_bigendian=order == '>'))
    assert found['colors'] == [color] * 2
    assert name not in found


@pytest.mark.parametrize(
    ('kind', 'values'),
    [
        ('u1', (255, 128, 64)),
        ('<u2', (0xFF00, 0x80FF, 0x4001)),
        ('<i2', (300, 128, 64)),
        ('<f4', (1.5, 0.502, 0.251)),
    ],
)
def test_channels_of_colors(kind: str, values: tuple[float, ...]) -> None:
    fields = [*XYZ, *((name, kind) for name in 'rgb')]
    points = structured(fields, [[0, 0, 0, *values]])
    assert shown(cloud(points))['colors'] == [0xFF8040FF]
    with_alpha = structured([*fields, ('a', kind)], [[0, 0, 0, *values, values[1]]])
    assert shown(cloud(with_alpha))['colors'] == [0xFF804080]


@pytest.mark.parametrize(
    ('names', 'color_by', 'field'),
    [
        ('xyz', 'auto', 'z'),
        ('xyzi', 'auto', 'z'),
        (['x', 'y', 'z', 'intensity'], 'auto', 'intensity'),
        (['x', 'y', 'z', 'reflectivity'], 'auto', 'reflectivity'),
        (['x', 'y', 'z', 'intensities'], 'intensity', 'intensities'),
        (['x', 'y', 'z', 'intensity'], 'x', 'x'),
        (['x', 'y', 'z', 'rgb', 'ring'], 'ring', 'ring'),
        (['x', 'y', 'z', 'rgb'], 'y', 'y'),
    ],
)
def test_color_by(names: list[str], color_by: str, field: str) -> None:
    rng = np.random.default_rng(3)
    points = np.zeros(9, [(name, '<f4') for name in names])
    for name in names:
        points[name] = rng.random(9)
    expected = turbo(points[field]).tolist()
    assert shown(cloud(points), color_by=color_by)['colors'] == expected


def test_range_of_colors() -> None:
    points = structured([*XYZ, ('ring', '<u2')], [[0, 0, 0, ring] for ring in (0, 5, 10, 99)])
    expected = turbo(np.array([0, 5, 10, 10])).tolist()
    found = shown(cloud(points), 'ring', color_range=(0.0, 10.0))
    assert found['colors'] == expected


@pytest.mark.parametrize('order', ['<', '>'])
@pytest.mark.parametrize('shape', [(24,), (4, 6)])
@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        ({'stride': 5}, [0, 5, 12, 17, 22]),
        ({'max_points': 4}, [0, 5, 13, 18]),
        ({'voxel': 2.0}, [0, 2, 4, 6, 9, 10, 12, 14, 16, 18, 20, 22]),
        ({'voxel': 2.0, 'stride': 3, 'max_points': 3}, [0, 6, 12]),
    ],
)
def test_all_fields_of_the_points_that_stay(
    order: str, shape: tuple[int, ...], options: dict[str, Any], expected: list[int]
) -> None:
    points = np.zeros(24, [(name, f'{order}f4') for name in 'xyz'] + [('ring', f'{order}u2')])
    points['x'] = points['ring'] = np.arange(24)
    points['x'][[7, 8]] = np.nan
    fields = cloud(points.reshape(shape), is_dense=False, is_bigendian=order == '>')
    found = shown(fields, 'x', **options)
    assert found['ring'] == expected
    assert found['positions'] == [[i, 0, 0] for i in expected]
    assert found['colors'] == turbo(np.array(expected)).tolist()


def test_a_cube_holds_what_is_no_point_back() -> None:
    points = structured([*XYZ, ('ring', '<u2')], [[np.nan, 0, 0, 1], [0, 0, 0, 2], [0.5, 0, 0, 3]])
    assert shown(cloud(points, is_dense=True), voxel=1.0)['ring'] == [2]


@pytest.mark.parametrize(
    'fields', [{}, cloud(structured(XYZ, [[np.nan] * 3] * 4), is_dense=False)]
)
def test_of_no_points_none_stay(fields: dict[str, Any]) -> None:
    assert shown(fields, voxel=1.0, stride=2, max_points=1)['positions'] == []


def test_flat_has_no_colors() -> None:
    assert 'colors' not in shown(cloud(structured(XYZ, POINTS)), color_by='flat')


def test_other_fields_are_components_of_their_type() -> None:
    fields = [*XYZ, ('intensity', '<f4'), ('ring', '<u2'), ('time', '<f8'), ('radii', '<f4')]
    points = structured(fields, [[1, 2, 3, 0.5, 7, 0.1, 9], [4, 5, 6, 0.25, 8, 0.2, 9]])
    found = shown(cloud(points))
    assert found['intensity'] == [0.5, 0.25]
    assert found['ring'] == [7, 8]
    assert found['time'] == [0.1, 0.2]
    assert 'radii' not in found


def test_arrays_per_point_are_left_out() -> None:
    fields = cloud(structured([*XYZ, ('histogram', '<f4')], [[1, 2, 3, 4]]))
    fields['fields'][-1]['count'] = 33
    assert set(shown(fields)) == {'positions', 'colors'}


def test_fields_without_a_name_are_padding() -> None:
    fields = cloud(structured([*XYZ, ('pad', '<f4')], [[1, 2, 3, 4]]))
    fields['fields'][-1]['name'] = ''
    assert set(shown(fields)) == {'positions', 'colors'}


def test_a_count_that_is_left_out_is_one() -> None:
    fields = cloud(structured([*XYZ, ('ring', '<u2')], [[1, 2, 3, 4]]))
    for field in fields['fields']:
        field['count'] = 0
    found = shown(fields)
    assert found['positions'] == [[1.0, 2.0, 3.0]]
    assert found['ring'] == [4]


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize('axis', [0, 1, 2])
def test_points_that_are_no_points_are_left_out(bad: float, axis: int) -> None:
    rows = [[*POINTS[0], 1.0], [*POINTS[1], 2.0], [7.0, 8.0, 9.0, 3.0]]
    rows[1][axis] = bad
    points = structured([*XYZ, ('intensity', '<f4')], rows)
    found = shown(cloud(points, is_dense=False), color_by='intensity')
    assert found['positions'] == [POINTS[0], [7.0, 8.0, 9.0]]
    assert found['intensity'] == [1.0, 3.0]
    assert len(found['colors']) == 2
    assert len(shown(cloud(points, is_dense=True))['positions']) == 3


def test_all_points_bad() -> None:
    points = structured(XYZ, [[np.nan] * 3] * 4)
    assert shown(cloud(points, is_dense=False)) == {'positions': [], 'colors': []}


@pytest.mark.parametrize(
    'fields',
    [
        {},
        {'height': 1, 'width': 0, 'point_step': 16},
        {'height': 5, 'width': 0, 'row_step': 99},
        cloud(structured(XYZ, [])),
    ],
)
def test_empty_clouds_have_no_points(fields: dict[str, Any]) -> None:
    assert shown(fields)['positions'] == []


def test_what_the_next_cloud_lacks_is_cleared() -> None:
    converter = topic_converter(CLOUD, options=TopicOptions(color_by='auto'))
    ring = cloud(structured([*XYZ, ('ring', '<u2')], [[1, 2, 3, 4]]))
    convert(CLOUD, ring, using=converter)
    values = values_of(convert(CLOUD, {}, using=converter))
    assert values['/topic@Points3D:colors'] == []
    assert values['/topic@Points3D:ring'] == []


GOOD = cloud(structured([*XYZ, ('ring', '<u2')], [[1, 2, 3, 4]] * 4))


@pytest.mark.parametrize(
    ('changes', 'color_by', 'message'),
    [
        ({'width': 5}, 'auto', 'does not fit into 56 bytes'),
        ({'point_step': 0}, 'auto', 'point_step 0'),
        ({'point_step': 15}, 'auto', 'does not fit|ends behind'),
        ({'width': 2**32 - 1, 'height': 2**32 - 1}, 'auto', 'does not fit'),
        ({'width': 2, 'height': 2, 'row_step': 27}, 'auto', 'row_step 27'),
        ({'width': 2, 'height': 2, 'row_step': 2**32 - 1}, 'auto', 'does not fit'),
        ({'data': b''}, 'auto', 'does not fit into 0 bytes'),
        ({'fields': GOOD['fields'][:2]}, 'auto', "no field 'z'; it has x, y"),
        ({'fields': []}, 'auto', "no field 'x'; it has none"),
        ({'fields': [{**GOOD['fields'][0], 'datatype': 9}]}, 'auto', "no field 'x'"),
        (
            {'fields': [{**each, 'offset': 11} for each in GOOD['fields']]},
            'auto',
            "'x' at offset 11",
        ),
        (
            {'fields': [{**each, 'offset': 2**32 - 1} for each in GOOD['fields']]},
            'auto',
            'ends behind',
        ),
        ({}, 'speed', "no field 'speed'; it has x, y, z, ring"),
        ({}, 'rgb', "no field 'rgb'"),
    ],
)
def test_bad_clouds(changes: dict[str, Any], color_by: str, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        shown({**GOOD, **changes}, color_by)


layouts = st.fixed_dictionaries(
    {
        'width': st.integers(0, 5),
        'height': st.integers(0, 4),
        'point_step': st.integers(0, 40),
        'row_step': st.integers(0, 90),
        'data': st.binary(max_size=200),
        'is_bigendian': st.booleans(),
        'is_dense': st.booleans(),
        'fields': st.lists(
            st.fixed_dictionaries(
                {
                    'name': st.sampled_from(['x', 'y', 'z', 'rgb', 'r', 'g', 'b', 'ring', '']),
                    'offset': st.integers(0, 40),
                    'datatype': st.integers(0, 9),
                    'count': st.integers(0, 2),
                }
            ),
            max_size=8,
        ),
    }
)


@settings(max_examples=300, deadline=None)
@given(layouts)
def test_any_layout_is_points_or_a_conversion_error(fields: dict[str, Any]) -> None:
    try:
        found = shown(fields)
    except ConversionError:
        return
    count = len(found['positions'])
    assert count <= fields['width'] * fields['height']
    assert {len(column) for column in found.values()} <= {count}
