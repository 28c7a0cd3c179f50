# SPDX-License-Identifier: Apache-2.0
"""Any Arrow type can be taken apart and put together again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rerun_bridge.encodings import Arrow, put_together, Records, take_apart
from rerun_bridge.errors import UsageError

PAIR = pa.struct([pa.field('a', pa.int32(), nullable=False), pa.field('b', pa.utf8())])
UNION = pa.UnionArray.from_dense(
    pa.array([0, 1, 0], pa.int8()),
    pa.array([0, 0, 1], pa.int32()),
    [pa.array([1, 2], pa.int64()), pa.array(['x'])],
)
ARRAYS = [
    pa.array([1, 2, 3], pa.int16()),
    pa.array([1, None, 3], pa.float64()),
    pa.array([True, None, False]),
    pa.array(['a', None, '']),
    pa.array([b'a', b'bc']),
    pa.array([[1, 2], [], None, [3]]),
    pa.array([[1.0, 2.0]], pa.list_(pa.float32(), 2)),
    pa.array([{'a': 1, 'b': 'x'}, {'a': 2, 'b': None}], PAIR),
    pa.array([[{'a': 1, 'b': 'x'}], []], pa.list_(PAIR)),
    pa.nulls(3),
    pa.array([1, 2], pa.timestamp('ns')),
    pa.array([None, None], pa.utf8()),
    UNION,
]


@pytest.mark.parametrize('array', ARRAYS, ids=lambda array: str(array.type))
def test_take_apart_and_put_together(array: pa.Array) -> None:
    assert put_together(array.type, take_apart(array)).equals(array)
    sliced = array[1:]
    assert put_together(array.type, take_apart(sliced)).equals(sliced)
    empty = array[:0]
    assert len(put_together(array.type, take_apart(empty))) == 0


@pytest.mark.parametrize('array', ARRAYS, ids=lambda array: str(array.type))
def test_arrow_encoding(array: pa.Array) -> None:
    encoding = Arrow(array.type)
    data = encoding.coerce(array)
    assert encoding.count(data) == len(array)
    assert encoding.num_bytes(data) >= 0
    part = encoding.slice(data, 1, 2)
    assert put_together(array.type, encoding.join([part])).equals(array[1:2])


def test_rows_are_joined() -> None:
    encoding = Arrow(PAIR)
    rows = [encoding.coerce([{'a': 1, 'b': 'x'}]), encoding.coerce([]), encoding.coerce([None])]
    array = put_together(PAIR, encoding.join(rows))
    assert array.to_pylist() == [{'a': 1, 'b': 'x'}, None]


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ([1, 2], [1, 2]),
        (np.array([1.0, 2.0]), [1, 2]),
        (pa.array([1, 2], pa.int8()), [1, 2]),
        (pa.chunked_array([[1], [2]]), [1, 2]),
    ],
)
def test_arrow_encoding_converts(value: object, expected: list[int]) -> None:
    assert Arrow(pa.int64()).coerce(value).equals(pa.array(expected, pa.int64()))


@pytest.mark.parametrize('value', [['x'], object(), 1, pa.array(['x'])])
def test_arrow_encoding_refuses(value: object) -> None:
    with pytest.raises(UsageError, match='cannot convert'):
        Arrow(pa.int64()).coerce(value)


def test_later_changes_do_not_matter() -> None:
    source = np.ones(2000)
    data = Arrow(pa.float64()).coerce(source)
    source[:] = 0
    assert data.to_pylist() == [1.0] * 2000


def test_records() -> None:
    encoding = Records(PAIR)
    one, two = (1, 'x'), (2, None)
    rows = [encoding.coerce(one), encoding.coerce([two, one]), encoding.coerce([])]
    assert [encoding.count(row) for row in rows] == [1, 2, 0]
    assert encoding.num_bytes(rows[1]) > 0
    assert encoding.slice(rows[1], 1, 2) == [one]
    array = put_together(PAIR, encoding.join(rows))
    assert array.to_pylist() == [{'a': 1, 'b': 'x'}, {'a': 2, 'b': None}, {'a': 1, 'b': 'x'}]
    assert encoding.join(rows) is encoding.join(rows)
    assert len(put_together(PAIR, encoding.join([[]]))) == 0
