# SPDX-License-Identifier: Apache-2.0
"""Pictures are logged in the size and encoding that the user wants, and fill the same view."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image as Picture
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.errors import ConversionError
from test.unit.converters.image_samples import colors, GRAY, grays, HEIGHT, image, WIDTH
from test.unit.converters.png_files import write_gray_png
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

IMAGE, FILE = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
HALF = TopicOptions(resize=0.5)
ALL = TopicOptions(resize=0.5, jpeg_quality=80, encode='h264')


def shown(type_name: str, fields: dict[str, Any], options: TopicOptions) -> dict[str, Any]:
    values = values_of(convert(type_name, fields, options=options))
    assert values.pop('/topic@CoordinateFrame:frame') == ['base_image_plane']
    return {name.partition('@')[2]: value for name, value in values.items()}


def decoded(values: dict[str, Any]) -> Any:  # noqa: ANN401
    assert values['EncodedImage:media_type'] == ['image/jpeg']
    picture = Picture.open(io.BytesIO(bytes(values['EncodedImage:blob'][0])))
    assert picture.format == 'JPEG'
    return picture


def pixels(values: dict[str, Any]) -> np.ndarray[Any, Any]:
    [image_format] = values['Image:format']
    assert image_format['channel_datatype'] == 6
    data = np.array(values['Image:buffer'][0], np.uint8)
    return data.reshape(image_format['height'], image_format['width'], -1)


def small(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the averages of four pixels each."""
    height, width, *rest = picture.shape
    quads = picture.reshape(height // 2, 2, width // 2, 2, *rest)
    found: np.ndarray[Any, Any] = quads.mean(axis=(1, 3))
    return found


@pytest.mark.parametrize('encoding', ['bgr8', 'rgb16', 'yuyv', 'bayer_grbg8', 'mono8'])
def test_jpeg(encoding: str) -> None:
    values = shown(IMAGE, image(encoding), TopicOptions(jpeg_quality=90))
    assert set(values) == {'EncodedImage:blob', 'EncodedImage:media_type'}
    expected = grays() if encoding in GRAY else colors()
    assert np.abs(np.asarray(decoded(values)) - expected).mean() < 4


def test_rows_with_gaps_and_big_endian_numbers() -> None:
    fields = image('rgb16')
    rows = np.frombuffer(fields['data'], '<u2').astype('>u2').view('u1').reshape(HEIGHT, -1)
    padded = np.pad(rows, ((0, 0), (0, 10)), constant_values=99)
    fields |= {'data': padded.tobytes(), 'step': padded.shape[1], 'is_bigendian': 1}
    values = shown(IMAGE, fields, TopicOptions(jpeg_quality=90))
    assert np.abs(np.asarray(decoded(values)) - colors()).mean() < 4


@pytest.mark.parametrize(
    ('encoding', 'model'), [('rgb8', 2), ('bgr8', 2), ('rgba8', 3), ('nv12', 2), ('mono8', 1)]
)
def test_smaller_pixels_fill_the_same_view(encoding: str, model: int) -> None:
    values = shown(IMAGE, image(encoding), HALF)
    assert values['InstancePoses3D:scales'] == [[2.0, 2.0, 1.0]]
    assert values['Image:format'][0]['color_model'] == model
    found = pixels(values)
    assert found.shape[:2] == (HEIGHT // 2, WIDTH // 2)
    expected = small(grays()[..., None] if encoding in GRAY else colors())
    assert np.abs(found[..., :3].astype(float) - expected).mean() < 3


def test_sides_may_shrink_differently() -> None:
    options = TopicOptions(resize='12x32', jpeg_quality=80)
    values = shown(IMAGE, image('rgb8'), options)
    assert decoded(values).size == (12, 32)
    assert values['InstancePoses3D:scales'] == [[4.0, 1.0, 1.0]]


@pytest.mark.parametrize('encoding', ['mono16', '8SC1', '16SC1', '32SC1', 'rgb16', '32FC3'])
def test_numbers_are_picked_and_not_averaged(encoding: str) -> None:
    fields = image(encoding)
    values = shown(IMAGE, fields, HALF)
    raw = shown(IMAGE, fields, TopicOptions())
    assert values['InstancePoses3D:scales'] == [[2.0, 2.0, 1.0]]
    whole = np.array(raw['Image:buffer'][0], np.uint8).reshape(HEIGHT, WIDTH, -1)
    found = np.array(values['Image:buffer'][0], np.uint8).reshape(HEIGHT // 2, WIDTH // 2, -1)
    np.testing.assert_array_equal(found, whole[1::2, 1::2])
    size = {'width': WIDTH // 2, 'height': HEIGHT // 2}
    assert values['Image:format'] == [{**raw['Image:format'][0], **size}]


def test_pictures_are_never_enlarged() -> None:
    converter = topic_converter(IMAGE, options=TopicOptions(resize=40.0))
    first = values_of(convert(IMAGE, image('rgb8'), using=converter))
    assert np.allclose(first['/topic@InstancePoses3D:scales'], [[48 / 40, 32 / 27, 1.0]])
    tiny = image('mono8', width=4, height=2, step=4, data=bytes(8))
    second = values_of(convert(IMAGE, tiny, using=converter))
    assert second['/topic@Image:buffer'] == [[0] * 8]
    assert second['/topic@InstancePoses3D:scales'] == [[1.0, 1.0, 1.0]]
    third = values_of(convert(IMAGE, tiny, using=converter))
    assert set(third) == {'/topic@Image:buffer', '/topic@Image:format'}


@pytest.mark.parametrize('encoding', ['16UC1', '32FC1', '64FC1'])
def test_depths_stay_as_they_are(encoding: str) -> None:
    size = {'16UC1': 2, '32FC1': 4, '64FC1': 8}[encoding]
    data = bytes(range(8 * size))
    fields = image('mono8', width=4, height=2, step=4 * size, data=data) | {'encoding': encoding}
    values = shown(IMAGE, fields, ALL)
    assert bytes(values['DepthImage:buffer'][0]) == data
    assert set(values) == {'DepthImage:buffer', 'DepthImage:format', 'DepthImage:meter'}


def test_what_a_picture_was_before_is_cleared() -> None:
    converter = topic_converter(IMAGE, options=TopicOptions(jpeg_quality=50))
    convert(IMAGE, image('rgb8'), using=converter)
    depth = image('mono16') | {'encoding': '16UC1'}
    values = values_of(convert(IMAGE, depth, using=converter))
    assert values['/topic@EncodedImage:blob'] == []


def test_depths_after_a_picture_have_their_size() -> None:
    converter = topic_converter(IMAGE, options=HALF)
    convert(IMAGE, image('rgb8'), using=converter)
    values = values_of(convert(IMAGE, image('mono16') | {'encoding': '16UC1'}, using=converter))
    assert values['/topic@InstancePoses3D:scales'] == [[1.0, 1.0, 1.0]]


def test_the_place_of_pictures_is_kept_for_later_viewers() -> None:
    rows = convert(IMAGE, image('rgb8'), options=HALF)
    kept = [[each.name for each in row.layout.components] for row in rows if row.is_retained]
    assert kept == [['CoordinateFrame:frame'], ['InstancePoses3D:scales']]


def test_images_of_foxglove() -> None:
    fields = image('rgb8')
    del fields['header']
    raw = {'frame_id': 'cam', 'timestamp': HEADER['stamp'], **fields}
    rows = convert('foxglove_msgs/msg/RawImage', raw, options=TopicOptions(jpeg_quality=80))
    assert values_of(rows)['/topic@EncodedImage:media_type'] == ['image/jpeg']


def test_bad_images_are_refused_as_ever() -> None:
    with pytest.raises(ConversionError, match='there are 10 bytes'):
        shown(IMAGE, image('rgb8', data=bytes(10)), ALL)


def file(kind: str, picture: np.ndarray[Any, Any], **fields: object) -> dict[str, Any]:
    data = io.BytesIO()
    Picture.fromarray(picture.astype(np.uint8)).save(data, kind)
    return {'header': HEADER, 'format': kind.lower(), 'data': data.getvalue(), **fields}


@pytest.mark.parametrize('kind', ['JPEG', 'PNG'])
@pytest.mark.parametrize('options', [HALF, TopicOptions(resize=0.5, jpeg_quality=90)])
def test_smaller_files(kind: str, options: TopicOptions) -> None:
    values = shown(FILE, file(kind, colors()), options)
    picture = decoded(values)
    assert picture.size == (WIDTH // 2, HEIGHT // 2)
    assert values['InstancePoses3D:scales'] == [[2.0, 2.0, 1.0]]
    assert np.abs(np.asarray(picture) - small(colors())).mean() < 5


def test_files_of_another_quality() -> None:
    fields = file('PNG', colors())
    low, high = (shown(FILE, fields, TopicOptions(jpeg_quality=quality)) for quality in (10, 90))
    assert len(low['EncodedImage:blob'][0]) < len(high['EncodedImage:blob'][0])
    assert 'InstancePoses3D:scales' not in high


@pytest.mark.parametrize(
    ('image_format', 'data', 'kind'),
    [
        ('png', write_gray_png(np.arange(12, dtype=np.uint16).reshape(3, 4)), 'EncodedImage'),
        ('16UC1; compressedDepth rvl', bytes(12) + b'rvl', 'EncodedDepthImage'),
        ('h264', b'\0\0\0\1\x67frame', 'VideoStream'),
    ],
)
def test_files_that_are_no_pictures_of_bytes_stay(
    image_format: str, data: bytes, kind: str
) -> None:
    fields = {'header': HEADER, 'format': image_format, 'data': data}
    assert shown(FILE, fields, ALL) == shown(FILE, fields, TopicOptions())
    assert any(name.startswith(kind) for name in shown(FILE, fields, ALL))


def test_damaged_files_are_refused() -> None:
    fields = file('JPEG', colors())
    fields['data'] = fields['data'][:300]
    with pytest.raises(ConversionError, match='picture file is damaged'):
        shown(FILE, fields, HALF)
