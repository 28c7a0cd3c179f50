# SPDX-License-Identifier: Apache-2.0
"""Columns and how their instances are distributed to rows."""

from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.archetypes import ComponentColumnList, Points3D, Scalars, TextLog
from rerun_bridge.errors import UsageError


def test_one_instance_in_each_row() -> None:
    columns = Points3D.columns(positions=np.zeros((4, 3)), radii=[1, 2, 3, 4])
    assert [column.component.name for column in columns] == [
        'Points3D:positions',
        'Points3D:radii',
    ]
    assert [column.lengths for column in columns] == [None, None]


def test_several_instances_in_each_row() -> None:
    (column,) = Scalars.columns(scalars=np.arange(6).reshape(2, 3))
    assert column.lengths == [3, 3]
    assert column.as_arrow_array().to_pylist() == [[0, 1, 2], [3, 4, 5]]


def test_partition() -> None:
    columns = Points3D.columns(positions=np.zeros((4, 3)), labels=list('abcd'))
    parts = columns.partition(iter([1, 0, 3]))
    assert isinstance(parts, ComponentColumnList)
    assert [column.lengths for column in parts] == [[1, 0, 3], [1, 0, 3]]
    assert parts[1].as_arrow_array().to_pylist() == [['a'], [], ['b', 'c', 'd']]
    assert columns[0].lengths is None


@pytest.mark.parametrize('lengths', [[1, 2], [4, 1], [5, -1], []])
def test_partition_refuses(lengths: list[int]) -> None:
    with pytest.raises(UsageError, match='instances; give lengths that sum up'):
        TextLog.columns(text=list('abcd')).partition(lengths)


def test_unknown_fields() -> None:
    with pytest.raises(UsageError, match='Scalars has no field colors; its fields are scalars'):
        Scalars.columns(colors=[1])


def test_no_fields() -> None:
    assert Points3D.columns(positions=None) == []
