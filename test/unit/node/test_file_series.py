# SPDX-License-Identifier: Apache-2.0
"""A recording is split into files that continue each other."""

from __future__ import annotations

import logging
import time
from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge.archetypes import Image, Scalars, TextDocument
from rerun_bridge.errors import SinkOpenError, UsageError
from rerun_bridge.node import file_series
from rerun_bridge.node.parameters import PARAMETERS
from rerun_bridge.node.sink_control import SinkControl
from rerun_bridge.sdk import RecordingStream
from test.recordings import messages, num_rows, scalars

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def recording() -> Iterator[RecordingStream]:
    stream = RecordingStream('test', on_full='drop', when_disconnected='drop')
    yield stream
    stream.close()


@pytest.fixture
def control(recording: RecordingStream) -> SinkControl:
    return SinkControl(recording, lambda _timeout_sec: True)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {name: parameter.default for name, parameter in PARAMETERS.items()}


def test_every_row_is_in_one_file_and_static_data_in_all(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {'path': f'{tmp_path}/a.rrd'}, settings)
    recording.log('/about', TextDocument('robot'), static=True)
    for i in range(3):
        recording.log('/n', Scalars(float(i)))
        if i < 2:
            sentence = control.split()
            assert sentence.startswith(f'saving to {tmp_path}/a_{i + 1}.rrd; {tmp_path}/a')
            assert sentence.endswith('.rrd is complete')
    assert control.names == [f'save:{tmp_path}/a.rrd']
    recording.close()
    files = [tmp_path / name for name in ('a.rrd', 'a_1.rrd', 'a_2.rrd')]
    assert [scalars(file, '/n') for file in files] == [[0.0], [1.0], [2.0]]
    assert [num_rows(file)['/about'] for file in files] == [1, 1, 1]
    assert len({messages(file)[0].store_id for file in files}) == 1


