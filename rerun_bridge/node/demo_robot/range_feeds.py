# SPDX-License-Identifier: Apache-2.0
"""The lidar: a flat scan and a coloured cloud."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sensor_msgs.msg import LaserScan, PointCloud2, PointField

from rerun_bridge.node.demo_robot.feed import Feed, packed, SENSOR, Topic
from rerun_bridge.node.demo_robot.lidar import POINT, RANGE_MAX, RANGE_MIN, SCAN_BEAMS
from rerun_bridge.node.demo_robot.robot import LASER

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation

_SCAN_HZ, _CLOUD_HZ = 10.0, 5.0
_FIELDS = [
    PointField(name=name, offset=4 * index, datatype=PointField.FLOAT32, count=1)
    for index, name in enumerate(POINT.names or ())
]


def feeds(simulation: Simulation) -> list[Feed]:
    """Describe the topics of the lidar."""
    lidar = simulation.lidar

    def scan(moment: Moment) -> tuple[LaserScan]:
        ranges, intensities = lidar.scan(moment.motion)
        step = 2 * math.pi / SCAN_BEAMS
        return (
            LaserScan(
                header=moment.header(LASER.child),
                angle_min=-math.pi,
                angle_max=math.pi - step,
                angle_increment=step,
                scan_time=1 / (_SCAN_HZ * simulation.options.rate_scale),
                range_min=RANGE_MIN,
                range_max=RANGE_MAX,
                ranges=packed('f', ranges),
                intensities=packed('f', intensities),
            ),
        )

    def cloud(moment: Moment) -> tuple[PointCloud2]:
        points = lidar.cloud(moment.motion)
        return (
            PointCloud2(
                header=moment.header(LASER.child),
                height=1,
                width=points.size,
                fields=_FIELDS,
                is_bigendian=False,
                point_step=POINT.itemsize,
                row_step=points.nbytes,
                data=packed('B', points),
                is_dense=True,
            ),
        )

    return [
        Feed(_SCAN_HZ, [Topic('/scan', LaserScan, SENSOR)], scan),
        Feed(_CLOUD_HZ, [Topic('/points', PointCloud2, SENSOR)], cloud),
    ]
