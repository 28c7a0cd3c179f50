# SPDX-License-Identifier: Apache-2.0
"""Of a bag with every type, the live node makes what `bag2rrd` makes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rclpy import get_rmw_implementation_identifier

from rerun_bridge.cli.bag2rrd import main
from test.every_type import PREFIX, write_every_type
from test.recordings import contents
from test.system.message_types import missing_types, write_startup
from test.unit.converters.ros_messages import definitions_of
from test.unit.converters.samples import TYPES

if TYPE_CHECKING:
    from test.official import Official
    from test.system.conftest import Replay, StartBridge

FAST_DDS = 'rmw_fastrtps_cpp'
REPO = Path(__file__).parents[2]
ROOT = '/'
MEASURED = {
    (f'{PREFIX}/{topic}', 'Scalars:scalars') for topic in ('clock', 'rosgraph_msgs/Clock/filled')
}
"""How fast simulated time goes, by and at the times of reception."""


@pytest.mark.slow
def test_live_and_converted_are_the_same(
    start_bridge: StartBridge, replay: Replay, official: Official, tmp_path: Path
) -> None:
    if get_rmw_implementation_identifier() != FAST_DDS:
        pytest.skip(f'types of no package are made for {FAST_DDS} alone')
    live, converted = tmp_path / 'live.rrd', tmp_path / 'converted.rrd'
    bag, folder = write_every_type(tmp_path / 'bag'), tmp_path / 'types'
    write_startup(folder, missing_types(map(definitions_of, TYPES)))
    bridge = start_bridge(
        env={'PYTHONPATH': f'{folder}{os.pathsep}{REPO}'},
        sinks=[f'save:{live}'],
        topics__include=[f'{PREFIX}/.*'],
    )
    report = replay(bag, 1, folder)
    topics = bridge.stop()['topics']
    assert report['skipped'] == {}
    assert {topic: counts['received'] for topic, counts in topics.items()} == report['sent']
    assert not any(each['lost'] or each['dropped'] for each in topics.values())
    assert {each['type'] for each in topics.values() if each['converted']} == set(TYPES)

    assert main([str(bag), '-o', str(converted), '--quiet']) == 0
    official.verify(live, converted)
    expected, found = contents(converted), contents(live)
    assert expected.keys() == found.keys()
    for key, rows in expected.items():
        if key in MEASURED:
            assert found[key], key
        elif key[0] == ROOT:  # changed by many topics; what holds in the end is the same
            assert found[key][-1] == rows[-1], key
        else:
            assert found[key] == rows, key
