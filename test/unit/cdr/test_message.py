# SPDX-License-Identifier: Apache-2.0
"""The classes of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rerun_bridge.cdr import decoder_for, Field, Message, Primitive, Text

if TYPE_CHECKING:
    from collections.abc import Callable


def test_message_objects(decode_as: Callable[[bytes | memoryview, str], Message]) -> None:
    data = b'\0\1\0\0' + bytes(range(8)) + b'\4\0\0\0map\0'
    message = decode_as(data, 'std_msgs/msg/Header')
    assert isinstance(message, Message)
    assert message.ros_type == type(message).ros_type == 'std_msgs/msg/Header'
    assert message.stamp.ros_type == 'builtin_interfaces/msg/Time'
    assert repr(message) == "Header(stamp=Time(sec=50462976, nanosec=117835012), frame_id='map')"
    with pytest.raises(AttributeError):
        message.other = 1  # type: ignore[attr-defined]  # that is the point
    with pytest.raises(AttributeError):
        _ = message.other


def test_fields_named_like_keywords() -> None:
    definitions = {'x/msg/K': (Field('from', Primitive('uint8')), Field('self', Text()))}
    message = decoder_for('x/msg/K', definitions)(b'\0\1\0\0\7\0\0\0\2\0\0\0a\0')
    assert message.from_ == getattr(message, 'from') == 7
    assert message.self == 'a'
    assert repr(message) == "K(from_=7, self='a')"


@pytest.mark.parametrize('name', ['p', 'n', 's', 'data', 'size', 'm0', 'decode', 'items', 'C0'])
def test_field_names_do_not_meet_those_of_the_decoder(name: str) -> None:
    definitions = {'x/msg/N': (Field(name, Primitive('uint8')), Field('z', Text()))}
    message = decoder_for('x/msg/N', definitions)(b'\0\1\0\0\7\0\0\0\2\0\0\0a\0')
    assert getattr(message, name) == 7
    assert message.z == 'a'
