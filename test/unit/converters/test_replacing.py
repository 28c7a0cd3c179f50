# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import Points3D
from rerun_bridge.converters.replacing import Replacing

if TYPE_CHECKING:
    from rerun_bridge.converters.base import Entry


def names(entry: Entry) -> list[str]:
    return [component.name.partition(':')[2] for component in entry.columns.layout.components]


def test_only_what_is_gone_is_cleared() -> None:
    replacing = Replacing()
    colored = Points3D([[0, 0, 0]], colors=[1], radii=[1])
    plain = Points3D([[1, 1, 1]], labels=['a'])
    assert [names(each) for each in replacing.entries(colored)] == [
        ['colors', 'positions', 'radii']
    ]
    assert [names(each) for each in replacing.entries(colored)] == [
        ['colors', 'positions', 'radii']
    ]
    cleared, shown = replacing.entries(plain)
    assert names(cleared) == ['colors', 'radii']
    assert [len(data) for data in cleared.columns.datas] == [0, 0]
    assert shown.columns is plain
    [again] = [each for each in replacing.entries(colored) if each.columns is not colored]
    assert names(again) == ['labels']
