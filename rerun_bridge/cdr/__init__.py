# SPDX-License-Identifier: Apache-2.0
"""
CDR bytes of ROS 2 messages as typed views.

A decoder is generated from a message definition, wherever that comes from, and turns bytes into
objects whose arrays are views of these bytes::

    definitions = definitions_of_class(sensor_msgs.msg.LaserScan)
    decode = decoder_for('sensor_msgs/msg/LaserScan', definitions)
    scan = decode(data)
    scan.header.frame_id, scan.ranges
"""

from __future__ import annotations

from rerun_bridge.cdr.decoder import decoder_for
from rerun_bridge.cdr.definitions import (
    Array,
    Definitions,
    Field,
    FieldType,
    Nested,
    Primitive,
    Sequence,
    Text,
)
from rerun_bridge.cdr.message import Message
from rerun_bridge.cdr.message_table import MessageShape, MessageTable
from rerun_bridge.cdr.ros_class import definitions_of_class, type_name_of
from rerun_bridge.cdr.rosbags_types import (
    definitions_of_store,
    definitions_of_text,
    Types,
    types_of_idl,
    types_of_msg,
    types_of_srv,
)
from rerun_bridge.cdr.struct_sequence import StructSequence

__all__ = [
    'Array',
    'Definitions',
    'Field',
    'FieldType',
    'Message',
    'MessageShape',
    'MessageTable',
    'Nested',
    'Primitive',
    'Sequence',
    'StructSequence',
    'Text',
    'Types',
    'decoder_for',
    'definitions_of_class',
    'definitions_of_store',
    'definitions_of_text',
    'type_name_of',
    'types_of_idl',
    'types_of_msg',
    'types_of_srv',
]
