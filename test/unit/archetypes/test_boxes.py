# SPDX-License-Identifier: Apache-2.0
"""Boxes of many descriptions."""

from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge.archetypes import Box2DFormat, Boxes2D, Boxes3D, Quaternion
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of

CENTER, HALF = [[2.5, 4]], [[0.5, 1]]


@pytest.mark.parametrize(
    ('array_format', 'numbers'),
    [
        (Box2DFormat.XYWH, [2, 3, 1, 2]),
        (Box2DFormat.YXHW, [3, 2, 2, 1]),
        (Box2DFormat.XYXY, [2, 3, 3, 5]),
        (Box2DFormat.YXYX, [3, 2, 5, 3]),
        (Box2DFormat.XCYCWH, [2.5, 4, 1, 2]),
        (Box2DFormat.XCYCW2H2, [2.5, 4, 0.5, 1]),
    ],
)
def test_formats(array_format: Box2DFormat, numbers: list[float]) -> None:
    boxes = values_of(Boxes2D(array=[numbers, numbers], array_format=array_format))
    assert boxes == {'centers': CENTER * 2, 'half_sizes': HALF * 2}


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ({'array': [1, 2, 3, 4]}, 'goes with array_format='),
        ({'array': [1, 2, 3, 4], 'array_format': Box2DFormat.XYWH, 'sizes': [1, 2]}, 'no other'),
        ({'array': [1, 2, 3], 'array_format': Box2DFormat.XYWH}, 'boxes of four numbers'),
        ({'sizes': [1, 2], 'half_sizes': [1, 2]}, 'sizes and half_sizes exclude'),
        ({'sizes': [1, 2], 'mins': [1, 2], 'centers': [1, 2]}, 'mins and centers exclude'),
        ({'sizes': [1, 2], 'mins': [1, 2, 3]}, 'mins of shape'),
        ({'mins': [1, 2]}, 'give sizes= or half_sizes='),
    ],
)
def test_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        Boxes2D(**arguments)


def test_rotations_once() -> None:
    with pytest.raises(UsageError, match='rotations are given twice'):
        Boxes3D(sizes=[1, 2, 3], rotations=Quaternion.identity(), quaternions=[0, 0, 0, 1])
