# SPDX-License-Identifier: Apache-2.0
"""Errors name the type, the field and the byte."""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

import numpy as np
import pytest

from rerun_bridge.cdr import definitions_of_store
from rerun_bridge.cdr.diagnosis import explain
from rerun_bridge.errors import CdrError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rosbags.typesys.store import Typestore

    from rerun_bridge.cdr import Message

HEADER = b'\0\1\0\0' + bytes(8) + b'\4\0\0\0map\0'


@pytest.mark.parametrize(
    ('type_name', 'data', 'place'),
    [
        ('std_msgs/msg/Header', HEADER[:10], 'std_msgs/msg/Header.stamp.nanosec at byte 8'),
        ('std_msgs/msg/Header', HEADER[:-1], 'std_msgs/msg/Header.frame_id at byte 16'),
        ('geometry_msgs/msg/PointStamped', HEADER + bytes(23), r'\.point\.z at byte 36'),
        ('sensor_msgs/msg/Imu', HEADER + bytes(40), r'\.orientation_covariance at byte 52'),
        (
            'sensor_msgs/msg/JointState',
            HEADER + b'\2\0\0\0' + b'\2\0\0\0a\0\0\0' + b'\xff\0\0\0aaa',
            r'JointState\.name\[1\] at byte 36 needs at least 255 bytes and 3 of 39 are left',
        ),
        (
            'nav_msgs/msg/Path',
            HEADER + b'\1\0\0\0' + HEADER[4:] + bytes(56),
            r'Path\.poses\[0\]\.pose\.orientation\.w at byte 92 needs at least 8 bytes and 4 of',
        ),
    ],
)
def test_place(
    type_name: str,
    data: bytes,
    place: str,
    decode_as: Callable[[bytes | memoryview, str], Message],
) -> None:
    with pytest.raises(CdrError, match=f'{place}.*truncated or of another definition'):
        decode_as(data, type_name)


def test_nothing_found(typestore: Typestore, random_message: Callable[..., Any]) -> None:
    for type_name in ('visualization_msgs/msg/MarkerArray', 'tf2_msgs/msg/TFMessage'):
        message = random_message(type_name, np.random.default_rng(0))
        for order in ('<', '>'):
            error = explain(
                typestore.serialize_cdr(message, type_name, little_endian=order == '<'),
                type_name=type_name,
                definitions=definitions_of_store(typestore, type_name),
                order='<' if order == '<' else '>',
            )
            assert 'do not fit the definition' in str(error)
