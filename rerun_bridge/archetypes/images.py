# SPDX-License-Identifier: Apache-2.0
"""Images as pixels: gray or color, depths, classes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.compression import compressed, encoded_fields
from rerun_bridge.archetypes.enums import ChannelDatatype, ColorModel
from rerun_bridge.archetypes.files import EncodedDepthImage, EncodedImage
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype
from rerun_bridge.archetypes.values import ImageFormat, to_numpy
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from rerun_bridge.archetypes.enums import PixelFormat
    from rerun_bridge.archetypes.likes import Choices, Contents, ImageLike, Numbers

    Pixels = np.ndarray[Any, Any]

_MODELS = {1: ColorModel.L, 3: ColorModel.RGB, 4: ColorModel.RGBA}


class Image(SchemaArchetype):
    """
    An image of gray or color.

    Give `image`; or `bytes` with `width`, `height` and `pixel_format`; or `bytes` with `width`,
    `height`, `color_model` and `datatype`.

    Parameters
    ----------
    image
        Shape (height, width) or (height, width, channels).
    color_model
        `ColorModel`; L, RGB or RGBA, as the channels are many, if not given.
    pixel_format
        `PixelFormat`.
    datatype
        `ChannelDatatype` or NumPy's type.
    bytes
        All rows, without gaps.
    width, height
        In pixels.
    opacity
        0 to 1.
    draw_order
        Higher ones are in front.
    magnification_filter
        `MagnificationFilter`.

    Raises
    ------
    UsageError
        If arguments exclude each other, are missing or do not fit the image.

    """

    def __init__(
        self,
        image: ImageLike | None = None,
        color_model: ColorModel | int | str | None = None,
        *,
        pixel_format: PixelFormat | int | str | None = None,
        datatype: Any = None,  # noqa: ANN401 - all that NumPy takes
        bytes: Contents | None = None,  # noqa: A002 - Rerun's name
        width: int | None = None,
        height: int | None = None,
        opacity: Numbers | None = None,
        draw_order: Numbers | None = None,
        magnification_filter: Choices | None = None,
    ) -> None:
        buffer: Any
        if bytes is not None:
            buffer = bytes
            image_format = _format_of_bytes(width, height, pixel_format, color_model, datatype)
        elif image is not None:
            buffer = _little_endian(to_numpy(image))
            model = None if color_model is None else ColorModel.auto(color_model)
            image_format = _format_of_array(buffer.shape, buffer.dtype, model, width, height)
        else:
            msg = 'an Image needs pixels; give image= or bytes='
            raise UsageError(msg)
        self._set(
            buffer=[buffer],
            format=image_format,
            opacity=opacity,
            draw_order=draw_order,
            magnification_filter=magnification_filter,
        )

    def compress(self, jpeg_quality: int = 95) -> EncodedImage:
        """
        Make a JPEG file of the image, by Pillow.

        Parameters
        ----------
        jpeg_quality
            1 to 100.

        Returns
        -------
        EncodedImage
            The file.

        Raises
        ------
        UsageError
            If it is not of 8 bits with the color model L, RGB or BGR, or Pillow is not installed.

        """
        fields = encoded_fields(self)
        pixels, image_format = fields['buffer'][0], fields['format'][0]
        contents = compressed(pixels, image_format, 'JPEG', quality=jpeg_quality)
        return EncodedImage(contents=contents, media_type='image/jpeg')


def _format_of_bytes(
    width: int | None,
    height: int | None,
    pixel_format: PixelFormat | int | str | None,
    color_model: ColorModel | int | str | None,
    datatype: Any,  # noqa: ANN401
) -> ImageFormat:
    if width is None or height is None:
        msg = 'bytes do not tell the size of the image; give width= and height='
        raise UsageError(msg)
    if pixel_format is not None:
        if color_model is not None or datatype is not None:
            msg = 'pixel_format tells all; leave color_model= and datatype= out'
            raise UsageError(msg)
        return ImageFormat(width, height, pixel_format=pixel_format)
    if color_model is None or datatype is None:
        msg = 'bytes do not tell what they mean; give pixel_format= or color_model= and datatype='
        raise UsageError(msg)
    if isinstance(datatype, (type, np.dtype)):
        datatype = ChannelDatatype.from_np_dtype(datatype)
    return ImageFormat(width, height, color_model=color_model, channel_datatype=datatype)


@lru_cache(maxsize=256)
def _format_of_array(
    array_shape: tuple[int, ...],
    dtype: np.dtype[Any],
    color_model: ColorModel | None,
    width: int | None,
    height: int | None,
) -> ImageFormat:
    shape = _squeezed(array_shape)
    num_channels = shape[2] if len(shape) == 3 else 1  # noqa: PLR2004
    if len(shape) not in {2, 3}:
        msg = f'expected an image of shape (height, width, channels), got {array_shape}'
        raise UsageError(msg)
    if width not in {None, shape[1]} or height not in {None, shape[0]}:
        msg = f'{width} x {height} is not the size of an image of shape {array_shape}'
        raise UsageError(msg)
    if color_model is None:
        color_model = _MODELS.get(num_channels)
    if color_model is None or color_model.num_channels() != num_channels:
        msg = f'an image of {num_channels} channels is not {color_model or "L, RGB or RGBA"}'
        raise UsageError(msg)
    datatype = ChannelDatatype.from_np_dtype(dtype)
    return ImageFormat(shape[1], shape[0], color_model=color_model, channel_datatype=datatype)


def _little_endian(pixels: Pixels) -> Pixels:
    return pixels.astype(pixels.dtype.newbyteorder('<'), copy=False)


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Leave leading and trailing ones out, down to two dimensions."""
    while len(shape) > 2 and shape[0] == 1:  # noqa: PLR2004
        shape = shape[1:]
    while len(shape) > 2 and shape[-1] == 1:  # noqa: PLR2004
        shape = shape[:-1]
    return shape


