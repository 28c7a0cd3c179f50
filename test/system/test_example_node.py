# SPDX-License-Identifier: Apache-2.0
"""The example node logs its messages and its results into one recording."""

from __future__ import annotations

from pathlib import Path
import signal
import subprocess
import sys

from test.recordings import batches, entity_of, num_rows
from test.system.bridge_process import TIMEOUT, wait_until

EXAMPLE = Path(__file__).parents[2] / 'examples' / 'log_message_node.py'
REPO = EXAMPLE.parents[1]


def test_messages_and_results_are_in_one_recording(
    ros_env: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / 'node.rrd'
    env = {**ros_env, 'PYTHONPATH': f'{REPO}:{ros_env.get("PYTHONPATH", "")}'}
    ros_args = ['--ros-args', '-p', f'path:={path}']
    node = subprocess.Popen(
        # Else it would send a signal twice, to the node and to the group.
        [TIMEOUT, '--foreground', '-s', 'KILL', '60', sys.executable, str(EXAMPLE), *ros_args],
        env=env,
    )
    wait_until(lambda: path.exists() and path.stat().st_size > 20_000)
    node.send_signal(signal.SIGINT)
    assert node.wait(20) == 0
    rows = num_rows(path)
    assert rows['/scan'] > 1
    assert rows['/nearest/distance'] > 1
    timelines = {
        field.name
        for batch in batches(path)
        if entity_of(batch) in {'/scan', '/nearest/distance'}
        for field in batch.schema
        if field.metadata.get(b'rerun:kind') == b'index'
    }
    assert 'ros2_timestamp' in timelines
