# SPDX-License-Identifier: Apache-2.0
"""Types of components by name."""

from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.archetypes import (
    columns_of,
    ComponentDescriptor,
    components,
    Points3D,
    Radius,
    Scale3D,
    TextLog,
)
from rerun_bridge.archetypes.schema import COMPONENT_TYPES
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of


@pytest.mark.parametrize('name', COMPONENT_TYPES)
def test_every_type_has_a_batch(name: str) -> None:
    batch = getattr(components, f'{name}Batch')
    assert batch.TYPE.name == f'rerun.components.{name}'
    assert getattr(components, f'{name}Batch') is batch
    assert hasattr(components, name)


def test_unknown_types() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        _ = components.Nonsense


def test_values_are_arguments() -> None:
    points = Points3D(
        [components.Position3D([1, 2, 3]), components.Position3D(xyz=[4, 5, 6])],
        radii=components.RadiusBatch([1, 2]),
        labels=components.TextBatch(['a', 'b']),
    )
    assert values_of(points) == {
        'positions': [[1, 2, 3], [4, 5, 6]],
        'radii': [1, 2],
        'labels': ['a', 'b'],
    }
    assert values_of(TextLog(components.Text('a'))) == {'text': ['a']}


def test_one_value_only() -> None:
    with pytest.raises(UsageError, match='Radius takes one value, got 0'):
        Radius()
    with pytest.raises(UsageError, match='Radius takes one value, got 2'):
        Radius(1, other=2)


def test_conversions() -> None:
    assert int(components.Color([1, 2, 3])) == 0x010203FF
    assert list(components.TextBatch(['a', 'b'])) == ['a', 'b']
    assert str(components.Text('abc')) == 'abc'
    assert np.asarray(Scale3D(2)).tolist() == [[2, 2, 2]]
    assert Radius.ui_points([1, -2]).tolist() == [-1, -2]


def test_described() -> None:
    batch = components.ColorBatch([[1, 2, 3]]).described(ComponentDescriptor('mine'))
    (component,) = columns_of([batch]).layout.components
    assert component[:3] == ('mine', None, 'rerun.components.Color')


def test_partition() -> None:
    column = components.ScalarBatch([1, 2, 3]).partition([1, 2])
    assert column.as_arrow_array().to_pylist() == [[1], [2, 3]]
    assert column.component.name == 'rerun.components.Scalar'
    assert components.ScalarBatch([1, 2]).partition().lengths is None
