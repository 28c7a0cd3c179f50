# SPDX-License-Identifier: Apache-2.0
"""Where something has been: a line of bounded length behind it."""

from __future__ import annotations

import math
from typing import NamedTuple, TYPE_CHECKING

import numpy as np

from rerun_bridge.archetypes import GeoLineStrings, LineStrips3D
from rerun_bridge.converters.base import Entry
from rerun_bridge.encodings import owned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from rerun_bridge.converters.base import AnyColumns
    from rerun_bridge.converters.schedule import Schedule

_MAX_POINTS = 1000
_INTERVAL_NANOS = 500_000_000
_PATH = '/trail'


class Space(NamedTuple):
    """
    Where trails are.

    Attributes
    ----------
    num_coordinates
        Of a point.
    spacing
        How far two points of a trail are apart at first.
    to_columns
        From points, shape (n, num_coordinates), to a line.

    """

    num_coordinates: int
    spacing: float
    to_columns: Callable[[npt.NDArray[np.float64]], AnyColumns]


SCENE = Space(3, 0.05, lambda points: LineStrips3D.from_fields(strips=[points]))
"""Meters."""
EARTH = Space(2, 5e-6, lambda points: GeoLineStrings.from_fields(line_strings=[points]))
"""Degrees of latitude and longitude; half a meter apart."""


class Trail:
    """
    The way of one thing; the longer it is, the coarser.

    Parameters
    ----------
    schedule
        Tells the time.
    space
        Where it is.

    """

    def __init__(self, schedule: Schedule, space: Space = SCENE) -> None:
        self._schedule = schedule
        self._space = space
        self._points = np.empty((_MAX_POINTS, space.num_coordinates))
        self._start('')

    def _start(self, frame_id: str) -> None:
        self._frame_id = frame_id
        self._count = 0
        self._spacing = self._space.spacing
        self._is_new = False
        self._last: tuple[float, ...] = (math.inf,) * self._space.num_coordinates
        self._logged_nanos = 0

    def entries(self, position: tuple[float, ...], frame_id: str) -> Iterator[Entry]:
        """
        Go on.

        Parameters
        ----------
        position
            Where it is now.
        frame_id
            In which frame; another one than before starts anew.

        Yields
        ------
        Entry
            The line up to here, twice a second at most, and only if it has become longer.

        """
        if not all(map(math.isfinite, position)):
            return
        if frame_id != self._frame_id:
            self._start(frame_id)
        if math.dist(position, self._last) >= self._spacing:
            self._append(position)
        now = self._schedule.now_nanos
        if (
            self._is_new
            and self._count > 1
            and not 0 <= now - self._logged_nanos < _INTERVAL_NANOS
        ):
            self._is_new = False
            self._logged_nanos = now
            points = self._points[: self._count].copy()
            if position != self._last:
                points = np.vstack((points, position))
            yield Entry(self._space.to_columns(owned(points)), _PATH, frame_id=frame_id)

    def _append(self, position: tuple[float, ...]) -> None:
        if self._count == _MAX_POINTS:
            kept = self._points[::2].copy()
            self._count = len(kept)
            self._points[: self._count] = kept
            self._spacing *= 2
        self._points[self._count] = position
        self._count += 1
        self._last = position
        self._is_new = True
