# SPDX-License-Identifier: Apache-2.0
"""What a page is told about the messages that it has just been sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.log_encoding import decode
from rerun_bridge.log_types import PROPERTIES_PATH, StoreKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.log_encoding import LogMsg

_NAME_COLUMN = 'RecordingInfo:name'


class Milestones:
    """
    Names times by which a page sees how much its viewer has taken in.

    A time tells something only if it is later than all that were sent before: what comes late has
    none.
    """

    def __init__(self) -> None:
        self._reached: dict[tuple[str, str], int] = {}

    def name(self, messages: Sequence[LogMsg]) -> tuple[str, str, str] | None:
        """
        Name a time that the viewer knows when it has taken in these messages, and not before.

        Parameters
        ----------
        messages
            The next ones that are sent.

        Returns
        -------
        tuple
            Recording id, timeline, the time as a decimal number (JavaScript would round it); None
            if there is no such time.

        """
        found = None
        for message in messages:
            chunk = message.chunk
            if chunk is None or message.store_id.kind != StoreKind.RECORDING:
                continue
            recording_id = message.store_id.recording_id
            for timeline, (_, last) in zip(chunk.timelines.timelines, chunk.time_ranges):  # noqa: B905
                key = recording_id, timeline.name
                if last > self._reached.get(key, last - 1):
                    self._reached[key] = last
                    found = *key, str(last)
        return found


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
            batch = decode(message.kind, b''.join(message.pieces)).batch()
            index = batch.schema.get_field_index(_NAME_COLUMN)
            names = batch.column(index)[-1].as_py() if index >= 0 else None
            if names:
                return str(names[0])
    return None
