# SPDX-License-Identifier: Apache-2.0
"""Video of pictures: every frame at once, decodable from each key frame on."""

from __future__ import annotations

import sys
from typing import Any, TYPE_CHECKING

import numpy as np
from PIL import Image as Picture
import pytest

from rerun_bridge.archetypes import VideoCodec
from rerun_bridge.converters import TopicOptions
from rerun_bridge.converters.h264 import find_av, H264Encoder
from rerun_bridge.errors import ConversionError
from test.unit.converters.image_samples import colors, image
from test.unit.converters.ros_messages import (
    convert,
    LOG_TIME,
    PUBLISH_TIME,
    to_cdr,
    topic_converter,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = 'sensor_msgs/msg/Image'
VIDEO = TopicOptions(encode='h264')
SEC = 1_000_000_000
PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE, SLICE = 7, 8, 5, 1


@pytest.fixture
def av() -> Any:  # noqa: ANN401
    return pytest.importorskip('av')


@pytest.fixture
def _without_av(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, 'av', None)
    find_av.cache_clear()
    yield
    find_av.cache_clear()


def pictures(count: int) -> list[np.ndarray[Any, Any]]:
    return [np.roll(colors(), 2 * i, axis=1).astype(np.uint8) for i in range(count)]


def units(data: bytes) -> list[int]:
    """Return the types of the units of a frame in Annex B."""
    assert data.startswith((b'\0\0\0\1', b'\0\0\1'))
    return [part[0] & 31 for part in data.replace(b'\0\0\0\1', b'\0\0\1').split(b'\0\0\1')[1:]]


def decode(av: Any, frames: list[bytes]) -> list[np.ndarray[Any, Any]]:  # noqa: ANN401
    decoder = av.CodecContext.create('h264', 'r')
    found = [
        frame.to_ndarray(format='rgb24')
        for data in frames
        for frame in decoder.decode(av.Packet(data))
    ]
    return found + [frame.to_ndarray(format='rgb24') for frame in decoder.decode(None)]


def test_every_picture_is_a_frame(av: Any) -> None:  # noqa: ANN401
    encoder = H264Encoder(av)
    frames = [
        encoder.encode(Picture.fromarray(each), LOG_TIME + i * SEC // 30)
        for i, each in enumerate(pictures(10))
    ]
    assert [frame.is_keyframe for frame in frames] == [True] + [False] * 9
    assert units(frames[0].data)[:2] == [PARAMETERS, PICTURE_PARAMETERS]
    assert KEY_SLICE in units(frames[0].data)
    assert all(units(frame.data) == [SLICE] for frame in frames[1:])
    shown = decode(av, [frame.data for frame in frames])
    assert len(shown) == 10
    for found, expected in zip(shown, pictures(10)):  # noqa: B905
        assert np.abs(found.astype(int) - expected).mean() < 8


def test_who_begins_to_look_sees_something_within_a_second(av: Any) -> None:  # noqa: ANN401
    encoder = H264Encoder(av)
    frames = [
        encoder.encode(Picture.fromarray(each), LOG_TIME + i * SEC // 10)
        for i, each in enumerate(pictures(25))
    ]
    assert [i for i, frame in enumerate(frames) if frame.is_keyframe] == [0, 10, 20]
    shown = decode(av, [frame.data for frame in frames[10:]])
    assert len(shown) == 15
    assert np.abs(shown[0].astype(int) - pictures(11)[10]).mean() < 8


def test_a_clock_that_is_set_back_begins_anew(av: Any) -> None:  # noqa: ANN401
    encoder = H264Encoder(av)
    times = [100 * SEC, 5 * SEC, 5 * SEC + 1]
    frames = [encoder.encode(Picture.fromarray(pictures(1)[0]), time) for time in times]
    assert [frame.is_keyframe for frame in frames] == [True, True, False]


def test_another_size_begins_anew(av: Any) -> None:  # noqa: ANN401
    encoder = H264Encoder(av)
    picture = Picture.fromarray(pictures(1)[0])
    sizes = [(48, 32), (47, 31), (47, 31)]
    frames = [encoder.encode(picture.resize(size), LOG_TIME) for size in sizes]
    assert [frame.is_keyframe for frame in frames] == [True, True, False]
    assert decode(av, [frames[1].data])[0].shape == (30, 46, 3)


@pytest.mark.parametrize('size', [(1, 1), (1, 9)])
def test_pictures_too_small_are_refused(av: Any, size: tuple[int, int]) -> None:  # noqa: ANN401
    encoder = H264Encoder(av)
    with pytest.raises(ConversionError, match='cannot become a frame of video'):
        encoder.encode(Picture.new('RGB', size), LOG_TIME)
    assert encoder.encode(Picture.new('RGB', (48, 32)), LOG_TIME).is_keyframe


@pytest.mark.parametrize('encoding', ['rgb8', 'yuyv', 'mono8', 'bayer_rggb8'])
def test_images_become_video(av: Any, encoding: str) -> None:  # noqa: ANN401
    converter = topic_converter(IMAGE, options=TopicOptions(encode='h264', resize=0.5))
    samples = []
    for i in range(5):
        rows = converter.convert(
            to_cdr(IMAGE, image(encoding)),
            log_time_nanos=LOG_TIME + i * SEC // 4,
            publish_time_nanos=PUBLISH_TIME,
        )
        values = values_of(rows)
        assert values.get('/topic@InstancePoses3D:scales') == (None if i else [[2.0, 2.0, 1.0]])
        assert values['/topic@VideoStream:is_keyframe'] == [i in {0, 4}]
        assert ('/topic@VideoStream:codec' in values) is (i == 0)
        samples.append(bytes(values['/topic@VideoStream:sample'][0]))
    assert [frame.shape for frame in decode(av, samples)] == [(16, 24, 3)] * 5
    first = values_of(convert(IMAGE, image(encoding), options=VIDEO))
    assert first['/topic@VideoStream:codec'] == [VideoCodec.H264]


@pytest.mark.usefixtures('_without_av')
def test_without_pyav_pictures_are_logged_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    for topic in ('/a', '/b'):
        values = values_of(convert(IMAGE, image('rgb8'), topic=topic, options=VIDEO))
        assert f'{topic}@Image:buffer' in values
    assert [record.levelname for record in caplog.records] == ['WARNING']
    assert 'pip install av' in caplog.text
    options = TopicOptions(encode='h264', jpeg_quality=80)
    values = values_of(convert(IMAGE, image('rgb8'), options=options))
    assert '/topic@EncodedImage:blob' in values
