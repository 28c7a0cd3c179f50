# SPDX-License-Identifier: Apache-2.0
"""The points that stay are those that the options promise, in their order."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
import numpy as np
import pytest

from rerun_bridge.converters import TopicOptions
from rerun_bridge.converters.thinning import first_per_voxel, thinned

COORDINATES = st.floats(-50, 50, width=32)
ANYWHERE = st.floats(-(2.0**100), 2.0**100, width=32)
EDGES = st.sampled_from([0.05, 0.1, 0.25, 1.0, 3.0])


def clouds(coordinates: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    shapes = st.tuples(st.integers(1, 60), st.just(3))
    return npst.arrays(np.float32, shapes, elements=coordinates)


def firsts(positions: Any, edge: float) -> list[int]:  # noqa: ANN401
    """Do what voxel promises, one point after the other."""
    seen: dict[tuple[float, ...], int] = {}
    for i, point in enumerate(positions):
        seen.setdefault(tuple(math.floor(float(x) / edge) for x in point), i)
    return list(seen.values())


@settings(deadline=None)
@given(clouds(st.one_of(COORDINATES, st.integers(-2, 2).map(float))), EDGES)
def test_the_first_point_of_each_cube_stays(positions: Any, edge: float) -> None:  # noqa: ANN401
    assert first_per_voxel(positions, edge).tolist() == firsts(positions, edge)


@settings(deadline=None)
@given(clouds(st.one_of(COORDINATES, ANYWHERE)), EDGES)
def test_points_may_be_anywhere(positions: Any, edge: float) -> None:  # noqa: ANN401
    assert first_per_voxel(positions, edge).tolist() == firsts(positions, edge)


@settings(deadline=None)
@given(
    clouds(COORDINATES),
    st.sampled_from([0.0, 0.5, 10.0]),
    st.integers(1, 5),
    st.integers(0, 20),
)
def test_order_of_the_options(
    positions: Any,  # noqa: ANN401
    voxel: float,
    stride: int,
    max_points: int,
) -> None:
    options = TopicOptions(voxel=voxel, stride=stride, max_points=max_points)
    found = thinned(positions, options)
    chosen = range(len(positions)) if found is None else found.tolist()
    expected = firsts(positions, voxel) if voxel else list(range(len(positions)))
    expected = expected[::stride]
    assert set(chosen) <= set(expected)
    assert list(chosen) == sorted(set(chosen))
    wanted = min(len(expected), max_points) if max_points else len(expected)
    assert len(chosen) == wanted


def test_max_points_are_spread_evenly() -> None:
    found = thinned(np.zeros((1000, 3), np.float32), TopicOptions(max_points=300))
    assert found is not None
    assert len(found) == 300
    assert set(np.diff(found).tolist()) == {3, 4}


@pytest.mark.parametrize(
    'options', [TopicOptions(), TopicOptions(max_points=5), TopicOptions(max_points=9)]
)
def test_all_points_stay_without_a_copy(options: TopicOptions) -> None:
    assert thinned(np.zeros((5, 3), np.float32), options) is None


@pytest.mark.parametrize(
    'options',
    [TopicOptions(voxel=0.1), TopicOptions(stride=2), TopicOptions(voxel=0.1, max_points=1)],
)
def test_of_nothing_nothing_stays(options: TopicOptions) -> None:
    found = thinned(np.empty((0, 3), np.float32), options)
    assert found is not None
    assert found.tolist() == []
