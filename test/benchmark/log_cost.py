# SPDX-License-Identifier: Apache-2.0
"""
What a call costs its caller; the same script for this package and for rerun-sdk.

Usage: ``log_cost.py MODULE FOLDER``. Prints a JSON object: per case p50 and p99 in microseconds.
"""

from __future__ import annotations

from importlib import import_module
import json
import sys
import time
from typing import Any, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

NUM_POINTS = 100_000
IMAGE_SHAPE = (1080, 1920, 3)
FRAME_SEC = 1 / 30


def cases(rr: Any) -> dict[str, tuple[Callable[[int], None], int, float]]:
    """Return per case: what is timed, how often, and the pause after each call in seconds."""
    random = np.random.default_rng(0)
    points = random.random((NUM_POINTS, 3), np.float32)
    colors = random.integers(0, 255, (NUM_POINTS, 3), np.uint8)
    image = random.integers(0, 255, IMAGE_SHAPE, np.uint8)
    index, values = np.arange(100), np.arange(100.0)

    def scalars(i: int) -> None:
        rr.set_time('frame', sequence=i)
        rr.set_time('elapsed', duration=i / 100)
        rr.log('/scalars', rr.Scalars(float(i)))

    def transform(i: int) -> None:
        quaternion = [0.0, 0.0, 0.0, 1.0]
        rr.log('/tf', rr.Transform3D(translation=[i, 2.0, 3.0], quaternion=quaternion))

    def columns(i: int) -> None:
        times = [rr.TimeColumn('frame', sequence=index + 100 * i)]
        rr.send_columns('/columns', times, rr.Scalars.columns(scalars=values))

    def cloud(_: int) -> None:
        rr.log('/points', rr.Points3D(points, colors=colors))

    def frame(_: int) -> None:
        rr.log('/image', rr.Image(image))

    return {
        'Scalars with two times': (scalars, 4000, 0.0),
        'Transform3D': (transform, 4000, 0.0),
        'send_columns of 100 rows': (columns, 600, 0.0),
        '100k coloured points': (cloud, 40, FRAME_SEC),
        '1080p image': (frame, 40, FRAME_SEC),
    }


def measure(call: Callable[[int], None], count: int, pause_sec: float) -> list[float]:
    """Time calls; return p50 and p99 in microseconds."""
    for i in range(5):
        call(i)
    nanos = []
    for i in range(count):
        start = time.perf_counter_ns()
        call(i)
        nanos.append(time.perf_counter_ns() - start)
        time.sleep(pause_sec)
    return [float(np.percentile(nanos, percent)) / 1000 for percent in (50, 99)]


def main() -> None:
    """Measure all cases."""
    module, path = sys.argv[1:]
    rr = import_module(module)
    rr.init('log_cost')
    rr.save(f'{path}/log.rrd')
    print(json.dumps({name: measure(*case) for name, case in cases(rr).items()}))


if __name__ == '__main__':
    main()
