# SPDX-License-Identifier: Apache-2.0
"""
Readers of recorded ROS 2 bags.

They give the bytes of every message that can be read, in the order of time, and tell what could
not be read; the libraries for that give up at the first fault, or lose the time of publishing::

    with BagReader([Path('my_bag')]) as reader:
        for message in reader.messages(lambda topic: topic.name.startswith('/camera/')):
            message.topic.type_name, message.log_time_nanos, message.data
"""

from __future__ import annotations

from rerun_bridge.bags.bag import identify
from rerun_bridge.bags.definitions import DefinitionFinder
from rerun_bridge.bags.model import Damage, RecordedMessage, RecordedTopic
from rerun_bridge.bags.reader import BagReader, Window

__all__ = [
    'BagReader',
    'Damage',
    'DefinitionFinder',
    'RecordedMessage',
    'RecordedTopic',
    'Window',
    'identify',
]
