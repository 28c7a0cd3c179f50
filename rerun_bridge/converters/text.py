# SPDX-License-Identifier: Apache-2.0
"""``std_msgs/msg/String``: lines of a log, or documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.archetypes import TextDocument, TextLog
from rerun_bridge.converters.base import converts, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Convert, Topic


@converts('std_msgs/msg/String')
def string(topic: Topic) -> Convert:
    """Make `TextLog`; `TextDocument` of what is latched or has several lines."""

    def convert(message: Message) -> Iterator[Entry]:
        if topic.is_latched or '\n' in message.data:
            document = TextDocument.from_fields(text=message.data)
            yield Entry(document, is_retained=topic.is_latched)
        else:
            yield Entry(TextLog.from_fields(text=message.data))

    return convert
