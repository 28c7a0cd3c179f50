# SPDX-License-Identifier: Apache-2.0
"""
Start a simulated robot and the bridge, which takes the arguments of bridge.launch.py.

::

    ros2 launch rerun_bridge demo.launch.py        # then open http://localhost:9090
"""

from __future__ import annotations

from launch import LaunchDescription
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import PathJoinSubstitution, ThisLaunchFileDir
from launch_ros.actions import Node


def generate_launch_description() -> LaunchDescription:
    """Join the robot and the bridge."""
    robot = Node(
        package='rerun_bridge',
        executable='demo_robot',
        output='screen',
        emulate_tty=True,
    )
    bridge = PathJoinSubstitution([ThisLaunchFileDir(), 'bridge.launch.py'])
    return LaunchDescription(
        [robot, IncludeLaunchDescription(PythonLaunchDescriptionSource(bridge))],
    )
