# SPDX-License-Identifier: Apache-2.0
"""
What converters of other packages are made of, beside the archetypes of `rerun_bridge`.

::

    import rerun_bridge as rr
    from rerun_bridge.plugin import converts_each, Entry, vectors

    @converts_each('my_msgs/msg/Obstacles')
    def obstacles(message):
        yield Entry(rr.Points3D(vectors(message.obstacles, 'pose.position')))

The package names the module in its setup.py, and the bridge, `bag2rrd` and `log_message` find it::

    entry_points={'rerun_bridge.converters': ['my_msgs = my_package.my_module']}
"""

from __future__ import annotations

from rerun_bridge.cdr import Message, StructSequence
from rerun_bridge.converters import TopicOptions  # and all converters, which a plug-in may replace
from rerun_bridge.converters.base import (
    child_path,
    Convert,
    converts,
    converts_each,
    Entry,
    merge,
    series,
    Topic,
)
from rerun_bridge.converters.geometry import rotations, vectors, xyz, xyzw
from rerun_bridge.encodings import owned
from rerun_bridge.errors import ConversionError

__all__ = [
    'ConversionError',
    'Convert',
    'Entry',
    'Message',
    'StructSequence',
    'Topic',
    'TopicOptions',
    'child_path',
    'converts',
    'converts_each',
    'merge',
    'owned',
    'rotations',
    'series',
    'vectors',
    'xyz',
    'xyzw',
]
