# SPDX-License-Identifier: Apache-2.0
"""What the package logs through Python goes to ROS's log."""

from __future__ import annotations

import logging
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rclpy.node import Node

__all__ = ['RosLogHandler', 'log_to_ros']

# One line of code per severity: rclpy refuses another severity from the same line.
_EMITTERS: Mapping[int, Callable[[Any, str], object]] = {
    logging.CRITICAL: lambda logger, text: logger.fatal(text),
    logging.ERROR: lambda logger, text: logger.error(text),
    logging.WARNING: lambda logger, text: logger.warning(text),
    logging.INFO: lambda logger, text: logger.info(text),
    logging.NOTSET: lambda logger, text: logger.debug(text),
}


class RosLogHandler(logging.Handler):
    """
    Forwards to a ROS logger.

    Parameters
    ----------
    logger
        Of a node.

    """

    def __init__(self, logger: Any) -> None:  # noqa: ANN401 - rclpy has no types
        super().__init__()
        self._logger = logger
        self.setFormatter(logging.Formatter('%(message)s'))

    def emit(self, record: logging.LogRecord) -> None:
        """Forward one record with the severity that comes nearest."""
        try:
            level = next(level for level in _EMITTERS if record.levelno >= level)
            _EMITTERS[level](self._logger, self.format(record))
        except Exception:  # noqa: BLE001 - logging never breaks the program that logs
            self.handleError(record)


def log_to_ros(node: Node) -> RosLogHandler:
    """
    Send the log of the package to the log of a node.

    Parameters
    ----------
    node
        ROS's own options decide what it shows.

    Returns
    -------
    RosLogHandler
        To be removed from the logger `rerun_bridge` at the end.

    """
    logger = logging.getLogger('rerun_bridge')
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    handler = RosLogHandler(node.get_logger())
    logger.addHandler(handler)
    return handler
