# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from rerun_bridge.archetypes import VideoCodec
from rerun_bridge.converters.video import video_codec
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of

PACKET = 'ffmpeg_image_transport_msgs/msg/FFMPEGPacket'
VIDEO = 'foxglove_msgs/msg/CompressedVideo'


@pytest.mark.parametrize(
    ('name', 'codec'),
    [
        ('h264', VideoCodec.H264),
        ('libx264;bgr8;yuv420p', VideoCodec.H264),
        ('h264;yuv420p;bgr8;bgr8', VideoCodec.H264),
        ('hevc_nvenc', VideoCodec.H265),
        ('HEVC', VideoCodec.H265),
        ('h265', VideoCodec.H265),
        ('av1', VideoCodec.AV1),
        ('libaom-av1', VideoCodec.AV1),
        ('vp8', VideoCodec.VP8),
        ('libvpx', VideoCodec.VP8),
        ('libvpx-vp9', VideoCodec.VP9),
        ('vp9', VideoCodec.VP9),
        ('mpeg4', None),
        ('', None),
    ],
)
def test_codecs(name: str, codec: VideoCodec | None) -> None:
    assert video_codec(name) == codec


@pytest.mark.parametrize(('flags', 'is_key'), [(0, False), (1, True), (3, True)])
def test_packets(flags: int, *, is_key: bool) -> None:
    fields = {'header': HEADER, 'encoding': 'h264', 'flags': flags, 'data': b'frame'}
    values = values_of(convert(PACKET, fields))
    assert values['/topic@VideoStream:codec'] == [VideoCodec.H264]
    assert values['/topic@VideoStream:sample'] == [list(b'frame')]
    assert values['/topic@VideoStream:is_keyframe'] == [is_key]
    assert values['/topic@CoordinateFrame:frame'] == ['base_image_plane']


def test_codec_is_logged_once() -> None:
    fields = {'frame_id': 'cam', 'format': 'h265', 'data': b'frame'}
    converter = topic_converter(VIDEO)
    values = values_of(convert(VIDEO, fields, using=converter))
    assert values['/topic@VideoStream:codec'] == [VideoCodec.H265]
    assert values['/topic@CoordinateFrame:frame'] == ['cam_image_plane']
    assert '/topic@VideoStream:is_keyframe' not in values
    assert len(convert(VIDEO, fields, using=converter)) == 1


@pytest.mark.parametrize(('name', 'data'), [('mpeg2', b'frame'), ('h264', b'')])
def test_frames_that_cannot_be_shown(name: str, data: bytes) -> None:
    with pytest.raises(ConversionError, match='cannot be shown'):
        convert(VIDEO, {'format': name, 'data': data})
