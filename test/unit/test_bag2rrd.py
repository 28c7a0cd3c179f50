# SPDX-License-Identifier: Apache-2.0
"""The command that converts bags: what it writes, says and returns."""

from __future__ import annotations

import os
from pathlib import Path
import pty
import signal
import subprocess
import sys
from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge import __main__ as program
from rerun_bridge.cli.bag2rrd import main
from rerun_bridge.converters import TopicConverter
from rerun_bridge.errors import RerunBridgeError, UsageError
from rerun_bridge.log_types import StoreKind
from test.recordings import column, messages, num_rows, scalars
from test.unit.bags.mcap_bytes import channel, Chunk, mcap_file, Message, schema
from test.unit.bags.written_bag import message, Sent, sent, STORAGES, T, write_bag

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows
    from rerun_bridge.converters.timelines import Moment

START = 1_700_000_000 * 10**9
SEC = 10**9
NUM = 50


def stamp(nanos: int) -> Any:  # noqa: ANN401 - a type of `T`
    return T['builtin_interfaces/msg/Time'](nanos // SEC, nanos % SEC)


def header(nanos: int, frame_id: str) -> Any:  # noqa: ANN401
    return T['std_msgs/msg/Header'](stamp(nanos), frame_id)


def number(topic: str, nanos: int, value: float) -> Sent:
    return message(topic, nanos, T['std_msgs/msg/Float64'](value))


def transforms(topic: str, nanos: int, child: str) -> Sent:
    transform = T['geometry_msgs/msg/Transform'](
        T['geometry_msgs/msg/Vector3'](1.0, 2.0, 3.0),
        T['geometry_msgs/msg/Quaternion'](0.0, 0.0, 0.0, 1.0),
    )
    stamped = T['geometry_msgs/msg/TransformStamped'](header(nanos, 'base'), child, transform)
    return message(topic, nanos, T['tf2_msgs/msg/TFMessage']([stamped]))


def drive(num: int = NUM) -> list[Sent]:
    """Record some topics for `num` tenths of a second."""
    found = [transforms('/tf_static', START, 'laser'), transforms('/tf_static', START + 5, 'cam')]
    for i in range(num):
        nanos = START + i * SEC // 10
        found.append(number('/speed', nanos, float(i)))
        found.append(number('/_hidden/speed', nanos, float(i)))
        found.append(sent('/odd', nanos, i))
    return found


def robot(*shapes: str) -> Sent:
    visuals = ''.join(f'<visual><geometry>{shape}</geometry></visual>' for shape in shapes)
    joint = '<joint name="j" type="continuous"><parent link="a"/><child link="b"/></joint>'
    text = f'<robot name="r"><link name="a">{visuals}</link><link name="b"/>{joint}</robot>'
    return message('/robot_description', START, T['std_msgs/msg/String'](text))


def joint_state(nanos: int, position: float) -> Sent:
    nothing = np.zeros(0)
    joints = T['sensor_msgs/msg/JointState'](
        header(nanos, ''), ['j'], np.array([position]), nothing, nothing
    )
    return message('/joint_states', nanos, joints)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return write_bag(tmp_path / 'drive', drive(), latched=['/tf_static'])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / 'out.rrd'


def run(bag: Path, out: Path, *options: str) -> int:
    return main([str(bag), '-o', str(out), *options])


def store_ids(path: Path) -> set[tuple[str, str]]:
    found = {each.store_id for each in messages(path)}
    return {
        (each.application_id, each.recording_id)
        for each in found
        if each.kind is StoreKind.RECORDING
    }


def test_everything_recorded_is_converted(
    bag: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(bag, out) == 0
    assert scalars(out, '/speed') == [float(i) for i in range(NUM)]
    times = [START + i * SEC // 10 for i in range(NUM)]
    for timeline in ('log_time', 'message_log_time', 'message_publish_time', 'ros2_timestamp'):
        assert column(out, '/speed', timeline) == times
    structs = column(out, '/odd', 'trial_msgs.msg.Number:message')
    assert [row[0]['number'] for row in structs] == list(range(NUM))
    assert num_rows(out)['/tf_static/laser'] == 1
    assert column(out, '/__properties', 'RecordingInfo:name') == [['drive']]
    assert column(out, '/__properties', 'RecordingInfo:start_time') == [[START]]
    shown = capsys.readouterr()
    assert shown.err == ''
    lines = [line.split() for line in shown.out.splitlines()]
    assert ['/odd', 'trial_msgs/msg/Number', '50', '400', 'bytes', '(as', 'structs)'] in lines
    assert 'not wanted: 1 topic, 1 because hidden' in shown.out.splitlines()
    assert shown.out.splitlines()[-1].startswith('102 messages of 3 topics, ')


def test_blueprint_shows_what_is_there(bag: Path, out: Path) -> None:
    def store_kinds() -> set[StoreKind]:
        return {each.store_id.kind for each in messages(out)}

    assert run(bag, out) == 0
    assert store_kinds() == {StoreKind.RECORDING, StoreKind.BLUEPRINT}
    assert run(bag, out, '--overwrite', '--no-blueprint') == 0
    assert store_kinds() == {StoreKind.RECORDING}


def test_recording_ids(bag: Path, out: Path, tmp_path: Path) -> None:
    assert run(bag, out) == 0
    again = tmp_path / 'again.rrd'
    assert run(bag.rename(tmp_path / 'renamed'), again, '--exclude', '/odd') == 0
    assert store_ids(again) == store_ids(out)
    [(application_id, recording_id)] = store_ids(out)
    assert application_id == 'rerun_bridge'
    assert len(recording_id) == 32
    own = ('--application-id', 'mine', '--recording-id', 'this one', '--overwrite')
    assert run(tmp_path / 'renamed', out, *own) == 0
    assert store_ids(out) == {('mine', 'this one')}


@pytest.mark.parametrize('storage', STORAGES)
@pytest.mark.parametrize('compression', ['none', 'file', 'message'])
def test_storages_make_no_difference(
    tmp_path: Path, out: Path, storage: str, compression: str
) -> None:
    bag = write_bag(tmp_path / 'bag', drive(), storage=storage, compression=compression)
    assert run(bag, out) == 0
    assert scalars(out, '/speed') == [float(i) for i in range(NUM)]


def test_several_bags_become_one_recording(tmp_path: Path, out: Path) -> None:
    one = write_bag(tmp_path / 'one', drive()[:60])
    two = write_bag(tmp_path / 'two', [number('/two', START + i, 1.0) for i in range(9)])
    assert main([str(two), str(one), '-o', str(out)]) == 0
    assert {'/speed', '/two', '/odd'} < set(num_rows(out))
    assert column(out, '/__properties', 'RecordingInfo:name') == [['two + one']]


@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        ((), {'/speed', '/odd', '/tf_static/laser', '/tf_static/cam'}),
        (('--include', '/spe'), set()),
        (('--include', '/spe.*', '--include', '/odd'), {'/speed', '/odd'}),
        (('--include', '/.*', '--exclude', '/tf.*', '--exclude', '/o.d'), {'/speed'}),
        (('--include-hidden', '--include', '.*speed'), {'/speed', '/_hidden/speed'}),
        (('--include', '/_hidden/speed'), set()),
    ],
)
def test_choice_of_topics(
    bag: Path, out: Path, options: tuple[str, ...], expected: set[str]
) -> None:
    if not expected:
        with pytest.raises(RerunBridgeError, match='no message is wanted; check --include'):
            run(bag, out, *options)
        assert not out.exists()
        return
    assert run(bag, out, *options) == 0
    assert {path for path in num_rows(out) if path != '/'} == expected


@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        (('--start', '1', '--end', '1.3'), range(10, 13)),
        (('--start', '4.75'), range(48, 50)),
        (('--end', '0.1'), range(1)),
        (('--start', f'{START // SEC + 2}.05', '--end', '2.2'), range(21, 22)),
        (('--start', '2023-11-14T22:13:21Z', '--end', '2023-11-14T22:13:21.2'), range(10, 12)),
        (('--start', '2023-11-14T23:13:24.900+01:00'), range(49, 50)),
    ],
)
def test_window(bag: Path, out: Path, options: tuple[str, ...], expected: range) -> None:
    assert run(bag, out, *options, '--quiet') == 0
    assert scalars(out, '/speed') == [float(i) for i in expected]
    # Who subscribes late still gets these.
    assert num_rows(out)['/tf_static/laser'] == num_rows(out)['/tf_static/cam'] == 1


