# SPDX-License-Identifier: Apache-2.0
"""Which recording a call means, and what happens to recordings when processes fork or end."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING

import pytest

import rerun_bridge as rr
from rerun_bridge.errors import UsageError
from rerun_bridge.sinks import MemorySink, SinkState
from test.recordings import column, messages, num_rows, scalars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_current_recording() -> Iterator[None]:
    rr.set_global_data_recording(None)
    rr.set_thread_local_data_recording(None)
    yield
    rr.rerun_shutdown()
    rr.set_global_data_recording(None)
    rr.set_thread_local_data_recording(None)


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    return subprocess.run(
        [sys.executable, '-c', textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def test_explicit_wins_over_thread_wins_over_global(tmp_path: Path) -> None:
    names = ('explicit', 'thread', 'global')
    recs = {name: rr.new_recording(name) for name in names}
    for name, rec in recs.items():
        rr.save(tmp_path / f'{name}.rrd', recording=rec)
    assert rr.set_global_data_recording(recs['global']) is None
    rr.log('/1', rr.Scalars(1.0))
    assert rr.set_thread_local_data_recording(recs['thread']) is None
    rr.log('/2', rr.Scalars(1.0))
    rr.log('/3', rr.Scalars(1.0), recording=recs['explicit'])
    other = threading.Thread(target=rr.log, args=('/4', rr.Scalars(1.0)))
    other.start()
    other.join()
    rr.rerun_shutdown()
    assert num_rows(tmp_path / 'global.rrd') == {'/1': 1, '/4': 1}
    assert num_rows(tmp_path / 'thread.rrd') == {'/2': 1}
    assert num_rows(tmp_path / 'explicit.rrd') == {'/3': 1}


def test_without_recording_everything_is_a_no_op(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rr.log('/x', rr.Scalars(1.0))
    rr.set_time('t', sequence=1)
    rr.flush()
    rr.disconnect()
    rr.connect()
    rr.save(tmp_path / 'a.rrd')
    assert not (tmp_path / 'a.rrd').exists()
    assert not rr.is_enabled()
    assert 'save() call ignored' in caplog.text
    with pytest.raises(RuntimeError, match='No recording was provided or set as current'):
        rr.memory_recording()


def test_init_replaces_the_global_recording_without_closing_it(tmp_path: Path) -> None:
    rr.init('first')
    first = rr.get_global_data_recording()
    rr.save(tmp_path / 'first.rrd')
    rr.init('second')
    assert rr.get_data_recording() is not first
    rr.log('/x', rr.Scalars(1.0), recording=first)
    rr.rerun_shutdown()
    assert num_rows(tmp_path / 'first.rrd') == {'/x': 1}


def test_new_recordings_become_current_on_request() -> None:
    plain = rr.new_recording('plain')
    assert rr.get_data_recording() is None
    globally = rr.new_recording('globally', make_default=True)
    assert rr.get_global_data_recording() is globally
    locally = rr.new_recording('locally', make_thread_default=True)
    assert rr.get_thread_local_data_recording() is locally
    assert rr.get_data_recording() is locally
    assert rr.get_data_recording(plain) is plain
    assert rr.set_thread_local_data_recording(None) is locally
    assert rr.set_global_data_recording(None) is globally


def test_properties_of_the_recording(tmp_path: Path) -> None:
    rr.init('properties')
    rr.save(tmp_path / 'a.rrd')
    rr.send_recording_name('a name')
    rr.send_recording_start_time_nanos(7)
    rr.send_property('robot arm', rr.AnyValues(joints=6))
    rr.rerun_shutdown()
    path = tmp_path / 'a.rrd'
    assert column(path, '/__properties', 'RecordingInfo:name') == [['a name']]
    assert column(path, '/__properties', 'RecordingInfo:start_time')[-1] == [7]
    assert column(path, '/__properties/robot\\ arm', 'joints') == [[6]]


def test_with_sets_restores_and_completes_files(tmp_path: Path) -> None:
    outer, inner = rr.new_recording('outer'), rr.new_recording('inner')
    inner.save(tmp_path / 'inner.rrd')
    rr.set_thread_local_data_recording(outer)
    with inner as current, current:
        assert rr.get_data_recording() is inner
        rr.log('/x', rr.Scalars(1.0))
    assert rr.get_data_recording() is outer
    assert (tmp_path / 'inner.rrd').read_bytes()[-8:-4] == b'FOOT'
    assert inner.sinks == ()


def test_mixed_up_with_blocks_are_told() -> None:
    first, second = rr.new_recording('first'), rr.new_recording('second')
    with pytest.raises(RuntimeError, match='another recording'), first:
        rr.set_thread_local_data_recording(second)


def test_same_id_stays_two_objects(tmp_path: Path) -> None:
    recs = [rr.new_recording('same', 'id') for _ in range(2)]
    for i, rec in enumerate(recs):
        rec.save(tmp_path / f'{i}.rrd')
        rec.log('/x', rr.Scalars(float(i)))
    rr.rerun_shutdown()
    assert [scalars(tmp_path / f'{i}.rrd', '/x') for i in range(2)] == [[0.0], [1.0]]
    assert {m.store_id.recording_id for m in messages(tmp_path / '0.rrd')} == {'id'}


def test_time_is_per_thread_and_per_recording(tmp_path: Path) -> None:
    rec = rr.new_recording('times')
    rec.save(tmp_path / 'a.rrd')
    rec.set_time('frame', sequence=7)

    def other() -> None:
        rec.log('/other', rr.Scalars(1.0))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    rec.log('/mine', rr.Scalars(1.0))
    rec.disable_timeline('frame')
    rec.log('/disabled', rr.Scalars(1.0))
    rr.rerun_shutdown()
    assert column(tmp_path / 'a.rrd', '/mine', 'frame') == [7]
    assert column(tmp_path / 'a.rrd', '/other', 'frame') == []
    assert column(tmp_path / 'a.rrd', '/disabled', 'frame') == []
    assert len(column(tmp_path / 'a.rrd', '/disabled', 'log_time')) == 1


def test_disabled_recordings_ignore_all_calls(tmp_path: Path) -> None:
    rec = rr.new_recording('off', default_enabled=False)
    rec.save(tmp_path / 'a.rrd')
    rec.log('/x', rr.Scalars(1.0))
    rec.flush()
    assert not rr.is_enabled(rec)
    assert not (tmp_path / 'a.rrd').exists()


@pytest.mark.parametrize(
    ('value', 'default', 'expected'),
    [('0', True, False), ('off', True, False), ('1', False, True), ('maybe', False, False)],
)
def test_environment_overrides_default_enabled(
    monkeypatch: pytest.MonkeyPatch, value: str, *, default: bool, expected: bool
) -> None:
    monkeypatch.setenv('RERUN', value)
    assert rr.is_enabled(rr.new_recording('env', default_enabled=default)) is expected


def test_strict_raises_and_otherwise_warns(tmp_path: Path) -> None:
    rec = rr.new_recording('strict')
    rec.save(tmp_path / 'a.rrd')
    with pytest.warns(rr.RerunWarning, match='cannot be logged'):
        rec.log('/x', object())
    with pytest.raises(UsageError, match='cannot be logged'):
        rec.log('/x', object(), strict=True)
    with pytest.raises(UsageError, match='cannot be logged'):
        rr.new_recording('always', strict=True).log('/x', object())
    with pytest.warns(rr.RerunWarning, match='one length'):
        rec.send_columns(
            '/x',
            [rr.TimeColumn('t', sequence=[1, 2, 3])],
            rr.Scalars.columns(scalars=[1.0, 2.0]),
        )
    rr.rerun_shutdown()
    assert num_rows(tmp_path / 'a.rrd') == {}


def test_warnings_name_the_line_of_the_caller() -> None:
    rec = rr.new_recording('warning', make_default=True)
    times, columns = [rr.TimeColumn('t', sequence=[1])], rr.Scalars.columns(scalars=[1.0, 2.0])
    with pytest.warns(rr.RerunWarning) as told:  # noqa: PT031 - one after the other
        rec.log('/x', object())
        rr.log('/x', object())
        rec.send_columns('/x', times, columns)
        rr.send_columns('/x', times, columns)
    assert [(each.filename, each.lineno - told[0].lineno) for each in told] == [
        (__file__, line) for line in range(4)
    ]


def test_send_columns(tmp_path: Path) -> None:
    rec = rr.new_recording('columns')
    rec.save(tmp_path / 'a.rrd')
    rec.send_columns(
        '/x',
        [rr.TimeColumn('t', sequence=[1, 2, 3]), rr.TimeColumn('d', duration=[0.1, 0.2, 0.3])],
        rr.Scalars.columns(scalars=[1.0, 2.0, 3.0]),
    )
    rec.send_columns('/one', [rr.TimeColumn('t', sequence=[5])], rr.Scalars.columns(scalars=[9]))
    rec.send_columns(
        '/p',
        [rr.TimeColumn('t', sequence=[1, 2])],
        rr.Points3D.columns(positions=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]).partition([1, 2]),
    )
    rr.rerun_shutdown()
    assert scalars(tmp_path / 'a.rrd', '/x') == [1.0, 2.0, 3.0]
    assert column(tmp_path / 'a.rrd', '/x', 'd') == [100_000_000, 200_000_000, 300_000_000]
    assert column(tmp_path / 'a.rrd', '/one', 't') == [5]
    rows = column(tmp_path / 'a.rrd', '/p', 'Points3D:positions')
    assert rows == [[[1, 2, 3]], [[4, 5, 6], [7, 8, 9]]]


def test_end_of_the_program_completes_everything(tmp_path: Path) -> None:
    done = run(f"""
        import rerun_bridge as rr
        rr.init('ends')
        rr.save({str(tmp_path / 'a.rrd')!r})
        rr.RecordingStream('other').save({str(tmp_path / 'b.rrd')!r})
        rr.log('/x', rr.Scalars(1.0))
    """)
    assert done.returncode == 0, done.stderr
    assert num_rows(tmp_path / 'a.rrd') == {'/x': 1}
    for name in 'ab':
        assert (tmp_path / f'{name}.rrd').read_bytes()[-8:-4] == b'FOOT'


def test_fork_leaves_the_parent_alone(tmp_path: Path) -> None:
    done = run(f"""
        import os, sys
        import rerun_bridge as rr
        rr.init('forks')
        rr.save({str(tmp_path / 'parent.rrd')!r})
        parent = rr.get_global_data_recording()
        for i in range(20):
            rr.log('/x', rr.Scalars(float(i)))
            pid = os.fork()
            if pid == 0:
                ok = rr.get_data_recording() is None
                parent.log('/child', rr.Scalars(1.0))
                parent.flush()
                parent.disconnect()
                own = rr.new_recording('forks')
                ok = ok and own.recording_id == parent.recording_id
                own.save({str(tmp_path)!r} + f'/child{{i}}.rrd')
                own.log('/own', rr.Scalars(float(i)))
                rr.rerun_shutdown()
                os._exit(0 if ok else 1)
            assert os.waitpid(pid, 0)[1] == 0
    """)
    assert done.returncode == 0, done.stderr
    assert 'belongs to the parent' in done.stderr
    assert scalars(tmp_path / 'parent.rrd', '/x') == list(range(20))
    assert num_rows(tmp_path / 'parent.rrd') == {'/x': 20}
    for i in range(20):
        assert scalars(tmp_path / f'child{i}.rrd', '/own') == [i]


def test_import_needs_neither_ros_nor_rerun_sdk_nor_protobuf_nor_grpc() -> None:
    done = run("""
        import sys
        import rerun_bridge as rr
        rr.init('light')
        rr.log('/x', rr.Scalars(1.0))
        heavy = {'rclpy', 'rerun', 'google.protobuf', 'grpc', 'websockets', 'rosbags'}
        print(sorted(heavy & set(sys.modules)))
    """)
    assert done.stdout.strip() == '[]', done.stderr


def test_end_of_the_program_without_viewer_is_bounded() -> None:
    """Exit waits for the flush timeout, warns once and drops."""
    done = run("""
        import logging, time
        import rerun_bridge as rr
        logging.basicConfig()
        rr.init('ends')
        rr.connect('127.0.0.1:1', 0.5)
        rr.log('/x', rr.Scalars(1.0))
    """)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count('dropping') == 1


def test_waiting_for_ever_ends_with_ctrl_c() -> None:
    done = run("""
        import os, signal, threading, time
        import rerun_bridge as rr
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background jobs
        rr.init('waits')
        rr.connect('127.0.0.1:1', flush_timeout_sec=None)
        rr.log('/x', rr.Scalars(1.0))
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        try:
            rr.flush()
        except KeyboardInterrupt:
            print('interrupted', time.monotonic() - start > 0.5, flush=True)
        os._exit(0)
    """)
    assert done.stdout.split() == ['interrupted', 'True'], done.stderr


def test_shutdown_can_be_left_to_the_program(tmp_path: Path) -> None:
    done = run(f"""
        import rerun_bridge as rr
        rr.unregister_shutdown()
        rr.init('left')
        rr.save({str(tmp_path / 'a.rrd')!r})
        rr.log('/x', rr.Scalars(1.0))
        rr.flush()
    """)
    assert done.returncode == 0, done.stderr
    assert num_rows(tmp_path / 'a.rrd') == {'/x': 1}
    assert b'FOOT' not in (tmp_path / 'a.rrd').read_bytes()


def test_forked_processes_complete_their_files(tmp_path: Path) -> None:
    """Exit handlers do not run in a process that multiprocessing forked."""
    done = run(f"""
        import multiprocessing
        import rerun_bridge as rr

        @rr.shutdown_at_exit
        def work(path):
            rr.init('forked')
            rr.save(path)
            rr.log('/x', rr.Scalars(1.0))

        process = multiprocessing.get_context('fork').Process(
            target=work, args=({str(tmp_path / 'a.rrd')!r},))
        process.start()
        process.join(20)
        assert process.exitcode == 0
    """)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / 'a.rrd').read_bytes()[-8:-4] == b'FOOT'


@pytest.mark.parametrize(
    ('variables', 'num_chunks'),
    [
        ({'RERUN_FLUSH_TICK_SECS': '60', 'RERUN_FLUSH_NUM_ROWS': '10'}, range(8, 14)),
        ({'RERUN_FLUSH_TICK_SECS': '60', 'RERUN_FLUSH_NUM_BYTES': '2000'}, range(3, 60)),
        ({'RERUN_FLUSH_TICK_SECS': '60'}, range(1, 2)),
    ],
)
def test_batching_follows_the_environment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    num_chunks: range,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    rec = rr.new_recording('batches', send_properties=False)
    rec.save(tmp_path / 'a.rrd')
    for i in range(100):
        rec.log('/x', rr.Scalars(float(i)))
        time.sleep(0.001)
    rec.disconnect()
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(100))
    assert len(messages(tmp_path / 'a.rrd')) - 1 in num_chunks


def test_init_with_spawn_starts_a_viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', '/nonexistent')
    monkeypatch.setattr('rerun_bridge.sinks.viewer._is_listening', lambda _: False)
    with pytest.raises(rr.errors.ViewerNotFoundError, match='was not found on PATH'):
        rr.init('spawns', spawn=True)


def test_bad_environment_is_ignored_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv('RERUN_FLUSH_TICK_SECS', 'soon')
    rr.new_recording('warned')
    assert "RERUN_FLUSH_TICK_SECS='soon' is not a number" in caplog.text


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_file_of_a_forgotten_recording_is_completed(tmp_path: Path) -> None:
    for i in range(3):
        rr.init('episode', recording_id=f'e{i}')
        rr.save(tmp_path / f'{i}.rrd')
        rr.log('/n', rr.Scalars(float(i)))
    wait_until(lambda: not [t for t in threading.enumerate() if t.name == 'rerun-file'][1:])
    for i in range(2):
        assert scalars(tmp_path / f'{i}.rrd', '/n') == [float(i)]
        assert b'FOOT' in (tmp_path / f'{i}.rrd').read_bytes()
    rr.log('/n', rr.Scalars(7.0))
    rr.disconnect()
    assert scalars(tmp_path / '2.rrd', '/n') == [2.0, 7.0]


def test_a_forgotten_recording_goes_on_for_those_who_watch() -> None:
    rec = rr.RecordingStream('watched')
    memory = MemorySink()
    rec.set_sinks(memory)
    rec.log('/n', rr.Scalars(1.0))
    del rec
    gc.collect()
    time.sleep(0.3)
    assert memory.status().state is SinkState.OPEN


def test_two_recordings_into_one_file_one_after_the_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = rr.RecordingStream('first'), rr.RecordingStream('second')
    first.save(tmp_path / 'a.rrd')
    for i in range(1000):
        first.log('/first', rr.Scalars(float(i)))
    second.save(tmp_path / 'a.rrd')
    assert 'another recording saves to the same file' in caplog.text
    assert first.sinks == ()
    first.log('/first', rr.Scalars(5.0))
    second.log('/second', rr.Scalars(6.0))
    second.disconnect()
    assert num_rows(tmp_path / 'a.rrd') == {'/second': 1}
    first.close()
    second.close()
