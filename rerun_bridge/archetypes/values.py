# SPDX-License-Identifier: Apache-2.0
"""Small values that archetypes take: rotations, image formats, names of media and log levels."""

from __future__ import annotations

from dataclasses import dataclass, field
import math
from pathlib import Path
from typing import Any, ClassVar, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes.enums import ChannelDatatype, ColorModel, PixelFormat
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from typing_extensions import Self

_NANOS_PER_SEC = 1_000_000_000
_MAX_SIDE = (1 << 32) - 1


class Angle:
    """
    An angle.

    Parameters
    ----------
    rad, deg
        In radians or in degrees; give one of them.

    Raises
    ------
    UsageError
        If none is given.

    """

    def __init__(self, rad: float | None = None, deg: float | None = None) -> None:
        if rad is None and deg is None:
            msg = 'an Angle needs a value; give rad= or deg='
            raise UsageError(msg)
        self.radians = float(rad) if rad is not None else math.radians(deg or 0.0)

    def __float__(self) -> float:
        """Return radians."""
        return self.radians


class Quaternion:
    """
    A rotation.

    Parameters
    ----------
    xyzw
        Four numbers, the real part last.

    """

    def __init__(self, *, xyzw: npt.ArrayLike) -> None:
        self.xyzw = np.array(xyzw, np.float32).reshape(4)

    @classmethod
    def identity(cls) -> Quaternion:
        """Return the rotation that changes nothing."""
        return cls(xyzw=(0.0, 0.0, 0.0, 1.0))

    @classmethod
    def invalid(cls) -> Quaternion:
        """Return what is no rotation: all zeros."""
        return cls(xyzw=(0.0, 0.0, 0.0, 0.0))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: ANN401, FBT001
        """Return the four numbers."""
        del copy
        return np.array(self.xyzw, dtype)

    def __len__(self) -> int:
        """Return 4; NumPy 1 takes nothing but sequences out of lists."""
        return len(self.xyzw)

    def __getitem__(self, index: int) -> float:
        """Return one of the numbers."""
        return float(self.xyzw[index])


class RotationAxisAngle:
    """
    A rotation about an axis.

    Parameters
    ----------
    axis
        Three numbers; the length does not matter.
    angle
        An `Angle` or radians.
    radians, degrees
        Instead of `angle`.

    Raises
    ------
    UsageError
        Unless exactly one angle is given.

    """

    def __init__(
        self,
        axis: npt.ArrayLike,
        angle: Angle | float | None = None,
        *,
        radians: float | None = None,
        degrees: float | None = None,
    ) -> None:
        if sum(value is not None for value in (angle, radians, degrees)) != 1:
            msg = 'a RotationAxisAngle needs one angle; give angle=, radians= or degrees='
            raise UsageError(msg)
        if degrees is not None:
            angle = Angle(deg=degrees)
        self.axis = np.array(axis, np.float32).reshape(3)
        self.angle = float(radians if angle is None else angle)  # type: ignore[arg-type]


class Plane3D:
    """
    A plane in space.

    Parameters
    ----------
    normal
        Shape (3,).
    distance
        From the origin, along the normal.

    """

    XY: ClassVar[Plane3D]
    YZ: ClassVar[Plane3D]
    ZX: ClassVar[Plane3D]

    def __init__(self, normal: npt.ArrayLike, distance: float | None = None) -> None:
        self.xyzd = np.array([*np.asarray(normal, np.float32).reshape(3), distance or 0.0], '<f4')

    def with_distance(self, distance: float) -> Plane3D:
        """Return a parallel plane."""
        return Plane3D(self.xyzd[:3], distance)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: ANN401, FBT001
        """Return normal and distance."""
        del copy
        return np.array(self.xyzd, dtype)


Plane3D.XY = Plane3D((0.0, 0.0, 1.0))
Plane3D.YZ = Plane3D((1.0, 0.0, 0.0))
Plane3D.ZX = Plane3D((0.0, 1.0, 0.0))


