# SPDX-License-Identifier: Apache-2.0
"""
ROS messages in, rows of Rerun archetypes out.

One module per family of messages, each registering its converters. To add one: a function in a
family, or a module here and its name below. Types without a converter become structs.
"""

from __future__ import annotations

from rerun_bridge.converters import (  # noqa: F401 - they register themselves
    arrays,
    audio,
    battery,
    bodies,
    camera,
    compressed_images,
    controllers,
    detections,
    diagnostics,
    disparity,
    elevation,
    foxglove_sensors,
    grid,
    image_markers,
    images,
    imu,
    interactive_markers,
    joint_state,
    laser_scan,
    log,
    markers,
    measurements,
    navigation,
    navsat,
    octomap,
    point_cloud,
    point_cloud_1,
    poses,
    progress,
    radar,
    range_cone,
    scalars,
    scene_update,
    solids,
    text,
    theora,
    trajectories,
    transforms,
    vectors,
    video,
    voxel_grid,
)
from rerun_bridge.converters.base import supported_types
from rerun_bridge.converters.frames import Frames
from rerun_bridge.converters.mappings import DEFAULT_MAPPINGS, load_mappings
from rerun_bridge.converters.options import TopicOptions
from rerun_bridge.converters.plugins import load_plugins
from rerun_bridge.converters.resources import Resources
from rerun_bridge.converters.shared import Shared
from rerun_bridge.converters.timelines import TimelineNames
from rerun_bridge.converters.topic_converter import TopicConverter

__all__ = [
    'DEFAULT_MAPPINGS',
    'Frames',
    'Resources',
    'Shared',
    'TimelineNames',
    'TopicConverter',
    'TopicOptions',
    'load_mappings',
    'load_plugins',
    'supported_types',
]
