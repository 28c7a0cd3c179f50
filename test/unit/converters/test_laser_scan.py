# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.converters.palette import turbo
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

SCAN = 'sensor_msgs/msg/LaserScan'


def scan(
    ranges: list[float], intensities: list[float] | None = None, **fields: object
) -> dict[str, Any]:
    return {
        'header': HEADER,
        'angle_min': 0.0,
        'angle_increment': math.pi / 2,
        'range_min': 0.5,
        'range_max': 10.0,
        'ranges': ranges,
        'intensities': intensities or [],
        **fields,
    }


def shown(fields: dict[str, Any], color_by: str = 'auto') -> dict[str, Any]:
    return values_of(convert(SCAN, fields, options=TopicOptions(color_by=color_by)))


def positions(fields: dict[str, Any]) -> list[list[float]]:
    return shown(fields)['/topic@Points3D:positions']  # type: ignore[no-any-return]


@pytest.mark.parametrize('little_endian', [True, False])
def test_polar_to_plane(*, little_endian: bool) -> None:
    rows = convert(SCAN, scan([1, 2, 3, 4]), little_endian=little_endian)
    found = values_of(rows)['/topic@Points3D:positions']
    expected = [[1, 0, 0], [0, 2, 0], [-3, 0, 0], [0, -4, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_scanning_backwards() -> None:
    fields = scan([1, 2], angle_min=math.pi / 2, angle_increment=-math.pi / 2)
    np.testing.assert_allclose(positions(fields), [[0, 1, 0], [2, 0, 0]], atol=1e-6)


@pytest.mark.parametrize('bad', [math.nan, math.inf, -math.inf, 0.0, 0.4, 10.1, -1.0])
def test_invalid_ranges_are_left_out(bad: float) -> None:
    found = positions(scan([1, bad, 3]))
    np.testing.assert_allclose(found, [[1, 0, 0], [-3, 0, 0]], atol=1e-6)


def test_limits_belong_to_the_range() -> None:
    assert len(positions(scan([0.5, 10.0]))) == 2


def test_infinite_range_max_keeps_numbers_only() -> None:
    assert len(positions(scan([1, math.inf, 1e30], range_max=math.inf))) == 2


@pytest.mark.parametrize('fields', [scan([]), scan([math.nan] * 4), scan([1], range_max=math.nan)])
def test_scans_of_nothing(fields: dict[str, Any]) -> None:
    assert positions(fields) == []


def test_intensities_color_the_valid_points() -> None:
    fields = scan([1, math.nan, 3, 4], [0, 100, 5, 9])
    expected = turbo(np.array([0, 5, 9])).tolist()
    assert shown(fields)['/topic@Points3D:colors'] == expected
    assert '/topic@Points3D:colors' not in shown(fields, color_by='flat')


def test_options_of_points_and_colors() -> None:
    options = TopicOptions(stride=2, max_points=2, color_range=(0.0, 10.0))
    fields = scan([1, math.nan, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 70])
    values = values_of(convert(SCAN, fields, options=options))
    ranges = np.linalg.norm(values['/topic@Points3D:positions'], axis=1)
    np.testing.assert_allclose(ranges, [1, 3], rtol=1e-6)
    expected = turbo(np.array([1, 4]), (0.0, 10.0)).tolist()
    assert values['/topic@Points3D:colors'] == expected
    near = values_of(convert(SCAN, fields, options=TopicOptions(voxel=100.0)))
    assert len(near['/topic@Points3D:positions']) == 4


def test_colors_end_with_the_intensities() -> None:
    converter = topic_converter(SCAN)
    convert(SCAN, scan([1], [1]), using=converter)
    assert values_of(convert(SCAN, scan([1]), using=converter))['/topic@Points3D:colors'] == []


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        (scan([1, 2], [1]), '2 ranges but 1 intensities'),
        (scan([1], angle_min=math.nan), 'angles of the scan are not finite'),
        (scan([1, 2], angle_increment=math.inf), 'angles of the scan are not finite'),
    ],
)
def test_bad_scans(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(SCAN, fields)
