# SPDX-License-Identifier: Apache-2.0
"""Numbers, vectors, lists of vectors and truth values become what pyarrow would make of them."""

from __future__ import annotations

from array import array
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from rerun_bridge.encodings import (
    Boolean,
    Encoding,
    owned,
    Primitive,
    put_together,
    Vector,
    VectorList,
)
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, Any]

LONG = np.arange(6000, dtype='<f4').reshape(-1, 3)
"""Larger than what is copied because it is small."""


def arrow_of(encoding: Encoding, *values: object) -> pa.Array:
    """Encode each value as a row and put the rows together."""
    return put_together(encoding.arrow_type, encoding.join([encoding.coerce(v) for v in values]))


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (1, [1]),
        (1.5, [1.5]),
        (True, [1]),
        ([1, 2], [1, 2]),
        ((1, 2.5), [1, 2.5]),
        (range(3), [0, 1, 2]),
        (np.float32(2), [2]),
        (np.array(3), [3]),
        (np.arange(4).reshape(2, 2), [0, 1, 2, 3]),
        (np.arange(4, dtype='>f8')[::2], [0, 2]),
        (array('d', [0, 1]), [0, 1]),
        ([], []),
        (np.zeros((0, 3)), []),
    ],
)
def test_primitive_flattens(value: object, expected: list[float]) -> None:
    encoding = Primitive('<f8')
    data = encoding.coerce(value)
    assert encoding.count(data) == len(expected)
    assert encoding.num_bytes(data) == 8 * len(expected)
    assert arrow_of(encoding, value).equals(pa.array(expected, pa.float64()))


@pytest.mark.parametrize(
    'dtype', ['u1', '<u2', '<u4', '<u8', 'i1', '<i2', '<i4', '<i8', '<f2', '<f4', '<f8']
)
def test_primitive_of_all_types(dtype: str) -> None:
    numbers = np.array([0, 1, 100], dtype)
    assert arrow_of(Primitive(dtype), numbers).equals(pa.array(numbers))


@pytest.mark.parametrize('value', ['abc', {}, object(), [1, [2]], ['x'], 1j])
def test_primitive_refuses(value: object) -> None:
    with pytest.raises(UsageError, match='cannot read numbers of type float64'):
        Primitive('<f8').coerce(value)


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match='cannot read numbers of type int64'):
        Primitive('<i8').coerce(1 << 63)


def test_rows_are_joined_and_sliced() -> None:
    encoding = Primitive('<f4')
    assert arrow_of(encoding, 1, [2, 3], []).to_pylist() == [1, 2, 3]
    data = encoding.coerce([1, 2, 3, 4])
    part = encoding.slice(data, 1, 3)
    assert part.tolist() == [2, 3]
    assert np.shares_memory(part, data)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ([1, 2, 3], [[1, 2, 3]]),
        ([1, 2, 3, 4, 5, 6], [[1, 2, 3], [4, 5, 6]]),
        ([[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]),
        ([np.arange(3), np.arange(3)], [[0, 1, 2], [0, 1, 2]]),
        (np.arange(12).reshape(2, 2, 3), [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]),
        (np.arange(3).reshape(1, 3, 1), [[0, 1, 2]]),
        (np.asfortranarray(np.arange(6).reshape(2, 3)), [[0, 1, 2], [3, 4, 5]]),
        ([], []),
        (np.zeros((0, 3)), []),
        (np.zeros((0, 7)), []),
    ],
)
def test_vectors(value: object, expected: list[list[float]]) -> None:
    encoding = Vector('<f4', 3)
    data = encoding.coerce(value)
    assert data.shape == (len(expected), 3)
    assert encoding.count(data) == len(expected)
    array = arrow_of(encoding, value)
    assert array.equals(pa.array(expected, encoding.arrow_type))
    assert array.type == pa.list_(pa.field('item', pa.float32(), nullable=False), 3)


@pytest.mark.parametrize(
    'value', [1, [1, 2], [[1, 2]], np.zeros((3, 2)), np.zeros((1, 6)), [[1, 2, 3], [4, 5]], 'abc']
)
def test_vectors_refuse(value: object) -> None:
    with pytest.raises(UsageError, match=r'expected vectors of 3 numbers|cannot read numbers'):
        Vector('<f4', 3).coerce(value)


