# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, topic_converter, values_of

TYPES = [
    *(f'{sign}Int{bits}' for sign in ('', 'U') for bits in (8, 16, 32, 64)),
    'Float32',
    'Float64',
]


def layout(*sizes: int, strides: tuple[int, ...] = (), offset: int = 0) -> dict[str, Any]:
    strides = strides or (0,) * len(sizes)
    return {
        'dim': [
            {'label': f'd{i}', 'size': size, 'stride': stride}
            for i, (size, stride) in enumerate(zip(sizes, strides, strict=True))
        ],
        'data_offset': offset,
    }


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('name', TYPES)
def test_few_numbers_are_curves(name: str, *, little_endian: bool) -> None:
    fields = {'data': list(range(64))}
    values = values_of(
        convert(f'std_msgs/msg/{name}MultiArray', fields, little_endian=little_endian)
    )
    assert values == {'/topic@Scalars:scalars': [float(i) for i in range(64)]}


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize('name', ['Int16', 'UInt8', 'Float32', 'Float64'])
def test_many_numbers_are_bars(name: str, *, little_endian: bool) -> None:
    fields = {'layout': layout(65), 'data': list(range(65))}
    values = values_of(
        convert(f'std_msgs/msg/{name}MultiArray', fields, little_endian=little_endian)
    )
    [tensor] = values['/topic@BarChart:values']
    assert tensor['shape'] == [65]
    assert tensor['buffer'] == list(range(65))


@pytest.mark.parametrize('little_endian', [True, False])
@pytest.mark.parametrize(
    ('given', 'numbers'),
    [
        (layout(2, 3), [0, 1, 2, 3, 4, 5]),
        (layout(2, 3, strides=(6, 3)), [0, 1, 2, 3, 4, 5]),
        (layout(2, 3, strides=(8, 4)), [0, 1, 2, 4, 5, 6]),
        (layout(2, 3, strides=(8, 4), offset=1), [1, 2, 3, 5, 6, 7]),
        (layout(2, 0), []),
    ],
)
def test_several_dimensions_are_a_tensor(
    given: dict[str, Any], numbers: list[int], *, little_endian: bool
) -> None:
    fields = {'layout': given, 'data': np.arange(9)}
    values = values_of(
        convert('std_msgs/msg/Int32MultiArray', fields, little_endian=little_endian)
    )
    [tensor] = values['/topic@Tensor:data']
    assert tensor['shape'] == [each['size'] for each in given['dim']]
    assert tensor['names'] == ['d0', 'd1']
    assert tensor['buffer'] == numbers


@pytest.mark.parametrize('given', [layout(2, 5), layout(2**31, 2**31), layout(3, 3, offset=1)])
def test_layouts_that_do_not_fit(given: dict[str, Any]) -> None:
    with pytest.raises(ConversionError, match='does not fit into 9'):
        convert('std_msgs/msg/Int32MultiArray', {'layout': given, 'data': np.arange(9)})


def test_offset_of_one_dimension() -> None:
    fields = {'layout': layout(3, offset=2), 'data': np.arange(4)}
    values = values_of(convert('std_msgs/msg/UInt16MultiArray', fields))
    assert values == {'/topic@Scalars:scalars': [2.0, 3.0]}


def test_change_of_kind_ends_what_was_there() -> None:
    type_name = 'std_msgs/msg/Float32MultiArray'
    converter = topic_converter(type_name)
    convert(type_name, {'data': np.arange(3)}, using=converter)
    values = values_of(convert(type_name, {'data': np.arange(100)}, using=converter))
    assert values['/topic@Scalars:scalars'] == []
