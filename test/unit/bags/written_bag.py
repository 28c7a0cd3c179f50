# SPDX-License-Identifier: Apache-2.0
"""Bags as the rosbags library writes them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, NamedTuple, TYPE_CHECKING

from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from test.unit.bags.mcap_bytes import cdr, DEFINITION, TYPE_NAME
from test.unit.converters.foreign_messages import foreign_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from rosbags.typesys.store import Typestore

STORAGES = tuple(plugin.name.lower() for plugin in StoragePlugin)
STORE = get_typestore(Stores.ROS2_JAZZY)
STORE.register({**get_types_from_msg(DEFINITION, TYPE_NAME), **foreign_types()})
T = STORE.types
_NEVER = QosTime(0, 0)
_LATCHED = Qos(
    QosHistory.KEEP_LAST,
    10,
    QosReliability.RELIABLE,
    QosDurability.TRANSIENT_LOCAL,
    _NEVER,
    _NEVER,
    QosLiveliness.AUTOMATIC,
    _NEVER,
    avoid_ros_namespace_conventions=False,
)


class Sent(NamedTuple):
    """A message to record."""

    topic: str
    nanos: int
    data: bytes
    type_name: str = TYPE_NAME


def sent(topic: str, nanos: int, number: int) -> Sent:
    """Make a `trial_msgs/msg/Number`."""
    return Sent(topic, nanos, cdr(number))


def message(topic: str, nanos: int, value: Any) -> Sent:  # noqa: ANN401 - any of `T`
    """Serialize a message of a standard type."""
    name = value.__msgtype__
    return Sent(topic, nanos, bytes(STORE.serialize_cdr(value, name)), name)


def write_bag(  # noqa: PLR0913 - each has a default
    folder: Path,
    messages: Iterable[Sent],
    *,
    storage: str = 'mcap',
    compression: str = 'none',
    latched: Iterable[str] = (),
    store: Typestore = STORE,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """
    Write a bag and return its folder; compression is none, file, message or storage.

    The definitions are those of `store`, but for those that `texts` has.
    """
    writer = Writer(folder, version=9, storage_plugin=StoragePlugin[storage.upper()])
    writer.set_compression(CompressionMode[compression.upper()], CompressionFormat.ZSTD)
    connections: dict[str, Any] = {}
    with writer:
        for each in messages:
            if each.topic not in connections:
                text = texts.get(each.type_name)
                connections[each.topic] = writer.add_connection(
                    each.topic,
                    each.type_name,
                    typestore=store,
                    msgdef=text,
                    rihs01=text and 'unknown',
                    offered_qos_profiles=[_LATCHED] if each.topic in latched else [],
                )
            writer.write(connections[each.topic], each.nanos, each.data)
    return folder
