# SPDX-License-Identifier: Apache-2.0
"""Transforms and cameras where rerun-sdk only warns, or differs on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rerun_bridge.archetypes import Pinhole, Transform3D, TransformRelation, ViewCoordinates
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of


def test_from_parent_is_old() -> None:
    with pytest.warns(DeprecationWarning, match='use relation=') as found:
        transform = Transform3D(from_parent=True)
    assert found[0].filename == __file__
    assert values_of(transform) == {'relation': [TransformRelation.ChildFromParent]}
    with (
        pytest.warns(DeprecationWarning, match='use'),
        pytest.raises(UsageError, match='exclude each other'),
    ):
        Transform3D(from_parent=False, relation=1)
    with pytest.warns(DeprecationWarning, match='use'):
        assert values_of(Transform3D(from_parent=False)) == {}


@pytest.mark.parametrize('scale', [2, 2.0, [2], np.float32(2), np.array([[2]])])
def test_uniform_scale(scale: float) -> None:
    assert values_of(Transform3D(scale=scale)) == {'scale': [[2, 2, 2]]}


def test_rotation_of_unknown_kind() -> None:
    with pytest.raises(UsageError, match='may be any rotation; use quaternion='):
        Transform3D(rotation=[0, 0, 0, 1])  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ({}, 'give image_from_camera= or focal_length='),
        ({'focal_length': 3}, 'give principal_point=, resolution= or width='),
        ({'resolution': [1, 2], 'width': 1}, 'give resolution= only'),
        ({'image_from_camera': np.eye(3), 'fov_y': 1}, 'give nothing else'),
        ({'focal_length': [1, 2, 3], 'resolution': [1, 2]}, 'expected one or two focal lengths'),
    ],
)
def test_pinhole_refuses(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        Pinhole(**arguments)


def test_view_coordinates() -> None:
    assert ViewCoordinates.FLU is ViewCoordinates.FLU
    assert np.asarray(ViewCoordinates.RIGHT_HAND_Z_UP).tolist() == [3, 5, 1]
    with pytest.raises(AttributeError):
        _ = ViewCoordinates.RRR
    with pytest.raises(AttributeError):
        _ = ViewCoordinates.nonsense
