# SPDX-License-Identifier: Apache-2.0
"""
Successive rows with different components.

Rerun shows the latest of each component. Where a row lacks a component that the row before had,
for instance the colors of a cloud, the old one would stay visible for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.converters.base import ended, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.converters.base import AnyColumns
    from rerun_bridge.encodings import Layout


class Replacing:
    """Makes the entries of one entity so that each replaces the one before it entirely."""

    def __init__(self) -> None:
        self._last: Layout | None = None

    def entries(self, columns: AnyColumns) -> Iterator[Entry]:
        """
        Make the entries of a message.

        Parameters
        ----------
        columns
            What the entity shows from now on.

        Yields
        ------
        Entry
            Before that of `columns` possibly one that clears components which these lack.

        """
        last, self._last = self._last, columns.layout
        end = None if last is None else ended(last, columns.layout)
        if end is not None:
            yield Entry(end)
        yield Entry(columns)
