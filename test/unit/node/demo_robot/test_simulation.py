# SPDX-License-Identifier: Apache-2.0
"""The simulation needs no ROS."""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys

REPO = Path(__file__).parents[4]
CODE = """
import sys
from rerun_bridge.node.demo_robot.options import Options
from rerun_bridge.node.demo_robot.simulation import Simulation
simulation = Simulation(Options(camera_width=32, camera_height=24))
frame = simulation.camera.shoot(simulation.world, simulation.path.at(1.0))
print(frame.rgb.shape, sorted({'rclpy', 'std_msgs', 'sensor_msgs'} & set(sys.modules)))
"""


def test_runs_without_ros() -> None:
    result = subprocess.run(
        [sys.executable, '-c', CODE],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.stdout.strip() == '(24, 32, 3) []', result.stderr
