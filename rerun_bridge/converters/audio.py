# SPDX-License-Identifier: Apache-2.0
"""Sound: each message is a piece of it, which begins at its time."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from rerun_bridge.archetypes import AssetAudio, MediaType
from rerun_bridge.cdr import Primitive, Sequence
from rerun_bridge.converters.base import converts, converts_each, Entry
from rerun_bridge.converters.reflection import reflect
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic
    from rerun_bridge.converters.image_encodings import Pixels

_DATA = 'audio_common_msgs/msg/AudioData'
_BYTES = Sequence(Primitive('uint8'))
_SIGNATURES = (
    (re.compile(rb'RIFF.{4}WAVE', re.DOTALL), MediaType.WAV),
    (re.compile(rb'OggS'), MediaType.OGG),
    (re.compile(rb'fLaC'), MediaType.FLAC),
    # The headers of frames have a field of the layer, which is zero in AAC.
    (re.compile(rb'\xff[\xf0\xf1\xf8\xf9]'), MediaType.AAC),
    (re.compile(rb'ID3|\xff[\xe0-\xff]'), MediaType.MP3),
)
_SIGNATURE_SIZE = 12
_WAV_HEADER = struct.Struct('<4sI4s4sIHHIIHH4sI')
_PCM, _SAMPLE_SIZE = 1, 2
_MAX_CHANNELS = 0xFFFF


@converts(_DATA, 'audio_common_msgs/msg/AudioDataStamped')
def audio_data(topic: Topic) -> Convert:
    """Make `AssetAudio` of files and of frames of MP3 and AAC."""
    # Another package of the same name has other fields.
    if all(field.type != _BYTES for field in topic.definitions.get(_DATA, ())):
        return reflect(topic)
    is_stamped = topic.type_name != _DATA

    def convert(message: Message) -> Iterator[Entry]:
        yield _sound((message.audio if is_stamped else message).data)

    return convert


@converts_each('foxglove_msgs/msg/CompressedAudio')
def compressed_audio(message: Message) -> Iterator[Entry]:
    """Make `AssetAudio` of frames of AAC."""
    yield _sound(message.data)


@converts_each('foxglove_msgs/msg/RawAudio')
def raw_audio(message: Message) -> Iterator[Entry]:
    """Make `AssetAudio`: a WAV file of the samples."""
    num_channels, rate, data = message.number_of_channels, message.sample_rate, message.data
    frame_size = num_channels * _SAMPLE_SIZE
    is_known = message.format == 'pcm-s16' and 0 < num_channels <= _MAX_CHANNELS and rate
    if not is_known or not len(data) or len(data) % frame_size or rate * frame_size >> 32:
        msg = (
            f'{len(data)} bytes of sound of format {message.format!r}, {num_channels} channels '
            f'and {rate} Hz cannot be played; publish whole samples of pcm-s16'
        )
        raise ConversionError(msg)
    header = _WAV_HEADER.pack(
        *(b'RIFF', _WAV_HEADER.size - 8 + len(data), b'WAVE'),
        *(b'fmt ', 16, _PCM, num_channels, rate, rate * frame_size, frame_size, 8 * _SAMPLE_SIZE),
        *(b'data', len(data)),
    )
    yield Entry(AssetAudio.from_fields(blob=[header + data.tobytes()], media_type=MediaType.WAV))


def _sound(data: Pixels) -> Entry:
    head = data[:_SIGNATURE_SIZE].tobytes()
    media_type = next((kind for pattern, kind in _SIGNATURES if pattern.match(head)), None)
    if media_type is None:
        msg = (
            f'{len(data)} bytes of sound begin with {head.hex()}, which is neither MP3, AAC, WAV, '
            'Ogg nor FLAC; publish one of these'
        )
        raise ConversionError(msg)
    return Entry(AssetAudio.from_fields(blob=[data], media_type=media_type))
