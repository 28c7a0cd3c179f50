# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
import pytest

import rerun_bridge as rr
from rerun_bridge.archetypes.compression import encoded_fields
from rerun_bridge.errors import UsageError

PILLOW = pytest.importorskip('PIL.Image')
GRADIENT = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 4


def picture(archetype: Any) -> Any:  # noqa: ANN401 - Pillow has its own types
    return PILLOW.open(io.BytesIO(encoded_fields(archetype)['blob'][0]))


@pytest.mark.parametrize(
    ('image', 'mode'),
    [
        (rr.Image(GRADIENT), 'RGB'),
        (rr.Image(GRADIENT[..., ::-1], 'BGR'), 'RGB'),
        (rr.Image(GRADIENT[..., 0]), 'L'),
    ],
)
def test_images_become_jpeg(image: rr.Image, mode: str) -> None:
    made = image.compress(jpeg_quality=100)
    assert encoded_fields(made)['media_type'] == [b'image/jpeg']
    found = picture(made)
    assert (found.format, found.mode, found.size) == ('JPEG', mode, (4, 4))
    expected = GRADIENT if mode == 'RGB' else GRADIENT[..., 0]
    assert np.abs(np.asarray(found).astype(int) - expected).max() < 40
    assert np.abs(np.asarray(found).astype(int) - expected).mean() < 10


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_depths_become_png_without_loss(dtype: type) -> None:
    depths = (np.arange(12).reshape(3, 4) * 5000 % 256 ** np.dtype(dtype).itemsize).astype(dtype)
    made = rr.DepthImage(depths, meter=1000.0, colormap='viridis').compress()
    fields = encoded_fields(made)
    assert set(fields) == {'blob', 'media_type', 'meter', 'colormap'}
    assert fields['meter'].tolist() == [1000.0]
    assert np.array_equal(np.asarray(picture(made)), depths)


@pytest.mark.parametrize(
    'make',
    [
        lambda: rr.Image(np.zeros((2, 2, 4), np.uint8)).compress(),
        lambda: rr.Image(np.zeros((2, 2, 3), np.float32)).compress(),
        lambda: rr.Image(bytes=bytes(6), width=2, height=2, pixel_format='NV12').compress(),
        lambda: rr.DepthImage(np.zeros((2, 2), np.float32)).compress(),
    ],
)
def test_what_a_file_cannot_hold_is_refused(make: Any) -> None:  # noqa: ANN401 - a function
    with pytest.raises(UsageError, match='log it as it is'):
        make()


def test_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'PIL.Image', None)
    with pytest.raises(UsageError, match='pip install pillow'):
        rr.Image(GRADIENT).compress()


def test_times_of_the_frames_of_a_video() -> None:
    av = pytest.importorskip('av')
    file = io.BytesIO()
    with av.open(file, 'w', format='mp4') as container:
        stream = container.add_stream('mpeg4', rate=10)
        stream.width, stream.height, stream.pix_fmt = 16, 16, 'yuv420p'
        for _ in range(4):
            frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), 'rgb24')
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    video = rr.AssetVideo(contents=file.getvalue(), media_type='video/mp4')
    times = video.read_frame_timestamps_nanos()
    assert times.tolist() == [0, 100_000_000, 200_000_000, 300_000_000]
    columns = rr.VideoFrameReference.columns_nanos(times)
    assert list(columns)
    with pytest.raises(UsageError, match='cannot be read'):
        rr.AssetVideo(contents=b'no video', media_type='video/mp4').read_frame_timestamps_nanos()
