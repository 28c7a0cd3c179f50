# SPDX-License-Identifier: Apache-2.0
"""What the package logs appears in ROS's log, with its severity."""

from __future__ import annotations

import logging

import pytest

from rerun_bridge.node.ros_logging import RosLogHandler


class FakeLogger:
    """Notes what is logged; refuses, as rclpy does, two severities from one line of code."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __getattr__(self, severity: str) -> object:
        return lambda text: self.lines.append((severity, text))


@pytest.mark.parametrize(
    ('level', 'severity'),
    [
        (logging.DEBUG, 'debug'),
        (logging.INFO, 'info'),
        (logging.WARNING, 'warning'),
        (logging.ERROR, 'error'),
        (logging.CRITICAL, 'fatal'),
        (25, 'info'),
    ],
)
def test_severities(level: int, severity: str) -> None:
    logger = FakeLogger()
    RosLogHandler(logger).handle(
        logging.LogRecord('rerun_bridge.x', level, '', 1, 'got %d', (5,), None)
    )
    assert logger.lines == [(severity, 'got 5')]


def test_all_severities_can_be_logged_by_one_node() -> None:
    rclpy_logging = pytest.importorskip('rclpy.logging')
    handler = RosLogHandler(rclpy_logging.get_logger('test_ros_logging'))
    for level in (logging.INFO, logging.WARNING, logging.ERROR, logging.DEBUG, logging.CRITICAL):
        record = logging.LogRecord('rerun_bridge.x', level, '', 1, 'text', (), None)
        handler.emit(record)
    assert handler.level == logging.NOTSET
