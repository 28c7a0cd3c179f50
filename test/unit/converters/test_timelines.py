# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from rerun_bridge.archetypes import Points3D, Scalars
from rerun_bridge.chunk import Rows
from rerun_bridge.converters.timelines import (
    FIRST_DATE_NANOS,
    Moment,
    slice_rows,
    TimeIndex,
    TimelineNames,
    times_of_rows,
)
from rerun_bridge.errors import ConversionError
from rerun_bridge.log_types import STATIC

NOW = 2 * FIRST_DATE_NANOS


def many() -> Rows:
    points = Points3D(np.arange(12).reshape(4, 3), labels=['a', 'b', 'c'])
    lengths = {'Points3D:labels': (0, 1, 2), 'Points3D:positions': (2, 1, 1)}
    layout = points.layout
    return Rows(
        '/a',
        STATIC,
        (),
        layout,
        points.datas,
        num_rows=3,
        lengths=tuple(lengths[component.name] for component in layout.components),
    )


def test_slice_of_rows_with_lengths() -> None:
    part = slice_rows(many(), 1, 3)
    assert part.num_rows == 2
    assert part.lengths == ((1, 2), (1, 1))
    assert part.datas[0] == [b'a', b'b', b'c']
    assert part.datas[1].tolist() == [[6, 7, 8], [9, 10, 11]]


def test_slice_of_all_rows_is_the_same() -> None:
    rows = many()
    assert slice_rows(rows, 0, 3) is rows


def test_split_of_rows_with_one_instance_each() -> None:
    scalars = Scalars([1.0, 2.0, 3.0, 4.0])
    rows = Rows('/a', STATIC, (), scalars.layout, scalars.datas, num_rows=4)
    index = TimeIndex(TimelineNames(log_time='', message_log_time='', message_publish_time=''))
    stamps = [NOW + 1, 0, 7, 8]
    dated, undated = index.split(rows, stamps, Moment(NOW + 1, NOW + 9, NOW))
    assert dated.timelines.timelines[0].name == 'ros2_timestamp'
    assert dated.times[0].tolist() == [NOW + 1, NOW + 9]
    assert dated.datas[0].tolist() == [1.0, 2.0]
    assert undated.timelines.timelines[0].name == 'ros2_duration'
    assert undated.times[0].tolist() == [7, 8]
    assert undated.datas[0].tolist() == [3.0, 4.0]


@pytest.mark.parametrize('unknown', [0, -1, 1 << 63, (1 << 64) - 1])
def test_time_of_publishing_that_is_not_known_is_that_of_reception(unknown: int) -> None:
    index = TimeIndex(TimelineNames(log_time='', message_log_time='', ros2_timestamp='stamp'))
    moment = Moment(NOW + 1, NOW + 9, unknown)
    timelines, times = index.at(moment)
    assert [each.name for each in timelines.timelines] == ['message_publish_time', 'stamp']
    assert times == (NOW + 9, NOW + 1)
    scalars = Scalars([1.0, 2.0])
    rows = Rows('/a', STATIC, (), scalars.layout, scalars.datas, num_rows=2)
    assert [each.times[0] for each in index.split(rows, [NOW, 7], moment)] == [NOW + 9] * 2


@pytest.mark.parametrize('nanos', [(1 << 63,), (-(1 << 63) - 1,), (1, 1 << 64)])
def test_times_that_do_not_fit_are_refused(nanos: tuple[int, ...]) -> None:
    with pytest.raises(ConversionError, match='64 bits'):
        times_of_rows(nanos)


def test_sets_of_timelines_are_cached() -> None:
    index = TimeIndex(TimelineNames())
    first, _ = index.at(Moment(NOW, NOW, NOW))
    second, _ = index.at(Moment(0, NOW, NOW))
    third, _ = index.at(Moment(5, NOW, NOW))
    assert first is second
    assert first is not third
