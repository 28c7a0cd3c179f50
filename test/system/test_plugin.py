# SPDX-License-Identifier: Apache-2.0
"""Types that the bridge does not know: the example of a plug-in, live and from a bag."""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from std_msgs.msg import ColorRGBA

from test.recordings import column
from test.unit.bags.written_bag import message, T, write_bag

if TYPE_CHECKING:
    from test.system.bridge_process import RosClient
    from test.system.conftest import StartBridge

REPO = Path(__file__).parents[2]
EXAMPLE = REPO / 'examples' / 'color_plugin'
RED, GREEN = 0xFF0000FF, 0x00FF00FF


@pytest.fixture(scope='module')
def installed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Install the example; return a search path with it."""
    folder = tmp_path_factory.mktemp('plugin')
    source = shutil.copytree(EXAMPLE, folder / 'source')
    options = ('--no-deps', '--no-build-isolation', '--no-index', '--target', folder / 'site')
    subprocess.run(
        [sys.executable, '-m', 'pip', 'install', '-q', *options, source],
        check=True,
        timeout=100,
    )
    return ':'.join([str(folder / 'site'), str(REPO), *filter(None, sys.path)])


def assert_converted(path: Path, entity: str) -> None:
    assert column(path, entity, 'Points2D:colors') == [[RED], [GREEN]]
    assert column(path, f'{entity}/numbers', 'Scalars:scalars') == [
        [pytest.approx(1 / 3), 0.0],
        [pytest.approx(1 / 3), 1.0],
    ]


def test_live(
    installed: str, start_bridge: StartBridge, client: RosClient, tmp_path: Path
) -> None:
    path = tmp_path / 'live.rrd'
    bridge = start_bridge(env={'PYTHONPATH': installed}, sinks=[f'save:{path}'])
    publisher = client.publisher(ColorRGBA, '/lamp')
    publisher.publish(ColorRGBA(r=1.0, a=1.0))
    publisher.publish(ColorRGBA(r=float('nan')))
    publisher.publish(ColorRGBA(g=1.0, a=1.0))
    client.wait_for('/lamp', converted=2, failed=1)
    bridge.stop()
    assert 'publish numbers from 0 to 1' in bridge.log
    assert_converted(path, '/lamp')


def test_from_a_bag(installed: str, ros_env: dict[str, str], tmp_path: Path) -> None:
    color = T['std_msgs/msg/ColorRGBA']
    sent = [
        message('/lamp', nanos, color(r, g, 0.0, 1.0)) for nanos, r, g in ((1, 1, 0), (2, 0, 1))
    ]
    bag = write_bag(tmp_path / 'bag', sent)
    path = tmp_path / 'out.rrd'
    subprocess.run(
        [sys.executable, '-m', 'rerun_bridge', 'bag2rrd', bag, '-o', path],
        env={**ros_env, 'PYTHONPATH': installed},
        check=True,
        timeout=60,
    )
    assert_converted(path, '/lamp')


def test_in_a_node_of_ones_own(installed: str, ros_env: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / 'own.rrd'
    code = f"""
import rerun_bridge as rr
from std_msgs.msg import ColorRGBA
rr.init('own')
rr.save({str(path)!r})
for color in (ColorRGBA(r=1.0, a=1.0), ColorRGBA(g=1.0, a=1.0)):
    rr.log_message('/lamp', color)
rr.disconnect()
"""
    subprocess.run(
        [sys.executable, '-c', code],
        env={**ros_env, 'PYTHONPATH': installed},
        check=True,
        timeout=60,
    )
    assert_converted(path, '/lamp')
