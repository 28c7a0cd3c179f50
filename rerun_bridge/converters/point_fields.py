# SPDX-License-Identifier: Apache-2.0
"""The fields of a ``sensor_msgs/msg/PointCloud2`` as views of its bytes."""

from __future__ import annotations

from typing import Any, Literal, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[Any]


_DATATYPES: Mapping[int, str] = {
    1: 'i1',
    2: 'u1',
    3: 'i2',
    4: 'u2',
    5: 'i4',
    6: 'u4',
    7: 'f4',
    8: 'f8',
}


class PointFields:
    """
    The fields of one cloud.

    Parameters
    ----------
    message
        The cloud.

    Attributes
    ----------
    num_points
        How many points, organized in rows or not.

    Raises
    ------
    ConversionError
        If the points do not fit into its bytes.

    """

    def __init__(self, message: Any) -> None:  # noqa: ANN401 - or what looks like one
        width, height, step = message.width, message.height, message.point_step
        row_size = width * step
        # A row step says nothing where there is one row, and some publishers leave it out.
        row_step = (message.row_step if height > 1 else 0) or row_size
        self.num_points: int = width * height
        self._data: Array = message.data
        self._order: Literal['<', '>'] = '>' if message.is_bigendian else '<'
        self._chosen: Array | None = None
        self._columns: dict[str, Array] = {}
        self._shape: tuple[int, int] = (height, width)
        self._strides: tuple[int, int] = (row_step, step)
        size = (height - 1) * row_step + row_size
        if self.num_points and (not step or row_step < row_size or size > len(self._data)):
            msg = (
                f'a cloud of {width} x {height} points with point_step {step} and row_step '
                f'{message.row_step} does not fit into {len(self._data)} bytes; repair the '
                'publisher'
            )
            raise ConversionError(msg)
        self._fields = {
            field.name: (field.offset, np.dtype(self._order + _DATATYPES[field.datatype]))
            for field in message.fields
            # Some publishers leave the count out. Fields without a name are padding.
            if field.name and field.datatype in _DATATYPES and field.count <= 1
        }

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a field of one number per point."""
        return name in self._fields

    def choose(self, indices: Array) -> None:
        """
        Leave points out.

        Parameters
        ----------
        indices
            Of the points that stay, among those that did.

        """
        self._columns.clear()
        self._chosen = indices if self._chosen is None else self._chosen[indices]
        self.num_points = len(self._chosen)

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields of one number per point."""
        return tuple(self._fields)

    def view(self, name: str, dtype: np.dtype[Any] | None = None) -> Array:
        """
        Return one field of all points, where it is.

        Parameters
        ----------
        name
            Must be there.
        dtype
            How to read its bytes in place of how they are declared: same size.

        Returns
        -------
        numpy.ndarray
            Shape (num_points,); strided, read-only, in the byte order of the message.

        Raises
        ------
        ConversionError
            If there is no such field, or it lies outside of the points.

        """
        if name not in self._fields:
            msg = f'the cloud has no field {name!r}; it has {", ".join(self._fields) or "none"}'
            raise ConversionError(msg)
        offset, declared = self._fields[name]
        if not self._shape[0] * self._shape[1]:
            return np.empty(0, declared)
        step = self._strides[1]
        if offset + declared.itemsize > step:
            msg = (
                f'the field {name!r} at offset {offset} ends behind point_step {step}; repair '
                'the publisher'
            )
            raise ConversionError(msg)
        dtype = declared if dtype is None else dtype.newbyteorder(self._order)
        view: Array = np.ndarray(self._shape, dtype, self._data, offset, self._strides)
        view = view.reshape(-1)
        return view if self._chosen is None else owned(view[self._chosen])

    def column(self, name: str) -> Array:
        """
        Return one field of all points, as `view` does, but for more than one use.

        Returns
        -------
        numpy.ndarray
            Shape (num_points,); without gaps, the same object each time: it must not change.

        """
        if name not in self._columns:
            self._columns[name] = owned(np.ascontiguousarray(self.view(name)))
        return self._columns[name]

    def positions(self) -> npt.NDArray[np.float32]:
        """
        Return where the points are.

        Returns
        -------
        numpy.ndarray
            Shape (num_points, 3), a copy.

        Raises
        ------
        ConversionError
            If there are no fields x, y and z.

        """
        positions = np.empty((self.num_points, 3), np.float32)
        for i, name in enumerate('xyz'):
            positions[:, i] = self.view(name)
        return positions
