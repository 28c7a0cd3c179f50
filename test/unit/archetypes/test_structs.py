# SPDX-License-Identifier: Apache-2.0
"""Components that are more than vectors."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from rerun_bridge.archetypes import GraphEdges, McapChannel, McapStatistics, RotationAxisAngle
from rerun_bridge.archetypes.structs import AxisAngle, Coefficients, File, Matrix, Range
from rerun_bridge.encodings import put_together
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of


def test_files_are_read() -> None:
    assert File().coerce(BytesIO(b'abc')) == [b'abc']
    assert File().coerce(np.arange(4, dtype='u1').reshape(2, 2)) == [b'\x00\x01', b'\x02\x03']


def test_matrices_are_stored_by_columns() -> None:
    matrix = np.arange(9).reshape(3, 3)
    assert Matrix().coerce(matrix).tolist() == [[0, 3, 6, 1, 4, 7, 2, 5, 8]]
    assert Matrix().coerce(np.stack([matrix, matrix.T])).tolist()[1] == list(range(9))


def test_matrices_are_copied() -> None:
    matrix = np.eye(3, dtype='<f4')
    data = Matrix().coerce(matrix.T)
    matrix[:] = 0
    assert data.sum() == 3


@pytest.mark.parametrize('value', [[1, 2, 3], np.zeros((4, 4)), 'abc'])
def test_matrices_refuse(value: object) -> None:
    with pytest.raises(UsageError):
        Matrix().coerce(value)


def test_rotations_are_joined() -> None:
    encoding = AxisAngle()
    rows = [
        encoding.coerce(RotationAxisAngle([0, 0, 1], radians=0.5)),
        encoding.coerce([]),
        encoding.coerce([([1, 0, 0], 2)]),
    ]
    assert [encoding.count(row) for row in rows] == [1, 0, 1]
    array = put_together(encoding.arrow_type, encoding.join(rows))
    assert array.to_pylist() == [
        {'axis': [0, 0, 1], 'angle': 0.5},
        {'axis': [1, 0, 0], 'angle': 2},
    ]


@pytest.mark.parametrize('value', [3, ['x'], [[1, 2, 3]]])
def test_rotations_refuse(value: object) -> None:
    with pytest.raises(UsageError, match='cannot read rotations'):
        AxisAngle().coerce(value)


@pytest.mark.parametrize('shape', [(3, 15), (2, 8, 3), 44])
def test_coefficients_refuse(shape: int | tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match=r'expected coefficients of shape \(n, 15, 3\)'):
        Coefficients().coerce(np.zeros(shape))


def test_ranges() -> None:
    assert Range().coerce(slice(1, 2)).tolist() == [[1, 2]]


def test_edges() -> None:
    assert values_of(GraphEdges(('a', 'b')))['edges'] == [{'first': 'a', 'second': 'b'}]
    with pytest.raises(UsageError, match='GraphEdges:edges: too many values'):
        GraphEdges([('a', 'b', 'c')])


def test_metadata() -> None:
    channel = McapChannel(
        id=1, topic='/a', message_encoding='cdr', metadata=[('x', 'y'), ('z', 'w')]
    )
    assert values_of(channel)['metadata'] == [
        [{'first': 'x', 'second': 'y'}, {'first': 'z', 'second': 'w'}]
    ]


@pytest.mark.parametrize('counts', [{1: 2, 3: 4}, [(1, 2), (3, 4)]])
def test_counts(counts: object) -> None:
    statistics = McapStatistics.from_fields(channel_message_counts=counts)
    assert values_of(statistics)['channel_message_counts'] == [
        [{'channel_id': 1, 'message_count': 2}, {'channel_id': 3, 'message_count': 4}]
    ]
