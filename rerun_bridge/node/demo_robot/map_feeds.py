# SPDX-License-Identifier: Apache-2.0
"""Navigation: the map, the plan, the next goal and the particles of the localisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geometry_msgs.msg import PoseArray, PoseStamped
from nav_msgs.msg import MapMetaData, OccupancyGrid, Path
from std_msgs.msg import Header

from rerun_bridge.node.demo_robot.feed import Feed, LATCHED, ONCE, packed, pose, Topic
from rerun_bridge.node.demo_robot.grid import rasterise, RESOLUTION

if TYPE_CHECKING:
    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation

_PLAN_POSES = 161
_GOALS_PER_LOOP = 8
_PARTICLES = 150
_PARTICLE_SPREAD = (0.06, 0.06, 0.05)


def feeds(simulation: Simulation) -> list[Feed]:
    """Describe the topics of navigation."""
    path, generator = simulation.path, simulation.generator
    goals = path.waypoints(_GOALS_PER_LOOP + 1)
    # Built once, then changed in place: making hundreds of poses each time is what costs.
    route = Path(header=Header(frame_id='map'))
    route.poses = [
        PoseStamped(header=route.header, pose=pose(*each)) for each in path.waypoints(_PLAN_POSES)
    ]
    swarm = PoseArray(poses=[pose(0.0, 0.0) for _ in range(_PARTICLES)])

    def occupancy(moment: Moment) -> tuple[OccupancyGrid]:
        grid = rasterise(simulation.world)
        height, width = grid.cells.shape
        info = MapMetaData(
            map_load_time=moment.stamp,
            resolution=RESOLUTION,
            width=width,
            height=height,
            origin=pose(*grid.origin),
        )
        data = packed('b', grid.cells)
        return (OccupancyGrid(header=moment.header('map'), info=info, data=data),)

    def plan(moment: Moment) -> tuple[Path]:
        route.header.stamp = moment.stamp
        return (route,)

    def goal(moment: Moment) -> tuple[PoseStamped]:
        passed = path.fraction(moment.time_sec) * _GOALS_PER_LOOP
        return (PoseStamped(header=moment.header('map'), pose=pose(*goals[int(passed) + 1])),)

    def particles(moment: Moment) -> tuple[PoseArray]:
        swarm.header = moment.header('map')
        true_pose = (moment.motion.x, moment.motion.y, moment.motion.yaw)
        guesses = generator.normal(true_pose, _PARTICLE_SPREAD, (_PARTICLES, 3)).tolist()
        for particle, (x, y, yaw) in zip(swarm.poses, guesses, strict=True):
            particle.position.x, particle.position.y = x, y
            particle.orientation.z, particle.orientation.w = math.sin(yaw / 2), math.cos(yaw / 2)
        return (swarm,)

    return [
        Feed(ONCE, [Topic('/map', OccupancyGrid, LATCHED)], occupancy),
        Feed(1.0, [Topic('/plan', Path)], plan),
        Feed(1.0, [Topic('/goal_pose', PoseStamped)], goal),
        Feed(2.0, [Topic('/particles', PoseArray)], particles),
    ]
