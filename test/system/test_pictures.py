# SPDX-License-Identifier: Apache-2.0
"""
What people see: a picture of every family of messages, kept in `PICTURES` to be looked at.

The simulated robot drives for some seconds, and the bridge streams it into the official viewer,
which then shows one family after the other. What no package here can publish comes from a bag.
"""

from __future__ import annotations

from collections import Counter
import subprocess
import sys
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge import blueprint as rrb
from rerun_bridge.archetypes import TransformAxes3D
from rerun_bridge.blueprint.plot_groups import plot_views, Plotted
from rerun_bridge.cli.bag2rrd import main
from rerun_bridge.converters.geometry import quaternion_of_rpy
from rerun_bridge.node.demo_robot.options import Options
from rerun_bridge.node.demo_robot.recognition import recognise, size_of
from rerun_bridge.node.demo_robot.robot import CAMERA, Mount, OPTICAL
from rerun_bridge.node.demo_robot.simulation import Simulation
from rerun_bridge.sdk import RecordingStream
from test.browser import PICTURES
from test.conftest import new_ros_env, unused_port
from test.official import errors, pixels
from test.system.bridge_process import BridgeProcess, RosClient, TIMEOUT
from test.unit.bags.written_bag import Sent, write_bag
from test.unit.converters.ros_messages import to_cdr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from rerun_bridge.blueprint import Container, View
    from rerun_bridge.node.demo_robot.recognition import Found
    from rerun_bridge.node.demo_robot.trajectory import Motion
    from test.official import Official, Viewer

    Pixels = npt.NDArray[np.int16]

pytestmark = pytest.mark.slow

BASE = 'base_link'
APPLICATION, RECORDING = 'rerun_bridge', 'pictures'
DRIVE_SEC, LOOP_SEC = 9.0, 30.0
DELAY_SEC = 3.0
START, SEC = 1_700_000_000_000_000_000, 1_000_000_000
PATIENCE_SEC = 30.0
AREAS = {
    'all': np.s_[70:765, 0:1280],
    'scene': np.s_[70:760, 210:840],
    'right': np.s_[70:760, 850:1270],
    'upper right': np.s_[70:280, 850:1270],
    'lower right': np.s_[560:760, 850:1270],
}
"""Parts of a window of 1280 x 800: rows and columns."""
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

    view: View | Container
    colors: tuple[tuple[int, int, int], ...] = ()
    min_share: float = 0.002


def eye(ahead: float, aside: float, up: float) -> rrb.EyeControls3D:
    """Look at the robot from some meters ahead of it and to its left."""
    return rrb.EyeControls3D(
        position=(ahead, aside, up), look_target=(0, 0, 0.4), eye_up=(0, 0, 1)
    )


def scene(
    *contents: str,
    view_from: rrb.EyeControls3D | None = None,
    defaults: Iterable[object] = (),
) -> rrb.Spatial3DView:
    target = None if view_from is None else rrb.SpatialInformation(target_frame=BASE)
    return rrb.Spatial3DView(
        origin='/',
        contents=[*contents],
        eye_controls=view_from,
        spatial_information=target,
        name='scene',
        defaults=defaults,
    )


ROBOT = '/demo_robot/**'
PLOTTED = {
    '/imu/data': Plotted(
        tuple(f'{of}/{axis}' for of in ('gyroscope', 'accelerometer') for axis in 'xyz')
    ),
    '/odom/twist/linear': Plotted(('x [m/s]', 'y [m/s]', 'z [m/s]')),
    '/odom/twist/angular': Plotted(('x [rad/s]', 'y [rad/s]', 'z [rad/s]')),
    '/joint_states/velocity': Plotted(('left_wheel', 'right_wheel')),
}
FAMILIES = {
    'robot': Picture(scene(ROBOT, view_from=eye(0.9, 0.7, 0.8)), (ORANGE,), 0.03),
    'transforms': Picture(
        scene(
            '/tf/**',
            '/tf_static/**',
            view_from=eye(1.2, 1.0, 1.0),
            defaults=[TransformAxes3D.from_fields(show_frame=True)],
        ),
        (RED, GREEN, BLUE),
    ),
    'camera_in_scene': Picture(
        scene(
            ROBOT,
            '/camera/image_raw',
            '/camera/camera_info',
            '/camera/depth/camera_info',
            view_from=eye(-1.8, 1.0, 1.6),
        ),
        (ORANGE,),
        0.02,
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
        scene(
            '/plan/**', '/odom/**', '/goal_pose/**', '/particles/**', view_from=eye(-2.6, 1.9, 2.4)
        )
    ),
    'markers': Picture(scene('/markers/**'), (YELLOW,), 0.02),
    'motion': Picture(
        scene(ROBOT, '/imu/**', '/cmd_vel_stamped/**', view_from=eye(2, 1, 1.2)), (ORANGE,)
    ),
    'states': Picture(rrb.StateTimelineView(origin='/', contents=['/**']), (), 0.05),
    'plots': Picture(rrb.Grid(*plot_views(PLOTTED)), (), 0.005),
    'log': Picture(rrb.TextLogView(origin='/', contents=['/rosout/**']), (), 0.0),
    'geo_map': Picture(rrb.MapView(origin='/')),
}


