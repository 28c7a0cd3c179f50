# SPDX-License-Identifier: Apache-2.0
"""Values of blueprints that no official tool takes, or takes otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from rerun_bridge import blueprint as rrb
from rerun_bridge.archetypes import Time
from rerun_bridge.errors import UsageError
from test.unit.archetypes.arrays import values_of

NOW = rrb.TimeRangeBoundary.cursor_relative()


@pytest.mark.parametrize(
    ('boundary', 'expected'),
    [
        (NOW, ('CursorRelative', 0)),
        (rrb.TimeRangeBoundary.cursor_relative(seq=-3), ('CursorRelative', -3)),
        (rrb.TimeRangeBoundary.cursor_relative(Time(nanos=5)), ('CursorRelative', 5)),
        (rrb.TimeRangeBoundary.absolute(seconds=1.5), ('Absolute', 1_500_000_000)),
        (rrb.TimeRangeBoundary.absolute(7), ('Absolute', 7)),
        (rrb.TimeRangeBoundary.infinite(), ('Infinite', 0)),
    ],
)
def test_boundaries(boundary: rrb.TimeRangeBoundary, expected: tuple[str, int]) -> None:
    assert boundary == expected


def test_boundaries_refuse() -> None:
    with pytest.raises(UsageError, match='needs one value'):
        rrb.TimeRangeBoundary.absolute()
    with pytest.raises(UsageError, match='given twice'):
        rrb.TimeRangeBoundary.cursor_relative(1, seq=2)


def test_ranges() -> None:
    ranges = [
        rrb.VisibleTimeRange('a', start=NOW, end=rrb.TimeRangeBoundary.infinite()),
        rrb.VisibleTimeRange('b', rrb.TimeRange(rrb.TimeRangeBoundary.absolute(seq=1), NOW)),
    ]
    assert values_of(rrb.VisibleTimeRanges(ranges))['ranges'] == [
        {'timeline': 'a', 'range': {'start': 0, 'end': None}},
        {'timeline': 'b', 'range': {'start': 1, 'end': 0}},
    ]
    assert values_of(rrb.VisibleTimeRanges(ranges[0])) == values_of(
        rrb.VisibleTimeRanges(ranges[:1])
    )


@pytest.mark.parametrize(
    ('cls', 'arguments', 'text'),
    [
        (rrb.VisibleTimeRanges, {}, 'give ranges= or timeline='),
        (rrb.VisibleTimeRange, {'timeline': 't'}, 'needs range=, or start= and end='),
        (rrb.VisibleTimeRange, {'timeline': 't', 'start': NOW}, 'needs range='),
        (rrb.VisualBounds2D, {'x_range': [0, 1]}, 'give x_range= and y_range='),
        (rrb.Background, {'color_or_kind': 1, 'color': 2}, 'the background is given twice'),
        (rrb.ComponentColumnSelector, {'entity_path': '/a'}, 'expected a column as'),
        (rrb.TextLogColumn, {'kind': 'nonsense'}, 'is no TextLogColumnKind'),
        (rrb.PlotLegend, {'corner': 'middle'}, 'is no Corner2D'),
    ],
)
def test_refused(cls: Any, arguments: dict[str, Any], text: str) -> None:  # noqa: ANN401
    with pytest.raises(UsageError, match=text):
        cls(**arguments)


def test_log_columns() -> None:
    columns = rrb.TextLogColumns(
        timeline_columns=['t', rrb.TimelineColumn('u', visible=False)],
        text_log_columns=['body', rrb.TextLogColumn('loglevel', visible=False)],
    )
    assert values_of(columns) == {
        'timeline_columns': [
            {'visible': True, 'timeline': 't'},
            {'visible': False, 'timeline': 'u'},
        ],
        'text_log_columns': [{'visible': True, 'kind': 3}, {'visible': False, 'kind': 2}],
    }


def test_tensor_slices() -> None:
    selection = rrb.TensorSliceSelection(
        height=rrb.TensorDimensionSelection(1, invert=True),
        slider=[rrb.TensorDimensionIndexSlider(2), 3],
    )
    assert values_of(selection) == {
        'height': [{'dimension': 1, 'invert': True}],
        'slider': [{'dimension': 2}, {'dimension': 3}],
    }


def test_selected_columns() -> None:
    query = rrb.DataframeQuery(select=['t', rrb.ComponentColumnSelector('/a', 'Scalars')])
    assert values_of(query)['select'] == [
        {
            'time_columns': ['t'],
            'component_columns': [{'entity_path': '/a', 'component': 'Scalars'}],
        }
    ]