def test_many_vectors_are_joined() -> None:
    array = arrow_of(Vector('<f4', 3), LONG, LONG + 1, [7, 8, 9])
    expected = np.concatenate([LONG, LONG + 1, np.array([[7, 8, 9]], '<f4')])
    assert np.array_equal(array.flatten().to_numpy().reshape(-1, 3), expected)


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (True, [True]),
        ([True, False], [True, False]),
        ([1, 0, 2], [True, False, True]),
        (np.arange(17) % 3 == 0, [i % 3 == 0 for i in range(17)]),
        ([], []),
    ],
)
def test_truth_values(value: object, expected: list[bool]) -> None:
    assert arrow_of(Boolean(), value).equals(pa.array(expected, pa.bool_()))
    assert arrow_of(Boolean(), value, value, 1).to_pylist() == [*expected, *expected, True]


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ([[0, 0], [1, 1]], [[[0, 0], [1, 1]]]),
        ([[[0, 0], [1, 1]], [[2, 2]]], [[[0, 0], [1, 1]], [[2, 2]]]),
        (np.arange(4).reshape(2, 2), [[[0, 1], [2, 3]]]),
        (np.arange(8).reshape(2, 2, 2), [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
        ([np.zeros((1, 2)), []], [[[0, 0]], []]),
        ([[], [[1, 2]]], [[], [[1, 2]]]),
        ([np.zeros(2), np.ones(2)], [[[0, 0], [1, 1]]]),
        ((np.zeros((1, 2)) for _ in range(2)), [[[0, 0]], [[0, 0]]]),
        ([], []),
    ],
)
def test_strips(value: object, expected: list[Any]) -> None:
    encoding = VectorList('<f8', 2)
    data = encoding.coerce(value)
    assert encoding.count(data) == len(expected)
    array = put_together(encoding.arrow_type, encoding.join([data]))
    assert array.equals(pa.array(expected, encoding.arrow_type))
    part = encoding.slice(data, 0, 1)
    sliced = put_together(encoding.arrow_type, encoding.join([part, part]))
    assert sliced.to_pylist() == expected[:1] * 2


@pytest.mark.parametrize('value', [1, 'abc', [[1, 2, 3]], np.zeros((2, 3)), [np.zeros((2, 3))]])
def test_strips_refuse(value: object) -> None:
    with pytest.raises(UsageError):
        VectorList('<f4', 2).coerce(value)


def writable(array: Numbers) -> Numbers:
    """Return an array as it is."""
    return array


def read_only_view(array: Numbers) -> Numbers:
    """Return a view that cannot be written, of memory that can."""
    view: Numbers = array.view()
    view.flags.writeable = False
    return view


def read_only_memory(array: Numbers) -> object:
    """Return a memoryview that cannot be written, of memory that can."""
    return array.data.toreadonly()


@pytest.mark.parametrize('disguise', [writable, read_only_view, read_only_memory])
@pytest.mark.parametrize(
    ('encoding', 'dtype', 'shape'),
    [
        (Primitive('<f4'), '<f4', 6),
        (Vector('<f4', 3), '<f4', (2, 3)),
        (Vector('<f4', 3), '<f4', (2000, 3)),
        (VectorList('<f4', 3), '<f4', (2, 3)),
        (Boolean(), '?', 6),
        (Vector('u1', 3), 'u1', 6),
    ],
)
def test_later_changes_do_not_matter(
    encoding: Encoding,
    dtype: str,
    shape: int | tuple[int, ...],
    disguise: Callable[[Numbers], object],
) -> None:
    source = np.ones(shape, dtype)
    data = encoding.coerce(disguise(source))
    before = put_together(encoding.arrow_type, encoding.join([data])).to_pylist()
    source[...] = 0
    assert put_together(encoding.arrow_type, encoding.join([data])).to_pylist() == before


def test_bytearrays_are_copied() -> None:
    source = bytearray(b'\x01\x02\x03')
    data = Primitive('u1').coerce(source)
    source[0] = 9
    assert data.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    'source', [np.frombuffer(LONG.tobytes(), '<f4').reshape(-1, 3), owned(LONG.copy())]
)
def test_immutable_memory_is_not_copied(source: Numbers) -> None:
    encoding = Vector('<f4', 3)
    data = encoding.coerce(source)
    assert np.shares_memory(data, source)
    joined = encoding.join([data]).buffers[2]
    assert isinstance(joined, memoryview)
    assert np.shares_memory(np.frombuffer(joined, '<f4'), source)


def test_immutable_memory_of_another_type_is_converted() -> None:
    data = Primitive('<f4').coerce(np.frombuffer(bytes(range(8)), '<u2'))
    assert data.dtype == np.float32
    assert data.tolist() == [256, 770, 1284, 1798]
