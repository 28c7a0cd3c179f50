# SPDX-License-Identifier: Apache-2.0
"""Recordings, judged by the official tools: files, gRPC, the viewer, and what a crash leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import rerun_bridge as rr
from rerun_bridge.chunk import Rows
from rerun_bridge.encodings import Component, Layout, Primitive
from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding import Decoder
from rerun_bridge.log_types import STATIC
from test.conformance import record_calls
from test.official import entities, errors, num_colors, stop, timelines, Viewer, wait_for
from test.recordings import column, num_rows, scalars
from test.unit.samples import TIMELINES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from test.official import Official

SCRIPT = textwrap.dedent("""
    import sys
    import numpy as np

    def record(rr, path):
        rec = rr.RecordingStream('compare', recording_id='one')
        rec.save(path)
        rec.log('/', rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
        for i in range(50):
            rec.set_time('frame', sequence=i)
            rec.set_time('with space', duration=i / 10)
            rec.set_time('stamp', timestamp=1_700_000_000 + i)
            rec.log('/plot/a', rr.Scalars(float(i)))
            rec.log('/my pts', rr.Points3D(np.arange(30.0).reshape(10, 3) + i, colors=[255, 0, i]))
            rec.log('/tf', rr.Transform3D(
                translation=[i, 0, 0], quaternion=[0, 0, 0, 1],
                parent_frame='map', child_frame='base'))
            rec.log('/log', rr.TextLog(f'line {i}', level='WARN'))
            if i % 10 == 0:
                rec.log('/image', rr.Image(np.full((8, 12, 3), i, np.uint8)))
        rec.send_columns(
            '/columns',
            [rr.TimeColumn('frame', sequence=np.arange(20))],
            rr.Scalars.columns(scalars=np.arange(20.0)),
        )
        rec.disconnect()
""")


@pytest.fixture
def rec() -> Iterator[rr.RecordingStream]:
    """Give a recording that is closed at the end."""
    recording = rr.RecordingStream('conformance')
    yield recording
    recording.close()


def log_range(recording: rr.RecordingStream, start: int, stop: int) -> None:
    """Log the numbers of a range at their own time."""
    for i in range(start, stop):
        recording.set_time('i', sequence=i)
        recording.log('/x', rr.Scalars(float(i)))


def test_file_equals_that_of_the_official_sdk(official: Official, tmp_path: Path) -> None:
    namespace: dict[str, object] = {}
    exec(SCRIPT, namespace)  # noqa: S102 - the same text runs with both libraries
    namespace['record'](rr, str(tmp_path / 'ours.rrd'))  # type: ignore[operator]
    official.script(f'{SCRIPT}\nimport rerun\nrecord(rerun, sys.argv[1])', tmp_path / 'theirs.rrd')
    official.verify(tmp_path / 'ours.rrd')
    official.run(
        'rrd',
        'compare',
        '--unordered',
        '--ignore-timeline',
        'log_time',
        tmp_path / 'ours.rrd',
        tmp_path / 'theirs.rrd',
    )
    official.run('rrd', 'print', '-vvv', tmp_path / 'ours.rrd')


def test_every_archetype_in_a_file_equals_that_of_the_official_sdk(
    official: Official, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / 'ours.rrd', tmp_path / 'theirs.rrd'
    count = record_calls.record(rr, str(ours))
    answer = official.python_program(record_calls.__file__, 'rerun', theirs)
    assert int(answer) == count > 100
    official.verify(ours)
    official.run('rrd', 'compare', '--unordered', '--ignore-timeline', 'log_time', ours, theirs)


def test_every_kind_of_file_verifies(
    official: Official, rec: rr.RecordingStream, tmp_path: Path
) -> None:
    names = ('first', 'empty', 'later', 'memory')
    paths = {name: tmp_path / f'{name}.rrd' for name in names}
    rec.send_recording_name('a name')
    rec.send_property('robot', rr.AnyValues(wheels=4))
    rec.log('/static', rr.Points3D([[1, 2, 3]]), static=True)
    rec.send_blueprint(rr.blueprint.Blueprint(rr.blueprint.Spatial3DView(origin='/')))
    rec.save(paths['first'])
    log_range(rec, 0, 500)
    rec.save(paths['empty'])
    rec.save(paths['later'])
    log_range(rec, 500, 510)
    memory = rec.memory_recording()
    log_range(rec, 510, 520)
    paths['memory'].write_bytes(memory.drain_as_bytes())
    rec.disconnect()
    official.verify(*paths.values())


def test_components_of_other_archetypes_verify(
    official: Official, rec: rr.RecordingStream, tmp_path: Path
) -> None:
    """The footer names a component by its archetype even where its own name does not."""
    names = {
        'altitude': 'sensor_msgs.msg.NavSatFix',
        'pkg.msg.T:message': 'pkg.msg.T',
        'x y': None,
    }
    rec.save(tmp_path / 'a.rrd')
    for name, archetype in names.items():
        component = Component(name, archetype, None, Primitive('<f8'))
        data = component.encoding.coerce(1.0)
        rec.log_rows([Rows('/x', TIMELINES, (1, 2), Layout.of([component]), (data,))])
        rec.log_rows([Rows('/y', STATIC, (), Layout.of([component]), (data,))])
    rec.disconnect()
    official.verify(tmp_path / 'a.rrd')


def test_joined_pieces_of_a_binary_stream_are_read(
    official: Official, rec: rr.RecordingStream, tmp_path: Path
) -> None:
    stream = rec.binary_stream()
    pieces = []
    for i in range(3):
        log_range(rec, 10 * i, 10 * i + 10)
        pieces.append(stream.read() or b'')
    (tmp_path / 'joined.rrd').write_bytes(b''.join(pieces))
    official.run('rrd', 'verify', '--check-footers', 'false', tmp_path / 'joined.rrd')
    merged = tmp_path / 'merged.rrd'
    official.run('rrd', 'merge', tmp_path / 'joined.rrd', '-o', merged)
    assert sorted(scalars(merged, '/x')) == list(range(30))


def test_parts_of_one_recording_merge_without_duplicates(
    official: Official, rec: rr.RecordingStream, tmp_path: Path
) -> None:
    rec.log('/static', rr.Scalars(7.0), static=True)
    rec.log('/camera', rr.Pinhole(focal_length=10.0, width=64, height=48))
    for i in range(3):
        rec.save(tmp_path / f'{i}.rrd')
        log_range(rec, 10 * i, 10 * i + 10)
    rec.disconnect()
    parts = [tmp_path / f'{i}.rrd' for i in range(3)]
    official.run('rrd', 'merge', *parts, '-o', tmp_path / 'merged.rrd')
    assert num_rows(tmp_path / 'merged.rrd') == {'/x': 30, '/static': 1, '/camera': 1}


def test_viewer_that_comes_late_dies_and_returns(
    official: Official, rec: rr.RecordingStream, tmp_path: Path, free_port: int
) -> None:
    """Data waits for the viewer; after its death a new one gets what is needed and the rest."""
    first, second = tmp_path / 'first.rrd', tmp_path / 'second.rrd'
    rec.connect(f'127.0.0.1:{free_port}')
    rec.log('/static', rr.Scalars(7.0), static=True)
    log_range(rec, 0, 100)
    receiver = official.start(free_port, '--save', first)
    rec.flush(20)
    log_range(rec, 100, 200)
    rec.flush(20)
    wait_for(lambda: num_rows_of_cut_file(first) >= 201, 10)
    stop(receiver, signal.SIGKILL)
    log_range(rec, 200, 300)
    with official.serving(free_port, '--save', second):
        rec.flush(20)
        log_range(rec, 300, 320)
        rec.flush(20)
        assert rec.status()[0].reconnects == 1
        wait_for(lambda: num_rows_of_cut_file(second) >= 121, 10)
    assert scalars_of_cut_file(first) == list(range(200))
    assert scalars_of_cut_file(second) == list(range(200, 320))


def test_no_row_is_lost_or_doubled_between_viewer_and_files(
    official: Official, rec: rr.RecordingStream, tmp_path: Path, free_port: int
) -> None:
    received = tmp_path / 'received.rrd'
    with official.serving(free_port, '--save', received):
        rec.save(tmp_path / 'a.rrd')
        log_range(rec, 0, 100)
        rec.connect(f'127.0.0.1:{free_port}')
        log_range(rec, 100, 200)
        rec.save(tmp_path / 'b.rrd')
        log_range(rec, 200, 300)
        rec.disconnect()
        log_range(rec, 300, 400)
        rec.save(tmp_path / 'c.rrd')
        rec.disconnect()
        wait_for(lambda: num_rows_of_cut_file(received) >= 100, 10)
    assert scalars(tmp_path / 'a.rrd', '/x') == list(range(100))
    assert scalars_of_cut_file(received) == list(range(100, 200))
    assert scalars(tmp_path / 'b.rrd', '/x') == list(range(200, 300))
    assert scalars(tmp_path / 'c.rrd', '/x') == list(range(300, 400))


def test_spawned_viewer_shows_the_recording(
    official: Official,
    rec: rr.RecordingStream,
    tmp_path: Path,
    free_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('XDG_RUNTIME_DIR', official.env['XDG_RUNTIME_DIR'])
    started = []
    popen = subprocess.Popen

    def remember(*args: object, **kwargs: object) -> object:
        started.append(popen(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, 'Popen', remember)
    rec.spawn(free_port, headless=True, executable_path=official.cli)
    monkeypatch.undo()
    try:
        log_range(rec, 0, 50)
        rec.flush(20)
        rec.disconnect()
        assert started[0].poll() is None, 'the viewer outlives the sink'
        viewer = Viewer(official, free_port)
        answer = viewer.wait_until(lambda found: timelines(found).get('i', {}).get('end') == 49)
        assert '/x' in entities(answer)
        assert errors(answer) == []
        picture = tmp_path / 'spawned.png'
        viewer.ask(picture)
        assert num_colors(picture) > 200
    finally:
        stop(started[0], signal.SIGKILL)


@pytest.mark.parametrize('period_sec', [0.0, 1 / 30])
def test_kill_leaves_a_file_that_opens(
    official: Official, tmp_path: Path, free_port: int, period_sec: float
) -> None:
    """SIGKILL while 1080p frames are written: the viewer shows all whole messages."""
    script = textwrap.dedent(f"""
        import itertools, sys, time
        import numpy as np
        import rerun_bridge as rr
        rr.init('killed')
        rr.save(sys.argv[1])
        image = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
        for i in itertools.count():
            rr.set_time('frame', sequence=i)
            rr.log('/image', rr.Image(image))
            rr.log('/x', rr.Scalars(float(i)))
            if i == 3:
                print(flush=True)
            time.sleep({period_sec})
    """)
    path, whole = tmp_path, [0]
    for attempt in range(6):
        path = tmp_path / f'{attempt}.rrd'
        writer = subprocess.Popen([sys.executable, '-c', script, path], stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.3 + 0.05 * attempt)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        whole = frames_of_cut_file(path)
        assert whole == list(range(len(whole)))
        if _has_partial_tail(path):
            break
    official.run('rrd', 'stats', path)
    with official.viewer(free_port, path) as viewer:
        answer = viewer.wait_until(lambda found: '/image' in entities(found))
        assert timelines(answer)['frame']['end'] >= whole[-1]


def _has_partial_tail(path: Path) -> bool:
    return _read_cut_file(path)[1] < path.stat().st_size


def _read_cut_file(path: Path) -> tuple[bytes, int]:
    """Return the whole messages of a file that may end anywhere, and how long they are."""
    content, decoder = path.read_bytes(), Decoder()
    try:
        for _ in decoder.feed(content):
            pass
    except DecodeError:
        # The hole that an unfinished message leaves reads as an End marker.
        return content[: decoder.num_bytes], decoder.num_bytes
    return content[: decoder.num_bytes], decoder.num_bytes


def num_rows_of_cut_file(path: Path) -> int:
    """Count the rows of a file that may still be written."""
    return sum(num_rows(_read_cut_file(path)[0]).values()) if path.exists() else 0


def scalars_of_cut_file(path: Path) -> list[float]:
    """Return the numbers at /x of a file without end, in the order of their values."""
    return sorted(scalars(_read_cut_file(path)[0], '/x'))


def frames_of_cut_file(path: Path) -> list[int]:
    """Return the frames of all whole images."""
    return list(column(_read_cut_file(path)[0], '/image', 'frame'))


def test_arrays_may_change_after_log(official: Official, tmp_path: Path) -> None:
    """Also while the rows still wait to be encoded."""
    rec = rr.RecordingStream('mutable')
    rec.save(tmp_path / 'a.rrd')
    points = np.zeros((1000, 3), np.float32)
    image = np.zeros((100, 100, 3), np.uint8)
    for i in range(20):
        points[:] = i
        image[:] = i
        rec.set_time('i', sequence=i)
        rec.log('/points', rr.Points3D(points))
        rec.log('/image', rr.Image(image))
        points[:] = 99
        image[:] = 99
    rec.close()
    official.verify(tmp_path / 'a.rrd')
    stored = column(tmp_path / 'a.rrd', '/points', 'Points3D:positions')
    assert [row[0][0] for row in stored] == list(range(20))
    pixels = column(tmp_path / 'a.rrd', '/image', 'Image:buffer')
    assert [row[0][-1] for row in pixels] == list(range(20))
