# SPDX-License-Identifier: Apache-2.0
"""Values without a schema."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rerun_bridge.archetypes import (
    AnyBatchValue,
    AnyValues,
    ComponentDescriptor,
    DynamicArchetype,
    Radius,
)
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of


def test_types_are_kept() -> None:
    assert values_of(AnyValues(kept_int=1)) == {'kept_int': [1]}
    assert values_of(AnyValues(kept_int=np.uint8(2))) == {'kept_int': [2]}
    assert AnyValues(kept_int=None).layout.components[0].encoding.arrow_type == pa.int64()
    assert values_of(AnyValues(kept_int=[])) == {'kept_int': []}
    with pytest.raises(UsageError, match='components keep the type of their first value'):
        AnyValues(kept_int='x')


def test_untyped_nones() -> None:
    assert values_of(AnyValues(never_typed=None, never_typed_list=[])) == {}
    with pytest.raises(UsageError, match='the type of never_typed is not known yet'):
        AnyValues(False, never_typed=None)  # noqa: FBT003 - as in rerun-sdk


@pytest.mark.parametrize('value', [np.zeros((2, 2)), object(), [1, 'x'], {1: 2}])
def test_refused(value: object) -> None:
    with pytest.raises(UsageError, match='cannot convert'):
        AnyValues(refused=value)


def test_components_are_interned() -> None:
    assert AnyValues(interned=1.5).layout is AnyValues(interned=[2.5]).layout


def test_later_changes_do_not_matter() -> None:
    source = np.ones(2000)
    values = AnyValues(changing=source)
    source[:] = 0
    assert values_of(values) == {'changing': [1.0] * 2000}


def test_chaining() -> None:
    values = (
        AnyValues(chained_a=1)
        .with_component_from_data('chained_b', [2.5])
        .with_component_override('chained_c', 'rerun.components.Radius', Radius(3))
    )
    assert values_of(values) == {'chained_a': [1], 'chained_b': [2.5], 'chained_c': [3]}
    assert values.layout.components[2].component_type == 'rerun.components.Radius'


def test_dynamic_archetypes() -> None:
    archetype = DynamicArchetype('mine', components={'b': [1, 2], 'a': 'x', 'n': None})
    assert values_of(archetype) == {'a': ['x'], 'b': [1, 2]}
    assert {c.archetype for c in archetype.layout.components} == {'mine'}


def test_batches() -> None:
    batch = AnyBatchValue(ComponentDescriptor('batch_a', 'mine', 'my.Type'), [1, 2])
    assert batch.is_valid()
    assert batch.component_descriptor() == ('batch_a', 'mine', 'my.Type')
    assert batch.as_arrow_array() == pa.array([1, 2])
    assert not AnyBatchValue('batch_none', None).is_valid()


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ([1, 2], [[1], [2]]),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        ([[1], [2, 3]], [[1], [2, 3]]),
        ([np.array([1]), []], [[1], []]),
        (pa.array([1, 2]), [[1], [2]]),
        (pa.array([[1, 2], []]), [[1, 2], []]),
        (7, [[7]]),
    ],
)
def test_columns(value: object, expected: list[list[int]]) -> None:
    (column,) = AnyValues.columns(column_of_ints=value)
    assert column.as_arrow_array().to_pylist() == expected
    (column,) = DynamicArchetype.columns('mine', components={'column_of_ints': value, 'n': None})
    assert column.component.name == 'mine:column_of_ints'


def test_empty_columns() -> None:
    assert AnyValues.columns(untyped_column=None) == []


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (np.array(3), [3]),
        (np.array('x'), ['x']),
        (np.datetime64('2020-01-01'), [date(2020, 1, 1)]),
        (np.timedelta64(3, 's'), [timedelta(seconds=3)]),
    ],
)
def test_numbers_of_numpy_are_values(value: Any, expected: list[object]) -> None:  # noqa: ANN401
    [data] = AnyValues(**{f'numpy_{value.dtype.kind}': value}).datas
    assert data.to_pylist() == expected


def test_texts_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match='cannot convert'):
        AnyValues(text='\ud800')
