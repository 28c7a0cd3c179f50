# SPDX-License-Identifier: Apache-2.0
"""Rows that wait for the encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.chunk import Batcher
from rerun_bridge.sinks import Cadence

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows


class Pending:
    """
    What has been logged and not encoded. It has no lock of its own.

    Parameters
    ----------
    cadences
        Of the open sinks.

    Attributes
    ----------
    batchers
        Rows by cadence.
    retained, retained_bytes
        Rows that later ones need, with their ids, for all sinks.

    """

    def __init__(self, cadences: set[Cadence]) -> None:
        self.batchers = {cadence: Batcher() for cadence in cadences}
        self.retained: list[tuple[int, Rows]] = []
        self.retained_bytes = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.retained) or any(b.num_rows for b in self.batchers.values())

    def cadences(self) -> set[Cadence]:
        """Return who has something to wait for; retained rows go with the fastest."""
        found = {cadence for cadence, batcher in self.batchers.items() if batcher.num_rows}
        return found | {Cadence.LIVE} if self.retained else found

    def retain(self, row_id: int, rows: Rows) -> None:
        """Add rows that later ones need."""
        self.retained.append((row_id, rows))
        self.retained_bytes += rows.num_bytes()

    def exceeds(self, num_bytes: int) -> bool:
        """Whether so much waits for one of the cadences."""
        return self.retained_bytes >= num_bytes or any(
            batcher.num_bytes >= num_bytes for batcher in self.batchers.values()
        )
