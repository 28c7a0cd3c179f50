# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with one thing harms no other, and is told and counted."""

from __future__ import annotations

from datetime import datetime
import math
import threading
import time
from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

import rerun_bridge as rr
from rerun_bridge.errors import FlushTimeoutError, UsageError
from rerun_bridge.sdk import context, pipeline
from rerun_bridge.sinks import BufferedSink, Cadence, FileSink, MemorySink
from rerun_bridge.sinks.disk_file import DiskFile
from test.official import wait_for
from test.recordings import num_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rerun_bridge.log_encoding import LogMsg

BAD = rr.AnyValues(**{'\ud800': 1})  # type: ignore[arg-type]
"""Its name cannot be written."""
WAIT_SEC = 20.0


@pytest.fixture
def rec() -> Iterator[rr.RecordingStream]:
    """Give a recording that is closed at the end."""
    recording = rr.RecordingStream('faults', send_properties=False)
    yield recording
    recording.close()


def entities(sink: MemorySink) -> list[str]:
    return [message.chunk.entity_path for message in sink.messages() if message.chunk]


def test_rows_that_cannot_be_encoded_are_lost_alone(
    rec: rr.RecordingStream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = [tmp_path / 'a.rrd', tmp_path / 'b.rrd']
    for path in paths:
        rec.save(path)
        rec.log('/good', rr.Scalars(1.0))
        rec.log('/bad', BAD)
        rec.log('/map', rr.Scalars(1.0), static=True)
        rec.log('/bad', BAD, static=True)
    rec.flush()
    rec.close()
    for path, num_maps in zip(paths, (1, 2), strict=True):  # the second one gets what is static
        assert num_rows(path) == {'/good': 1, '/map': num_maps}
        assert b'FOOT' in path.read_bytes()
    assert rec.dropped_rows == 4
    [record] = caplog.records
    assert record.message.startswith('/bad: rows that cannot be encoded')


def test_a_sink_that_fails_to_close_keeps_no_other_open(
    rec: rr.RecordingStream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(MemorySink):
        def close(self) -> None:
            raise RuntimeError

    rec.set_sinks(Failing(), FileSink(tmp_path / 'a.rrd'))
    rec.log('/x', rr.Scalars(1.0))
    rec.disconnect()
    assert b'FOOT' in (tmp_path / 'a.rrd').read_bytes()
    assert 'has failed' in caplog.text


def test_a_recording_that_fails_to_close_keeps_no_other_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(context, '_pipelines', {})
    good, bad = rr.RecordingStream('good'), rr.RecordingStream('bad')
    good.save(tmp_path / 'a.rrd')
    close = bad._pipeline.close  # noqa: SLF001

    def fail() -> None:
        close()
        raise RuntimeError

    monkeypatch.setattr(bad._pipeline, 'close', fail)  # noqa: SLF001
    rr.rerun_shutdown()
    assert b'FOOT' in (tmp_path / 'a.rrd').read_bytes()
    assert bad.recording_id in caplog.text


@pytest.mark.parametrize('kind', ['timestamp', 'duration'])
@pytest.mark.parametrize('number', [math.nan, math.inf, -math.inf])
def test_numbers_that_are_no_times_are_refused(
    rec: rr.RecordingStream, kind: str, number: float
) -> None:
    arguments: dict[str, Any] = {kind: number}
    with pytest.raises(UsageError, match=f"cannot read a {kind} for timeline 't'"):
        rec.set_time('t', **arguments)


@pytest.mark.parametrize(
    'arguments',
    [
        {'sequence': 1 << 63},
        {'sequence': -(1 << 63) - 1},
        {'timestamp': 1.8e12},
        {'timestamp': datetime.max},  # noqa: DTZ901 - as a user would write it
        {'duration': 1e12},
    ],
)
def test_times_of_more_than_64_bits_are_refused(
    rec: rr.RecordingStream, arguments: dict[str, Any]
) -> None:
    rec.set_time('t', **dict.fromkeys(arguments, 1))
    with pytest.raises(UsageError, match="on timeline 't' does not fit into 64 bits"):
        rec.set_time('t', **arguments)
    [(kind, value)] = arguments.items()
    with pytest.raises(UsageError, match='64 bits'):
        rr.TimeColumn('t', **{kind: [value]})


@pytest.mark.parametrize(
    ('kind', 'values'),
    [
        ('sequence', np.arange(4).reshape(2, 2)),
        ('sequence', np.array(3)),
        ('sequence', 3),
        ('sequence', np.array([1 << 63], np.uint64)),
        ('sequence', np.array(['2026-01-01'], 'M8[s]')),
        ('sequence', [float('nan')]),
        ('timestamp', [float('nan')]),
        ('timestamp', np.zeros((2, 1), 'M8[ns]')),
        ('duration', ['one']),
    ],
)
def test_what_is_no_column_of_times_is_refused(kind: str, values: object) -> None:
    with pytest.raises(UsageError):
        rr.TimeColumn('t', **{kind: values})  # type: ignore[arg-type]


@pytest.mark.parametrize('name', ['', 5, '\ud800'])
def test_a_bad_name_of_a_timeline_harms_no_other(rec: rr.RecordingStream, name: Any) -> None:  # noqa: ANN401
    with pytest.raises(UsageError):
        rec.set_time(name, sequence=1)
    with pytest.raises(UsageError):
        rr.TimeColumn(name, sequence=[1])
    rec.set_time('good', sequence=1)
    rec.disable_timeline('log_time')


def test_two_columns_of_one_timeline_are_refused() -> None:
    recording = rr.RecordingStream('columns', strict=True)
    columns = [rr.TimeColumn('t', sequence=[1]), rr.TimeColumn('t', duration=[1])]
    with pytest.raises(UsageError, match='the same name'):
        recording.send_columns('/x', columns, rr.Scalars.columns(scalars=[1.0]))
    recording.close()


def encoders() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == 'rerun-encoder']


def test_no_thread_outlives_a_closed_recording() -> None:
    before = encoders()
    for _ in range(50):
        recording = rr.RecordingStream('short', send_properties=False)
        recording.memory_recording()
        recording.log('/x', rr.Scalars(1.0))
        recording.close()
        assert recording._pipeline not in context._pipelines  # noqa: SLF001
    wait_for(lambda: set(encoders()) <= set(before), WAIT_SEC)
    assert set(encoders()) <= set(before)


def test_a_recording_without_data_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, '_IDLE_SEC', 0.01)
    before = encoders()
    recording = rr.RecordingStream('idle', send_properties=False)
    sink = MemorySink()
    recording.set_sinks(sink)
    for num_rounds in (1, 2):
        recording.log('/x', rr.Scalars(1.0))
        wait_for(lambda: len(entities(sink)) == num_rounds, WAIT_SEC)  # noqa: B023
        assert len(entities(sink)) == num_rounds
        wait_for(lambda: set(encoders()) <= set(before), WAIT_SEC)
        assert set(encoders()) <= set(before)
    recording.close()


