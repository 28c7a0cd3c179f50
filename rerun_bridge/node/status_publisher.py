# SPDX-License-Identifier: Apache-2.0
"""Publishes the status as JSON and as diagnostics."""

from __future__ import annotations

import json
from typing import Any, TYPE_CHECKING

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

from rerun_bridge.node.status import findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rclpy.node import Node

    from rerun_bridge.node.status import Finding

__all__ = ['StatusPublisher']

_DIAGNOSTICS_DEPTH = 10


class StatusPublisher:
    """
    Publishes `~/status` (latched) and `/diagnostics`.

    Parameters
    ----------
    node
        Whose topics they are.

    """

    def __init__(self, node: Node) -> None:
        self._node = node
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._status = node.create_publisher(String, '~/status', latched)
        self._diagnostics = node.create_publisher(
            DiagnosticArray, '/diagnostics', _DIAGNOSTICS_DEPTH
        )

    def publish(self, status: Mapping[str, Any]) -> None:
        """Publish what a `StatusReporter` collected."""
        self._status.publish(String(data=json.dumps(status)))
        array = DiagnosticArray(status=[self._diagnostic(finding) for finding in findings(status)])
        array.header.stamp = self._node.get_clock().now().to_msg()
        self._diagnostics.publish(array)

    def _diagnostic(self, finding: Finding) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=DiagnosticStatus.OK if finding.is_good else DiagnosticStatus.WARN,
            name=f'{self._node.get_name()}: {finding.name}',
            message=finding.summary,
            hardware_id=self._node.get_fully_qualified_name(),
            values=[KeyValue(key=key, value=str(value)) for key, value in finding.values.items()],
        )