def test_options_of_topics(bag: Path, out: Path) -> None:
    options = [
        '/speed.entity_path=/v',
        '/.restamp=true',
        'std_msgs/msg/Float64.max_rate=5',
        '/_hidden/.max_rate=1',
        '/_hidden/speed.max_rate=2',
    ]
    argv = [each for option in options for each in ('--option', option)]
    assert run(bag, out, '--include-hidden', *argv) == 0
    assert scalars(out, '/v') == [float(i) for i in range(0, NUM, 2)]
    assert scalars(out, '/_hidden/speed') == [float(i) for i in range(0, NUM, 5)]
    assert num_rows(out)['/tf_static/laser'] == num_rows(out)['/tf_static/cam'] == 1


def test_what_a_rate_leaves_out_is_told(
    bag: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(bag, out, '--option', '/speed.max_rate=5') == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if '/speed' in line]
    assert line.endswith('(25 above max_rate)')


def test_robot_of_a_short_bag_moves(tmp_path: Path, out: Path) -> None:
    sent_joints = [joint_state(START + i * SEC // 10, i / 10) for i in range(5)]
    bag = write_bag(tmp_path / 'bag', [robot('<sphere radius="1"/>'), *sent_joints])
    assert run(bag, out) == 0
    assert column(out, '/r/visual_geometries/a/visual_0', 'Ellipsoids3D:half_sizes')
    assert column(out, '/r/joints', 'message_log_time') == [each.nanos for each in sent_joints]
    sines = [quaternion[0][0] for quaternion in column(out, '/r/joints', 'Transform3D:quaternion')]
    assert sines == pytest.approx(np.sin([i / 20 for i in range(5)]))


def test_what_cannot_be_drawn_is_told(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = ['<mesh filename="file:///missing.stl"/>', '<sphere radius="1"/>']
    assert run(write_bag(tmp_path / 'bag', [robot(*shapes)]), out) == 0
    told = capsys.readouterr().err
    assert told.startswith('bag2rrd: /robot_description: 1 of 2 shapes of r cannot be drawn: ')
    assert told.count('missing.stl') == 1
    assert column(out, '/r/visual_geometries/a/visual_1', 'Ellipsoids3D:half_sizes')


def test_existing_files_are_kept(
    bag: Path, out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out.write_bytes(b'precious')
    with pytest.raises(UsageError, match=r'out\.rrd exists; .*--overwrite'):
        run(bag, out)
    assert out.read_bytes() == b'precious'
    with pytest.raises(UsageError, match='is the bag itself'):
        run(bag, bag / 'drive.mcap', '--overwrite')
    assert run(bag, out, '--overwrite') == 0
    monkeypatch.chdir(tmp_path)
    assert main([str(bag)]) == 0
    assert num_rows(tmp_path / 'drive.rrd') == num_rows(out)


def test_recording_that_cannot_be_written(bag: Path, tmp_path: Path) -> None:
    with pytest.raises(RerunBridgeError, match='cannot create the recording'):
        run(bag, tmp_path / 'no' / 'folder' / 'out.rrd')


def test_full_disk_is_told(tmp_path: Path, out: Path) -> None:
    pixels = np.zeros(3 << 20, np.uint8)
    image = T['sensor_msgs/msg/Image'](header(START, 'cam'), 1024, 1024, 'rgb8', 0, 3072, pixels)
    bag = write_bag(tmp_path / 'bag', [message('/image', START + i, image) for i in range(20)])
    # The shell's way to give a process little space.
    script = 'ulimit -f 80000; exec "$@"'
    command = [sys.executable, '-m', 'rerun_bridge', 'bag2rrd', str(bag), '-o', str(out)]
    done = subprocess.run(
        ['/bin/sh', '-c', script, 'sh', *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, 'PYTHONPATH': str(Path(__file__).parents[2])},
    )
    assert done.returncode == program.FAILED
    assert 'bag2rrd: writing the recording failed: File too large' in done.stderr
    assert 0 < num_rows(out)['/image'] < 20


def test_damaged_bag_is_converted_as_far_as_it_goes(
    bag: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bag / 'drive.mcap'
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    assert run(bag, out) == 1
    got = scalars(out, '/speed')
    assert got == [float(i) for i in range(len(got))]
    assert 0 < len(got) < NUM
    shown = capsys.readouterr().err
    assert f'bag2rrd: {path}: the end is missing' in shown
    assert f'bag2rrd: /speed: {NUM - len(got)} of {NUM} messages could not be read' in shown
    assert '/_hidden' not in shown


def test_nothing_readable(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bag = tmp_path / 'bag.mcap'
    bag.write_bytes(b'garbage' * 100)
    assert program.main(['bag2rrd', str(bag), '-o', str(out)]) == program.FAILED
    shown = capsys.readouterr().err
    assert 'bag2rrd: there are no messages that can be read\n' in shown
    assert not out.exists()


def test_message_with_wrong_bytes_is_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = [each._replace(data=each.data[:6]) for each in drive(3) if each.topic == '/speed']
    bag = write_bag(tmp_path / 'bag', [*drive(3), *cut[:2]])
    assert run(bag, out) == 1
    shown = capsys.readouterr()
    assert '/speed: 2 of 5 messages could not be converted: std_msgs/msg/Float64' in shown.err
    assert '(2 failed)' in shown.out


def test_messages_that_cannot_be_logged_at_the_end_are_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for a transform that does not come; one that fails takes those before it along."""
    replacing = TopicConverter._replacing  # noqa: SLF001 - what is called for these alone

    def replace(converter: TopicConverter, rows: list[Rows], moment: Moment) -> list[Rows]:
        if moment.stamp % 10:
            raise ZeroDivisionError
        return replacing(converter, rows, moment)

    monkeypatch.setattr(TopicConverter, '_replacing', replace)
    points = [
        message(
            '/point',
            START + i,
            T['geometry_msgs/msg/PointStamped'](
                header(START + i, 'nowhere'), T['geometry_msgs/msg/Point'](1.0, 2.0, 3.0)
            ),
        )
        for i in (0, 1, 2, 10)
    ]
    bag = write_bag(tmp_path / 'bag', points)
    assert run(bag, out, '--fixed-frame', 'map') == 0
    shown = capsys.readouterr()
    assert '/point: 3 of 4 messages could not be converted' in shown.err
    assert len(column(out, '/point', 'Points3D:positions')) == 1


def test_missing_definition(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    definitions = schema(definition='') + channel(1, '/odd')
    later = [Message(1, START + i, sent('/odd', 0, i).data) for i in range(3)]
    bag = tmp_path / 'bag.mcap'
    bag.write_bytes(mcap_file([Chunk(later)], definitions=definitions))
    assert program.main(['bag2rrd', str(bag), '-o', str(out)]) == program.FAILED
    shown = capsys.readouterr().err
    assert '/odd: left out with 3 messages: trial_msgs/msg/Number has no definition' in shown
    assert 'bag2rrd: nothing could be converted, see above\n' in shown
    folder = tmp_path / 'definitions' / 'trial_msgs' / 'msg'
    folder.mkdir(parents=True)
    (folder / 'Number.msg').write_text('uint32 number\n')
    assert run(bag, out, '--definitions', str(tmp_path / 'definitions')) == 0
    assert num_rows(out)['/odd'] == 3


def test_definitions_of_the_sourced_workspace(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / 'install' / 'share' / 'trial_msgs' / 'msg'
    folder.mkdir(parents=True)
    (folder / 'Number.msg').write_text('uint32 number\n')
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'/nowhere{os.pathsep}{tmp_path / "install"}')
    definitions = schema(definition='') + channel(1, '/odd')
    bag = tmp_path / 'bag.mcap'
    later = [Message(1, START, sent('/odd', 0, 1).data)]
    bag.write_bytes(mcap_file([Chunk(later)], definitions=definitions))
    assert run(bag, out) == 0


def test_other_encodings_are_left_out(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    definitions = schema() + channel(1, '/odd') + channel(2, '/json', encoding='json')
    both = [Message(1, START, sent('/odd', 0, 1).data), Message(2, START, b'{}')]
    bag = tmp_path / 'bag.mcap'
    bag.write_bytes(mcap_file([Chunk(both)], definitions=definitions))
    assert run(bag, out) == 0
    assert "/json: left out with 1 message: its messages are 'json', not CDR" in (
        capsys.readouterr().err
    )


def test_what_is_due_later_is_logged_in_time(tmp_path: Path, out: Path) -> None:
    marker = T['visualization_msgs/msg/Marker']
    point = T['geometry_msgs/msg/Point'](0.0, 0.0, 0.0)
    turn = T['geometry_msgs/msg/Quaternion'](0.0, 0.0, 0.0, 1.0)
    values: dict[str, Any] = {
        'header': header(START, 'map'),
        'ns': 'a',
        'id': 1,
        'type': 1,
        'action': 0,
        'pose': T['geometry_msgs/msg/Pose'](point, turn),
        'scale': T['geometry_msgs/msg/Vector3'](1.0, 1.0, 1.0),
        'color': T['std_msgs/msg/ColorRGBA'](1.0, 0.0, 0.0, 1.0),
        'lifetime': T['builtin_interfaces/msg/Duration'](1, 0),
        'frame_locked': False,
        'points': [],
        'colors': [],
        'texture_resource': '',
        'texture': T['sensor_msgs/msg/CompressedImage'](header(0, ''), '', np.zeros(0, np.uint8)),
        'uv_coordinates': [],
        'text': '',
        'mesh_resource': '',
        'mesh_file': T['visualization_msgs/msg/MeshFile']('', np.zeros(0, np.uint8)),
        'mesh_use_embedded_materials': False,
    }
    bag = write_bag(tmp_path / 'bag', [message('/m', START, marker(**values)), *drive()])
    assert run(bag, out) == 0
    [path] = (path for path in num_rows(out) if path.startswith('/m/'))
    times = column(out, path, 'message_log_time')
    assert (START + SEC) in times


def test_second_ctrl_c_does_not_spoil_the_end(tmp_path: Path, out: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, 3 << 20, np.uint8)
    image = T['sensor_msgs/msg/Image'](header(START, 'cam'), 1024, 1024, 'rgb8', 0, 3072, pixels)
    data = message('/image', START, image).data
    images = [Sent('/image', START + i, data, 'sensor_msgs/msg/Image') for i in range(150)]
    bag = write_bag(tmp_path / 'bag', images)
    code = f"""
import os, signal, threading, time
from rerun_bridge.__main__ import main
def interrupt():
    while not os.path.exists({str(out)!r}) or os.path.getsize({str(out)!r}) < 30_000_000:
        time.sleep(0.001)
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background jobs
threading.Thread(target=interrupt, daemon=True).start()
raise SystemExit(main(['bag2rrd', {str(bag)!r}, '-o', {str(out)!r}]))
"""
    done = subprocess.run(
        [sys.executable, '-c', code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, 'PYTHONPATH': str(Path(__file__).parents[2])},
    )
    assert done.returncode == program.INTERRUPTED, done.stderr
    assert done.stderr == 'bag2rrd: interrupted; what was converted so far is saved\n'
    assert 0 < num_rows(out)['/image'] < 150


def test_progress_is_shown_to_people_alone(tmp_path: Path, out: Path) -> None:
    leader, terminal = pty.openpty()
    command = [sys.executable, '-m', 'rerun_bridge', 'bag2rrd', '-o', str(out)]
    environ = {**os.environ, 'PYTHONPATH': str(Path(__file__).parents[2])}
    bag = write_bag(tmp_path / 'long', drive(600))
    for options, is_shown in (([], True), (['--quiet'], False)):
        subprocess.run(
            [*command, str(bag), '--overwrite', *options],
            stdout=subprocess.DEVNULL,
            stderr=terminal,
            timeout=60,
            check=True,
            env=environ,
        )
        os.write(terminal, b'|')
        shown = b''
        while not shown.endswith(b'|'):
            shown += os.read(leader, 1 << 16)
        assert (b'MB/s' in shown) is is_shown
        assert shown.endswith(b'\r\x1b[K|') is is_shown
    os.close(leader)
    os.close(terminal)


def test_interrupts_are_only_held_back_at_the_end(bag: Path, out: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert run(bag, out) == 0
    assert signal.getsignal(signal.SIGINT) is before
    assert 'RERUN_FLUSH_NUM_BYTES' not in os.environ
