# SPDX-License-Identifier: Apache-2.0
"""The packets of a short video of Theora, FFmpeg's test card, out of its file."""

from __future__ import annotations

from pathlib import Path

_HEADER_SIZE = 27
_WHOLE_SEGMENT = 255
NUM_HEADERS, NUM_FRAMES = 3, 5


def theora_packets() -> list[bytes]:
    """Return `NUM_HEADERS` headers and `NUM_FRAMES` frames."""
    data = Path(__file__).with_name('theora.ogv').read_bytes()
    packets, packet = [], b''
    while data:
        assert data.startswith(b'OggS')
        num_segments = data[_HEADER_SIZE - 1]
        start = _HEADER_SIZE + num_segments
        for size in data[_HEADER_SIZE:start]:
            packet += data[start : start + size]
            start += size
            if size < _WHOLE_SEGMENT:
                packets.append(packet)
                packet = b''
        data = data[start:]
    return [each for each in packets if each]
