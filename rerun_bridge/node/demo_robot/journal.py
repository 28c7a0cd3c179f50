# SPDX-License-Identifier: Apache-2.0
"""What the robot writes to the log, and so to /rosout, while it drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.node.demo_robot import readings

if TYPE_CHECKING:
    from rclpy.impl.rcutils_logger import RcutilsLogger

    from rerun_bridge.node.demo_robot.feed import Moment
    from rerun_bridge.node.demo_robot.simulation import Simulation

_HOT_MOTORS = 62.0
_MOVING = 0.05


class Journal:
    """
    Logs what has changed since it last looked.

    Parameters
    ----------
    logger
        The node's.
    simulation
        What is watched.

    """

    def __init__(self, logger: RcutilsLogger, simulation: Simulation) -> None:
        self._logger = logger
        self._simulation = simulation
        self._state = {'moving': False, 'hot': False}
        self._loops = 0

    def look(self, moment: Moment) -> None:
        """Log a start, a stop, a finished loop or hot motors."""
        motors = readings.motor_temperature(moment.time_sec)
        if self._becomes('moving', now=moment.motion.speed > _MOVING):
            charge = readings.battery(moment.time_sec, moment.motion).percentage
            msg = f'driving off with the battery at {charge:.0%}'
            self._logger.info(msg)
        if self._becomes('hot', now=motors > _HOT_MOTORS):
            msg = f'drive motors are at {motors:.0f} degC; let them cool down'
            self._logger.warning(msg)
        loops = int(moment.time_sec / self._simulation.path.loop_sec)
        if loops > self._loops:
            self._loops = loops
            msg = f'loop {loops} done, {moment.motion.distance:.1f} m driven'
            self._logger.info(msg)

    def _becomes(self, name: str, *, now: bool) -> bool:
        before, self._state[name] = self._state[name], now
        return now and not before
