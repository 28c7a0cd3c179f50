# SPDX-License-Identifier: Apache-2.0
"""Anything that can be logged becomes columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from rerun_bridge.archetypes import (
    AnyBatchValue,
    ClassDescription,
    columns_of,
    ComponentDescriptor,
    Points3D,
    Scalars,
)
from rerun_bridge.errors import UsageError


class Batch:
    """As rerun-sdk makes them."""

    def component_descriptor(self) -> Any:  # noqa: ANN401 - only its attributes count
        return ComponentDescriptor('Foreign:x', 'foreign.Foreign', 'foreign.X')

    def as_arrow_array(self) -> pa.Array:
        return pa.array([1, 2], pa.int32())


class ForeignArchetype:
    """As rerun-sdk makes them."""

    def as_component_batches(self) -> list[Batch]:
        return [Batch()]


def test_our_own() -> None:
    points = Points3D([1, 2, 3])
    columns = columns_of(points)
    assert columns.layout is points.layout
    assert columns.datas is points.datas


@pytest.mark.parametrize(
    'value', [ForeignArchetype(), [Batch()], (Batch(),), [ForeignArchetype()], Batch()]
)
def test_foreign_ones(value: object) -> None:
    columns = columns_of(value)
    (component,) = columns.layout.components
    assert component[:3] == ('Foreign:x', 'foreign.Foreign', 'foreign.X')
    assert columns.datas == (pa.array([1, 2], pa.int32()),)
    assert columns_of(ForeignArchetype()).layout is columns.layout


def test_several_together() -> None:
    columns = columns_of([Scalars(1), Batch(), Points3D([1, 2, 3])])
    names = [component.name for component in columns.layout.components]
    assert names == ['Foreign:x', 'Points3D:positions', 'Scalars:scalars']


def test_batches_of_ours() -> None:
    points = Points3D([1, 2, 3], radii=1)
    names = [c.name for c in columns_of(points.as_component_batches()).layout.components]
    assert names == ['Points3D:positions', 'Points3D:radii']


def test_classes() -> None:
    columns = columns_of(ClassDescription(info=(1, 'one')))
    assert columns.layout.components[0].name == 'AnnotationContext:context'


def test_nothing() -> None:
    assert columns_of([]).layout.components == ()
    assert columns_of(AnyBatchValue('nothing', None)).layout.components == ()


@pytest.mark.parametrize('value', [1, 'text', b'bytes', object(), None, [1]])
def test_refused(value: object) -> None:
    with pytest.raises(UsageError, match=r'cannot be logged; give an archetype'):
        columns_of(value)