class Show(NamedTuple):
    """A viewer that holds a recording, and a stream to tell it what to show."""

    viewer: Viewer
    stream: RecordingStream
    domain_id: int


def look(viewer: Viewer, name: str, complaints: Callable[[Pixels], Iterable[str]]) -> None:
    """
    Take pictures until one is as it should be; the viewer must not complain, either.

    Parameters
    ----------
    viewer
        Which may need some time to draw.
    name
        Of the picture.
    complaints
        Tells what is wrong with a picture.

    """
    path = PICTURES / f'family_{name}.png'
    PICTURES.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + PATIENCE_SEC
    while True:
        answer = viewer.ask(path)
        found = [*complaints(pixels(path).astype(np.int16))]
        if not found or time.monotonic() > end:
            break
    assert found == []
    assert errors(answer) == []
    assert [report for each in answer['state']['views'] for report in each['reports']] == []


def color_share(area: Pixels) -> float:
    """Return how much of an area is in color."""
    return float((area.max(axis=-1) - area.min(axis=-1) > MIN_CHROMA).mean())


def colorless(picture: Pixels, shares: dict[str, float]) -> list[str]:
    """Tell which areas have less color than they should have."""
    return [
        f'{name}: {color_share(area):.4f} of it is in color'
        for name, min_share in shares.items()
        if color_share(area := picture[AREAS[name]]) < min_share
    ]


def is_seen(area: Pixels, color: tuple[int, int, int]) -> bool:
    """Tell whether something has a color."""
    distance = np.abs(area - np.array(color, np.int16)).max(axis=-1)
    return bool(distance.min() < NEAR)


