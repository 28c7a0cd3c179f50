# SPDX-License-Identifier: Apache-2.0
"""
Rerun for ROS 2: the classic recording stream and sinks, without rerun-sdk.

::

    import rerun_bridge as rr

    rr.init('my_robot')
    rr.save('run.rrd')
    rr.set_time('frame', sequence=1)
    rr.log('/scan', rr.Points3D([[1, 2, 3]], colors=[255, 0, 0]))
"""

from __future__ import annotations

from typing import Any

from rerun_bridge import archetypes, blueprint, encodings, errors, sdk
from rerun_bridge.archetypes import *  # noqa: F403 - one list of archetypes, in their package
from rerun_bridge.log_types import escape_entity_path_part, new_entity_path
from rerun_bridge.sdk import *  # noqa: F403 - one list of functions, in their package

__all__ = [  # noqa: F405, PLE0604 - joined lists; log_message comes from __getattr__
    'blueprint',
    'encodings',
    'errors',
    'escape_entity_path_part',
    'log_message',
    'new_entity_path',
    *archetypes.__all__,
    *sdk.__all__,
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - module attributes of any type
    """Import what needs ROS on first use."""
    if name == 'log_message':
        from rerun_bridge.node.log_message import log_message  # noqa: PLC0415 - needs ROS

        return log_message
    msg = f'module {__name__!r} has no attribute {name!r}'
    raise AttributeError(msg)
