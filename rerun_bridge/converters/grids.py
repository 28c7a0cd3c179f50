# SPDX-License-Identifier: Apache-2.0
"""Maps that other topics update in part: the latest cells of each."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple, TYPE_CHECKING

from rerun_bridge.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from rerun_bridge.converters.base import AnyColumns

    Cells = npt.NDArray[np.uint8]


class Grid(NamedTuple):
    """
    A map.

    Attributes
    ----------
    cells
        Shape (height, width), the first row that of the smallest y; never changed in place.
    to_columns
        From cells to what is logged.
    entity_path
        Where that is.
    is_retained
        Whether it must never be dropped.

    """

    cells: Cells
    to_columns: Callable[[Cells], AnyColumns]
    entity_path: str
    is_retained: bool


class Patch(NamedTuple):
    """
    New values of some cells.

    Attributes
    ----------
    x, y
        Column and row of the first.
    width, height
        How many columns and rows.
    data
        The values, row by row.

    """

    x: int
    y: int
    width: int
    height: int
    data: npt.NDArray[Any]


class Grids:
    """The maps of a recording, by topic."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grids: dict[str, Grid] = {}

    def reset(self) -> None:
        """Forget everything, because a new recording starts."""
        self._grids = {}

    def put(self, topic: str, grid: Grid) -> None:
        """Keep a map, in place of the one before."""
        with self._lock:
            self._grids[topic] = grid

    def get(self, topic: str) -> Grid | None:
        """Return the map of a topic; None if it has not come yet."""
        return self._grids.get(topic)

    def apply(self, topic: str, patch: Patch) -> bool:
        """
        Change some cells.

        Parameters
        ----------
        topic
            Of the map.
        patch
            What changes.

        Returns
        -------
        bool
            Whether there is a map and something to change.

        Raises
        ------
        ConversionError
            If the patch has not the size that it says, or does not lie within the map.

        """
        x, y, width, height, data = patch
        if width * height != len(data):
            msg = f'an update of {width} x {height} cells has {len(data)} bytes; publish as many'
            raise ConversionError(msg)
        with self._lock:
            grid = self._grids.get(topic)
            if grid is None or not len(data):
                return False
            rows, columns = grid.cells.shape
            if not (0 <= x <= columns - width and 0 <= y <= rows - height):
                msg = (
                    f'an update of {width} x {height} cells at ({x}, {y}) does not fit into the '
                    f'map of {columns} x {rows} cells on {topic}; publish the whole map first'
                )
                raise ConversionError(msg)
            cells = grid.cells.copy()
            cells[y : y + height, x : x + width] = data.view('u1').reshape(height, width)
            self._grids[topic] = grid._replace(cells=cells)
        return True
