# SPDX-License-Identifier: Apache-2.0
"""Properties of plots and other views of time: axes, legends, visible ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.blueprint.schema import BlueprintArchetype
from rerun_bridge.blueprint.time_ranges import VisibleTimeRange
from rerun_bridge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Choices, Colors, Numbers
    from rerun_bridge.blueprint.time_ranges import TimeRange, TimeRangeBoundary


class VisibleTimeRanges(BlueprintArchetype):
    """
    Which part of the timelines is shown.

    Parameters
    ----------
    ranges
        `VisibleTimeRange`, one or several; or one by the other arguments.
    timeline, range, start, end
        As in `VisibleTimeRange`.

    Raises
    ------
    UsageError
        If there is no range or too many.

    """

    def __init__(
        self,
        ranges: VisibleTimeRange | Sequence[VisibleTimeRange] | None = None,
        *,
        timeline: str | None = None,
        range: TimeRange | None = None,  # noqa: A002 - as in rerun-sdk
        start: TimeRangeBoundary | None = None,
        end: TimeRangeBoundary | None = None,
    ) -> None:
        if (ranges is None) == (timeline is None):
            msg = 'visible ranges are needed once; give ranges= or timeline='
            raise UsageError(msg)
        if timeline is not None:
            ranges = VisibleTimeRange(timeline, range, start=start, end=end)
        self._set(ranges=ranges)


class TimeAxis(BlueprintArchetype):
    """
    The axis of time of a plot.

    Parameters
    ----------
    link
        `LinkAxis`.
    view_range
        A `TimeRange`.
    zoom_lock
        Whether the range stays when zooming.

    """

    _: KW_ONLY
    link: Choices | None = None
    view_range: TimeRange | None = None
    zoom_lock: Booleans | None = None


class ScalarAxis(BlueprintArchetype):
    """
    The axis of values of a plot.

    Parameters
    ----------
    range
        Smallest and largest value.
    zoom_lock
        Whether the range stays when zooming.

    """

    _: KW_ONLY
    range: Numbers | None = None
    zoom_lock: Booleans | None = None


class PlotLegend(BlueprintArchetype):
    """
    The legend of a plot.

    Parameters
    ----------
    corner
        `Corner2D`.
    visible
        Whether it is shown.

    """

    corner: Choices | None = None
    _: KW_ONLY
    visible: Booleans | None = None


class PlotBackground(BlueprintArchetype):
    """
    What is behind a plot.

    Parameters
    ----------
    color
        Of the background.
    show_grid
        Whether to draw a grid.

    """

    _: KW_ONLY
    color: Colors | None = None
    show_grid: Booleans | None = None


class PlotInteraction(BlueprintArchetype):
    """
    How a plot answers to the mouse.

    Parameters
    ----------
    tooltip_mode
        `TooltipMode`.
    points_display
        `PointsDisplay`.

    """

    _: KW_ONLY
    tooltip_mode: Choices | None = None
    points_display: Choices | None = None


class AudioPlayback(BlueprintArchetype):
    """
    How sounds are played.

    Parameters
    ----------
    volume
        0 to 1.

    """

    _: KW_ONLY
    volume: Numbers | None = None
