# SPDX-License-Identifier: Apache-2.0
"""The map shows what the lidar sees and the robot must not touch."""

from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.node.demo_robot.grid import FREE, OCCUPIED, rasterise, RESOLUTION, UNKNOWN
from rerun_bridge.node.demo_robot.robot import HEIGHT
from rerun_bridge.node.demo_robot.trajectory import FigureEight
from rerun_bridge.node.demo_robot.world import YARD

GRID = rasterise(YARD)


def cell(x: float, y: float) -> int:
    column = int((x - GRID.origin[0]) / RESOLUTION)
    row = int((y - GRID.origin[1]) / RESOLUTION)
    return int(GRID.cells[row, column])


def test_size_covers_the_yard() -> None:
    height, width = GRID.cells.shape
    assert width * RESOLUTION == pytest.approx(2 * YARD.half_length + 1.0)
    assert height * RESOLUTION == pytest.approx(2 * YARD.half_width + 1.0)
    assert GRID.cells.dtype == np.int8
    assert set(np.unique(GRID.cells)) == {UNKNOWN, FREE, OCCUPIED}


@pytest.mark.parametrize('solid', YARD.solids, ids=lambda solid: solid.name)
def test_solids_are_marked(solid: object) -> None:
    assert any(solid is each for each in YARD.solids)
    for each in YARD.solids:
        if each is solid:
            below_only = each.z_min >= HEIGHT
            assert cell(each.x, each.y) == (FREE if below_only else OCCUPIED)


def test_walls_and_beyond() -> None:
    assert cell(YARD.half_length + 0.05, 0.0) == OCCUPIED
    assert cell(0.0, -YARD.half_width - 0.05) == OCCUPIED
    assert cell(YARD.half_length + 0.4, 0.0) == UNKNOWN


def test_path_is_free() -> None:
    path = FigureEight(60.0)
    places = [path.at(t) for t in np.arange(0.0, 60.0, 0.1)]
    assert {cell(place.x, place.y) for place in places} == {FREE}


def test_occupied_area_is_that_of_the_solids() -> None:
    inner = GRID.cells[10:-10, 10:-10]
    marked = np.count_nonzero(inner == OCCUPIED) * RESOLUTION**2
    boxes = [b for b in YARD.boxes if b.z_min < 0.5]
    area = sum(b.length * b.width for b in boxes)
    area += sum(np.pi * c.radius**2 for c in YARD.cylinders)
    assert marked == pytest.approx(area, rel=0.05)
