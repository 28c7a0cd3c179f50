# SPDX-License-Identifier: Apache-2.0
"""Pictures in the size and encoding that a user wants: `resize`, `jpeg_quality`, `encode`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import (
    ChannelDatatype,
    ColorModel,
    EncodedImage,
    Image,
    ImageFormat,
    InstancePoses3D,
    MediaType,
    VideoCodec,
    VideoStream,
)
from rerun_bridge.converters.base import Entry
from rerun_bridge.converters.h264 import find_av, H264Encoder
from rerun_bridge.converters.pictures import (
    read_picture,
    shrink,
    target_size,
    to_jpeg,
    to_picture,
)
from rerun_bridge.converters.video import codec_entry
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.converters.base import AnyColumns, Topic
    from rerun_bridge.converters.image_encodings import ImageEncoding, Pixels
    from rerun_bridge.converters.pictures import Picture, Size
    from rerun_bridge.converters.replacing import Replacing

_FILE_QUALITY = 90
"""Of files that become smaller ones where the user says nothing of quality."""


class PictureEncoder:
    """
    Encodes the pictures of a topic.

    A smaller picture is scaled up in the image plane by what it was scaled down, so that the
    camera and what others draw in the plane, such as detections, need not know of it.

    Parameters
    ----------
    topic
        With the user's choice.
    replacing
        That of the topic's entity.

    """

    def __init__(self, topic: Topic, replacing: Replacing) -> None:
        options = topic.options
        self._resize = options.resize
        self._quality = options.jpeg_quality
        self._schedule = topic.schedule
        self._replacing = replacing
        self._scale = (1.0, 1.0, 1.0)
        self._video: H264Encoder | None = None
        if options.encode == 'h264':
            av = find_av()
            self._video = None if av is None else H264Encoder(av)

    @property
    def is_wanted(self) -> bool:
        """Whether pictures are to be logged otherwise than they are."""
        return self._resize != 1 or self._quality > 0 or self._video is not None

    def plain_entries(self, columns: AnyColumns) -> Iterator[Entry]:
        """
        Log what shall not be encoded, such as depths.

        Parameters
        ----------
        columns
            What the entity shows from now on.

        Yields
        ------
        Entry
            Some.

        """
        yield from self._placement((1, 1), (1, 1))
        yield from self._replacing.entries(columns)

    def image_entries(
        self, pixels: Pixels, width: int, height: int, encoding: ImageEncoding
    ) -> Iterator[Entry]:
        """
        Log an image that is no depth image.

        Parameters
        ----------
        pixels, width, height, encoding
            See `to_picture`.

        Yields
        ------
        Entry
            Some.

        """
        size = target_size(self._resize, width, height)
        has_numbers = encoding.pixel_format is None and encoding.dtype != np.uint8
        if has_numbers and not self._quality and self._video is None:
            yield from self._placement((width, height), size)
            columns = _sampled(pixels, (width, height), size, encoding)
            yield from self._replacing.entries(columns)
            return
        picture = to_picture(pixels, width, height, encoding)
        yield from self._entries(picture, (width, height), self._quality)

    def file_entries(self, file: Pixels) -> Iterator[Entry]:
        """
        Log the picture in a file.

        Parameters
        ----------
        file
            Its bytes.

        Yields
        ------
        Entry
            None at all if it holds numbers and no picture.

        Raises
        ------
        ConversionError
            If the file cannot be read.

        """
        found = read_picture(file, self._resize)
        if found is not None:
            picture, size = found
            yield from self._entries(picture, size, self._quality or _FILE_QUALITY)

    def _entries(self, picture: Picture, full_size: Size, quality: int) -> Iterator[Entry]:
        size = target_size(self._resize, *full_size)
        if size != picture.size:
            picture = shrink(picture, size)
        columns: AnyColumns
        if self._video is not None:
            yield codec_entry(VideoCodec.H264)
            frame = self._video.encode(picture, self._schedule.now_nanos)
            columns = VideoStream.from_fields(sample=[frame.data], is_keyframe=frame.is_keyframe)
        elif quality:
            file = to_jpeg(picture, quality)
            columns = EncodedImage.from_fields(blob=[file], media_type=MediaType.JPEG)
        else:
            columns = _pixels_of(picture)
        yield from self._placement(full_size, size)
        yield from self._replacing.entries(columns)

    def _placement(self, full_size: Size, size: Size) -> Iterator[Entry]:
        scale = full_size[0] / size[0], full_size[1] / size[1], 1.0
        if scale != self._scale:
            self._scale = scale
            # A row of its own: the viewer cannot seek in video that shares rows with others.
            yield Entry(InstancePoses3D.from_fields(scales=[scale]), is_retained=True)


def _sampled(pixels: Pixels, old: Size, new: Size, encoding: ImageEncoding) -> Image:
    """Take some of the pixels, whose numbers may mean more than light."""
    rows, columns = (
        (2 * np.arange(there) + 1) * here // (2 * there)
        for here, there in zip(old[::-1], new[::-1])  # noqa: B905
    )
    numbers = pixels.view(encoding.dtype).reshape(*old[::-1], encoding.num_channels)
    sampled = owned(numbers[rows[:, None], columns].reshape(-1).view(np.uint8))
    image_format = ImageFormat(
        *new,
        color_model=encoding.color_model,
        channel_datatype=ChannelDatatype.from_np_dtype(encoding.dtype),
    )
    return Image.from_fields(buffer=[sampled], format=image_format)


def _pixels_of(picture: Picture) -> Image:
    if picture.mode == 'YCbCr':
        picture = picture.convert('RGB')
    image_format = ImageFormat(
        *picture.size,
        color_model=ColorModel.auto(picture.mode),
        channel_datatype=ChannelDatatype.U8,
    )
    return Image.from_fields(
        buffer=[np.frombuffer(picture.tobytes(), np.uint8)], format=image_format
    )
