# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import io
from typing import Any
import wave

import numpy as np
import pytest

from rerun_bridge.cdr import Field, Primitive, Sequence
from rerun_bridge.converters import TopicConverter
from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import columns_of, convert, HEADER, STAMP, values_of

DATA, STAMPED = (f'audio_common_msgs/msg/AudioData{suffix}' for suffix in ('', 'Stamped'))
RAW, COMPRESSED = (f'foxglove_msgs/msg/{name}Audio' for name in ('Raw', 'Compressed'))
SAMPLES = np.array([[0, 1], [-32768, 32767], [5, -5]], '<i2')
PCM: dict[str, Any] = {
    'timestamp': HEADER['stamp'],
    'data': SAMPLES.tobytes(),
    'format': 'pcm-s16',
    'sample_rate': 16000,
    'number_of_channels': 2,
}


def test_samples_become_a_file() -> None:
    [rows] = convert(RAW, PCM)
    columns = columns_of(rows)
    assert columns['AssetAudio:media_type'] == [['audio/wav']]
    assert columns['ros2_timestamp'] == [STAMP]
    with wave.open(io.BytesIO(bytes(columns['AssetAudio:blob'][0][0]))) as file:
        assert file.getparams()[:4] == (2, 2, 16000, 3)
        assert file.readframes(3) == SAMPLES.tobytes()


@pytest.mark.parametrize(
    ('start', 'media_type'),
    [
        (b'ID3\4\0', 'audio/mpeg'),
        (b'\xff\xfb\x90\x64', 'audio/mpeg'),
        (b'\xff\xf3\x90\x64', 'audio/mpeg'),
        (b'\xff\xf1\x50\x80', 'audio/aac'),
        (b'RIFF\x24\0\0\0WAVE', 'audio/wav'),
        (b'OggS\0', 'audio/ogg'),
        (b'fLaC\0', 'audio/flac'),
    ],
)
def test_files_and_frames(start: bytes, media_type: str) -> None:
    data = start + bytes(8)
    for type_name, fields in (
        (DATA, {'data': data}),
        (STAMPED, {'header': HEADER, 'audio': {'data': data}}),
        (COMPRESSED, {'timestamp': HEADER['stamp'], 'data': data}),
    ):
        values = values_of(convert(type_name, fields))
        assert values['/topic@AssetAudio:media_type'] == [media_type]
        assert bytes(values['/topic@AssetAudio:blob'][0]) == data


@pytest.mark.parametrize(
    ('type_name', 'fields', 'message'),
    [
        (DATA, {'data': b''}, 'neither MP3'),
        (DATA, {'data': SAMPLES.tobytes()}, 'neither MP3'),
        (COMPRESSED, {'data': b'\xfc opus', 'format': 'opus'}, 'neither MP3'),
        (RAW, {**PCM, 'format': 'pcm-f32'}, 'publish whole samples of pcm-s16'),
        (RAW, {**PCM, 'sample_rate': 0}, '0 Hz'),
        (RAW, {**PCM, 'sample_rate': 1 << 31}, '2147483648 Hz'),
        (RAW, {**PCM, 'number_of_channels': 0}, '0 channels'),
        (RAW, {**PCM, 'number_of_channels': 1 << 16}, '65536 channels'),
        (RAW, {**PCM, 'data': PCM['data'][:-1]}, '11 bytes'),
        (RAW, {**PCM, 'data': b''}, '0 bytes'),
    ],
)
def test_what_cannot_be_played(type_name: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConversionError, match=message):
        convert(type_name, fields)


def test_another_package_of_the_same_name_is_logged_as_it_is() -> None:
    definitions = {DATA: (Field('float32_data', Sequence(Primitive('float32'))),)}
    converter = TopicConverter('/sound', DATA, definitions)
    data = b'\0\1\0\0' + b'\1\0\0\0' + np.float32(0.5).tobytes()
    rows = converter.convert(data, log_time_nanos=1, publish_time_nanos=1)
    assert values_of(rows) == {
        '/sound@audio_common_msgs.msg.AudioData:message': [{'float32_data': [0.5]}]
    }
