# SPDX-License-Identifier: Apache-2.0
"""A node's own messages are logged as the bridge would log them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest
from rclpy.serialization import serialize_message
from std_msgs.msg import Float64, String

import rerun_bridge as rr
from rerun_bridge.errors import UnsupportedTypeError, UsageError
from rerun_bridge.sdk import RerunWarning
from test.recordings import column, scalars

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.sdk import RecordingStream


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'own.rrd'


@pytest.fixture
def recording(path: Path) -> RecordingStream:
    stream = rr.RecordingStream('test', strict=False)
    stream.save(path)
    return stream


def test_messages_and_their_bytes(recording: RecordingStream, path: Path) -> None:
    data = serialize_message(Float64(data=2.0))
    rr.log_message('/speed', Float64(data=1.0), recording=recording)
    rr.log_message('/speed', data, msg_type='std_msgs/msg/Float64', recording=recording)
    rr.log_message(
        '/other', memoryview(data), msg_type='std_msgs/msg/Float64', recording=recording
    )
    recording.close()
    assert scalars(path, '/speed') == [1.0, 2.0]
    assert scalars(path, '/other') == [2.0]


def test_other_topics_log_what_is_due(
    recording: RecordingStream, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joint = '<joint name="j" type="fixed"><parent link="a"/><child link="b"/></joint>'
    text = f'<robot name="r"><link name="a"/><link name="b"/>{joint}</robot>'
    rr.log_message('/robot_description', String(data=text), recording=recording)
    soon = time.time_ns() + 3 * 10**9
    monkeypatch.setattr('time.time_ns', lambda: soon)
    rr.log_message('/speed', Float64(data=1.0), recording=recording)
    recording.close()
    assert column(path, '/r/joints/b', 'Transform3D:translation') == [[[0.0, 0.0, 0.0]]]
    assert scalars(path, '/speed') == [1.0]


def test_the_current_recording_is_the_default(recording: RecordingStream, path: Path) -> None:
    with recording:
        rr.log_message('/speed', Float64(data=3.0))
    recording.close()
    assert scalars(path, '/speed') == [3.0]


def test_without_a_recording_nothing_happens() -> None:
    assert rr.get_data_recording() is None
    rr.log_message('/speed', Float64(data=1.0))


@pytest.mark.parametrize(
    ('msg', 'msg_type', 'error', 'text'),
    [
        (b'', None, UsageError, 'bytes do not tell'),
        (5, None, UsageError, 'int is no ROS message'),
        (b'', 'no_such_msgs/msg/X', UnsupportedTypeError, 'install its package no_such_msgs'),
    ],
)
def test_wrong_use(
    recording: RecordingStream,
    msg: object,
    msg_type: str | None,
    error: type[Exception],
    text: str,
) -> None:
    with pytest.raises(error, match=text):
        rr.log_message('/a', msg, msg_type=msg_type, recording=recording)
    recording.close()


def test_a_bad_message_warns_or_raises_as_log_does(recording: RecordingStream) -> None:
    with pytest.warns(RerunWarning):
        rr.log_message('/a', b'\0\1', msg_type='std_msgs/msg/Float64', recording=recording)
    recording.strict = True
    with pytest.raises(UsageError):
        rr.log_message('/a', b'\0\1', msg_type='std_msgs/msg/Float64', recording=recording)
    recording.close()


def test_a_child_forked_meanwhile_logs_too(tmp_path: Path) -> None:
    path = tmp_path / 'child.rrd'
    script = f"""
        import os, signal, threading, time
        from std_msgs.msg import Float64
        import rerun_bridge as rr
        from rerun_bridge.node.log_message import _lock, _recordings

        parent = rr.RecordingStream('forks')
        parent.memory_recording()
        rr.log_message('/speed', Float64(data=1.0), recording=parent)
        is_logging = threading.Event()

        def log() -> None:
            with _lock:
                is_logging.set()
                time.sleep(0.1)

        threading.Thread(target=log).start()
        is_logging.wait()
        pid = os.fork()
        if pid == 0:
            signal.alarm(20)
            assert not _recordings
            child = rr.RecordingStream('forks')
            child.save({str(path)!r})
            rr.log_message('/speed', Float64(data=2.0), recording=child)
            child.close()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        rr.log_message('/speed', Float64(data=3.0), recording=parent)
        assert len(_recordings) == 1
    """
    command = [sys.executable, '-c', textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert scalars(path, '/speed') == [2.0]
