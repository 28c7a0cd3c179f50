# SPDX-License-Identifier: Apache-2.0
"""Data recorded on a vehicle: the same from every storage, the same as live, shown right."""

from __future__ import annotations

import json
import os
from pathlib import Path
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.cli.bag2rrd import main
from test.official import entities, errors, num_colors, timelines
from test.recordings import column, contents

if TYPE_CHECKING:
    from test.official import Official
    from test.system.conftest import Replay, StartBridge

STORAGES = ('mcap', 'sqlite3')
STAMP = 'ros2_timestamp'
LIMITED_RATE = '/trail'
"""Logged once in a while by the time of reception, which a faster replay changes."""
WITHOUT_PACKAGE = ('--exclude', '/temperature|/info_gps')
MISSING_FRAME = 'No transform path from "base_imu" to the view\'s target frame ("tilt_base").'


@pytest.fixture
def converted(bags_dir: Path, tmp_path: Path) -> dict[str, Path]:
    """Convert the recorded bag from both of its storages."""
    paths = {storage: tmp_path / f'{storage}.rrd' for storage in STORAGES}
    for storage, path in paths.items():
        assert main([str(bags_dir / f'tilt_laser_{storage}'), '-o', str(path), '--quiet']) == 0
    return paths


def test_storages_give_equal_recordings(
    converted: dict[str, Path], official: Official, tmp_path: Path
) -> None:
    official.verify(*converted.values())
    found = [contents(path) for path in converted.values()]
    assert found[0] == found[1]
    assert len(column(converted['mcap'], '/scan', 'Points3D:positions')) == 178
    # Types that no package on this machine has, by their definitions in the bag and a mapping.
    assert len(column(converted['mcap'], '/temperature', 'Measurements:values')) == 712
    strengths = column(converted['mcap'], '/info_gps/signal_strength/20', 'Scalars:scalars')
    assert strengths[0] == [41.0]
    # The official comparison wants equal chunks, so these are made the same first.
    compacted = []
    for path in converted.values():
        short, bare = path.with_suffix('.short.rrd'), tmp_path / f'bare_{path.stem}.rrd'
        official.run('rrd', 'optimize', path, '-o', short)
        official.run('rrd', 'filter', '--drop-entity', '/__properties', short, '-o', bare)
        compacted.append(bare)
    official.run('rrd', 'compare', '--unordered', *compacted)


@pytest.mark.slow
def test_live_and_converted_are_the_same(
    start_bridge: StartBridge, replay: Replay, bags_dir: Path, tmp_path: Path
) -> None:
    live, converted = tmp_path / 'live.rrd', tmp_path / 'converted.rrd'
    bag = bags_dir / 'tilt_laser_mcap'
    bridge = start_bridge(sinks=[f'save:{live}'])
    report = replay(bag, rate=4)
    sent = report['sent']
    status = bridge.stop()
    assert all(status['topics'][topic]['converted'] == count for topic, count in sent.items())
    assert main([str(bag), '-o', str(converted), '--quiet', *WITHOUT_PACKAGE]) == 0

    expected, found = contents(live), contents(converted)
    # What is logged once and what joins topics depends on which topic comes first.
    assert {key for key in expected if key[0] in sent} <= set(found)
    assert set(found) - {key for key in found if key[0] == '/'} <= set(expected)
    for key, rows in found.items():
        if key[0] != '/' and not key[0].endswith(LIMITED_RATE):
            assert rows == expected[key], key


def test_converted_bag_in_the_viewer(
    converted: dict[str, Path], official: Official, free_port: int, tmp_path: Path
) -> None:
    path = converted['mcap']
    with official.viewer(free_port, path) as viewer:
        answer = viewer.wait_until(lambda found: '/scan' in entities(found))
        assert timelines(answer)[STAMP]['time_type'] == 'timestamp'
        stamps = column(path, '/scan', STAMP)
        picture = tmp_path / 'vehicle.png'
        answer = viewer.ask(picture, **{STAMP: f'{stamps[len(stamps) // 2] / 1e9}s'})
        assert errors(answer) == []
        [spatial] = [view for view in answer['state']['views'] if view['view_class'] == '3D']
        # The bag has no transform of the frame `base_imu`; all else must have a place.
        assert {report['summary'] for report in spatial['reports']} <= {MISSING_FRAME}
        edges = {(edge['parent'], edge['child']) for edge in answer['transforms']['edges']}
        assert {('tilt_base', 'tilt_axis'), ('tilt_axis', 'laser')} <= edges
        assert num_colors(picture) > 1200


def test_benchmark_runs(rerun_cli: Path) -> None:
    done = subprocess.run(
        [sys.executable, '-m', 'test.benchmark.bag2rrd', '--megabytes', '9', '--rounds', '1'],
        cwd=Path(__file__).parents[2],
        env={**os.environ, 'RERUN_CLI': str(rerun_cli)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found['ratio'] > 0
    assert min(found['megabytes'].values()) > 8
