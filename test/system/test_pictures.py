# SPDX-License-Identifier: Apache-2.0
"""
What people see: a picture of every family of messages, kept in `PICTURES` to be looked at.

The simulated robot drives for some seconds, and the bridge streams it into the official viewer,
which then shows one family after the other. What no package here can publish comes from a bag.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import NamedTuple, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge import blueprint as rrb
from rerun_bridge.node.demo_robot.options import Options
from rerun_bridge.node.demo_robot.simulation import Simulation
from rerun_bridge.sdk import RecordingStream
from test.browser import PICTURES
from test.official import errors, pixels
from test.system.bridge_process import BridgeProcess, TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rerun_bridge.blueprint.view import View
    from test.official import Official, Viewer

pytestmark = pytest.mark.slow

APPLICATION, RECORDING = 'rerun_bridge', 'pictures'
DRIVE_SEC, LOOP_SEC = 9.0, 30.0
DELAY_SEC = 3.0
LEFT, TOP, RIGHT, BOTTOM = 0, 70, 1280, 765
"""The view in a window of 1280 x 800."""
MIN_CHROMA = 40
"""Of colors; background and grid of the viewer are gray."""
NEAR = 60
"""How far apart colors may be that count as the same, since scenes are lit."""
RED, GREEN, BLUE = (255, 107, 120), (0, 165, 105), (130, 145, 255)
"""Of axes in the viewer."""
ORANGE, YELLOW = (226, 124, 32), (255, 217, 26)


class Picture(NamedTuple):
    """
    What one picture shows.

    Attributes
    ----------
    view
        Of the family.
    colors
        That must be seen, each as red, green and blue.
    min_share
        How much of the view is in color, at least.

    """

    view: View
    colors: tuple[tuple[int, int, int], ...] = ()
    min_share: float = 0.002


def eye(ahead: float, aside: float, up: float) -> rrb.EyeControls3D:
    """Look at the robot where it ends, from some meters ahead of it and to its left."""
    robot = Simulation(Options(loop_sec=LOOP_SEC)).path.at(DRIVE_SEC)
    cos, sin = math.cos(robot.yaw), math.sin(robot.yaw)
    x, y = robot.x + cos * ahead - sin * aside, robot.y + sin * ahead + cos * aside
    return rrb.EyeControls3D(
        position=(x, y, up), look_target=(robot.x, robot.y, 0.4), eye_up=(0, 0, 1)
    )


def scene(*contents: str, view_from: rrb.EyeControls3D | None = None) -> rrb.Spatial3DView:
    return rrb.Spatial3DView(
        origin='/', contents=[*contents], eye_controls=view_from, name='scene'
    )


def plot(*contents: str) -> rrb.TimeSeriesView:
    return rrb.TimeSeriesView(origin='/', contents=[*contents], name='plot')


ROBOT = '/demo_robot/**'
FAMILIES = {
    'robot': Picture(scene(ROBOT, view_from=eye(1.2, 1.0, 0.9)), (ORANGE,), 0.05),
    'transforms': Picture(
        scene('/tf/**', '/tf_static/**', view_from=eye(1.6, 1.4, 1.2)), (RED, GREEN, BLUE)
    ),
    'camera_in_scene': Picture(
        scene(ROBOT, '/camera/image_raw', '/camera/camera_info', view_from=eye(-1.8, 1.0, 1.6)),
        (ORANGE,),
        0.05,
    ),
    'camera': Picture(
        rrb.Spatial2DView(origin='/camera/image_raw', contents=['$origin', '/camera/outlines/**']),
        ((51, 255, 102),),
        0.2,
    ),
    'depth': Picture(rrb.Spatial2DView(origin='/camera/depth/image_raw'), (), 0.3),
    'cloud': Picture(scene('/points/**', view_from=eye(-4, 3, 4))),
    'scan': Picture(scene('/scan/**', view_from=eye(-4, 3, 4)), (), 0.0005),
    'map': Picture(scene('/map/**', view_from=eye(-4, 3, 4)), (), 0.0),
    'path': Picture(
        scene('/plan/**', '/odom/**', '/goal_pose/**', '/particles/**', view_from=eye(-3, 2, 3))
    ),
    'markers': Picture(scene('/markers/**'), (YELLOW,), 0.02),
    'motion': Picture(
        scene(ROBOT, '/imu/**', '/cmd_vel_stamped/**', view_from=eye(2, 1, 1.2)), (ORANGE,)
    ),
    'states': Picture(rrb.StateTimelineView(origin='/', contents=['/**']), (), 0.05),
    'plots': Picture(plot('/imu/data', '/odom/twist/**')),
    'log': Picture(rrb.TextLogView(origin='/', contents=['/rosout/**']), (), 0.0),
    'geo_map': Picture(rrb.MapView(origin='/')),
}


class Show(NamedTuple):
    """A viewer that holds a recording, and a stream to tell it what to show."""

    viewer: Viewer
    stream: RecordingStream

    def picture(self, name: str, view: View) -> Path:
        """Show one view and nothing else, and take a picture."""
        self.stream.send_blueprint(rrb.Blueprint(view, collapse_panels=True))
        self.stream.flush()
        path = PICTURES / f'family_{name}.png'
        PICTURES.mkdir(parents=True, exist_ok=True)
        answer = self.viewer.ask(path)
        assert errors(answer) == []
        assert [report for each in answer['state']['views'] for report in each['reports']] == []
        return path


@pytest.fixture(scope='module')
def show(official: Official, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """Let the robot drive, with a viewer that shows nothing yet."""
    folder = tmp_path_factory.mktemp('pictures')
    domain = str(1 + (os.getpid() + 31) % 101)
    env = {**os.environ, 'ROS_DOMAIN_ID': domain, 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}
    port = 20_000 + os.getpid() % 10_000
    with official.viewer(port) as viewer:
        stream = RecordingStream(APPLICATION, RECORDING, send_properties=False)
        stream.connect(f'127.0.0.1:{port}')
        stream.send_blueprint(rrb.Blueprint(rrb.TextDocumentView(origin='/nothing')))
        parameters = {'recording_id': RECORDING, 'blueprint.auto': False}
        bridge = BridgeProcess(env, folder, sinks=[f'connect:127.0.0.1:{port}'], **parameters)
        try:
            drive(env)
            bridge.stop()
            yield Show(viewer, stream)
        finally:
            bridge.kill()
            stream.disconnect()


def drive(env: dict[str, str]) -> None:
    """Run the robot once; the scene has all that it publishes at full rates."""
    options = (
        f'duration_sec:={DRIVE_SEC}',
        f'start_delay_sec:={DELAY_SEC}',
        f'loop_sec:={LOOP_SEC}',
    )
    ros_args = [part for option in options for part in ('-p', option)]
    command = [sys.executable, '-m', 'rerun_bridge', 'demo_robot', '--ros-args', *ros_args]
    subprocess.run([TIMEOUT, '-s', 'KILL', '60', *command], env=env, check=True)


@pytest.mark.parametrize('name', FAMILIES)
def test_family(show: Show, name: str) -> None:
    view, colors, min_share = FAMILIES[name]
    area = pixels(show.picture(name, view))[TOP:BOTTOM, LEFT:RIGHT].astype(np.int16)
    chroma = area.max(axis=-1) - area.min(axis=-1)
    assert (chroma > MIN_CHROMA).mean() >= min_share
    assert (area.max(axis=-1) > 100).mean() > 0.0005, 'it is not blank'
    for color in colors:
        distance = np.abs(area - np.array(color, np.int16)).max(axis=-1)
        assert distance.min() < NEAR, f'nothing has the color {color}'
