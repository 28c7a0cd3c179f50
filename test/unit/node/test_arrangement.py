# SPDX-License-Identifier: Apache-2.0
"""When a recording gets a new blueprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint import Blueprint
from rerun_bridge.node import arrangement
from rerun_bridge.node.arrangement import Arrangement
from test.unit.samples import points_rows, scalar_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from rerun_bridge.chunk import Rows


class Recording:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Rows] = []
        self.blueprints: list[dict[str, bool]] = []

    tick_sec = 0.0

    def end_tick(self) -> None:
        pass

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        self.rows += rows
        return False

    def send_blueprint(
        self, blueprint: Blueprint, *, make_active: bool, make_default: bool
    ) -> None:
        assert isinstance(blueprint, Blueprint)
        self.blueprints.append({'make_active': make_active, 'make_default': make_default})


def test_new_data_bring_a_new_blueprint(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Recording()
    log = Arrangement(recording, 'rerun_bridge')
    log.refresh()
    assert recording.blueprints == []
    logged = [scalar_rows(1)]
    assert log.log_rows(logged) is False
    assert recording.rows == logged
    log.refresh()
    log.refresh()
    assert recording.blueprints == [{'make_active': True, 'make_default': True}]
    monkeypatch.setattr(arrangement, '_SETTLING_SEC', 0.0)
    log.log_rows([points_rows(3)])
    log.refresh()
    assert recording.blueprints[1:] == [{'make_active': False, 'make_default': True}]
