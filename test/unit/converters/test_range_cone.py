# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest

from test.unit.converters.ros_messages import convert, HEADER, values_of

RANGE = {'header': HEADER, 'field_of_view': math.pi / 3, 'min_range': 0.25, 'max_range': 4.0}


@pytest.mark.parametrize(
    ('distance', 'length'), [(2.0, 2.0), (math.inf, 4.0), (-math.inf, 0.25), (0.0, 0), (-1.0, 0)]
)
def test_cone(distance: float, length: float) -> None:
    values = values_of(convert('sensor_msgs/msg/Range', {**RANGE, 'range': distance}))
    assert values['/topic@Scalars:scalars'] == [distance, 0.25, 4.0]
    assert values['/topic/cone@CoordinateFrame:frame'] == ['base']
    strips = values['/topic/cone@LineStrips3D:strips']
    if not length:
        assert strips == []
        return
    rim, *edges = (np.array(strip) for strip in strips)
    assert np.allclose(np.linalg.norm(rim, axis=1), length)
    assert np.allclose(rim[:, 0], length * math.cos(math.pi / 6))
    assert len(edges) == 4


@pytest.mark.parametrize('angle', [-1.0, 7.0, math.nan])
def test_impossible_angles(angle: float) -> None:
    fields = {**RANGE, 'range': 1.0, 'field_of_view': angle}
    values = values_of(convert('sensor_msgs/msg/Range', fields))
    assert values['/topic/cone@LineStrips3D:strips'] == []
