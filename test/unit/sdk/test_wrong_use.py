# SPDX-License-Identifier: Apache-2.0
"""Wrong use warns, or raises where that is wanted, and never becomes wrong data."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

import rerun_bridge as rr
from rerun_bridge.errors import UsageError
from test.recordings import batches, column, entity_of, num_rows, scalars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from test.official import Official


@pytest.fixture
def rec(tmp_path: Path) -> Iterator[rr.RecordingStream]:
    recording = rr.RecordingStream('wrong_use')
    recording.save(tmp_path / 'a.rrd')
    yield recording
    recording.close()


class Faulty:
    """Fails while it is encoded."""

    def as_component_batches(self) -> list[Any]:
        raise KeyError


S = rr.Scalars(1.0)
TIMES = [rr.TimeColumn('t', sequence=[1])]
COLUMNS = rr.Scalars.columns(scalars=[1.0])
WRONG: dict[str, Callable[[rr.RecordingStream], object]] = {
    'a path object': lambda rec: rec.log(Path('a/b'), S),  # type: ignore[arg-type]
    'bytes as path': lambda rec: rec.log(b'a/b', S),
    'no path': lambda rec: rec.log(None, S),  # type: ignore[arg-type]
    'a class': lambda rec: rec.log('n', rr.Points3D),
    'a faulty object': lambda rec: rec.log('n', Faulty()),
    'no times': lambda rec: rec.send_columns('n', [[1]], COLUMNS),  # type: ignore[list-item]
    'no columns': lambda rec: rec.send_columns('n', TIMES, None),  # type: ignore[arg-type]
    'a list as path': lambda rec: rec.send_columns(['a'], TIMES, COLUMNS),  # type: ignore[arg-type]
    'a number as property': lambda rec: rec.send_property('p', 5),
}


@pytest.mark.parametrize('case', WRONG)
def test_wrong_use_warns_and_the_program_goes_on(
    rec: rr.RecordingStream, tmp_path: Path, case: str
) -> None:
    with pytest.warns(rr.RerunWarning):
        WRONG[case](rec)
    rec.log('/n', S)
    rec.disconnect()
    assert num_rows(tmp_path / 'a.rrd') == {'/n': 1}


def test_strict_recordings_raise_in_its_place() -> None:
    strict = rr.RecordingStream('strict', strict=True)
    with pytest.raises(UsageError, match=r'cannot be logged \(KeyError'):
        strict.log('n', Faulty())
    with pytest.raises(UsageError):
        strict.send_property('p', 5)
    strict.close()


@pytest.mark.parametrize(
    'times',
    [
        {'sequence': 1.7},
        {'sequence': np.datetime64('2024-01-02', 'ns')},
        {'sequence': -(1 << 63)},
        {'timestamp': '3'},
        {'timestamp': np.datetime64('NaT')},
        {'timestamp': timedelta(seconds=1)},
        {'timestamp': np.timedelta64(5, 'ms')},
        {'duration': b'3'},
        {'duration': np.timedelta64('NaT')},
        {'duration': np.datetime64('2024-01-02')},
        {'duration': datetime(2024, 1, 2)},  # noqa: DTZ001 - without a zone, too
    ],
    ids=str,
)
def test_what_is_no_time_of_its_kind_is_refused(rec: rr.RecordingStream, times: Any) -> None:  # noqa: ANN401
    with pytest.raises(UsageError, match="timeline 't'"):
        rec.set_time('t', **times)


@pytest.mark.parametrize(
    'times',
    [
        {'sequence': np.array([0.0, 0.5])},
        {'sequence': [1, 1.5]},
        {'timestamp': np.array(['2024-01-01', 'NaT'], 'M8[ns]')},
        {'timestamp': np.array([1, 2], 'm8[ms]')},
        {'duration': np.array(['2024-01-01'], 'M8[D]')},
        {'duration': np.array([1, 'NaT'], 'm8[s]')},
    ],
    ids=str,
)
def test_columns_of_what_is_no_time_are_refused(times: Any) -> None:  # noqa: ANN401
    with pytest.raises(UsageError, match="timeline 't'"):
        rr.TimeColumn('t', **times)


def test_whole_floats_are_numbers_of_a_sequence() -> None:
    assert rr.TimeColumn('t', sequence=np.array([1.0, 2.0])).times.tolist() == [1, 2]


def test_a_timeline_of_two_kinds_costs_the_index_alone(
    rec: rr.RecordingStream, tmp_path: Path, official: Official, caplog: pytest.LogCaptureFixture
) -> None:
    rec.set_time('k', sequence=5)
    rec.log('/a', S)
    rec.set_time('k', timestamp=5.0)
    rec.log('/b', S)
    rec.disconnect()
    assert "'k' is of two kinds" in caplog.text
    assert b'FOOT' not in (tmp_path / 'a.rrd').read_bytes()
    official.run('rrd', 'verify', '--check-footers', 'false', tmp_path / 'a.rrd')
    assert num_rows(tmp_path / 'a.rrd') == {'/a': 1, '/b': 1}


def test_values_of_the_users_own_are_never_cut(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.log('/a', rr.AnyValues(speed_of_test=0))
    with pytest.raises(UsageError, match=r'0\.7 to int64'):
        rr.AnyValues(speed_of_test=0.7)
    rec.log('/a', rr.AnyValues(speed_of_test=2.0))
    rr.AnyValues(small_of_test=np.float32(1))
    with pytest.raises(UsageError, match='too large for float'):
        rr.AnyValues(small_of_test=1e300)
    rr.AnyValues(small_of_test=np.inf)
    with pytest.raises(UsageError, match='no number'):
        rr.AnyValues(speed_of_test=np.datetime64('2024-01-01', 'ns'))
    rec.disconnect()
    assert column(tmp_path / 'a.rrd', '/a', 'speed_of_test') == [[0], [2]]


def test_a_value_of_no_type_decides_nothing() -> None:
    assert not rr.AnyValues(temperature_of_test=[None]).layout.components
    assert rr.AnyValues(temperature_of_test=[21.5]).layout.components


@pytest.mark.parametrize('seconds', [[1.0, 2.0], '1', float('nan'), float('inf')], ids=str)
def test_a_video_time_is_one_number(seconds: Any) -> None:  # noqa: ANN401
    if seconds == '1':
        assert int(rr.components.VideoTimestamp(seconds=seconds)) == 1_000_000_000
        return
    with pytest.raises(UsageError, match='no time; give one number'):
        rr.components.VideoTimestamp(seconds=seconds)


def test_what_is_logged_together_is_one_row(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.log('/p', rr.Points3D([[1, 2, 3]]), rr.AnyValues(confidence=0.5))
    with pytest.warns(rr.RerunWarning, match='given twice') as told:
        rec.log('/s', rr.Scalars(1.0), rr.Scalars(2.0))
    assert told[0].filename == __file__
    rec.log('/f', rr.CoordinateFrame('map'), rr.Points3D([[1, 2, 3]]))
    rec.disconnect()
    rows = {entity_of(batch): batch for batch in batches(tmp_path / 'a.rrd')}
    names = set(rows['/p'].schema.names)
    assert {'Points3D:positions', 'confidence'} <= names
    assert scalars(tmp_path / 'a.rrd', '/s') == [1.0]
    assert num_rows(tmp_path / 'a.rrd') == {'/p': 1, '/s': 1, '/f': 2}


def test_labels_of_bytes_are_texts(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.log('/p', rr.Points3D([[1, 2, 3]] * 2, labels=np.array([b'ab', b'cd'])))
    rec.log('/p', rr.Points3D([[1, 2, 3]], labels=[b'ef']))  # type: ignore[list-item]
    rec.disconnect()
    assert column(tmp_path / 'a.rrd', '/p', 'Points3D:labels') == [['ab', 'cd'], ['ef']]


def test_a_timeout_beyond_what_the_system_can_wait_is_none(rec: rr.RecordingStream) -> None:
    rec.log('/n', S)
    rec.flush(timeout_sec=1e38)