class ImageFormat(tuple[int | None, ...]):
    """
    Size of an image and what its bytes mean; a tuple in the order of the schema.

    Parameters
    ----------
    width, height
        In pixels.
    pixel_format
        A `PixelFormat`; if given, the next two do not count.
    color_model
        A `ColorModel`.
    channel_datatype
        A `ChannelDatatype`.

    Raises
    ------
    UsageError
        If there is no such format, or size.

    """

    __slots__ = ()

    def __new__(
        cls,
        width: int,
        height: int,
        *,
        pixel_format: PixelFormat | int | str | None = None,
        color_model: ColorModel | int | str | None = None,
        channel_datatype: ChannelDatatype | int | str | None = None,
    ) -> Self:
        """Look the names up."""
        if not (0 <= width <= _MAX_SIDE and 0 <= height <= _MAX_SIDE):
            msg = f'an image of {width} x {height} pixels cannot be'
            raise UsageError(msg)
        return super().__new__(
            cls,
            (
                int(width),
                int(height),
                None if pixel_format is None else PixelFormat.auto(pixel_format),
                None if color_model is None else ColorModel.auto(color_model),
                None if channel_datatype is None else ChannelDatatype.auto(channel_datatype),
            ),
        )


class TextLogLevel(str):
    """Severity of a log entry; any other text is possible too."""

    __slots__ = ()
    CRITICAL: ClassVar[TextLogLevel]
    ERROR: ClassVar[TextLogLevel]
    WARN: ClassVar[TextLogLevel]
    INFO: ClassVar[TextLogLevel]
    DEBUG: ClassVar[TextLogLevel]
    TRACE: ClassVar[TextLogLevel]


for _level in ('CRITICAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'):
    setattr(TextLogLevel, _level, TextLogLevel(_level))


class MediaType(str):
    """What a file or text is, as a media type such as ``image/png``."""

    __slots__ = ()
    TEXT: ClassVar[MediaType]
    MARKDOWN: ClassVar[MediaType]
    JPEG: ClassVar[MediaType]
    PNG: ClassVar[MediaType]
    GLB: ClassVar[MediaType]
    GLTF: ClassVar[MediaType]
    OBJ: ClassVar[MediaType]
    PLY: ClassVar[MediaType]
    STL: ClassVar[MediaType]
    DAE: ClassVar[MediaType]
    RVL: ClassVar[MediaType]
    MP4: ClassVar[MediaType]
    AAC: ClassVar[MediaType]
    FLAC: ClassVar[MediaType]
    M4A: ClassVar[MediaType]
    MP3: ClassVar[MediaType]
    OGG: ClassVar[MediaType]
    WAV: ClassVar[MediaType]

    @classmethod
    def guess_from_path(cls, path: str | Path) -> MediaType | None:
        """
        Guess from the end of a file name.

        Parameters
        ----------
        path
            Need not exist.

        Returns
        -------
        MediaType or None
            None if the suffix is unknown.

        """
        return _BY_SUFFIX.get(Path(path).suffix.lower())

    @classmethod
    def guess_from_contents(cls, contents: bytes) -> MediaType | None:
        """
        Guess from the first bytes of a file.

        Parameters
        ----------
        contents
            At least the first 12 bytes.

        Returns
        -------
        MediaType or None
            None if no known signature is there.

        """
        for offset, signature, media_type in _SIGNATURES:
            if contents[offset : offset + len(signature)] == signature:
                return media_type
        return None


_MEDIA_TYPES = (
    ('TEXT', 'text/plain', ''),
    ('MARKDOWN', 'text/markdown', ''),
    ('JPEG', 'image/jpeg', '.jpg .jpeg'),
    ('PNG', 'image/png', '.png'),
    ('GLB', 'model/gltf-binary', '.glb'),
    ('GLTF', 'model/gltf+json', '.gltf'),
    ('OBJ', 'model/obj', '.obj'),
    ('PLY', 'application/x-ply', '.ply'),
    ('STL', 'model/stl', '.stl'),
    ('DAE', 'model/vnd.collada+xml', '.dae'),
    ('RVL', 'application/rvl', ''),
    ('MP4', 'video/mp4', '.mp4'),
    ('AAC', 'audio/aac', '.aac'),
    ('FLAC', 'audio/flac', '.flac'),
    ('M4A', 'audio/mp4', '.m4a'),
    ('MP3', 'audio/mpeg', '.mp3'),
    ('OGG', 'audio/ogg', '.oga .ogg .opus'),
    ('WAV', 'audio/wav', '.wav'),
)
_BY_SUFFIX: dict[str, MediaType] = {}
for _name, _text, _suffixes in _MEDIA_TYPES:
    setattr(MediaType, _name, MediaType(_text))
    _BY_SUFFIX.update(dict.fromkeys(_suffixes.split(), MediaType(_text)))
_SIGNATURES = (
    (0, b'\xff\xd8\xff', MediaType.JPEG),
    (0, b'\x89PNG\r\n\x1a\n', MediaType.PNG),
    (0, b'glTF', MediaType.GLB),
    (0, b'ply\n', MediaType.PLY),
    (4, b'ftyp', MediaType.MP4),
)