@pytest.fixture(scope='module')
def show(official: Official, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """Let the robot drive, with a viewer that shows nothing yet."""
    env, port = new_ros_env(), unused_port()
    with official.viewer(port) as viewer:
        stream = RecordingStream(APPLICATION, RECORDING, send_properties=False)
        stream.connect(f'127.0.0.1:{port}')
        stream.send_blueprint(rrb.Blueprint(rrb.TextDocumentView(origin='/nothing')))
        parameters = {'recording_id': RECORDING, 'blueprint.auto': False}
        sinks = [f'connect:127.0.0.1:{port}']
        bridge = BridgeProcess(env, tmp_path_factory.mktemp('log'), sinks=sinks, **parameters)
        try:
            drive(env)
            yield Show(viewer, stream, int(env['ROS_DOMAIN_ID']))
        finally:
            bridge.kill()
            stream.disconnect()


def drive(env: dict[str, str]) -> None:
    """Run the robot once."""
    options = {'duration_sec': DRIVE_SEC, 'start_delay_sec': DELAY_SEC, 'loop_sec': LOOP_SEC}
    ros_args = [part for each in options.items() for part in ('-p', '{}:={}'.format(*each))]
    command = [sys.executable, '-m', 'rerun_bridge', 'demo_robot', '--ros-args', *ros_args]
    subprocess.run([TIMEOUT, '-s', 'KILL', '60', *command], env=env, check=True)


def test_overview_of_the_robot(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    client = RosClient(show.domain_id, 'test_pictures')
    try:
        client.set_parameters(blueprint__auto=True)
        answer = show.viewer.wait_until(lambda found: len(found['state']['views']) > 10)
        client.set_parameters(blueprint__auto=False)
    finally:
        client.close()
    classes = Counter(view['view_class'] for view in answer['state']['views'])
    assert classes['3D'] == classes['Map'] == classes['StateTimeline'] == 1
    assert (classes['2D'], classes['TextLog']) == (2, 2)
    shares = {'scene': 0.05, 'upper right': 0.1, 'lower right': 0.1}
    look(show.viewer, 'overview', lambda picture: colorless(picture, shares))


@pytest.mark.parametrize('name', FAMILIES)
def test_family(show: Show, name: str) -> None:
    view, colors, min_share = FAMILIES[name]
    show.stream.send_blueprint(rrb.Blueprint(view, collapse_panels=True))
    show.stream.flush()

    def complaints(picture: Pixels) -> Iterator[str]:
        yield from colorless(picture, {'all': min_share})
        area = picture[AREAS['all']]
        if (area.max(axis=-1) > 100).mean() < 0.0005:
            yield 'it is blank'
        yield from (
            f'nothing has the color {color}' for color in colors if not is_seen(area, color)
        )

    look(show.viewer, name, complaints)


def test_detections_of_a_bag(official: Official, free_port: int, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / 'detections', detections())
    path = tmp_path / 'detections.rrd'
    assert main([str(bag), '-o', str(path), '--quiet']) == 0
    with official.viewer(free_port, path) as viewer:
        viewer.wait_until(lambda found: len(found['state']['views']) == 2)
        shares = {'scene': 0.02, 'right': 0.1}
        look(viewer, 'detections', lambda picture: colorless(picture, shares))


def detections() -> Iterator[Sent]:
    """Record a camera, its pictures, and what is recognised in them."""
    simulation = Simulation(Options(camera_width=320, camera_height=240, loop_sec=LOOP_SEC))
    camera = simulation.camera
    for number in range(10):
        nanos = START + number * 100_000_000
        stamp = {'sec': nanos // SEC, 'nanosec': nanos % SEC}
        motion = simulation.path.at(DRIVE_SEC + 4 + number / 10)
        frame = camera.shoot(simulation.world, motion)
        found = recognise(simulation.world, camera, motion, frame)
        header = {'stamp': stamp, 'frame_id': OPTICAL.child}
        k = [camera.focal_px, 0.0, 159.5, 0.0, camera.focal_px, 119.5, 0.0, 0.0, 1.0]
        size = {'header': header, 'width': 320, 'height': 240}
        image = {'encoding': 'rgb8', 'step': 960, 'data': frame.rgb.tobytes()}
        transforms = [transform(header, mount) for mount in where(motion)]
        flat = {'header': header, 'detections': [flat_box(each) for each in found]}
        solid = {
            'header': {**header, 'frame_id': 'map'},
            'detections': [solid_box(each) for each in found],
        }
        for topic, type_name, fields in (
            ('/tf', 'tf2_msgs/msg/TFMessage', {'transforms': transforms}),
            ('/camera/camera_info', 'sensor_msgs/msg/CameraInfo', {**size, 'k': k}),
            ('/camera/image', 'sensor_msgs/msg/Image', {**size, **image}),
            ('/detector/flat', 'vision_msgs/msg/Detection2DArray', flat),
            ('/detector/solid', 'vision_msgs/msg/Detection3DArray', solid),
        ):
            yield Sent(topic, nanos, to_cdr(type_name, fields), type_name)


def where(motion: Motion) -> Iterator[Mount]:
    """Tell where the robot and its camera are."""
    yield Mount('map', BASE, (motion.x, motion.y, 0.0), (0.0, 0.0, motion.yaw))
    yield from (CAMERA, OPTICAL)


def transform(header: dict[str, Any], mount: Mount) -> dict[str, Any]:
    parent, child, xyz, rpy = mount
    return {
        'header': {**header, 'frame_id': parent},
        'child_frame_id': child,
        'transform': {
            'translation': dict(zip('xyz', xyz, strict=True)),
            'rotation': dict(zip('xyzw', quaternion_of_rpy(*rpy), strict=True)),
        },
    }


def flat_box(found: Found) -> dict[str, Any]:
    middle = {'x': (found.left + found.right) / 2, 'y': (found.top + found.bottom) / 2}
    size = {'size_x': found.right - found.left, 'size_y': found.bottom - found.top}
    return {'results': [result(found)], 'bbox': {'center': {'position': middle}, **size}}


def solid_box(found: Found) -> dict[str, Any]:
    solid = found.solid
    position = {'x': solid.x, 'y': solid.y, 'z': (solid.z_min + solid.z_max) / 2}
    turn = quaternion_of_rpy(0.0, 0.0, getattr(solid, 'yaw_rad', 0.0))
    center = {'position': position, 'orientation': dict(zip('xyzw', turn, strict=True))}
    size = dict(zip('xyz', size_of(solid), strict=True))
    return {'results': [result(found)], 'bbox': {'center': center, 'size': size}}


def result(found: Found) -> dict[str, Any]:
    return {'hypothesis': {'class_id': found.solid.name, 'score': found.score}}
