# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import (
    convert,
    HEADER,
    LOG_TIME,
    to_cdr,
    topic_converter,
    values_of,
)

IMAGE = 'sensor_msgs/msg/Image'
U8, I8, U16, I16, I32, F32, F64 = 6, 7, 8, 9, 11, 34, 35
L, RGB, RGBA, BGR, BGRA = 1, 2, 3, 4, 5
NV12, YUY2, YUV24 = 26, 27, 39


def image(encoding: str, data: bytes, **fields: object) -> dict[str, Any]:
    return {
        'header': HEADER,
        'width': 4,
        'height': 2,
        'encoding': encoding,
        'step': len(data) // 2,
        'data': data,
        **fields,
    }


def shown(fields: dict[str, Any], archetype: str = 'Image') -> tuple[bytes, dict[str, Any]]:
    values = values_of(convert(IMAGE, fields))
    [pixels] = values[f'/topic@{archetype}:buffer']
    [image_format] = values[f'/topic@{archetype}:format']
    assert (image_format.pop('width'), image_format.pop('height')) == (4, 2)
    return bytes(pixels), image_format


def pixel_format(number: int) -> dict[str, int | None]:
    return {'pixel_format': number, 'color_model': None, 'channel_datatype': None}


def channels(model: int | None, datatype: int) -> dict[str, int | None]:
    return {'pixel_format': None, 'color_model': model, 'channel_datatype': datatype}


@pytest.mark.parametrize(
    ('encoding', 'pixel_size', 'expected'),
    [
        ('rgb8', 3, channels(RGB, U8)),
        ('rgba8', 4, channels(RGBA, U8)),
        ('rgb16', 6, channels(RGB, U16)),
        ('rgba16', 8, channels(RGBA, U16)),
        ('bgr8', 3, channels(BGR, U8)),
        ('bgra8', 4, channels(BGRA, U8)),
        ('bgr16', 6, channels(BGR, U16)),
        ('bgra16', 8, channels(BGRA, U16)),
        ('mono8', 1, channels(L, U8)),
        ('mono16', 2, channels(L, U16)),
        ('8UC1', 1, channels(L, U8)),
        ('8UC3', 3, channels(BGR, U8)),
        ('8UC4', 4, channels(BGRA, U8)),
        ('8SC1', 1, channels(L, I8)),
        ('16UC3', 6, channels(BGR, U16)),
        ('16SC1', 2, channels(L, I16)),
        ('32SC1', 4, channels(L, I32)),
        ('32FC3', 12, channels(BGR, F32)),
        ('yuyv', 2, pixel_format(YUY2)),
        ('yuv422_yuy2', 2, pixel_format(YUY2)),
        ('bayer_rggb8', 1, pixel_format(128)),
        ('bayer_bggr8', 1, pixel_format(129)),
        ('bayer_gbrg8', 1, pixel_format(130)),
        ('bayer_grbg8', 1, pixel_format(131)),
    ],
)
def test_encodings_that_rerun_has(
    encoding: str, pixel_size: int, expected: dict[str, int | None]
) -> None:
    data = bytes(range(8 * pixel_size))
    assert shown(image(encoding, data)) == (data, expected)


@pytest.mark.parametrize(
    ('encoding', 'data', 'expected', 'expected_format'),
    [
        ('uyvy', '0011223344556677' * 2, '1100332255447766' * 2, pixel_format(YUY2)),
        ('yuv422', '0011223344556677' * 2, '1100332255447766' * 2, pixel_format(YUY2)),
        ('nv12', '000102030405060708090a0b', '000102030405060708090a0b', pixel_format(NV12)),
        ('nv21', '000102030405060708090a0b', '000102030405060709080b0a', pixel_format(NV12)),
        (
            'nv24',
            '00' * 8 + '1020' * 8,
            '00' * 8 + '10' * 8 + '20' * 8,
            pixel_format(YUV24),
        ),
        ('bayer_rggb16', '0110' * 8, '10' * 8, pixel_format(128)),
        ('bayer_grbg16', 'ff20' * 8, '20' * 8, pixel_format(131)),
    ],
)
def test_encodings_that_are_rewritten(
    encoding: str, data: str, expected: str, expected_format: dict[str, int | None]
) -> None:
    step = 4 if encoding.startswith('nv') else 8
    fields = image(encoding, bytes.fromhex(data), step=step)
    assert shown(fields) == (bytes.fromhex(expected), expected_format)


@pytest.mark.parametrize(
    ('encoding', 'pixel_size', 'datatype', 'meter'),
    [('16UC1', 2, U16, 1000.0), ('32FC1', 4, F32, 1.0), ('64FC1', 8, F64, 1.0)],
)
def test_depth(encoding: str, pixel_size: int, datatype: int, meter: float) -> None:
    fields = image(encoding, bytes(range(8 * pixel_size)))
    assert shown(fields, 'DepthImage') == (fields['data'], channels(None, datatype))
    assert values_of(convert(IMAGE, fields))['/topic@DepthImage:meter'] == [meter]
    options = TopicOptions(depth_meter=500.0)
    rows = convert(IMAGE, fields, options=options)
    assert values_of(rows)['/topic@DepthImage:meter'] == [500.0]


