# SPDX-License-Identifier: Apache-2.0
"""Rows wait for others of their kind. A batcher has no lock and no clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.chunk.rows import RowGroup

if TYPE_CHECKING:
    from rerun_bridge.chunk.rows import Rows
    from rerun_bridge.encodings import Layout
    from rerun_bridge.log_types import TimelineSet


class Batcher:
    """Collects rows until they are taken."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, TimelineSet, Layout], RowGroup] = {}
        self.num_bytes = 0
        self.num_rows = 0

    def append(self, first_row_id: int, rows: Rows, num_bytes: int) -> None:
        """
        Add rows.

        Parameters
        ----------
        first_row_id
            Id of the first row, see `Tuid.to_int`; the others follow it.
        rows
            What was logged.
        num_bytes
            Their size, `Rows.num_bytes`.

        """
        key = (rows.entity_path, rows.timelines, rows.layout)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = RowGroup()
        group.row_ids.append(first_row_id)
        group.rows.append(rows)
        group.num_rows += rows.num_rows
        group.num_bytes += num_bytes
        self.num_bytes += num_bytes
        self.num_rows += rows.num_rows

    def take(self) -> list[RowGroup]:
        """
        Empty the batcher.

        Returns
        -------
        list
            What was in it.

        """
        groups = list(self._groups.values())
        self._groups = {}
        self.num_bytes = self.num_rows = 0
        return groups

    def split_big(self, min_bytes: int) -> Batcher:
        """
        Move the big groups, such as those of images, into another batcher.

        Parameters
        ----------
        min_bytes
            How big.

        Returns
        -------
        Batcher
            With these; small ones can wait for more rows.

        """
        other = Batcher()
        for key, group in list(self._groups.items()):
            if group.num_bytes >= min_bytes:
                other._groups[key] = self._groups.pop(key)
                other.num_bytes += group.num_bytes
                other.num_rows += group.num_rows
        self.num_bytes -= other.num_bytes
        self.num_rows -= other.num_rows
        return other
