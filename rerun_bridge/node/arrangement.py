# SPDX-License-Identifier: Apache-2.0
"""Keeps the blueprint of a recording in step with what is logged."""

from __future__ import annotations

import time
from typing import Protocol, TYPE_CHECKING

from rerun_bridge.blueprint import Overview
from rerun_bridge.node.topic import RowLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.blueprint import Blueprint
    from rerun_bridge.chunk import Rows

_SETTLING_SEC = 20.0


class Arrangeable(RowLog, Protocol):
    """A recording that takes rows and blueprints; `RecordingStream` is one."""

    def send_blueprint(
        self, blueprint: Blueprint, *, make_active: bool, make_default: bool
    ) -> None:
        """Tell the viewers how to show the recording."""


class Arrangement:
    """
    Passes rows on and notes what they are.

    Parameters
    ----------
    recording
        Where they go.
    own_name
        Of this node.

    """

    def __init__(self, recording: Arrangeable, own_name: str) -> None:
        self._recording = recording
        self._overview = Overview(own_name)
        self._began_at: float | None = None

    @property
    def tick_sec(self) -> float:
        """Get how long rows wait for others before they are encoded."""
        return self._recording.tick_sec

    def end_tick(self) -> None:
        """Encode now what waits for those who watch."""
        self._recording.end_tick()

    def log_rows(self, rows: Sequence[Rows]) -> bool:
        """Log rows, or return False if no sink is open."""
        self._overview.note(rows)
        return self._recording.log_rows(rows)

    def refresh(self) -> None:
        """
        Send a new blueprint if there is something new.

        While the robot starts it is shown at once. Later it is what viewers show who come then,
        and others on reset: by then the user may have arranged the views.
        """
        if self._overview.is_new:
            now = time.monotonic()
            self._began_at = self._began_at or now
            self._recording.send_blueprint(
                self._overview.blueprint(),
                make_active=now - self._began_at < _SETTLING_SEC,
                make_default=True,
            )
