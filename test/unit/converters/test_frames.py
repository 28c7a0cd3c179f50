# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

from rerun_bridge.converters import Frames, Shared
from rerun_bridge.converters.frames import Change
from test.unit.converters.ros_messages import convert, topic_converter, values_of

TF = 'tf2_msgs/msg/TFMessage'


def transform(parent: str, child: str) -> dict[str, Any]:
    """Make a TransformStamped of two frames."""
    return {'header': {'frame_id': parent}, 'child_frame_id': child}


def test_root_of_the_largest_tree() -> None:
    frames = Frames()
    assert frames.connect('odom', 'base_link') == Change('odom')
    assert frames.connect('odom', 'base_link') is None
    assert frames.connect('a', 'b') is None
    assert frames.connect('map', 'odom') == Change('map')
    assert frames.connect('a', 'c') is None
    assert frames.connect('b', 'd') == Change('a')


def test_usual_names_win_among_equals() -> None:
    frames = Frames()
    frames.connect('zebra', 'x')
    assert frames.connect('map', 'y') == Change('map')


def test_cycle_ends() -> None:
    frames = Frames()
    frames.connect('a', 'b')
    assert frames.connect('b', 'a') in (None, Change('b'))
    assert frames.connect('map', 'odom') == Change('map')


def test_stand_ins_count_until_a_transform_comes() -> None:
    frames = Frames()
    assert frames.stand_in('base', 'arm', '/robot/joints/arm') == Change('base')
    assert frames.stand_in('arm', 'hand', '/robot/joints/hand') is None
    assert not frames.has_transform('arm')
    assert frames.connect('map', 'base') == Change('map')
    version = frames.version
    assert frames.connect('base', 'arm') == Change('', '/robot/joints/arm')
    assert frames.connect('base', 'arm') is None
    assert frames.has_transform('arm')
    assert frames.version == version + 1
    frames.leave('hand')
    assert frames.connect('arm', 'hand') is None


def test_transform_may_have_another_parent_than_its_stand_in() -> None:
    frames = Frames()
    frames.stand_in('base', 'arm', '/robot/joints/arm')
    frames.stand_in('arm', 'hand', '/robot/joints/hand')
    assert frames.connect('world', 'arm') == Change('world', '/robot/joints/arm')


def test_root_that_nothing_is_connected_to() -> None:
    frames = Frames()
    assert frames.add_root('base') == Change('base')
    assert frames.add_root('base') is None
    assert frames.connect('map', 'odom') == Change('map')
    assert frames.add_root('other') is None


def test_cameras_in_one_frame_have_planes_of_their_own() -> None:
    frames = Frames()
    assert frames.image_plane('optical', '/cam/color/image_raw') == 'optical_image_plane'
    color = frames.add_camera('optical', '/cam/color/camera_info', 1)
    assert color == ('optical_image_plane', 1, True)
    camera = frames.add_camera('optical', '/cam/depth/camera_info', 2)
    assert camera == ('optical_image_plane_cam_depth', 2, True)
    assert frames.add_camera('optical', '/cam/depth/camera_info', 2) == camera
    depth = camera.plane
    assert frames.image_plane('optical', '/cam/depth/image_raw/compressed') == depth
    assert frames.image_plane('optical', '/cam/color/image_raw') == 'optical_image_plane'
    assert frames.image_plane('other', '/cam/depth/image_raw') == 'other_image_plane'
    frames.reset()
    camera = frames.add_camera('optical', '/cam/depth/camera_info', 2)
    assert camera.plane == 'optical_image_plane'


def test_same_cameras_share_a_plane() -> None:
    frames = Frames()
    frames.add_camera('optical', '/cam/color/camera_info', 1)
    depth = frames.add_camera('optical', '/cam/depth/camera_info', 1)
    assert depth == ('optical_image_plane', 1, False)
    assert frames.add_camera('optical', '/cam/depth/camera_info', 1) == depth
    changed = frames.add_camera('optical', '/cam/depth/camera_info', 3)
    assert changed == ('optical_image_plane_cam_depth', 3, True)
    again = frames.add_camera('optical', '/cam/depth/camera_info', 4)
    assert again == ('optical_image_plane_cam_depth', 4, True)


def test_root_of_the_recording_is_in_the_root_of_the_tree() -> None:
    frames = Frames()
    moving = topic_converter(TF, '/tf', shared=Shared(frames))
    static = topic_converter(TF, '/tf_static', shared=Shared(frames))
    first = convert(TF, {'transforms': [transform('odom', 'base')]}, using=moving)
    values = values_of(first)
    assert values['/@CoordinateFrame:frame'] == ['odom']
    assert '/@ViewCoordinates:xyz' in values
    same = convert(TF, {'transforms': [transform('odom', 'base')]}, using=moving)
    assert {row.entity_path for row in same} == {'/tf'}
    last = values_of(convert(TF, {'transforms': [transform('map', 'odom')]}, using=static))
    assert last['/@CoordinateFrame:frame'] == ['map']


def test_the_root_of_a_deep_chain() -> None:
    frames = Frames()
    for i in range(1500, 0, -1):
        frames.connect(f'link{i}', f'link{i + 1}')
    assert frames.connect('link0', 'link1') == Change('link0')
    frames.connect('link1501', 'link0')  # a cycle
    assert frames.connect('map', 'link1') == Change('map')
