# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

CAMERA = 'sensor_msgs/msg/CameraInfo'
K = [500.0, 0.0, 320.0, 0.0, 510.0, 240.0, 0.0, 0.0, 1.0]
P = [400.0, 0.0, 321.0, -40.0, 0.0, 410.0, 241.0, 0.0, 0.0, 0.0, 1.0, 0.0]
INFO: dict[str, Any] = {'header': HEADER, 'width': 640, 'height': 480, 'k': K, 'p': P}


def matrix(fx: float, cx: float, fy: float, cy: float) -> list[list[float]]:
    """Return the instances of an image_from_camera, which is stored by columns."""
    return [[fx, 0.0, 0.0, 0.0, fy, 0.0, cx, cy, 1.0]]


@pytest.mark.parametrize(
    ('fields', 'expected', 'resolution'),
    [
        ({}, matrix(500, 320, 510, 240), [640, 480]),
        ({'binning_x': 1, 'binning_y': 1}, matrix(500, 320, 510, 240), [640, 480]),
        ({'binning_x': 2, 'binning_y': 4}, matrix(250, 160, 127.5, 60), [320, 120]),
        (
            {'roi': {'x_offset': 20, 'y_offset': 40, 'width': 200, 'height': 100}},
            matrix(500, 300, 510, 200),
            [200, 100],
        ),
        (
            {
                'roi': {'x_offset': 20, 'y_offset': 40, 'width': 200, 'height': 100},
                'binning_x': 2,
                'binning_y': 2,
            },
            matrix(250, 150, 255, 100),
            [100, 50],
        ),
    ],
)
def test_region_and_binning(
    fields: dict[str, Any], expected: list[list[float]], resolution: list[int]
) -> None:
    values = values_of(convert(CAMERA, {**INFO, **fields}))
    assert values['/topic@Pinhole:image_from_camera'] == expected
    assert values['/topic@Pinhole:resolution'] == [resolution]


@pytest.mark.parametrize(
    ('topic', 'is_rectified'),
    [
        ('/camera/camera_info', False),
        ('/camera/direct/camera_info', False),
        ('/rectory/camera_info', False),
        ('/camera/image_rect/camera_info', True),
        ('/camera/image_rect_color/camera_info', True),
        ('/camera/rect/camera_info', True),
        ('/camera_rectified/camera_info', True),
    ],
)
def test_matrix_of_rectified_images(topic: str, *, is_rectified: bool) -> None:
    values = values_of(convert(CAMERA, INFO, topic=topic))
    expected = matrix(400, 321, 410, 241) if is_rectified else matrix(500, 320, 510, 240)
    assert values[f'{topic}@Pinhole:image_from_camera'] == expected


def test_frames_lead_to_the_image_plane() -> None:
    rows = convert(CAMERA, INFO)
    values = values_of(rows)
    assert values['/topic@Pinhole:parent_frame'] == ['base']
    assert values['/topic@Pinhole:child_frame'] == ['base_image_plane']
    assert '/topic@CoordinateFrame:frame' not in values
    assert [each.is_retained for each in rows] == [True]


def test_no_frame() -> None:
    values = values_of(convert(CAMERA, {**INFO, 'header': {'stamp': HEADER['stamp']}}))
    assert set(values) == {
        '/topic@Pinhole:image_from_camera',
        '/topic@Pinhole:image_plane_distance',
        '/topic@Pinhole:resolution',
    }


def test_repetitions_are_left_out() -> None:
    converter = topic_converter(CAMERA)
    counts = [
        len(convert(CAMERA, {**INFO, **fields}, using=converter))
        for fields in ({}, {}, {'width': 320}, {'width': 320}, {})
    ]
    assert counts == [1, 0, 1, 0, 1]
    converter.reset()
    assert len(convert(CAMERA, INFO, using=converter)) == 1


def test_uncalibrated_camera_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    converter = topic_converter(CAMERA, '/front/camera_info')
    for _ in range(3):
        assert convert(CAMERA, {**INFO, 'k': [0.0] * 9}, using=converter) == []
    assert [record.levelname for record in caplog.records] == ['WARNING']
    assert '/front/camera_info: the camera is not calibrated' in caplog.text


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ({'width': 0}, '0 x 480 pixels'),
        ({'height': 0}, '640 x 0 pixels'),
        ({'k': [float('nan')] * 9}, 'not finite'),
        ({'k': [float('inf')] * 9}, 'not finite'),
    ],
)
def test_bad_cameras(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(CAMERA, {**INFO, **fields})
