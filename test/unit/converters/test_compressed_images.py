# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from rerun_bridge.archetypes import VideoCodec
from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.png_files import write_gray_png
from test.unit.converters.ros_messages import (
    convert,
    HEADER,
    LOG_TIME,
    to_cdr,
    topic_converter,
    values_of,
)

COMPRESSED = 'sensor_msgs/msg/CompressedImage'
JPEG = b'\xff\xd8\xff\xe0 jpeg'
PNG = b'\x89PNG\r\n\x1a\n png'
WEBP = b'RIFF\0\1\2\3WEBP webp'
DEPTH_HEADER = struct.pack('<iff', 1, 100.0, 2.0)


def file(image_format: str, data: bytes) -> dict[str, Any]:
    return {'header': HEADER, 'format': image_format, 'data': data}


@pytest.mark.parametrize(
    ('image_format', 'data', 'media_type'),
    [
        ('jpeg', JPEG, 'image/jpeg'),
        ('rgb8; jpeg compressed bgr8', JPEG, 'image/jpeg'),
        ('jpeg', PNG, 'image/png'),
        ('', WEBP, 'image/webp'),
        ('tiff', b'II*\0', 'image/tiff'),
    ],
)
def test_files_are_what_their_bytes_say(image_format: str, data: bytes, media_type: str) -> None:
    values = values_of(convert(COMPRESSED, file(image_format, data)))
    assert bytes(values['/topic@EncodedImage:blob'][0]) == data
    assert values['/topic@EncodedImage:media_type'] == [media_type]
    assert values['/topic@CoordinateFrame:frame'] == ['base_image_plane']


@pytest.mark.parametrize(
    ('image_format', 'codec'),
    [
        ('h264', VideoCodec.H264),
        ('H265', VideoCodec.H265),
        ('bgr8; hevc', VideoCodec.H265),
        ('av1', VideoCodec.AV1),
    ],
)
def test_video(image_format: str, codec: VideoCodec) -> None:
    converter = topic_converter(COMPRESSED)
    fields = file(image_format, b'\0\0\0\1\x67frame')
    rows = convert(COMPRESSED, fields, using=converter)
    values = values_of(rows)
    assert bytes(values['/topic@VideoStream:sample'][0]) == fields['data']
    assert values['/topic@VideoStream:codec'] == [codec]
    [codec_row] = [row for row in rows if row.layout.components[0].name == 'VideoStream:codec']
    assert not codec_row.times
    again = values_of(convert(COMPRESSED, fields, using=converter))
    assert list(again) == ['/topic@VideoStream:sample']


@pytest.mark.parametrize(
    ('image_format', 'data', 'blob', 'media_type', 'meter'),
    [
        ('16UC1; compressedDepth png', DEPTH_HEADER + PNG, PNG, 'image/png', 1000.0),
        ('16UC1; compressedDepth', DEPTH_HEADER + PNG, PNG, 'image/png', 1000.0),
        ('16UC1; compressedDepth rvl', DEPTH_HEADER + b'rvl', None, 'application/rvl', 1000.0),
        ('32FC1; compressedDepth rvl', DEPTH_HEADER + b'rvl', None, 'application/rvl', 1.0),
    ],
)
def test_encoded_depth(
    image_format: str, data: bytes, blob: bytes | None, media_type: str, meter: float
) -> None:
    values = values_of(convert(COMPRESSED, file(image_format, data)))
    assert bytes(values['/topic@EncodedDepthImage:blob'][0]) == (blob or data)
    assert values['/topic@EncodedDepthImage:media_type'] == [media_type]
    assert values['/topic@EncodedDepthImage:meter'] == [meter]


def test_quantized_depth_becomes_meters() -> None:
    inverse = np.array([[0, 3, 12], [52, 102, 4]], np.uint16)
    data = DEPTH_HEADER + write_gray_png(inverse)
    options = TopicOptions(depth_meter=2.0)
    fields = file('32FC1; compressedDepth png', data)
    values = values_of(convert(COMPRESSED, fields, options=options))
    [pixels] = values['/topic@DepthImage:buffer']
    depths = np.frombuffer(bytes(pixels), '<f4')
    np.testing.assert_allclose(depths, [np.nan, 100.0, 10.0, 2.0, 1.0, 50.0])
    [image_format] = values['/topic@DepthImage:format']
    assert (image_format['width'], image_format['height']) == (3, 2)
    assert image_format['channel_datatype'] == 34
    assert values['/topic@DepthImage:meter'] == [2.0]


@pytest.mark.parametrize(
    ('image_format', 'start'), [('jpeg', JPEG), ('16UC1; compressedDepth', DEPTH_HEADER + PNG)]
)
def test_files_are_not_copied(image_format: str, start: bytes) -> None:
    data = to_cdr(COMPRESSED, file(image_format, start + bytes(100_000)))
    rows = topic_converter(COMPRESSED).convert(
        data, log_time_nanos=LOG_TIME, publish_time_nanos=LOG_TIME
    )
    [blob] = rows[-1].datas[0]
    assert np.shares_memory(np.frombuffer(blob, np.uint8), np.frombuffer(data, np.uint8))


def test_change_of_format_clears_what_was_there() -> None:
    converter = topic_converter(COMPRESSED)
    convert(COMPRESSED, file('jpeg', JPEG), using=converter)
    rows = convert(COMPRESSED, file('16UC1; compressedDepth', DEPTH_HEADER + PNG), using=converter)
    values = values_of(rows)
    assert values['/topic@EncodedImage:blob'] == []
    assert values['/topic@EncodedImage:media_type'] == []


@pytest.mark.parametrize(
    ('image_format', 'data', 'message'),
    [
        ('jpeg', b'', 'has no bytes'),
        ('jpeg', b'garbage', 'neither JPEG, PNG nor WebP'),
        ('RIFF', b'RIFF\0\0\0\0WAVE', 'neither JPEG, PNG nor WebP'),
        ('16UC1; compressedDepth', DEPTH_HEADER, '12 bytes cannot be read'),
        ('8UC1; compressedDepth', DEPTH_HEADER + PNG, '8UC1.*cannot be read'),
        ('16UC1; compressedDepth png', PNG + bytes(20), 'no PNG file in it'),
        ('32FC1; compressedDepth png', DEPTH_HEADER + PNG, 'no header'),
    ],
)
def test_bad_files(image_format: str, data: bytes, message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(COMPRESSED, file(image_format, data))
