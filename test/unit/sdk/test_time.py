# SPDX-License-Identifier: Apache-2.0
"""Times of every kind become exact nanoseconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

import rerun_bridge as rr
from rerun_bridge.errors import UsageError
from test.recordings import batches, column

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def rec(tmp_path: Path) -> Iterator[rr.RecordingStream]:
    """Give a recording that goes to a.rrd."""
    recording = rr.RecordingStream('time')
    recording.save(tmp_path / 'a.rrd')
    yield recording
    recording.close()


@pytest.mark.parametrize(
    ('times', 'nanos'),
    [
        ({'sequence': 42}, 42),
        ({'sequence': np.int32(-3)}, -3),
        ({'timestamp': 1}, 1_000_000_000),
        ({'timestamp': 1.5}, 1_500_000_000),
        ({'timestamp': np.datetime64(1_700_000_000_123_456_789, 'ns')}, 1_700_000_000_123_456_789),
        ({'timestamp': datetime(2020, 1, 1, tzinfo=timezone.utc)}, 1_577_836_800_000_000_000),
        ({'timestamp': datetime(2020, 1, 1)}, 1_577_836_800_000_000_000),  # noqa: DTZ001
        ({'duration': 0.25}, 250_000_000),
        ({'duration': timedelta(microseconds=7)}, 7_000),
        ({'duration': np.timedelta64(9, 'ms')}, 9_000_000),
    ],
)
def test_set_time(
    rec: rr.RecordingStream, tmp_path: Path, times: dict[str, Any], nanos: int
) -> None:
    rec.set_time('t', **times)
    rec.log('/x', rr.Scalars(1.0))
    rec.disconnect()
    assert column(tmp_path / 'a.rrd', '/x', 't') == [nanos]


@pytest.mark.parametrize('bad', [{}, {'sequence': 1, 'duration': 2}])
def test_exactly_one_time(rec: rr.RecordingStream, bad: dict[str, int]) -> None:
    with pytest.raises(UsageError, match='exactly one'):
        rec.set_time('t', **bad)


def test_unreadable_time(rec: rr.RecordingStream) -> None:
    with pytest.raises(UsageError, match='cannot read a timestamp'):
        rec.set_time('t', timestamp='now')  # type: ignore[arg-type]


def test_automatic_timelines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('RERUN_LOG_TIME', '0')
    monkeypatch.setenv('RERUN_LOG_TICK', '1')
    rec = rr.RecordingStream('automatic')
    rec.save(tmp_path / 'a.rrd')
    for _ in range(3):
        rec.log('/x', rr.Scalars(1.0))
    rec.close()
    assert column(tmp_path / 'a.rrd', '/x', 'log_tick') == [0, 1, 2]
    assert column(tmp_path / 'a.rrd', '/x', 'log_time') == []


def test_static_rows_have_no_time(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.set_time('t', sequence=1)
    rec.log('/x', rr.Scalars(1.0), static=True)
    rec.disconnect()
    for batch in batches(tmp_path / 'a.rrd'):
        assert not {'t', 'log_time'} & set(batch.schema.names)


def test_times_of_columns() -> None:
    assert rr.TimeColumn('t', sequence=range(3)).times.tolist() == [0, 1, 2]
    assert rr.TimeColumn('t', timestamp=[1.5, 2]).times.tolist() == [1_500_000_000, 2_000_000_000]
    stamps = np.array([5, 6], 'datetime64[ms]')
    assert rr.TimeColumn('t', timestamp=stamps).times.tolist() == [5_000_000, 6_000_000]
    spans = np.array([5, 6], 'timedelta64[us]')
    assert rr.TimeColumn('t', duration=spans).times.tolist() == [5_000, 6_000]
