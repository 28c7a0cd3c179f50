# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging
import sys
from typing import Any

import numpy as np
import pytest

from rerun_bridge.errors import ConversionError
from test.unit.converters.ros_messages import convert, HEADER, topic_converter, values_of
from test.unit.converters.theora_packets import NUM_FRAMES, NUM_HEADERS, theora_packets

PACKET = 'theora_image_transport/msg/Packet'
STRIPES = {0: (0, 0, 0), 8: (0, 255, 255), 12: (255, 0, 255), 20: (0, 0, 255), 40: (255, 0, 0)}


@pytest.fixture
def packets() -> list[bytes]:
    pytest.importorskip('av')
    return theora_packets()


def fields(data: bytes) -> dict[str, Any]:
    return {'header': HEADER, 'data': data}


def test_every_frame_is_an_image_at_once(packets: list[bytes]) -> None:
    converter = topic_converter(PACKET)
    shown = [values_of(convert(PACKET, fields(each), using=converter)) for each in packets]
    assert shown[0] == {'/topic@CoordinateFrame:frame': ['base_image_plane']}
    assert len(shown) == NUM_HEADERS + NUM_FRAMES
    for values in shown[NUM_HEADERS:]:
        assert values['/topic@Image:format'][0]['width'] == 48
        assert values['/topic@Image:format'][0]['height'] == 32
        picture = np.reshape(values['/topic@Image:buffer'], (32, 48, 3)).astype(int)
        for x, color in STRIPES.items():
            np.testing.assert_allclose(picture[16, x], color, atol=20)


def test_headers_may_come_again(packets: list[bytes]) -> None:
    converter = topic_converter(PACKET)
    for each in packets[: NUM_HEADERS + 1] + packets[:NUM_HEADERS]:
        convert(PACKET, fields(each), using=converter)
    values = values_of(convert(PACKET, fields(packets[NUM_HEADERS]), using=converter))
    assert '/topic@Image:buffer' in values


def test_frames_before_the_headers_are_told(packets: list[bytes]) -> None:
    with pytest.raises(ConversionError, match='before the headers'):
        convert(PACKET, fields(packets[-1]))


def test_frames_after_some_of_the_headers_are_told(packets: list[bytes]) -> None:
    converter = topic_converter(PACKET)
    for each in (*packets[1:NUM_HEADERS], packets[0]):
        convert(PACKET, fields(each), using=converter)
    with pytest.raises(ConversionError, match='before the headers'):
        convert(PACKET, fields(packets[-1]), using=converter)


def test_a_damaged_frame_costs_itself_alone(packets: list[bytes]) -> None:
    converter = topic_converter(PACKET)
    for each in packets[:NUM_HEADERS]:
        convert(PACKET, fields(each), using=converter)
    assert convert(PACKET, fields(b''), using=converter) == []
    with pytest.raises(ConversionError):
        convert(PACKET, fields(b'\x3f'), using=converter)
    values = values_of(convert(PACKET, fields(packets[NUM_HEADERS]), using=converter))
    assert '/topic@Image:buffer' in values


def test_without_the_library_it_is_told_once_what_to_do(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, 'av', None)
    with caplog.at_level(logging.WARNING):
        converter = topic_converter(PACKET)
        for _ in range(3):
            assert not convert(PACKET, {'data': b'\x80theora'}, using=converter)
    [record] = caplog.records
    assert 'pip install av' in record.message
    assert 'republish' in record.message
