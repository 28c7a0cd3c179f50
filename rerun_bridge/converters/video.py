# SPDX-License-Identifier: Apache-2.0
"""Frames of video: messages of their own, beside those in ``CompressedImage``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rerun_bridge.archetypes import VideoCodec, VideoStream
from rerun_bridge.converters.base import converts_each, Entry
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rerun_bridge.cdr import Message

CODECS: Mapping[str, VideoCodec] = {
    'h264': VideoCodec.H264,
    'avc': VideoCodec.H264,
    'h265': VideoCodec.H265,
    'hevc': VideoCodec.H265,
    'av1': VideoCodec.AV1,
    'vp8': VideoCodec.VP8,
    'vp9': VideoCodec.VP9,
}
"""By how publishers call them, in small letters."""
_ENCODERS: Mapping[str, VideoCodec] = {
    'libx264': VideoCodec.H264,
    'libopenh264': VideoCodec.H264,
    'libx265': VideoCodec.H265,
    'libaom': VideoCodec.AV1,
    'libsvtav1': VideoCodec.AV1,
    'libvpx': VideoCodec.VP8,
}
_CODEC_ENTRIES = {
    codec: Entry(VideoStream.from_fields(codec=codec), is_static=True) for codec in VideoCodec
}
_KEY_FRAME = 1


@converts_each('foxglove_msgs/msg/CompressedVideo', frame='image_plane')
def compressed_video(message: Message) -> Iterator[Entry]:
    """Make `VideoStream`."""
    yield from video_entries(message, message.format)


@converts_each('ffmpeg_image_transport_msgs/msg/FFMPEGPacket', frame='image_plane')
def ffmpeg_packet(message: Message) -> Iterator[Entry]:
    """Make `VideoStream`; it must have been encoded without frames that need later ones."""
    is_key = bool(message.flags & _KEY_FRAME)
    yield from video_entries(message, message.encoding, is_keyframe=is_key)


def codec_entry(codec: VideoCodec) -> Entry:
    """
    Name the codec of a stream.

    Parameters
    ----------
    codec
        Which one.

    Returns
    -------
    Entry
        Holds for all times.

    """
    return _CODEC_ENTRIES[codec]


def video_codec(name: str) -> VideoCodec | None:
    """
    Find a codec.

    Parameters
    ----------
    name
        What a publisher calls it: codec or encoder, perhaps with other words.

    Returns
    -------
    VideoCodec or None
        None if there is none that Rerun knows.

    """
    words = re.findall(r'[a-z0-9]+', name.lower())
    if 'libvpx' in words and 'vp9' in words:
        return VideoCodec.VP9
    found = (CODECS.get(word) or _ENCODERS.get(word) for word in words)
    return next(filter(None, found), None)


def video_entries(
    message: Message, name: str, *, is_keyframe: bool | None = None
) -> Iterator[Entry]:
    """
    Make one frame of a video.

    Parameters
    ----------
    message
        With the frame in ``data``.
    name
        See `video_codec`.
    is_keyframe
        Whether decoding can start with it; None if that is not known.

    Yields
    ------
    Entry
        The codec, which holds for all, and the frame.

    Raises
    ------
    ConversionError
        If Rerun has no such codec, or there is no frame.

    """
    codec = video_codec(name)
    if codec is None or not len(message.data):
        msg = (
            f'a frame of {len(message.data)} bytes and format {name!r} cannot be shown; publish '
            'h264, h265, av1, vp8 or vp9'
        )
        raise ConversionError(msg)
    yield codec_entry(codec)
    yield Entry(VideoStream.from_fields(sample=[message.data], is_keyframe=is_keyframe))
