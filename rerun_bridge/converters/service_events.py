# SPDX-License-Identifier: Apache-2.0
"""What the introspection of services and actions tells, in words beside the struct."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from rerun_bridge.archetypes import TextLog
from rerun_bridge.cdr import Nested
from rerun_bridge.converters.base import Entry
from rerun_bridge.converters.stamps import stamp_nanos

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rerun_bridge.cdr import Message
    from rerun_bridge.converters.base import Topic

_INFO = Nested('service_msgs/msg/ServiceEventInfo')
_KINDS: Mapping[int, str] = {
    0: 'request sent',
    1: 'request received',
    2: 'response sent',
    3: 'response received',
}
_MAX_TEXT = 500


def event_texts(topic: Topic) -> Callable[[Message], tuple[Entry, ...]] | None:
    """
    Make the function that puts service events into words.

    Parameters
    ----------
    topic
        Of any type.

    Returns
    -------
    callable or None
        From a message to a `TextLog`; None if the messages are no service events.

    """
    fields = {field.name: field.type for field in topic.definitions[topic.type_name]}
    return _texts if fields.get('info') == _INFO else None


def _texts(message: Message) -> tuple[Entry, ...]:
    info = message.info
    kind = _KINDS.get(info.event_type, f'event {info.event_type}')
    # None of both if the introspection is of the metadata alone.
    contents: list[Any] = [*message.request, *message.response]
    text = ': '.join([f'{kind} #{info.sequence_number}', *map(repr, contents)])[:_MAX_TEXT]
    entry = Entry(TextLog.from_fields(text=text, level='INFO'), stamps=(stamp_nanos(info.stamp),))
    return (entry,)
