# SPDX-License-Identifier: Apache-2.0
"""What Rerun keeps of MCAP files."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes.schema_archetype import SchemaArchetype

if TYPE_CHECKING:
    from dataclasses import KW_ONLY

    from rerun_bridge.archetypes.likes import Contents, Numbers, Texts


class McapMessage(SchemaArchetype):
    """
    A message as it is in the file.

    Parameters
    ----------
    data
        Its bytes.

    """

    data: Contents


class McapSchema(SchemaArchetype):
    """
    Definition of a type of messages.

    Parameters
    ----------
    id
        At least 1.
    name, encoding
        Of the type and of its definition.
    data
        The definition.

    """

    _: KW_ONLY
    id: Numbers
    name: Texts
    encoding: Texts
    data: Contents


class McapChannel(SchemaArchetype):
    """
    A topic.

    Parameters
    ----------
    id
        Of the channel.
    topic, message_encoding
        As in the file.
    metadata
        A dict of texts.

    """

    _: KW_ONLY
    id: Numbers
    topic: Texts
    message_encoding: Texts
    metadata: Any = None


class McapStatistics(SchemaArchetype):
    """
    What a file contains.

    Parameters
    ----------
    message_count, schema_count, channel_count, attachment_count, metadata_count, chunk_count
        How many there are.
    message_start_time, message_end_time
        Nanoseconds since the epoch.
    channel_message_counts
        Messages for each channel: a dict or pairs.

    """

    _: KW_ONLY
    message_count: Numbers
    schema_count: Numbers
    channel_count: Numbers
    attachment_count: Numbers
    metadata_count: Numbers
    chunk_count: Numbers
    message_start_time: Any
    message_end_time: Any
    channel_message_counts: Any = None
