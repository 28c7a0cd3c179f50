# SPDX-License-Identifier: Apache-2.0
"""Rows of tensors, of several types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.archetypes import TensorData
from rerun_bridge.archetypes.tensors import Tensor
from rerun_bridge.encodings import owned, put_together
from rerun_bridge.errors import UsageError


def test_rows_of_several_types() -> None:
    encoding = Tensor()
    values: list[Any] = [
        np.arange(6, dtype='u1').reshape(2, 3),
        TensorData(array=np.arange(2, dtype='<f4'), dim_names=['x']),
        [np.array([7], 'u1'), np.array([8], '<i8')],
        np.arange(2, dtype='>i2'),
    ]
    rows = [encoding.coerce(values[0]), encoding.coerce(values[1]), encoding.coerce(values[3])]
    assert [encoding.count(row) for row in rows] == [1, 1, 1]
    assert encoding.num_bytes(rows[0]) == 6
    array = put_together(encoding.arrow_type, encoding.join(rows))
    array.validate(full=True)
    assert array.to_pylist() == [
        {'shape': [2, 3], 'names': None, 'buffer': [0, 1, 2, 3, 4, 5]},
        {'shape': [2], 'names': ['x'], 'buffer': [0, 1]},
        {'shape': [2], 'names': None, 'buffer': [0, 1]},
    ]


def test_slices() -> None:
    encoding = Tensor()
    data = encoding.coerce([TensorData(array=[1]), TensorData(array=[2])])
    assert [tensor.buffer.tolist() for tensor in encoding.slice(data, 1, 2)] == [[2]]


def test_no_tensors() -> None:
    encoding = Tensor()
    assert len(put_together(encoding.arrow_type, encoding.join([[]]))) == 0


def test_later_changes_do_not_matter() -> None:
    source = np.ones((20, 30))
    data = Tensor().coerce(source)
    source[:] = 0
    assert data[0].buffer.sum() == 600


def test_what_is_handed_over_is_not_copied() -> None:
    source = np.ones((200, 30))
    data = Tensor().coerce(owned(source))
    assert np.shares_memory(data[0].buffer, source)


@pytest.mark.parametrize('value', [np.zeros(2, 'c8'), ['a', 'b'], np.zeros(2, '?')])
def test_refused(value: object) -> None:
    with pytest.raises(UsageError, match='do not exist'):
        Tensor().coerce(value)
