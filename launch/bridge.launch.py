# SPDX-License-Identifier: Apache-2.0
"""
Start the bridge.

An argument that is left empty leaves the matter to the parameter file::

    ros2 launch rerun_bridge bridge.launch.py sinks:=serve,save:/data/%F.rrd use_sim_time:=true
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

if TYPE_CHECKING:
    from launch import LaunchContext

DEFAULT_PARAMS = PathJoinSubstitution(
    [FindPackageShare('rerun_bridge'), 'config', 'bridge.yaml'],
)
ARGUMENTS = (
    ('params_file', DEFAULT_PARAMS, 'YAML file with the parameters of the node'),
    ('name', 'rerun_bridge', 'name of the node'),
    ('namespace', '', 'namespace of the node'),
    ('log_level', 'info', 'debug, info, warn, error or fatal'),
    ('sinks', '', 'where the data goes, with commas between, e.g. serve,save:/data/%F.rrd'),
    ('use_sim_time', '', 'true to follow /clock'),
    ('respawn', 'false', 'true to start the node again when it ends'),
)


def overrides(context: LaunchContext) -> dict[str, list[str] | bool]:
    """Collect the parameters that the command line sets beside the file."""
    sinks = LaunchConfiguration('sinks').perform(context)
    use_sim_time = LaunchConfiguration('use_sim_time').perform(context)
    chosen: dict[str, list[str] | bool] = {}
    if sinks:
        chosen['sinks'] = [sink.strip() for sink in sinks.split(',')]
    if use_sim_time:
        chosen['use_sim_time'] = use_sim_time.lower() in {'true', '1'}
    return chosen


def start_bridge(context: LaunchContext) -> list[Node]:
    """Build the node, once the arguments are known."""
    return [
        Node(
            package='rerun_bridge',
            executable='bridge',
            name=LaunchConfiguration('name'),
            namespace=LaunchConfiguration('namespace'),
            parameters=[LaunchConfiguration('params_file'), overrides(context)],
            arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
            respawn=LaunchConfiguration('respawn'),
            respawn_delay=2.0,
            output='screen',
            emulate_tty=True,
        ),
    ]


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, then start the node."""
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, default, description in ARGUMENTS
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=start_bridge)])
