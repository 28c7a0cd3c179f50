# SPDX-License-Identifier: Apache-2.0
"""The command `ctl`, as a user types it, and what it lets a running bridge do."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from std_msgs.msg import Float64

from test.recordings import scalars
from test.system.bridge_process import TIMEOUT, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from test.official import Official
    from test.system.bridge_process import RosClient
    from test.system.conftest import StartBridge

    Ctl = Callable[..., tuple[int, str]]


@pytest.fixture
def ctl(ros_env: dict[str, str]) -> Ctl:
    def run(*arguments: str) -> tuple[int, str]:
        program = [sys.executable, '-m', 'rerun_bridge', 'ctl']
        done = subprocess.run(
            [TIMEOUT, '-s', 'KILL', '30', *program, *arguments],
            env=ros_env,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    return run


def test_a_recording_is_split_and_nothing_is_lost(
    start_bridge: StartBridge, client: RosClient, ctl: Ctl, tmp_path: Path, official: Official
) -> None:
    bridge = start_bridge(sinks=['none'])
    publisher = client.publisher(Float64, '/n', 1000)
    path = tmp_path / 'a.rrd'
    status, text = ctl('save', '--path', str(path), '--max-duration-sec', '1', '--max-files', '9')
    assert status == 0
    assert text.startswith(f'saving to {path} (path {path}, ')
    assert text.endswith('max_duration_sec 1.0, max_files 9)')
    sent = 0
    deadline = time.monotonic() + 30
    while len(list(tmp_path.glob('a*.rrd'))) < 3 and time.monotonic() < deadline:
        publisher.publish(Float64(data=float(sent)))
        sent += 1
        time.sleep(0.002)
    status, text = ctl('split')
    assert status == 0
    assert text.endswith('.rrd is complete')
    publisher.publish(Float64(data=float(sent)))
    client.wait_for('/n', converted=sent + 1)
    assert client.get_parameter('sinks') == [f'save:{path}']
    bridge.stop()
    files = [path, *(tmp_path / f'a_{i}.rrd' for i in range(1, 9))]
    files = [file for file in files if file.exists()]
    assert len(files) >= 4
    rows = [scalars(file, '/n') for file in files]
    assert [value for each in rows for value in each] == [float(i) for i in range(sent + 1)]
    for file in files:
        official.verify(file)


def test_pausing_drops_and_counts(
    start_bridge: StartBridge, client: RosClient, ctl: Ctl, tmp_path: Path
) -> None:
    bridge = start_bridge(sinks=[f'save:{tmp_path}/a.rrd'])
    publisher = client.publisher(Float64, '/n', 1000)
    publisher.publish(Float64(data=1.0))
    client.wait_for('/n', received=1)
    assert ctl('pause') == (0, 'paused: all but static and latched data is dropped until resume')
    wait_until(lambda: client.status['paused'])
    publisher.publish(Float64(data=2.0))
    client.wait_for('/n', received=2, discarded=1)
    sink, topics = ctl('status')[1].splitlines()
    assert sink == f'save:{tmp_path}/a.rrd: open'
    assert topics.endswith(' topics, paused')
    assert ctl('resume') == (0, f'going on to save:{tmp_path}/a.rrd')
    publisher.publish(Float64(data=3.0))
    client.wait_for('/n', received=3, converted=2, discarded=1)
    bridge.stop()
    assert scalars(tmp_path / 'a.rrd', '/n') == [1.0, 3.0]


def test_answers_of_all_kinds(start_bridge: StartBridge, ctl: Ctl, tmp_path: Path) -> None:
    start_bridge(sinks=['none'])
    assert ctl('split') == (1, 'ctl: no file is open; save first')
    status, text = ctl('connect', '--addr', 'x:y:z')
    assert (status, 'malformed viewer address' in text) == (1, True)
    status, text = ctl('save', '--max-size-mb', 'big')
    assert (status, 'argument --max-size-mb: ' in text) == (2, True)
    status, text = ctl('save', '--path', f'{tmp_path}/b.rrd', '--overwrite')
    assert (status, 'overwrite true' in text) == (0, True)
    status, text = ctl('status', '--json')
    assert json.loads(text)['sinks'][0]['target'] == f'save:{tmp_path}/b.rrd'


def test_a_bridge_that_is_not_there(ctl: Ctl) -> None:
    status, text = ctl('--node', '/robot/bridge', 'flush')
    assert status == 1
    assert text.startswith('ctl: there is no bridge /robot/bridge in ROS domain ')
