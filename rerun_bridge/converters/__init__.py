# SPDX-License-Identifier: Apache-2.0
"""
ROS messages in, rows of Rerun archetypes out.

One module per family of messages, each registering its converters. To add one: a function in a
family, or a module here and its name below. Types without a converter become structs.
"""

from __future__ import annotations

from rerun_bridge.converters import (  # noqa: F401 - they register themselves
    battery,
    camera,
    compressed_images,
    diagnostics,
    grid,
    images,
    imu,
    joint_state,
    laser_scan,
    log,
    measurements,
    navsat,
    point_cloud,
    poses,
    scalars,
    text,
    transforms,
    vectors,
)
from rerun_bridge.converters.base import supported_types, TopicOptions
from rerun_bridge.converters.frames import Frames
from rerun_bridge.converters.timelines import TimelineNames
from rerun_bridge.converters.topic_converter import TopicConverter

__all__ = ['Frames', 'TimelineNames', 'TopicConverter', 'TopicOptions', 'supported_types']
