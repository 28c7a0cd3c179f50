# SPDX-License-Identifier: Apache-2.0
"""
The simulated robot: its measures, its frames and where they are mounted.

The URDF, the transforms and the sensors all read this table. Frame ``base_link`` lies on the
ground between the wheels; x is forward, y left, z up (REP 103).
"""

from __future__ import annotations

import math
from typing import NamedTuple

NAME = 'demo_robot'
WHEEL_RADIUS = 0.12
WHEEL_WIDTH = 0.06
WHEEL_SEPARATION = 0.44
BODY_SIZE = (0.56, 0.36, 0.18)
HEIGHT = 0.75


class Mount(NamedTuple):
    """
    How a part sits on its parent.

    Attributes
    ----------
    parent, child
        Frame names.
    xyz
        Metres.
    rpy_rad
        Fixed-axis roll, pitch, yaw as in URDF.

    """

    parent: str
    child: str
    xyz: tuple[float, float, float]
    rpy_rad: tuple[float, float, float] = (0.0, 0.0, 0.0)


LASER = Mount('base_link', 'laser', (0.0, 0.0, 0.42))
IMU = Mount('base_link', 'imu_link', (0.05, 0.0, 0.2))
GPS = Mount('base_link', 'gps_link', (-0.2, 0.0, 0.5))
CAMERA = Mount('base_link', 'camera_link', (0.24, 0.0, 0.62))
OPTICAL = Mount(
    'camera_link',
    'camera_optical_frame',
    (0.0, 0.0, 0.0),
    (-math.pi / 2, 0.0, -math.pi / 2),
)
FIXED_MOUNTS = (LASER, IMU, GPS, CAMERA, OPTICAL)
WHEELS = {
    'left_wheel_joint': Mount(
        'base_link', 'left_wheel', (0.0, WHEEL_SEPARATION / 2, WHEEL_RADIUS)
    ),
    'right_wheel_joint': Mount(
        'base_link', 'right_wheel', (0.0, -WHEEL_SEPARATION / 2, WHEEL_RADIUS)
    ),
}
