# SPDX-License-Identifier: Apache-2.0
"""
A simulated robot that publishes on real DDS, to see the bridge at work without a robot.

The modules up to ``simulation`` are plain NumPy and know no ROS; ``feed`` and the ``*_feeds``
modules turn the simulation into messages, one module per family of topics; ``app`` runs them.
"""

from __future__ import annotations

from importlib import import_module

__all__ = ['main']


def main(argv: list[str] | None = None) -> int:
    """
    Run the simulated robot until SIGINT, SIGTERM or the end of ``duration_sec``.

    Parameters
    ----------
    argv
        Program arguments, among them ``--ros-args``; None = those of the process.

    Returns
    -------
    int
        Exit code of the program.

    """
    # Imported only now, so that the simulation can be used where there is no ROS.
    app = import_module('rerun_bridge.node.demo_robot.app')
    return int(app.main(argv))
