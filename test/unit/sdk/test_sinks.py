# SPDX-License-Identifier: Apache-2.0
"""The promises of the classic sinks, one test each; the names say which."""

from __future__ import annotations

import errno
import os
from pathlib import Path
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

import rerun_bridge as rr
from rerun_bridge.chunk import Rows
from rerun_bridge.errors import (
    FlushTimeoutError,
    SinkError,
    SinkOpenError,
    UsageError,
    ViewerNotFoundError,
)
from rerun_bridge.log_types import STATIC
from rerun_bridge.sinks import BufferedSink, Cadence, FileSink, GrpcSink, MemorySink, SinkState
from test.recordings import column, messages, num_rows, scalars
from test.unit.samples import TIMELINES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def rec() -> Iterator[rr.RecordingStream]:
    """Give a recording that is closed at the end."""
    recording = rr.RecordingStream('sinks')
    yield recording
    recording.close()


def log_range(recording: rr.RecordingStream, start: int, stop: int, path: str = '/x') -> None:
    """Log the numbers of a range at their own time."""
    for i in range(start, stop):
        recording.set_time('i', sequence=i)
        recording.log(path, rr.Scalars(float(i)))


def unused_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


def test_data_before_any_sink_goes_to_the_first(rec: rr.RecordingStream, tmp_path: Path) -> None:
    log_range(rec, 0, 5)
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 5, 8)
    rec.disconnect()
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(8))


def test_exactly_one_sink_and_no_row_lost_or_doubled(
    rec: rr.RecordingStream, tmp_path: Path
) -> None:
    paths = [tmp_path / f'{i}.rrd' for i in range(4)]
    for i, path in enumerate(paths):
        rec.save(path)
        log_range(rec, 100 * i, 100 * (i + 1))
    rec.disconnect()
    for i, path in enumerate(paths):
        assert scalars(path, '/x') == list(range(100 * i, 100 * (i + 1)))


def test_switch_is_a_fence_for_other_threads(rec: rr.RecordingStream, tmp_path: Path) -> None:
    stop = threading.Event()
    logged = []

    def work(path: str) -> None:
        i = 0
        while not stop.is_set():
            rec.log(path, rr.Scalars(float(i)))
            i += 1
            time.sleep(0.0005)
        logged.append((path, i))

    threads = [threading.Thread(target=work, args=(f'/{i}',)) for i in range(3)]
    for thread in threads:
        thread.start()
    paths = [tmp_path / f'{i}.rrd' for i in range(8)]
    for path in paths:
        rec.save(path)
        time.sleep(0.03)
    stop.set()
    for thread in threads:
        thread.join()
    rec.disconnect()
    for entity, count in logged:
        assert [v for path in paths for v in scalars(path, entity)] == list(range(count))


def test_rows_logged_together_stay_together(tmp_path: Path) -> None:
    """`log` with several archetypes never falls on two sides of a switch."""
    rec = rr.RecordingStream('together')
    rec.save(tmp_path / 'first.rrd')
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            rec.log('/x', rr.Scalars(1.0), rr.TextLog('one'))

    thread = threading.Thread(target=work)
    thread.start()
    paths = [tmp_path / f'{i}.rrd' for i in range(10)]
    for path in paths:
        rec.save(path)
        time.sleep(0.01)
    stop.set()
    thread.join()
    rec.close()
    for path in paths:
        texts = sum('TextLog:text' in m.batch().schema.names for m in messages(path) if m.payload)
        assert texts
        rows = column(path, '/x', 'Scalars:scalars'), column(path, '/x', 'TextLog:text')
        assert len(rows[0]) == len(rows[1]) == num_rows(path)['/x']


def test_data_already_sent_is_not_sent_again(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 0, 5)
    rec.save(tmp_path / 'b.rrd')
    rec.disconnect()
    assert num_rows(tmp_path / 'b.rrd') == {}


