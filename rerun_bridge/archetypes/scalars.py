# SPDX-License-Identifier: Apache-2.0
"""Plots: numbers over time, their style, states over time, bar charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes.enums import MarkerShape
from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Booleans, Choices, Colors, Numbers, Tensors, Texts


class Scalars(SchemaArchetype):
    """
    Numbers at a time, one for each series of a plot.

    Parameters
    ----------
    scalars
        As many as there are series.

    """

    scalars: Numbers


class SeriesLines(SchemaArchetype):
    """
    Style of series drawn as lines; log it once, static.

    Parameters
    ----------
    colors, widths, names, visible_series
        One for each series; widths in points of the screen.
    aggregation_policy
        `AggregationPolicy`: what happens to samples closer together than pixels.
    interpolation_mode
        `InterpolationMode`: how to get from sample to sample.

    """

    _: KW_ONLY
    colors: Colors | None = None
    widths: Numbers | None = None
    names: Texts | None = None
    visible_series: Booleans | None = None
    aggregation_policy: Choices | None = None
    interpolation_mode: Choices | None = None


class SeriesPoints(SchemaArchetype):
    """
    Style of series drawn as points; log it once, static.

    Parameters
    ----------
    colors, markers, names, visible_series, marker_sizes
        One for each series; markers are `MarkerShape`, circles if nothing at all is given.

    """

    def __init__(
        self,
        *,
        colors: Colors | None = None,
        markers: Choices | None = None,
        names: Texts | None = None,
        visible_series: Booleans | None = None,
        marker_sizes: Numbers | None = None,
    ) -> None:
        given = (colors, markers, names, visible_series, marker_sizes)
        if all(value is None for value in given):
            markers = MarkerShape.Circle
        self._set(
            colors=colors,
            markers=markers,
            names=names,
            visible_series=visible_series,
            marker_sizes=marker_sizes,
        )


class Measurements(SchemaArchetype):
    """
    Measured numbers at a time, with their uncertainty and unit.

    Parameters
    ----------
    values
        One for each series.
    variances
        Of the values, in their unit squared.
    units, colors, widths, names, visible_series, aggregation_policy, interpolation_mode
        As in `SeriesLines`; units are texts such as ``m/s``.

    """

    values: Numbers
    _: KW_ONLY
    variances: Numbers | None = None
    units: Texts | None = None
    colors: Colors | None = None
    widths: Numbers | None = None
    names: Texts | None = None
    visible_series: Booleans | None = None
    aggregation_policy: Choices | None = None
    interpolation_mode: Choices | None = None


class StateChange(SchemaArchetype):
    """
    A state that begins at this time, for the state timeline.

    Parameters
    ----------
    state
        Its name.

    """

    _: KW_ONLY
    state: Texts | None = None


class StateConfiguration(SchemaArchetype):
    """
    How states look in the state timeline; log it once, static.

    Parameters
    ----------
    values
        Names of the states.
    labels, colors, visible
        One for each state.

    """

    _: KW_ONLY
    values: Texts | None = None
    labels: Texts | None = None
    colors: Colors | None = None
    visible: Booleans | None = None


class BarChart(SchemaArchetype):
    """
    Bars side by side.

    Parameters
    ----------
    values
        Heights, shape (n,).
    color
        Of all bars.
    abscissa
        Where the bars stand, shape (n,).
    widths
        Of the bars, in units of the abscissa.

    """

    values: Tensors
    _: KW_ONLY
    color: Colors | None = None
    abscissa: Tensors | None = None
    widths: Numbers | None = None
