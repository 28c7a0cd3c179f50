# SPDX-License-Identifier: Apache-2.0
"""What a page is told about the messages that it has just been sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.log_encoding import Decoder
from rerun_bridge.log_encoding.rrd import message_header, stream_header
from rerun_bridge.log_types import PROPERTIES_PATH, StoreKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.log_encoding import LogMsg

_NAME_COLUMN = 'RecordingInfo:name'


def newest_time(messages: Sequence[LogMsg]) -> tuple[str, str, str] | None:
    """
    Name a time that the viewer knows when it has taken in all of the messages.

    Parameters
    ----------
    messages
        In order.

    Returns
    -------
    tuple
        Recording id, timeline, the time as a decimal number (JavaScript would round it); None if
        nothing has a time.

    """
    for message in reversed(messages):
        chunk = message.chunk
        if chunk and not chunk.is_static and message.store_id.kind == StoreKind.RECORDING:
            timeline, (_, last) = chunk.timelines.timelines[-1], chunk.time_ranges[-1]
            return message.store_id.recording_id, timeline.name, str(last)
    return None


def recording_name(messages: Sequence[LogMsg]) -> str | None:
    """
    Find the name that the user gave the recording.

    Parameters
    ----------
    messages
        In order.

    Returns
    -------
    str
        The last one; None if it is not among them.

    """
    for message in reversed(messages):
        if message.chunk and message.chunk.entity_path == PROPERTIES_PATH:
            frame = b''.join((stream_header(), message_header(message), *message.pieces))
            for decoded in Decoder().feed(frame):
                batch = decoded.batch()
                index = batch.schema.get_field_index(_NAME_COLUMN)
                names = batch.column(index)[-1].as_py() if index >= 0 else None
                if names:
                    return str(names[0])
    return None