def test_every_sink_is_self_contained(rec: rr.RecordingStream, tmp_path: Path) -> None:
    """Store info, properties, blueprint, latest static and sticky data come first."""
    rec.log('/static', rr.Scalars(1.0), static=True)
    rec.log('/static', rr.Scalars(2.0), static=True)
    rec.log('/camera', rr.Pinhole(focal_length=100.0, width=640, height=480))
    rec.log('/scan', rr.CoordinateFrame('laser'))
    rec.send_recording_name('self-contained')
    rec.send_blueprint(rr.blueprint.Blueprint(rr.blueprint.Spatial3DView()))
    files = [tmp_path / 'a.rrd', tmp_path / 'b.rrd']
    for path in files:
        rec.save(path)
        rec.log('/x', rr.Scalars(0.0))
    rec.disconnect()
    for path in files:
        found = messages(path)
        assert [m.kind.name for m in found][:2] == ['SET_STORE_INFO', 'SET_STORE_INFO']
        assert 'BLUEPRINT_ACTIVATION' in [m.kind.name for m in found]
        assert num_rows(path)['/camera'] == 1
        assert num_rows(path)['/scan'] == 1
        assert scalars(path, '/static')[-1] == 2.0
    ids = [{m.chunk_id for m in messages(path) if m.is_static} for path in files]
    assert ids[1] <= ids[0], 'repeated data keeps its chunk ids, so that merged parts de-duplicate'


def test_failing_open_leaves_the_old_sink_active(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 0, 3)
    with pytest.raises(SinkOpenError, match=r'cannot create the recording.*missing'):
        rec.save(tmp_path / 'missing' / 'b.rrd')
    with pytest.raises(SinkOpenError, match='directory'):
        rec.save(tmp_path)
    with pytest.raises(UsageError, match='malformed viewer address'):
        rec.connect('not an address')
    with pytest.raises(SinkOpenError):
        rec.set_sinks(FileSink(tmp_path / 'c.rrd'), FileSink(tmp_path / 'missing' / 'd.rrd'))
    log_range(rec, 3, 6)
    rec.disconnect()
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(6))


def test_unwritable_path(rec: rr.RecordingStream) -> None:
    with pytest.raises(SinkOpenError, match='choose a writable file'):
        rec.save('/proc/no_such_thing.rrd')