class Time:
    """
    A time as a number of nanoseconds, or of steps.

    Parameters
    ----------
    seq, seconds, nanos
        Exactly one of them; `seconds` are cut to whole nanoseconds.

    Raises
    ------
    UsageError
        If it is not exactly one.

    """

    def __init__(
        self,
        *,
        seq: int | None = None,
        seconds: float | None = None,
        nanos: int | None = None,
    ) -> None:
        if sum(value is not None for value in (seq, seconds, nanos)) != 1:
            msg = 'a time needs one value; give seq=, seconds= or nanos='
            raise UsageError(msg)
        whole = nanos if seq is None else seq
        self.value = _whole(whole) if seconds is None else _whole(seconds, _NANOS_PER_SEC)

    def __int__(self) -> int:
        """Return nanoseconds or steps."""
        return self.value


def _whole(number: Any, factor: int = 1, offset: float = 0.0) -> int:  # noqa: ANN401
    # A sequence or a text Python would repeat a billion times.
    try:
        return int(number) if factor == 1 else int(float(number) * factor + offset)
    except (TypeError, ValueError, OverflowError) as exc:
        msg = f'{number!r:.80} is no time; give one number'
        raise UsageError(msg) from exc


class VideoTimestamp:
    """
    A time since the start of a video.

    Parameters
    ----------
    nanoseconds, seconds
        One of them; `seconds` are rounded to whole nanoseconds.

    Raises
    ------
    UsageError
        If it is not exactly one.

    """

    def __init__(self, *, nanoseconds: int | None = None, seconds: float | None = None) -> None:
        if (nanoseconds is None) == (seconds is None):
            msg = 'a video time needs one value; give nanoseconds= or seconds='
            raise UsageError(msg)
        if seconds is not None:
            self.timestamp_ns = _whole(seconds, _NANOS_PER_SEC, 0.5)
        else:
            self.timestamp_ns = _whole(nanoseconds)

    def __int__(self) -> int:
        """Return nanoseconds."""
        return self.timestamp_ns


class TensorData:
    """
    Numbers in any number of dimensions.

    Parameters
    ----------
    shape
        Needed with `buffer`.
    buffer
        The numbers in one dimension.
    array
        Instead of `shape` and `buffer`.
    dim_names
        One for each dimension.

    Raises
    ------
    UsageError
        If the arguments do not fit together.

    """

    def __init__(
        self,
        *,
        shape: Sequence[int] | None = None,
        buffer: npt.ArrayLike | None = None,
        array: npt.ArrayLike | None = None,
        dim_names: Sequence[str] | None = None,
    ) -> None:
        if (array is None) == (buffer is None):
            msg = 'a tensor needs its numbers once; give array= or buffer='
            raise UsageError(msg)
        numbers = to_numpy(buffer if array is None else array)
        if shape is None and array is None:
            msg = 'a buffer does not tell its shape; give shape='
            raise UsageError(msg)
        self.shape = numbers.shape if array is not None else tuple(shape or ())
        self.buffer = numbers.reshape(-1)
        self.names = None if not dim_names else [str(name) for name in dim_names]
        if math.prod(self.shape) != self.buffer.size:
            msg = f'{self.buffer.size} numbers do not fill the shape {self.shape}'
            raise UsageError(msg)
        if self.names is not None and len(self.names) != len(self.shape):
            msg = f'{len(self.names)} names for {len(self.shape)} dimensions; name each once'
            raise UsageError(msg)


@dataclass(frozen=True)
class TensorDimensionSelection:
    """
    A dimension that becomes an axis of a view.

    Attributes
    ----------
    dimension
        Which one.
    invert
        Whether it runs backwards.

    """

    dimension: int
    invert: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class TensorDimensionIndexSelection:
    """
    A dimension of which a view shows one slice.

    Attributes
    ----------
    dimension
        Which one.
    index
        Which slice.

    """

    dimension: int
    index: int


def to_numpy(value: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401 - arrays of all libraries
    """
    Get an array out of what other libraries call tensors or images.

    Parameters
    ----------
    value
        An array, a PyTorch tensor (also on a GPU), a Pillow image, a nested list.

    Returns
    -------
    numpy.ndarray
        Perhaps a view.

    """
    if isinstance(value, np.ndarray):
        return value
    detached = getattr(value, 'numpy', None)
    return detached(force=True) if callable(detached) else np.asarray(value)
