# SPDX-License-Identifier: Apache-2.0
"""What all archetypes of the schema can do."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge import archetypes
from rerun_bridge.archetypes import (
    Archetype,
    Arrows3D,
    Boxes3D,
    LineStrips3D,
    Points3D,
    Scalars,
    TextLog,
)
from rerun_bridge.archetypes.components import Position3DBatch
from rerun_bridge.encodings import owned
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of

if TYPE_CHECKING:
    from collections.abc import Callable


def test_constructors_are_like_handwritten_ones() -> None:
    text, level, _ = inspect.signature(TextLog).parameters.values()
    assert (text.kind, text.annotation) == (text.POSITIONAL_OR_KEYWORD, 'Texts')
    assert (level.kind, level.default) == (level.KEYWORD_ONLY, None)
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'scalars'"):
        Scalars()  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'colour'"):
        TextLog('x', colour=1)  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError, match='takes 2 positional arguments'):
        TextLog('x', 'INFO')  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError, match=r"missing 1 required keyword-only argument: 'vectors'"):
        Arrows3D(origins=[1, 2, 3])  # type: ignore[call-arg]  # wrong on purpose


def test_a_constructor_stays_the_same_when_it_has_been_used() -> None:
    class Points3D(archetypes.Points3D):  # the same components, and not used yet
        positions: list[float]

    before = inspect.signature(Points3D)
    assert values_of(Points3D([1, 2, 3])) == {'positions': [[1, 2, 3]]}
    assert inspect.signature(Points3D).parameters == before.parameters
    assert values_of(Points3D(positions=[4, 5, 6])) == {'positions': [[4, 5, 6]]}
    with pytest.raises(UsageError, match='Points3D:positions'):
        Points3D(['a', 'b', 'c'])  # type: ignore[list-item]  # wrong on purpose


def test_values_of_a_wrong_kind_are_told_however_they_come() -> None:
    with pytest.raises(UsageError, match=r"Points3D:positions: cannot read .* float: 'a'"):
        Points3D(['a', 'b', 'c'])
    with pytest.raises(UsageError, match=r"cannot read .* float: 'a'"):
        Position3DBatch(['a', 'b', 'c'])
    pixels = np.zeros((4, 5, 3), np.uint8)
    with pytest.raises(UsageError, match='is no ColorModel'):
        archetypes.Image(pixels, color_model=['RGB'])  # type: ignore[arg-type]  # wrong on purpose


def test_layouts_are_shared() -> None:
    assert Points3D([1, 2, 3]).layout is Points3D([[4, 5, 6]], radii=None).layout
    assert Points3D([1, 2, 3]).layout is not Points3D([1, 2, 3], radii=1).layout


def test_components_are_sorted_by_name() -> None:
    names = [c.name for c in Points3D([1, 2, 3], radii=1, colors=[1, 2, 3]).layout.components]
    assert names == ['Points3D:colors', 'Points3D:positions', 'Points3D:radii']


def test_from_fields() -> None:
    assert values_of(Points3D.from_fields(radii=[1, 2])) == {'radii': [1, 2]}
    cleared = values_of(Points3D.from_fields(clear_unset=True, radii=2, colors=None))
    assert cleared.pop('radii') == [2]
    assert set(cleared) == set(Points3D.FIELDS) - {'radii'}
    assert not any(cleared.values())
    with pytest.raises(UsageError, match='Points3D has no field color; its fields are positions'):
        Points3D.from_fields(color=1)


def test_cleared() -> None:
    assert values_of(Scalars.cleared()) == {'scalars': []}


def test_repr() -> None:
    points = Points3D(np.zeros((4, 3)), labels='x')
    assert repr(points) == 'Points3D(labels: 1, positions: 4)'


def test_every_archetype_says_what_it_is() -> None:
    for cls in Archetype.__subclasses__():
        assert cls.__doc__


def test_visualizers() -> None:
    visualizer = LineStrips3D.from_fields(radii=1).visualizer()
    assert visualizer.visualizer_type == 'Lines3D'
    assert visualizer.overrides is not None
    assert Boxes3D.from_fields().visualizer().visualizer_type == 'Boxes3D'


def test_points_are_copied_unless_handed_over() -> None:
    positions = np.ones((3000, 3), '<f4')
    copied, shared = Points3D(positions), Points3D(owned(positions))
    positions[:] = 0
    assert copied.datas[0].all()
    assert np.shares_memory(shared.datas[0], positions)


@pytest.mark.parametrize(
    ('call', 'text'),
    [
        (lambda: Points3D([1, 2]), r'Points3D:positions: expected vectors of 3 numbers'),
        (lambda: Points3D([1, 2, 3], radii='x'), 'Points3D:radii: cannot read numbers'),
        (lambda: Points3D([1, 2, 3], class_ids=float('inf')), 'Points3D:class_ids: cannot'),
        (lambda: Scalars.columns(scalars='x'), 'Scalars:scalars: cannot read numbers'),
    ],
)
def test_errors_name_the_component(call: Callable[[], object], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        call()
