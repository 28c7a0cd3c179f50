# SPDX-License-Identifier: Apache-2.0
"""Small values."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rerun_bridge.archetypes import (
    Angle,
    ImageFormat,
    MediaType,
    Plane3D,
    Quaternion,
    RotationAxisAngle,
    TensorData,
    Time,
    VideoTimestamp,
)
from rerun_bridge.archetypes.values import to_numpy
from rerun_bridge.errors import UsageError


def test_angles() -> None:
    assert Angle(rad=1).radians == 1
    assert Angle(deg=180).radians == math.pi
    assert float(Angle(0)) == 0
    with pytest.raises(UsageError, match='give rad= or deg='):
        Angle()


def test_rotations() -> None:
    assert RotationAxisAngle([0, 0, 2], degrees=90).angle == math.pi / 2
    assert RotationAxisAngle([0, 0, 2], Angle(rad=1)).axis.tolist() == [0, 0, 2]
    assert Quaternion.identity().xyzw.tolist() == [0, 0, 0, 1]
    assert np.asarray(Quaternion.invalid()).tolist() == [0, 0, 0, 0]
    several = [Quaternion.identity(), Quaternion.invalid()]
    assert np.array(several).tolist() == [[0, 0, 0, 1], [0, 0, 0, 0]]
    with pytest.raises(UsageError, match='needs one angle'):
        RotationAxisAngle([0, 0, 1], radians=1, degrees=1)


def test_planes() -> None:
    assert np.asarray(Plane3D.XY).tolist() == [0, 0, 1, 0]
    assert np.asarray(Plane3D.YZ.with_distance(2)).tolist() == [1, 0, 0, 2]
    assert np.asarray(Plane3D((0, 1, 0), 3)).tolist() == [0, 1, 0, 3]


def test_image_formats_are_tuples() -> None:
    image_format = ImageFormat(640, 480, color_model='bgr', channel_datatype='U8')
    assert image_format == (640, 480, None, 4, 6)
    assert hash(image_format) == hash((640, 480, None, 4, 6))
    with pytest.raises(UsageError, match='is no PixelFormat'):
        ImageFormat(1, 1, pixel_format='sepia')


@pytest.mark.parametrize(
    ('path', 'expected'),
    [
        ('a/b.JPG', 'image/jpeg'),
        (Path('x.jpeg'), 'image/jpeg'),
        ('x.glb', 'model/gltf-binary'),
        ('x.opus', 'audio/ogg'),
        ('x', None),
        ('x.zip', None),
    ],
)
def test_media_types_of_files(path: str | Path, expected: str | None) -> None:
    assert MediaType.guess_from_path(path) == expected


@pytest.mark.parametrize(
    ('contents', 'expected'),
    [
        (b'\xff\xd8\xff\xe0', MediaType.JPEG),
        (b'\x89PNG\r\n\x1a\n', MediaType.PNG),
        (b'glTF', MediaType.GLB),
        (b'\0\0\0\x18ftypisom', MediaType.MP4),
        (b'', None),
    ],
)
def test_media_types_of_contents(contents: bytes, expected: str | None) -> None:
    assert MediaType.guess_from_contents(contents) == expected


def test_times() -> None:
    assert int(Time(seq=3)) == 3
    assert int(Time(seconds=1.5)) == 1_500_000_000
    assert int(Time(nanos=-1)) == -1
    with pytest.raises(UsageError, match='needs one value'):
        Time(seq=1, nanos=2)


def test_video_times() -> None:
    assert int(VideoTimestamp(seconds=0.1)) == 100_000_000
    assert int(VideoTimestamp(nanoseconds=7)) == 7
    with pytest.raises(UsageError, match='needs one value'):
        VideoTimestamp()


def test_tensor_data() -> None:
    tensor = TensorData(shape=[2, 3], buffer=range(6), dim_names=['a', 'b'])
    assert (tensor.shape, tensor.names) == ((2, 3), ['a', 'b'])


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ({}, 'give array= or buffer='),
        ({'buffer': [1, 2]}, 'give shape='),
        ({'buffer': [1, 2], 'shape': [3]}, 'do not fill the shape'),
        ({'array': [1, 2], 'dim_names': ['a', 'b']}, 'name each once'),
    ],
)
def test_tensor_data_refuses(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        TensorData(**arguments)


def test_tensors_of_other_libraries() -> None:
    class Tensor:
        def numpy(self, *, force: bool) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
            assert force
            return np.arange(3)

    assert to_numpy(Tensor()).tolist() == [0, 1, 2]
    assert to_numpy([1, 2]).tolist() == [1, 2]


@pytest.mark.parametrize(('width', 'height'), [(-1, 1), (1, 1 << 32)])
def test_image_formats_have_sizes(width: int, height: int) -> None:
    with pytest.raises(UsageError, match='cannot be'):
        ImageFormat(width, height)
