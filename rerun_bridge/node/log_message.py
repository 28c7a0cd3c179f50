# SPDX-License-Identifier: Apache-2.0
"""Lets any node log its own messages beside everything else that it logs."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, TYPE_CHECKING
import warnings
import weakref

from rclpy.serialization import serialize_message

from rerun_bridge.cdr import definitions_of_class, type_name_of
from rerun_bridge.converters import (
    DEFAULT_MAPPINGS,
    load_mappings,
    load_plugins,
    Shared,
    TopicConverter,
)
from rerun_bridge.errors import ConversionError, UsageError
from rerun_bridge.node.message_classes import find_message_class
from rerun_bridge.sdk import get_data_recording, RerunWarning

if TYPE_CHECKING:
    from rerun_bridge.chunk import Rows
    from rerun_bridge.sdk import RecordingStream

__all__ = ['log_message']

_lock = threading.RLock()  # a converter may fork, which takes it again
_Converters = tuple[Shared, dict[tuple[str, str], TopicConverter]]
_recordings: weakref.WeakKeyDictionary[RecordingStream, _Converters] = weakref.WeakKeyDictionary()


def log_message(
    topic: str,
    msg: Any,  # noqa: ANN401 - any ROS message
    *,
    msg_type: str | None = None,
    recording: RecordingStream | None = None,
) -> None:
    """
    Log a ROS message as the bridge would log it.

    Parameters
    ----------
    topic
        What the bridge would have received it on, for instance ``/scan``; where it is logged.
    msg
        A message of rclpy, or the bytes of one in CDR.
    msg_type
        ``pkg/msg/Type``; needed with bytes only.
    recording
        Default: the current one.

    Raises
    ------
    UsageError
        If bytes come without a type or the object is no message; in strict mode also if the
        message cannot be converted, about which there is a warning otherwise.
    UnsupportedTypeError
        If the package of the type is not installed.

    """
    stream = get_data_recording(recording)
    if stream is None or not stream.is_enabled:
        return
    if isinstance(msg, (bytes, bytearray, memoryview)):
        if msg_type is None:
            text = 'bytes do not tell what they are; give the type, as in msg_type="pkg/msg/Type"'
            raise UsageError(text)
        # The caller may use a buffer again while rows still show into it.
        data, message_class = bytes(msg), find_message_class(msg_type)
    elif hasattr(msg, 'get_fields_and_field_types'):
        data, message_class = serialize_message(msg), type(msg)
    else:
        text = f'{type(msg).__name__} is no ROS message; use `log` for archetypes'
        raise UsageError(text)
    try:
        with _lock:
            now_nanos = time.time_ns()
            rows = _converter(stream, topic, message_class).convert(
                data, log_time_nanos=now_nanos, publish_time_nanos=0
            )
            stream.log_rows(rows)
            stream.log_rows(_due(stream, now_nanos))
    except ConversionError as exc:
        if stream.strict:
            raise UsageError(str(exc)) from exc
        warnings.warn(str(exc), RerunWarning, stacklevel=2)


def _due(stream: RecordingStream, now_nanos: int) -> list[Rows]:
    """Return what other topics have to log by now: messages are the only clock here."""
    _, converters = _recordings[stream]
    rows = []
    for converter in converters.values():
        due_nanos = converter.next_due_nanos
        if due_nanos is not None and due_nanos <= now_nanos:
            rows += converter.advance(now_nanos)
    return rows


def _converter(stream: RecordingStream, topic: str, message_class: type) -> TopicConverter:
    type_name = type_name_of(message_class)
    if stream not in _recordings:
        load_plugins()
        _recordings[stream] = Shared(mappings=load_mappings(DEFAULT_MAPPINGS)), {}
    shared, converters = _recordings[stream]
    key = topic, type_name
    if key not in converters:
        definitions = definitions_of_class(message_class)
        converters[key] = TopicConverter(topic, type_name, definitions, shared=shared)
    return converters[key]


def _after_fork_in_child() -> None:
    _recordings.clear()  # they belong to the parent
    _lock.release()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(
        before=_lock.acquire,
        after_in_parent=_lock.release,
        after_in_child=_after_fork_in_child,
    )
