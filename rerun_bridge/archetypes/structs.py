# SPDX-License-Identifier: Apache-2.0
"""Encodings of components that are more than a vector of numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.archetypes.annotations import to_class_records
from rerun_bridge.archetypes.values import (
    ImageFormat,
    RotationAxisAngle,
    TensorDimensionIndexSelection,
    TensorDimensionSelection,
)
from rerun_bridge.encodings import (
    ArrayBuffers,
    Arrow,
    Blob,
    non_null,
    Primitive,
    raw,
    Records,
    to_owned,
    Vector,
)
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from rerun_bridge.encodings import Bytes

    Numbers = np.ndarray[Any, Any]

_SIDE = 3


class File(Blob):
    """Bytes per instance; open files are read."""

    def coerce(self, value: Any) -> list[Bytes]:  # noqa: ANN401
        """Take bytes, an array, an open file, a list of them or rows of a matrix."""
        read = getattr(value, 'read', None)
        if read is not None:
            value = read()
        elif isinstance(value, np.ndarray) and value.ndim > 1:
            value = list(value)
        return super().coerce(value)


class ImageFormats(Records):
    """Size and meaning of the pixels of an image per instance."""

    def __init__(self) -> None:
        small = pa.uint8()
        super().__init__(
            struct_of(
                width=pa.uint32(),
                height=pa.uint32(),
                pixel_format=pa.field('', small),
                color_model=pa.field('', small),
                channel_datatype=pa.field('', small),
            )
        )

    def coerce(self, value: Any) -> list[Hashable]:  # noqa: ANN401
        """Take one `ImageFormat`, or a list of them."""
        formats = super().coerce(value)
        if all(isinstance(item, ImageFormat) for item in formats):
            return formats
        msg = f'expected an ImageFormat, got {type(value).__name__}'
        raise UsageError(msg)


class Range(Vector):
    """A lower and an upper bound per instance."""

    def __init__(self) -> None:
        super().__init__('<f8', 2)

    def coerce(self, value: Any) -> Numbers:  # noqa: ANN401
        """Take pairs, or a slice."""
        return super().coerce((value.start, value.stop) if isinstance(value, slice) else value)


class Matrix(Vector):
    """A matrix of 3 by 3 per instance, stored column by column."""

    def __init__(self) -> None:
        super().__init__('<f4', _SIDE * _SIDE)

    def coerce(self, value: Any) -> Numbers:  # noqa: ANN401
        """Take matrices as people write them: row by row, shape (3, 3), (9,) or (n, 3, 3)."""
        rows = to_owned(value, self.dtype)
        if rows.size % self.size:
            msg = f'expected matrices of 3 by 3, got an array of shape {rows.shape}'
            raise UsageError(msg)
        columns = rows.reshape(-1, _SIDE, _SIDE).transpose(0, 2, 1)
        return np.ascontiguousarray(columns).reshape(-1, self.size)


class Coefficients(Primitive):
    """Spherical harmonics per instance: 15 coefficients of 3 channels."""

    _COUNT, _CHANNELS = 15, 3

    def __init__(self) -> None:
        super().__init__('<f2')
        channels = pa.list_(non_null(self.arrow_type), self._CHANNELS)
        self.arrow_type = pa.list_(non_null(channels), self._COUNT)

    def coerce(self, value: Any) -> Numbers:  # noqa: ANN401
        """Take numbers of shape (n, 15, 3) or (n, 45)."""
        array = to_owned(value, self.dtype)
        size = self._COUNT * self._CHANNELS
        if (
            array.shape[-2:] != (self._COUNT, self._CHANNELS)
            and array.shape[-1] != size
            and (array.ndim > 1 or array.size % size)
        ):
            msg = f'expected coefficients of shape (n, 15, 3), got {array.shape}'
            raise UsageError(msg)
        return array.reshape(-1, size)

    def join(self, parts: Sequence[Numbers]) -> ArrayBuffers:
        """Concatenate."""
        array = np.concatenate(parts)
        nodes = (len(array), 0, self._COUNT * len(array), 0, array.size, 0)
        return ArrayBuffers(nodes, (None, None, None, raw(array)))


class AxisAngle(Primitive):
    """A rotation about an axis per instance."""

    def __init__(self) -> None:
        super().__init__('<f4')
        axis = pa.list_(non_null(pa.float32()), _SIDE)
        self.arrow_type = pa.struct(
            [
                pa.field('axis', axis, nullable=False),
                pa.field('angle', pa.float32(), nullable=False),
            ]
        )

    def coerce(self, value: Any) -> Numbers:  # noqa: ANN401
        """Take rotations, or pairs of an axis and radians: one, or a sequence."""
        if isinstance(value, RotationAxisAngle):
            value = [value]
        try:
            rows = [
                (*item.axis, item.angle)
                if isinstance(item, RotationAxisAngle)
                else (*item[0], float(item[1]))
                for item in value
            ]
            return np.array(rows, self.dtype).reshape(-1, _SIDE + 1)
        except (TypeError, ValueError, IndexError) as exc:
            msg = f'cannot read rotations from {value!r}; use RotationAxisAngle(axis, radians=)'
            raise UsageError(msg) from exc

    def join(self, parts: Sequence[Numbers]) -> ArrayBuffers:
        """Concatenate."""
        array = np.concatenate(parts)
        axes = np.ascontiguousarray(array[:, :_SIDE])
        angles = np.ascontiguousarray(array[:, _SIDE])
        count = len(array)
        return ArrayBuffers(
            (count, 0, count, 0, axes.size, 0, count, 0),
            (None, None, None, raw(axes), None, raw(angles)),
        )


class Nested(Arrow):
    """
    Any Arrow type, after a conversion to what pyarrow understands.

    Parameters
    ----------
    arrow_type
        Of one instance.
    convert
        User's value to a list of instances.

    """

    def __init__(self, arrow_type: pa.DataType, convert: Callable[[Any], list[Any]]) -> None:
        super().__init__(arrow_type)
        self._convert = convert

    def coerce(self, value: Any) -> pa.Array:  # noqa: ANN401
        """Convert; see the function given."""
        if isinstance(value, pa.Array):
            return super().coerce(value)
        try:
            converted = self._convert(value)
        except (AttributeError, LookupError, TypeError) as exc:
            msg = f'cannot read {self.arrow_type} from {value!r}: {exc}'
            raise UsageError(msg) from exc
        return super().coerce(converted)


def struct_of(**fields: pa.DataType | pa.Field) -> pa.StructType:
    """Make a struct; fields given as bare types are never null."""
    return pa.struct(
        [
            kind.with_name(name)
            if isinstance(kind, pa.Field)
            else pa.field(name, kind, nullable=False)
            for name, kind in fields.items()
        ]
    )


_PAIR = struct_of(first=pa.utf8(), second=pa.utf8())


def _to_pair(item: Any) -> dict[str, str]:  # noqa: ANN401
    if hasattr(item, 'first'):
        return {'first': str(item.first), 'second': str(item.second)}
    first, second = item
    return {'first': str(first), 'second': str(second)}


def _to_pairs(value: Any) -> list[dict[str, str]]:  # noqa: ANN401
    is_one = hasattr(value, 'first') or (isinstance(value, tuple) and isinstance(value[0], str))
    return [_to_pair(item) for item in ([value] if is_one else value)]


def _to_pair_lists(value: Any) -> list[list[dict[str, str]]]:  # noqa: ANN401
    is_row = isinstance(value, dict) or (value and isinstance(value[0], tuple))
    return [
        [_to_pair(pair) for pair in (row.items() if isinstance(row, dict) else row)]
        for row in ([value] if is_row else value)
    ]


def _to_counts(value: Any) -> list[list[dict[str, int]]]:  # noqa: ANN401
    pairs = value.items() if isinstance(value, dict) else value
    return [[{'channel_id': int(key), 'message_count': int(count)} for key, count in pairs]]


def pairs() -> Nested:
    """Return the encoding of pairs of texts: edges of a graph."""
    return Nested(_PAIR, _to_pairs)


def pair_lists() -> Nested:
    """Return the encoding of keys with values, from dicts."""
    return Nested(pa.list_(non_null(_PAIR)), _to_pair_lists)


_ANNOTATION = struct_of(
    id=pa.uint16(), label=pa.field('', pa.utf8()), color=pa.field('', pa.uint32())
)
_CONNECTION = struct_of(keypoint0=pa.uint16(), keypoint1=pa.uint16())
_CLASS = struct_of(
    class_id=pa.uint16(),
    class_description=struct_of(
        info=_ANNOTATION,
        keypoint_annotations=pa.list_(non_null(_ANNOTATION)),
        keypoint_connections=pa.list_(non_null(_CONNECTION)),
    ),
)


def class_maps() -> Nested:
    """Return the encoding of what classes are called."""
    return Nested(pa.list_(non_null(_CLASS)), to_class_records)


def records_of(cls: type[Any], arrow_type: pa.StructType) -> Nested:
    """
    Return an encoding of a dataclass.

    Parameters
    ----------
    cls
        Has the fields of the struct; anything else is given to its constructor.
    arrow_type
        The struct.

    Returns
    -------
    Nested
        Takes one value or a sequence of them.

    """

    def convert(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        is_one = isinstance(value, (cls, str)) or not np.iterable(value)
        items = [value] if is_one else value
        return [asdict(item if isinstance(item, cls) else cls(item)) for item in items]

    return Nested(arrow_type, convert)


def tensor_axis() -> Nested:
    """Return the encoding of a dimension that becomes an axis of a view."""
    return records_of(
        TensorDimensionSelection, struct_of(dimension=pa.uint32(), invert=pa.bool_())
    )


def tensor_index() -> Nested:
    """Return the encoding of a dimension that is held at one index."""
    return records_of(
        TensorDimensionIndexSelection, struct_of(dimension=pa.uint32(), index=pa.uint64())
    )


def counts() -> Nested:
    """Return the encoding of the number of messages per channel."""
    count = struct_of(channel_id=pa.uint16(), message_count=pa.uint64())
    return Nested(pa.list_(non_null(count)), _to_counts)