@pytest.mark.parametrize('last_row', [12, 16])
def test_gaps_between_rows_are_left_out(last_row: int) -> None:
    data = bytes(range(16)) + bytes(range(100, 100 + last_row))
    pixels, _ = shown(image('rgb8', data, step=16))
    assert pixels == bytes(range(12)) + bytes(range(100, 112))


def test_gaps_between_rows_of_planes_are_left_out() -> None:
    rows = [bytes([i] * 4) for i in range(3)]
    pixels, _ = shown(image('nv12', b'--'.join(rows), step=6))
    assert pixels == b''.join(rows)


def test_missing_step_means_no_gaps() -> None:
    data = bytes(range(24))
    assert shown(image('rgb8', data, step=0))[0] == data


@pytest.mark.parametrize(
    ('encoding', 'archetype', 'expected'),
    [
        ('16UC1', 'DepthImage', '0100030205040706' * 2),
        ('mono16', 'Image', '0100030205040706' * 2),
        ('mono8', 'Image', '00010203'),
        ('bayer_rggb16', 'Image', '0002040600020406'),
    ],
)
def test_big_endian_pixels(encoding: str, archetype: str, expected: str) -> None:
    data = bytes(range(4)) * 2 if encoding == 'mono8' else bytes(range(8)) * 2
    pixels, _ = shown(image(encoding, data, is_bigendian=1), archetype)
    assert pixels == (data if encoding == 'mono8' else bytes.fromhex(expected))


@pytest.mark.parametrize('encoding', ['rgb8', 'mono8', '16UC1', '32FC1', 'yuyv', 'bayer_rggb8'])
@pytest.mark.parametrize('wrap', [bytes, memoryview])
def test_pixels_are_not_copied(encoding: str, wrap: type) -> None:
    pixel_size = {'rgb8': 3, '16UC1': 2, '32FC1': 4, 'yuyv': 2}.get(encoding, 1)
    size = 640 * 480 * pixel_size
    fields = image(encoding, bytes(size), width=640, height=480, step=640 * pixel_size)
    data = to_cdr(IMAGE, fields)
    rows = topic_converter(IMAGE).convert(
        wrap(data), log_time_nanos=LOG_TIME, publish_time_nanos=LOG_TIME
    )
    [pixels] = rows[-1].datas[0]
    assert len(pixels) == size
    assert np.shares_memory(np.frombuffer(pixels, np.uint8), np.frombuffer(data, np.uint8))


def test_change_of_archetype_clears_the_old_one() -> None:
    converter = topic_converter(IMAGE)
    for encoding, size, cleared in (
        ('rgb8', 24, set()),
        ('bgr8', 24, set()),
        ('16UC1', 16, {'Image:buffer', 'Image:format'}),
        ('mono8', 8, {'DepthImage:buffer', 'DepthImage:format', 'DepthImage:meter'}),
    ):
        rows = convert(IMAGE, image(encoding, bytes(size)), using=converter)
        values = values_of(rows)
        empty = {name.partition('@')[2] for name, value in values.items() if not value}
        assert empty == cleared, encoding


def test_frame_is_that_of_the_image_plane() -> None:
    rows = convert(IMAGE, image('mono8', bytes(8)))
    assert values_of(rows)['/topic@CoordinateFrame:frame'] == ['base_image_plane']


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        (image('mono8', b'', width=0), 'is 0 x 2 pixels'),
        (image('mono8', b'', height=0), 'is 4 x 0 pixels'),
        (image('', bytes(8)), "encoding '' cannot be shown"),
        (image('8UC2', bytes(16)), "'8UC2' cannot be shown"),
        (image('8FC1', bytes(8)), "'8FC1' cannot be shown"),
        (image('rgb8', bytes(24), step=11), 'step is 11'),
        (image('rgb8', bytes(23), step=12), 'there are 23 bytes'),
        (image('rgb8', bytes(24), step=2**32 - 1), 'there are 24 bytes'),
        (image('rgb8', bytes(24), width=2**32 - 1, height=2**32 - 1, step=0), 'there are 24'),
        (image('mono8', b'', step=4), 'there are 0 bytes'),
        (image('yuyv', bytes(12), width=3, step=6), 'yuyv cannot be 3 x 2'),
        (image('nv12', bytes(18), height=3, step=4), 'nv12 cannot be 4 x 3'),
        (image('nv24', bytes(20), step=4), 'in each of 6 rows'),
    ],
)
def test_bad_images(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(IMAGE, fields)
