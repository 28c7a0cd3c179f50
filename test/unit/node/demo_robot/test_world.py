# SPDX-License-Identifier: Apache-2.0
"""The yard makes sense."""

from __future__ import annotations

from rerun_bridge.node.demo_robot.world import YARD


def test_names_are_unique() -> None:
    names = [solid.name for solid in YARD.solids]
    assert len(set(names)) == len(names) == len(YARD.boxes) + len(YARD.cylinders)


def test_solids_stand_inside_the_walls() -> None:
    for solid in YARD.solids:
        assert abs(solid.x) < YARD.half_length
        assert abs(solid.y) < YARD.half_width
        assert 0 <= solid.z_min < solid.z_max
