# SPDX-License-Identifier: Apache-2.0
"""Arrays of numbers of ``std_msgs``: curves, bars or tensors, as their sizes suggest."""

from __future__ import annotations

import math
from typing import Any, TYPE_CHECKING, TypeAlias

import numpy as np

from rerun_bridge.archetypes import BarChart, Tensor, TensorData
from rerun_bridge.converters.base import converts, Entry, SCALARS
from rerun_bridge.converters.replacing import Replacing
from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import AnyColumns, Convert, Topic

    Array: TypeAlias = npt.NDArray[Any]

_TYPES = (
    *(f'{sign}Int{bits}' for sign in ('', 'U') for bits in (8, 16, 32, 64)),
    'Float32',
    'Float64',
    'Byte',
)
_MAX_CURVES = 64


@converts(*(f'std_msgs/msg/{name}MultiArray' for name in _TYPES))
def multi_array(topic: Topic) -> Convert:  # noqa: ARG001
    """Make `Scalars` of up to 64 numbers, `BarChart` of more, `Tensor` of several dimensions."""
    replacing = Replacing()

    def convert(message: Message) -> Iterator[Entry]:
        return replacing.entries(_to_columns(message))

    return convert


def _to_columns(message: Message) -> AnyColumns:
    dimensions = message.layout.dim
    if len(dimensions) > 1:
        array = _shaped(message)
        names = [dimension.label for dimension in dimensions]
        return Tensor(TensorData(array=array, dim_names=names if any(names) else None))
    numbers = message.data[message.layout.data_offset :]
    if len(numbers) <= _MAX_CURVES:
        return SCALARS(numbers)
    return BarChart.from_fields(values=TensorData(array=numbers))


def _shaped(message: Message) -> Array:
    """Apply the layout: a stride counts the numbers in all of a dimension."""
    layout, data = message.layout, message.data
    shape = tuple(dimension.size for dimension in layout.dim)
    steps = (*[dimension.stride for dimension in layout.dim][1:], 1)
    dense = tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
    if any(step < least for step, least in zip(steps, dense)):  # noqa: B905 - as many
        steps = dense
    if 0 in shape:
        return np.empty([min(size, len(data)) for size in shape], data.dtype)
    last = layout.data_offset + sum((size - 1) * step for size, step in zip(shape, steps))  # noqa: B905
    if last >= len(data):
        msg = (
            f'an array of {" x ".join(map(str, shape))} numbers from number {layout.data_offset} '
            f'on does not fit into {len(data)}; repair its layout'
        )
        raise ConversionError(msg)
    size = data.dtype.itemsize
    return np.lib.stride_tricks.as_strided(
        data[layout.data_offset :], shape, tuple(step * size for step in steps)
    )
