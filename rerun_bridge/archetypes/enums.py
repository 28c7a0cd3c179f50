# SPDX-License-Identifier: Apache-2.0
"""The enumerations of Rerun's schema, and how they are encoded."""

from __future__ import annotations

from enum import Enum, IntEnum
from functools import cache, lru_cache
from typing import Any, TYPE_CHECKING

import numpy as np

from rerun_bridge.encodings import Primitive
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from typing_extensions import Self


class SchemaEnum(IntEnum):
    """An enumeration whose members may also be given by name, in any case, or by number."""

    @classmethod
    def auto(cls, value: str | int) -> Self:
        """
        Find a member.

        Parameters
        ----------
        value
            A member, its number or its name, upper and lower case alike.

        Returns
        -------
        SchemaEnum
            The member.

        Raises
        ------
        UsageError
            If there is none.

        """
        try:
            return cls._by_name(value.lower()) if isinstance(value, str) else cls(value)
        except (KeyError, ValueError):
            msg = f'{value!r} is no {cls.__name__}; use one of {", ".join(cls.__members__)}'
            raise UsageError(msg) from None

    @classmethod
    @cache
    def _by_name(cls, lower_name: str) -> Self:
        return {member.name.lower(): member for member in cls}[lower_name]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Choice(Primitive):
    """
    One member of an enumeration per instance.

    Parameters
    ----------
    enum
        Which one.
    dtype
        NumPy's name of the type of its numbers.

    """

    def __init__(self, enum: type[SchemaEnum], dtype: str = 'u1') -> None:
        super().__init__(dtype)
        self.enum = enum
        self._single = lru_cache(maxsize=64)(self._encode_single)

    def coerce(self, value: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
        """Take members, names or numbers: one, or a sequence of them."""
        if isinstance(value, (int, str)):
            return self._single(value)
        if not np.iterable(value):
            value = [value]
        return np.array([self.enum.auto(item) for item in value], self.dtype)

    def _encode_single(self, value: int | str) -> np.ndarray[Any, Any]:
        return np.array([self.enum.auto(value)], self.dtype)


class AggregationPolicy(SchemaEnum):
    """How many samples become one when a plot is zoomed out."""

    Off = 1
    Average = 2
    Max = 3
    Min = 4
    MinMax = 5
    MinMaxAverage = 6


class Colormap(SchemaEnum):
    """Numbers to colors."""

    Grayscale = 1
    Inferno = 2
    Magma = 3
    Plasma = 4
    Turbo = 5
    Viridis = 6
    CyanToYellow = 7
    Spectral = 8
    Twilight = 9
    RvizMap = 10
    RvizCostmap = 11
    Costmap = 12


class FillMode(SchemaEnum):
    """How solids are drawn."""

    MajorWireframe = 1
    DenseWireframe = 2
    Solid = 3
    TransparentFillMajorWireframe = 4


class GraphType(SchemaEnum):
    """Whether edges have a direction."""

    Undirected = 1
    Directed = 2


class InterpolationMode(SchemaEnum):
    """How a line goes from one sample to the next."""

    Linear = 1
    StepAfter = 2
    StepBefore = 3
    StepMid = 4


class MagnificationFilter(SchemaEnum):
    """How pixels look when they are larger than those of the screen."""

    Nearest = 1
    Linear = 2
    Bicubic = 3


class MarkerShape(SchemaEnum):
    """Shape of the points of a plot."""

    Circle = 1
    Diamond = 2
    Square = 3
    Cross = 4
    Plus = 5
    Up = 6
    Down = 7
    Left = 8
    Right = 9
    Asterisk = 10


class MeshFaceRendering(SchemaEnum):
    """Which sides of a mesh are drawn."""

    DoubleSided = 1
    Front = 2
    Back = 3


class PointShading(SchemaEnum):
    """Whether points look like balls or like discs."""

    Gradient = 1
    Flat = 2


class TransformRelation(SchemaEnum):
    """Which way a transform maps."""

    ParentFromChild = 1
    ChildFromParent = 2


class VideoCodec(SchemaEnum):
    """Compression of a video stream: four-character codes as numbers."""

    AV1 = 0x61763031
    H264 = 0x61766331
    H265 = 0x68657631
    VP8 = 0x76703038
    VP9 = 0x76703039


class ChannelDatatype(SchemaEnum):
    """Type of the numbers of an image."""

    U8 = 6
    I8 = 7
    U16 = 8
    I16 = 9
    U32 = 10
    I32 = 11
    U64 = 12
    I64 = 13
    F16 = 33
    F32 = 34
    F64 = 35

    @classmethod
    def from_np_dtype(cls, dtype: Any) -> ChannelDatatype:  # noqa: ANN401 - all NumPy takes
        """
        Find the channel type of an array's element type.

        Parameters
        ----------
        dtype
            NumPy's type, or anything that names one.

        Returns
        -------
        ChannelDatatype
            Of the same kind and size; the byte order does not matter.

        Raises
        ------
        UsageError
            If images cannot have such channels.

        """
        return cls._of_dtype(np.dtype(dtype))

    @classmethod
    @cache
    def _of_dtype(cls, dtype: np.dtype[Any]) -> ChannelDatatype:
        name = f'{dtype.kind.upper()}{8 * dtype.itemsize}'
        if dtype.kind not in 'uif' or name not in cls.__members__:
            msg = f'images of {dtype} do not exist; convert to integers or floats first'
            raise UsageError(msg)
        return cls[name]

    def to_np_dtype(self) -> type[np.generic]:
        """Return NumPy's scalar type."""
        return np.dtype(f'{self.name[0].lower()}{int(self.name[1:]) // 8}').type


class ColorModel(SchemaEnum):
    """Meaning of the channels of an image."""

    L = 1
    RGB = 2
    RGBA = 3
    BGR = 4
    BGRA = 5

    def num_channels(self) -> int:
        """Return how many channels a pixel has."""
        return len(self.name)


class PixelFormat(SchemaEnum):
    """Layouts of pixels that channels alone cannot describe."""

    Y_U_V12_LimitedRange = 20
    NV12 = 26
    YUY2 = 27
    Y8_FullRange = 30
    Y_U_V24_LimitedRange = 39
    Y_U_V24_FullRange = 40
    Y8_LimitedRange = 41
    Y_U_V12_FullRange = 44
    Y_U_V16_LimitedRange = 49
    Y_U_V16_FullRange = 50
    BayerRGGB8 = 128
    BayerBGGR8 = 129
    BayerGBRG8 = 130
    BayerGRBG8 = 131


class ViewDir(SchemaEnum):
    """Where an axis points."""

    Up = 1
    Down = 2
    Right = 3
    Left = 4
    Forward = 5
    Back = 6


class Box2DFormat(Enum):
    """What the four numbers of a box in 2D are (W2, H2: half the width, half the height)."""

    XYWH = 'XYWH'
    YXHW = 'YXHW'
    XYXY = 'XYXY'
    YXYX = 'YXYX'
    XCYCWH = 'XCYCWH'
    XCYCW2H2 = 'XCYCW2H2'