def test_the_desired_state_knows_a_file_that_was_split(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    name = f'save:{tmp_path}/a.rrd'
    control.switch([name], settings)
    control.split()
    before = recording.sinks
    assert control.switch([name], settings) == []
    assert recording.sinks == before


def test_a_size_from_which_on_the_next_file_is_begun(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {'path': f'{tmp_path}/a.rrd', 'max_size_mb': 1}, settings)
    recording.log('/n', Scalars(1.0))
    recording.flush()
    assert not control.is_split_due
    control.split_due()
    recording.log('/image', Image(np.zeros((1024, 1100), np.uint8)))
    recording.flush()
    assert control.is_split_due
    control.split_due()
    assert not control.is_split_due
    assert sorted(file.name for file in tmp_path.iterdir()) == ['a.rrd', 'a_1.rrd']


def test_a_time_after_which_the_next_file_is_begun(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {'path': f'{tmp_path}/a.rrd', 'max_duration_sec': 0.3}, settings)
    assert not control.is_split_due
    time.sleep(0.35)
    assert control.is_split_due
    control.split_due()
    assert not control.is_split_due
    assert (tmp_path / 'a_1.rrd').exists()


def test_the_oldest_files_are_deleted_and_no_others(
    control: SinkControl, settings: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / 'a_2.rrd').write_text('of another recording')
    control.open('save', {'path': f'{tmp_path}/a.rrd', 'max_files': 2}, settings)
    for _ in range(3):
        control.split()
    found = sorted(file.name for file in tmp_path.iterdir())
    assert found == ['a_2.rrd', 'a_3.rrd', 'a_4.rrd']
    assert (tmp_path / 'a_2.rrd').read_text() == 'of another recording'


def test_a_file_that_cannot_be_followed_goes_on(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {'path': f'{tmp_path}/x/a.rrd'}, settings)
    before = recording.sinks
    (tmp_path / 'x').rename(tmp_path / 'y')
    with pytest.raises(SinkOpenError, match='cannot create the recording'):
        control.split()
    assert recording.sinks == before


def test_what_cannot_be_split_is_tried_again_later(
    control: SinkControl,
    settings: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(file_series, '_RETRY_SEC', 0.3)
    control.open('save', {'path': f'{tmp_path}/x/a.rrd', 'max_duration_sec': 0.01}, settings)
    moved = (tmp_path / 'x').rename(tmp_path / 'y')
    time.sleep(0.02)
    with caplog.at_level(logging.WARNING, 'rerun_bridge.node'):
        control.split_due()
    assert 'is not split: cannot create the recording' in caplog.text
    assert not control.is_split_due
    time.sleep(0.35)
    assert control.is_split_due
    moved.rename(tmp_path / 'x')
    control.split_due()
    assert (tmp_path / 'x' / 'a_2.rrd').exists()


def test_splitting_nothing_is_refused(control: SinkControl) -> None:
    with pytest.raises(UsageError, match='no file is open; save first'):
        control.split()


def test_while_paused_only_what_later_rows_need_is_logged(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    control.open('save', {'path': f'{tmp_path}/a.rrd'}, settings)
    assert control.resume() == 'it was not paused'
    recording.log('/n', Scalars(1.0))
    assert control.pause().startswith('paused: ')
    assert control.pause().startswith('paused already')
    recording.log('/n', Scalars(2.0))
    recording.log('/about', TextDocument('robot'), static=True)
    sentence = control.open('save', {'path': f'{tmp_path}/b.rrd'}, settings)
    assert sentence.endswith('; paused, so nothing comes before resume')
    recording.log('/n', Scalars(3.0))
    assert control.resume() == f'going on to save:{tmp_path}/b.rrd'
    recording.log('/n', Scalars(4.0))
    recording.close()
    assert [scalars(tmp_path / name, '/n') for name in ('a.rrd', 'b.rrd')] == [[1.0], [4.0]]
    assert [num_rows(tmp_path / name)['/about'] for name in ('a.rrd', 'b.rrd')] == [1, 1]


def test_the_last_seconds_are_saved_whatever_the_sinks_were(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    settings['save.path'] = f'{tmp_path}/a.rrd'
    control.keep(60, 10)
    assert control.names == ['none']
    recording.log('/about', TextDocument('robot'), static=True)
    recording.log('/n', Scalars(1.0))
    control.open('save', {}, settings)
    assert control.names == [f'save:{tmp_path}/a.rrd']
    recording.log('/n', Scalars(2.0))
    control.disconnect(settings)
    recording.log('/n', Scalars(3.0))
    sentence = control.snapshot(settings)
    assert sentence.endswith(f' s are in {tmp_path}/a_snapshot.rrd')
    assert scalars(tmp_path / 'a_snapshot.rrd', '/n') == [1.0, 2.0, 3.0]
    assert num_rows(tmp_path / 'a_snapshot.rrd')['/about'] == 1
    assert control.snapshot(settings).endswith('a_snapshot_1.rrd')
    assert scalars(tmp_path / 'a.rrd', '/n') == [2.0]


def test_what_is_kept_is_bounded(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any], tmp_path: Path
) -> None:
    settings['save.path'] = f'{tmp_path}/a.rrd'
    control.keep(0.2, 1)
    recording.log('/old', Scalars(1.0))
    recording.deliver()
    time.sleep(0.3)
    for _ in range(4):
        recording.log('/image', Image(np.zeros((400, 1000), np.uint8)))
        recording.deliver()
    (sink,) = recording.sinks
    assert 0 < sink.status().queued_bytes <= 1 << 20
    control.snapshot(settings)
    assert num_rows(tmp_path / 'a_snapshot.rrd') == {'/image': 2}
    control.keep(0, 1)
    assert recording.sinks == ()
    with pytest.raises(UsageError, match=r'set the parameter snapshot\.seconds'):
        control.snapshot(settings)


def test_a_snapshot_that_cannot_be_written_is_told(
    control: SinkControl, recording: RecordingStream, settings: dict[str, Any]
) -> None:
    control.keep(60, 10)
    recording.log('/n', Scalars(1.0))
    settings['save.path'] = '/proc/x/a.rrd'
    with pytest.raises(SinkOpenError, match='folder cannot be made'):
        control.snapshot(settings)
