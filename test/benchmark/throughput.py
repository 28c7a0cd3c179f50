# SPDX-License-Identifier: Apache-2.0
"""
How much gets into a flushed file per second; the same script for this package and for rerun-sdk.

Usage: ``throughput.py MODULE FOLDER``. Prints a JSON object: rows or megabytes per second per
case, from the first call until the file is complete. The same bytes written bare are `write`.
"""

from __future__ import annotations

from importlib import import_module
import json
import os
from pathlib import Path
import sys
import time
from typing import Any, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

NUM_ROWS, NUM_FRAMES, NUM_CLOUDS = 40_000, 80, 200
IMAGE_SHAPE, NUM_POINTS = (1080, 1920, 3), 100_000
MEGA = 1e6


def scalars(rr: Any) -> float:
    """Log numbers; return how many."""
    for i in range(NUM_ROWS):
        rr.set_time('frame', sequence=i)
        rr.log('/scalars', rr.Scalars(float(i)))
    return NUM_ROWS


def transforms(rr: Any) -> float:
    """Log transforms; return how many."""
    quaternion = [0.0, 0.0, 0.0, 1.0]
    for i in range(NUM_ROWS // 4):
        rr.set_time('frame', sequence=i)
        rr.log('/tf', rr.Transform3D(translation=[i, 2.0, 3.0], quaternion=quaternion))
    return NUM_ROWS // 4


def frames(rr: Any) -> float:
    """Log pictures with noise; return megabytes."""
    image = np.random.default_rng(0).integers(0, 255, IMAGE_SHAPE, np.uint8)
    for i in range(NUM_FRAMES):
        rr.set_time('frame', sequence=i)
        rr.log('/image', rr.Image(image))
    return NUM_FRAMES * image.nbytes / MEGA


def clouds(rr: Any) -> float:
    """Log coloured points; return megabytes."""
    random = np.random.default_rng(0)
    points = random.random((NUM_POINTS, 3), np.float32)
    colors = random.integers(0, 255, (NUM_POINTS, 4), np.uint8)
    for i in range(NUM_CLOUDS):
        rr.set_time('frame', sequence=i)
        rr.log('/points', rr.Points3D(points, colors=colors))
    return NUM_CLOUDS * (points.nbytes + colors.nbytes) / MEGA


def bare_write(folder: Path) -> float:
    """Write the bytes of the pictures; return megabytes per second."""
    image = np.random.default_rng(0).integers(0, 255, IMAGE_SHAPE, np.uint8)
    path = folder / 'bare'
    start = time.perf_counter()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for _ in range(NUM_FRAMES):
        os.write(file, image.data)
    os.close(file)
    seconds = time.perf_counter() - start
    path.unlink()
    return NUM_FRAMES * image.nbytes / MEGA / seconds


def measure(rr: Any, case: Callable[[Any], float], path: Path) -> float:
    """Run one case into a file of its own."""
    recording = rr.RecordingStream('throughput')
    recording.save(str(path))
    with recording:
        start = time.perf_counter()
        amount = case(rr)
        recording.disconnect()
        seconds = time.perf_counter() - start
    path.unlink()
    return amount / seconds


def main() -> None:
    """Measure all cases."""
    module, folder = sys.argv[1], Path(sys.argv[2])
    rr = import_module(module)
    figures = {
        case.__name__: measure(rr, case, folder / f'{case.__name__}.rrd')
        for case in (scalars, transforms, frames, clouds)
    }
    print(json.dumps({**figures, 'write': bare_write(folder)}))


if __name__ == '__main__':
    main()