def test_disk_full_at_open(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    with pytest.raises(SinkOpenError, match='No space left on device'):
        rec.save('/dev/full')
    log_range(rec, 0, 3)
    rec.disconnect()
    assert scalars(tmp_path / 'a.rrd', '/x') == [0, 1, 2]


def test_disk_full_later_fails_that_sink_alone(
    rec: rr.RecordingStream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is injected: a quota cannot be set here without mounting a file system."""
    broken, healthy = FileSink(tmp_path / 'broken.rrd'), FileSink(tmp_path / 'healthy.rrd')
    rec.set_sinks(broken, healthy)
    log_range(rec, 0, 5)
    rec.flush()
    real = os.pwritev

    def full(fd: int, buffers: list[bytes], offset: int) -> int:
        if Path(f'/proc/self/fd/{fd}').readlink().name == 'broken.rrd':
            real(fd, [b'partial'], offset)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, buffers, offset)

    monkeypatch.setattr(os, 'pwritev', full)
    log_range(rec, 5, 9)
    with pytest.raises(SinkError, match='No space left on device'):
        rec.flush()
    log_range(rec, 9, 12)
    states = {status.target: status for status in rec.status()}
    assert states[broken.target].state is SinkState.FAILED
    assert 'No space left' in states[broken.target].error
    rec.disconnect()
    assert broken.status().dropped_rows > 0
    assert scalars(tmp_path / 'healthy.rrd', '/x') == list(range(12))
    assert scalars(tmp_path / 'broken.rrd', '/x') == list(range(5))


def test_same_path_twice_gives_a_whole_file(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 0, 500)
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 500, 510)
    rec.disconnect()
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(500, 510))


def test_two_sinks_on_one_path_are_refused(rec: rr.RecordingStream, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='two sinks want the same file'):
        rec.set_sinks(FileSink(tmp_path / 'a.rrd'), FileSink(tmp_path / '.' / 'a.rrd'))
    sink = FileSink(tmp_path / 'b.rrd')
    with pytest.raises(UsageError, match='named twice'):
        rec.set_sinks(sink, sink)


def test_several_sinks_get_the_same_bytes(rec: rr.RecordingStream, tmp_path: Path) -> None:
    memory = MemorySink()
    rec.set_sinks(FileSink(tmp_path / 'a.rrd'), FileSink(tmp_path / 'b.rrd'), memory)
    log_range(rec, 0, 50)
    rec.disconnect()
    assert (tmp_path / 'a.rrd').read_bytes() == (tmp_path / 'b.rrd').read_bytes()
    assert len(memory.messages()) == len(messages(tmp_path / 'a.rrd'))


def test_adding_a_sink_keeps_the_others(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 0, 5)
    rec.add_sink(FileSink(tmp_path / 'b.rrd'))
    log_range(rec, 5, 9)
    rec.disconnect()
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(9))
    assert scalars(tmp_path / 'b.rrd', '/x') == list(range(5, 9))


def test_save_writes_the_header_at_once(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    assert (tmp_path / 'a.rrd').read_bytes()[:4] == b'RRF2'


def test_flush_reaches_the_file(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd')
    log_range(rec, 0, 7)
    rec.flush()
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(7))


def test_no_footer_on_request(rec: rr.RecordingStream, tmp_path: Path) -> None:
    rec.save(tmp_path / 'a.rrd', write_footer=False)
    rec.save(tmp_path / 'b.rrd')
    rec.disconnect()
    assert b'FOOT' not in (tmp_path / 'a.rrd').read_bytes()
    assert (tmp_path / 'b.rrd').read_bytes()[-8:-4] == b'FOOT'


def test_disconnect_is_idempotent_and_later_data_is_buffered(
    rec: rr.RecordingStream, tmp_path: Path
) -> None:
    rec.save(tmp_path / 'a.rrd')
    rec.disconnect()
    rec.disconnect()
    log_range(rec, 0, 4)
    rec.save(tmp_path / 'b.rrd')
    rec.disconnect()
    assert num_rows(tmp_path / 'a.rrd') == {}
    assert scalars(tmp_path / 'b.rrd', '/x') == list(range(4))


def test_dropping_while_disconnected_is_told(tmp_path: Path) -> None:
    rec = rr.RecordingStream('dropping', when_disconnected='drop')
    row = rr.Scalars(1.0)
    path_rows = Rows('/x', TIMELINES, (1, 2), row.layout, row.datas)
    assert not rec.log_rows([path_rows])
    static = path_rows._replace(entity_path='/kept', timelines=STATIC, times=())
    assert rec.log_rows([static]), 'it will be in the next file'
    assert not rec.log_rows([static, path_rows])
    rec.save(tmp_path / 'a.rrd')
    assert rec.log_rows([path_rows])
    rec.close()
    assert num_rows(tmp_path / 'a.rrd') == {'/x': 1, '/kept': 1}


def test_connect_returns_at_once_and_bad_arguments_are_refused(rec: rr.RecordingStream) -> None:
    start = time.monotonic()
    rec.connect(f'127.0.0.1:{unused_port()}', 0.1)
    assert time.monotonic() - start < 1.0
    for bad in (-1.0, float('nan')):
        with pytest.raises(UsageError, match='flush_timeout_sec'):
            rec.connect(None, bad)


def test_disconnect_without_viewer_takes_the_flush_timeout(
    rec: rr.RecordingStream, caplog: pytest.LogCaptureFixture
) -> None:
    rec.connect(f'127.0.0.1:{unused_port()}', flush_timeout_sec=0.5)
    log_range(rec, 0, 5)
    start = time.monotonic()
    rec.disconnect()
    assert 0.3 < time.monotonic() - start < 3.0
    assert rec.dropped_rows == 6, 'five numbers and the properties, still counted'
    assert sum('dropping' in record.message for record in caplog.records) == 1


def test_flush_without_viewer_raises_and_keeps_the_data(rec: rr.RecordingStream) -> None:
    rec.connect(f'127.0.0.1:{unused_port()}', flush_timeout_sec=0.2)
    log_range(rec, 0, 5)
    with pytest.raises(FlushTimeoutError, match='did not reach the viewer'):
        rec.flush(5.0)
    (status,) = rec.status()
    assert status.queued_messages > 0
    assert status.dropped_messages == 0


def test_grpc_queue_is_bounded(rec: rr.RecordingStream) -> None:
    sink = GrpcSink(f'127.0.0.1:{unused_port()}', flush_timeout_sec=0, max_queue_bytes=100_000)
    rec.set_sinks(sink)
    for i in range(20):
        rec.log('/image', rr.EncodedImage(contents=bytes(50_000), media_type='image/jpeg'))
        rec.log('/state', rr.Scalars(float(i)))
    with pytest.raises(FlushTimeoutError):
        rec.flush(1.0)
    status = sink.status()
    assert status.queued_bytes <= 150_000
    assert status.dropped_messages > 0


def test_spawn_without_viewer(rec: rr.RecordingStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', '/nonexistent')
    with pytest.raises(ViewerNotFoundError, match='pip install rerun-sdk'):
        rec.spawn(port=unused_port(), headless=True)
    with pytest.raises(ViewerNotFoundError, match='/no/such/viewer'):
        rec.spawn(port=unused_port(), headless=True, executable_path='/no/such/viewer')


def test_spawn_of_something_that_is_no_viewer(rec: rr.RecordingStream) -> None:
    with pytest.raises(SinkOpenError, match='ended at once'):
        rec.spawn(port=unused_port(), headless=True, executable_path='/bin/false')


def test_spawn_without_display(rec: rr.RecordingStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('DISPLAY', raising=False)
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    with pytest.raises(ViewerNotFoundError, match='no display'):
        rec.spawn(port=unused_port(), executable_path='/bin/true')


def test_spawn_uses_what_listens_already(rec: rr.RecordingStream) -> None:
    with socket.create_server(('127.0.0.1', 0)) as server:
        rec.spawn(port=server.getsockname()[1], connect=False, executable_path='/no/such/viewer')
    assert rec.sinks == ()


def test_memory_recording_keeps_its_data_after_a_switch(
    rec: rr.RecordingStream, tmp_path: Path
) -> None:
    first = rec.memory_recording()
    log_range(rec, 0, 5)
    second = rec.memory_recording()
    log_range(rec, 5, 9)
    rec.save(tmp_path / 'a.rrd')
    rec.disconnect()
    assert scalars(first.drain_as_bytes(), '/x') == list(range(5))
    assert scalars(second.as_bytes(), '/x') == list(range(5, 9))
    assert second.num_msgs() == len(messages(second.as_bytes()))
    second.reset_data()
    assert num_rows(second.as_bytes()) == {}
    assert num_rows(tmp_path / 'a.rrd') == {}


def test_memory_recording_forgets_its_blueprint_on_request(rec: rr.RecordingStream) -> None:
    memory = rec.memory_recording()
    rec.send_blueprint(rr.blueprint.Spatial3DView(origin='/'))
    log_range(rec, 0, 3)

    def kinds() -> set[str]:
        found = messages(memory.as_bytes())
        return {msg.store_id.kind.name for msg in found if msg.payload}

    assert kinds() == {'RECORDING', 'BLUEPRINT'}
    memory.reset_blueprint()
    assert kinds() == {'RECORDING'}
    assert scalars(memory.as_bytes(), '/x') == [0, 1, 2]


def test_unread_memory_is_not_lost_silently(caplog: pytest.LogCaptureFixture) -> None:
    rec = rr.RecordingStream('unread')
    handle = rec.memory_recording()
    log_range(rec, 0, 2)
    rec.disconnect()
    rec.close()
    del handle
    assert any('Dropping data in MemorySink' in record.message for record in caplog.records)


class WatchingSink(MemorySink):
    """A sink of somebody who watches."""

    cadence = Cadence.LIVE


def test_those_who_watch_need_not_wait_for_the_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('RERUN_FLUSH_TICK_SECS', '60')
    rec = rr.RecordingStream('ticks', send_properties=False)
    watching, storing = WatchingSink(), MemorySink()
    rec.set_sinks(watching, storing)
    for start in (0, 5):
        log_range(rec, start, start + 5)
        rec.end_tick()
        deadline = time.monotonic() + 20
        while len(watching.messages()) < 2 + start // 5 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(storing.messages()) == 1  # the store info
    rec.close()
    rows = [
        [message.chunk.num_rows for message in sink.messages() if message.chunk]
        for sink in (watching, storing)
    ]
    assert rows == [[5, 5], [10]]


def test_binary_stream_pieces_join_to_a_recording(rec: rr.RecordingStream) -> None:
    stream = rec.binary_stream()
    pieces = []
    for i in range(3):
        log_range(rec, 10 * i, 10 * i + 10)
        piece = stream.read()
        assert piece is not None
        pieces.append(piece)
    assert stream.read() is None
    assert scalars(b''.join(pieces), '/x') == list(range(30))


def test_buffer_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    sink = BufferedSink(max_bytes=1000)
    rec = rr.RecordingStream('bounded')
    pipeline = rec._pipeline  # noqa: SLF001 - a small bound instead of 256 MiB
    pipeline._buffer, pipeline._sinks = sink, (sink,)  # noqa: SLF001
    for _ in range(50):
        log_range(rec, 0, 3)
        rec.flush()
    assert sink.status().queued_bytes <= 1000
    assert sink.status().dropped_messages > 0
    assert sum('buffer' in record.message for record in caplog.records) == 1
    rec.close()
