# SPDX-License-Identifier: Apache-2.0
"""Data recorded on a vehicle, replayed on real DDS: all of it arrives and is shown right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rosbags.highlevel import AnyReader

from test.official import entities, errors, num_colors, timelines
from test.recordings import column

if TYPE_CHECKING:
    from pathlib import Path

    from test.official import Official
    from test.system.conftest import Replay, StartBridge

MAIN_COMPONENTS = {
    '/scan': 'Points3D:positions',
    '/imu_data': 'Scalars:scalars',
    '/position_gps': 'GeoPoints:positions',
    '/velocity': 'Arrows3D:vectors',
    '/gravity_vector': 'Arrows3D:vectors',
    '/magnetic_vector': 'Arrows3D:vectors',
}
WITHOUT_PACKAGE = {'/temperature', '/info_gps'}
NUM_TRANSFORMS_TOPIC = '/tf'
MISSING_FRAME = 'No transform path from "base_imu" to the view\'s target frame ("tilt_base").'


@pytest.mark.slow
def test_recorded_vehicle(  # noqa: PLR0913, PLR0917 - fixtures
    start_bridge: StartBridge,
    replay: Replay,
    bags_dir: Path,
    official: Official,
    free_port: int,
    tmp_path: Path,
) -> None:
    path, bag = tmp_path / 'vehicle.rrd', bags_dir / 'tilt_laser_mcap'
    bridge = start_bridge(sinks=[f'save:{path}'])
    report = replay(bag, rate=2)
    status = bridge.stop()
    official.verify(path)

    sent = report['sent']
    assert set(report['skipped']) == WITHOUT_PACKAGE
    assert set(sent) == {*MAIN_COMPONENTS, NUM_TRANSFORMS_TOPIC}
    for topic, component in MAIN_COMPONENTS.items():
        assert len(column(path, topic, component)) == sent[topic], topic
        counts = status['topics'][topic]
        assert counts['received'] == counts['converted'] == sent[topic], counts
        assert counts['lost'] == counts['dropped'] == counts['failed'] == 0, counts
    counts = status['topics']['/tf']
    assert counts['received'] == counts['converted'] == sent['/tf'], counts
    assert len(column(path, '/tf', 'Transform3D:translation')) == num_transforms(bag)
    assert {row[0] for row in column(path, '/scan', 'CoordinateFrame:frame')} == {'laser'}

    with official.viewer(free_port, path) as viewer:
        answer = viewer.wait_until(lambda found: '/scan' in entities(found))
        assert timelines(answer)['ros2_timestamp']['time_type'] == 'timestamp'
        stamps = column(path, '/scan', 'ros2_timestamp')
        picture = tmp_path / 'vehicle.png'
        answer = viewer.ask(picture, ros2_timestamp=f'{stamps[len(stamps) // 2] / 1e9}s')
        assert answer['state']['recordings'][0]['current_timeline'] == 'ros2_timestamp'
        assert errors(answer) == []
        [spatial] = [view for view in answer['state']['views'] if view['view_class'] == '3D']
        # The bag has no transform of the frame `base_imu`; all else must have a place.
        reports = {report['summary'] for report in spatial['reports']}
        assert reports <= {MISSING_FRAME}, reports
        edges = {(edge['parent'], edge['child']) for edge in answer['transforms']['edges']}
        assert {('tilt_base', 'tilt_axis'), ('tilt_axis', 'laser')} <= edges
        assert num_colors(picture) > 2000


def num_transforms(bag: Path) -> int:
    """Count the transforms in all messages of /tf."""
    with AnyReader([bag]) as reader:
        connections = [each for each in reader.connections if each.topic == '/tf']
        return sum(
            len(reader.deserialize(data, connection.msgtype).transforms)
            for connection, _, data in reader.messages(connections)
        )