def test_a_closed_recording_keeps_nothing(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.close()
    rec.log('/map', rr.Scalars(1.0), static=True)
    assert not rec._pipeline._pending  # noqa: SLF001
    with pytest.raises(UsageError, match='closed'):
        rec.save(tmp_path / 'a.rrd')
    assert not (tmp_path / 'a.rrd').exists()


class Slow(MemorySink):
    """A sink that waits, as a file does whose disk is busy."""

    cadence = Cadence.ARCHIVE

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()

    def send(self, messages: Sequence[LogMsg]) -> None:
        if any(message.chunk for message in messages):
            self.may_go_on.wait(WAIT_SEC)
        super().send(messages)


@pytest.mark.parametrize('static', [False, True])
def test_who_logs_faster_than_a_sink_takes_it_waits(
    rec: rr.RecordingStream, monkeypatch: pytest.MonkeyPatch, *, static: bool
) -> None:
    image = rr.Image(np.zeros((100, 100, 3), np.uint8))
    monkeypatch.setattr(pipeline, '_MAX_PENDING_BYTES', 200_000)
    sink = Slow()
    rec.set_sinks(sink)
    rec._pipeline._limits = 100_000, 1e9  # noqa: SLF001
    logged: list[int] = []

    def work() -> None:
        for i in range(40):
            rec.log(f'/{i}', image, static=static)
            logged.append(i)

    logging = threading.Thread(target=work, daemon=True)
    logging.start()
    wait_for(lambda: len(logged) > 6, WAIT_SEC)
    time.sleep(0.1)
    assert len(logged) < 20
    sink.may_go_on.set()
    logging.join(WAIT_SEC)
    rec.flush()
    assert len(entities(sink)) == 40


def test_what_the_buffer_drops_is_counted_once(rec: rr.RecordingStream) -> None:
    buffer = BufferedSink(1)
    pipe = rec._pipeline  # noqa: SLF001
    pipe._buffer, pipe._sinks = buffer, (buffer,)  # noqa: SLF001
    for i in range(10):
        rec.log('/x', rr.Points3D(np.zeros((1, 3))), rr.Scalars(float(i)))
    rec.flush()
    num_dropped = buffer.status().dropped_rows
    assert rec.dropped_rows == num_dropped > 0
    for _ in range(3):
        rec.set_sinks(MemorySink())
        rec.disconnect()
        assert rec.dropped_rows == num_dropped


def test_each_thread_gets_back_the_recording_that_it_had() -> None:
    inner, outer = rr.RecordingStream('inner'), rr.RecordingStream('outer')
    is_inside, may_leave = threading.Event(), threading.Event()
    found: list[object] = []

    def work() -> None:
        with inner:
            is_inside.set()
            may_leave.wait(WAIT_SEC)
        found.append(rr.get_thread_local_data_recording())

    thread = threading.Thread(target=work)
    thread.start()
    assert is_inside.wait(WAIT_SEC)
    with outer, inner:
        may_leave.set()
        thread.join(WAIT_SEC)
        assert found == [None]
        assert rr.get_thread_local_data_recording() is inner
    assert rr.get_thread_local_data_recording() is None
    for each in (inner, outer):
        each.close()


def test_static_data_without_components_is_not_kept(rec: rr.RecordingStream) -> None:
    for _ in range(5):
        rec.log('/x', rr.Points3D.from_fields(), static=True)
    rec.flush()
    assert not [message for message in rec._pipeline.replay() if message.chunk]  # noqa: SLF001


def test_what_later_rows_need_is_kept_of_columns_too(rec: rr.RecordingStream) -> None:
    rec.set_sinks(MemorySink())
    columns = rr.Pinhole.columns(image_from_camera=[np.eye(3)], resolution=[[4, 3]])
    rec.send_columns('/camera', [rr.TimeColumn('t', sequence=[1])], columns)
    later = MemorySink()
    rec.set_sinks(later)
    assert entities(later) == ['/camera']


def test_a_flush_keeps_its_limit_where_a_file_cannot_be_written(
    rec: rr.RecordingStream, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write, may_write = DiskFile.write, threading.Event()

    def stalled(self: DiskFile, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        may_write.wait(WAIT_SEC)
        write(self, *args, **kwargs)

    sink = FileSink(tmp_path / 'a.rrd', max_queue_bytes=50_000)
    rec.set_sinks(sink)
    rec.flush()
    monkeypatch.setattr(DiskFile, 'write', stalled)
    image = rr.Image(np.random.default_rng(0).integers(0, 255, (100, 100, 3), np.uint8))
    for i in range(10):
        rec.log(f'/{i}', image)
        wait_for(lambda: sink.status().queued_messages > min(i, 1), 0.05)  # noqa: B023
    flushed: list[object] = []

    def flush() -> None:
        with pytest.raises(FlushTimeoutError):
            rec.flush(0.1)
        flushed.append(None)

    flushing = threading.Thread(target=flush, daemon=True)
    flushing.start()
    flushing.join(WAIT_SEC / 2)
    is_flushed = bool(flushed)
    may_write.set()
    rec.flush()
    assert is_flushed