def _gray_fields(image: ImageLike) -> dict[str, Any]:
    """Return the fields of an image whose numbers are no colors."""
    pixels = _little_endian(to_numpy(image))
    shape = _squeezed(pixels.shape)
    if len(shape) != 2:  # noqa: PLR2004
        msg = f'expected an image of shape (height, width), got {pixels.shape}'
        raise UsageError(msg)
    datatype = ChannelDatatype.from_np_dtype(pixels.dtype)
    image_format = ImageFormat(shape[1], shape[0], channel_datatype=datatype)
    return {'buffer': [pixels], 'format': image_format}


class DepthImage(SchemaArchetype):
    """
    How far away things are, for each pixel.

    Parameters
    ----------
    image
        Shape (height, width); 0 where unknown.
    meter
        How many units of the image a meter is: 1000 for millimeters.
    colormap
        `Colormap`.
    depth_range
        Smallest and largest depth of the colormap, in units of the image.
    point_fill_ratio
        Size of the points in 3D, 1 if they should touch.
    draw_order
        Higher ones are in front.
    magnification_filter
        `MagnificationFilter`.

    """

    def __init__(
        self,
        image: ImageLike,
        *,
        meter: Numbers | None = None,
        colormap: Choices | None = None,
        depth_range: Numbers | None = None,
        point_fill_ratio: Numbers | None = None,
        draw_order: Numbers | None = None,
        magnification_filter: Choices | None = None,
    ) -> None:
        self._set(
            **_gray_fields(image),
            meter=meter,
            colormap=colormap,
            depth_range=depth_range,
            point_fill_ratio=point_fill_ratio,
            draw_order=draw_order,
            magnification_filter=magnification_filter,
        )

    def compress(self, compress_level: int = 6) -> EncodedDepthImage:
        """
        Make a PNG file of the depths, which loses nothing, by Pillow.

        Parameters
        ----------
        compress_level
            0 (none) to 9 (smallest).

        Returns
        -------
        EncodedDepthImage
            The file, with all else that this image tells.

        Raises
        ------
        UsageError
            If the depths are not of 8 or 16 bits, or Pillow is not installed.

        """
        fields = encoded_fields(self)
        pixels, image_format = fields.pop('buffer')[0], fields.pop('format')[0]
        contents = compressed(pixels, image_format, 'PNG', compress_level=compress_level)
        return EncodedDepthImage.from_fields(blob=contents, media_type='image/png', **fields)


class SegmentationImage(SchemaArchetype):
    """
    A class id for each pixel; see `AnnotationContext`.

    Parameters
    ----------
    image
        Shape (height, width).
    opacity
        0 to 1.
    draw_order
        Higher ones are in front.

    """

    def __init__(
        self,
        image: ImageLike,
        *,
        opacity: Numbers | None = None,
        draw_order: Numbers | None = None,
    ) -> None:
        self._set(**_gray_fields(image), opacity=opacity, draw_order=draw_order)
