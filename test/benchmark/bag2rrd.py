# SPDX-License-Identifier: Apache-2.0
"""
How fast `bag2rrd` converts a synthetic bag, beside the compiled `rerun mcap convert`.

Usage: ``python -m test.benchmark.bag2rrd [--megabytes 1000] [--rounds 3] [--compressed]``. The bag
holds what a robot records: a 1080p and a VGA camera, clouds of 100,000 points, two scanners, two
IMUs, transforms. Both take turns; prints a JSON object with seconds, and CPU seconds, of both and
the ratios of the medians (below 1: ours is faster).
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
from pathlib import Path
from statistics import median
import sys
import tempfile
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import get_typestore, Stores

from test.benchmark.node_cpu import FOREIGN_VARIABLES, REPO

if TYPE_CHECKING:
    from collections.abc import Callable

STORE = get_typestore(Stores.ROS2_JAZZY)
T = STORE.types
START = 1_700_000_000 * 10**9
NUM_POINTS, NUM_BEAMS, NUM_PICTURES = 100_000, 1080, 3
NOISE = np.random.default_rng(1)


class Stream(NamedTuple):
    """A topic of the bag: its rate in Hz, and what makes the message of a time and number."""

    topic: str
    rate: int
    make: Callable[[int, int], Any]


def header(nanos: int, frame_id: str) -> Any:
    """Make a header."""
    stamp = T['builtin_interfaces/msg/Time'](nanos // 10**9, nanos % 10**9)
    return T['std_msgs/msg/Header'](stamp, frame_id)


def vector(*values: float) -> Any:
    """Make a vector."""
    return T['geometry_msgs/msg/Vector3'](*values)


def camera(topic: str, rate: int, width: int, height: int) -> Stream:
    """Show slopes of color with the noise of a sensor."""
    y, x = np.mgrid[0:height, 0:width]
    slopes = np.stack([x * 255 // width, y * 255 // height, (x + y) & 255], -1).astype(np.uint8)
    pictures = [
        (slopes + NOISE.integers(0, 8, slopes.shape, np.uint8)).reshape(-1)
        for _ in range(NUM_PICTURES)
    ]

    def make(nanos: int, number: int) -> Any:
        pixels = pictures[number % NUM_PICTURES]
        return T['sensor_msgs/msg/Image'](
            header(nanos, topic[1:]), height, width, 'rgb8', 0, 3 * width, pixels
        )

    return Stream(topic, rate, make)


def lidar() -> Stream:
    """Show points around the robot."""
    names = ('x', 'y', 'z', 'intensity')
    fields = [T['sensor_msgs/msg/PointField'](name, 4 * i, 7, 1) for i, name in enumerate(names)]
    points = NOISE.normal(0, 10, (NUM_POINTS, len(names))).astype('<f4')
    data = points.reshape(-1).view(np.uint8)

    def make(nanos: int, _: int) -> Any:
        size = 4 * len(names)
        return T['sensor_msgs/msg/PointCloud2'](
            header(nanos, 'lidar'),
            1,
            NUM_POINTS,
            fields,
            False,  # noqa: FBT003 - as the message has it
            size,
            size * NUM_POINTS,
            data,
            True,  # noqa: FBT003
        )

    return Stream('/points', 10, make)


def scanner(topic: str) -> Stream:
    """Show walls around the robot."""
    ranges = NOISE.uniform(0.5, 20, NUM_BEAMS).astype(np.float32)
    limits = (-2.3, 2.3, 4.6 / NUM_BEAMS, 0.0, 0.05, 0.05, 30.0)
    return Stream(
        topic,
        20,
        lambda nanos, _: T['sensor_msgs/msg/LaserScan'](
            header(nanos, topic[1:]), *limits, ranges, ranges
        ),
    )


def imu(topic: str, rate: int) -> Stream:
    """Turn a bit."""
    unknown = np.zeros(9)
    level = T['geometry_msgs/msg/Quaternion'](0.0, 0.0, 0.0, 1.0)
    return Stream(
        topic,
        rate,
        lambda nanos, number: T['sensor_msgs/msg/Imu'](
            header(nanos, topic[1:]),
            level,
            unknown,
            vector(0.1, 0.2, float(number)),
            unknown,
            vector(0.1, 0.2, 9.8),
            unknown,
        ),
    )


def transforms() -> Stream:
    """Drive straight on."""
    level = T['geometry_msgs/msg/Quaternion'](0.0, 0.0, 0.0, 1.0)
    frames = [('odom', 'base_link')]
    frames += [('base_link', name) for name in ('lidar', 'scan_front', 'camera', 'imu')]

    def make(nanos: int, number: int) -> Any:
        pose = T['geometry_msgs/msg/Transform'](vector(number * 0.01, 0.0, 0.0), level)
        stamped = T['geometry_msgs/msg/TransformStamped']
        moved = [stamped(header(nanos, parent), child, pose) for parent, child in frames]
        return T['tf2_msgs/msg/TFMessage'](moved)

    return Stream('/tf', 100, make)


def write_bag(folder: Path, num_bytes: int, *, is_compressed: bool) -> Path:
    """Record until the messages have this size; return the file."""
    streams = [
        camera('/camera', 10, 1920, 1080),
        camera('/front', 30, 640, 480),
        lidar(),
        scanner('/scan_front'),
        scanner('/scan_rear'),
        imu('/imu', 400),
        imu('/imu_rear', 200),
        transforms(),
    ]
    writer = Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP)
    if is_compressed:
        writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
    with writer:
        connections: dict[str, Any] = {}
        due = [(START + 1000 * i, i, 0) for i in range(len(streams))]
        size = 0
        while size < num_bytes:
            nanos, index, number = heapq.heappop(due)
            topic, rate, make = streams[index]
            message = make(nanos, number)
            name = message.__msgtype__
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, name, typestore=STORE)
            data = STORE.serialize_cdr(message, name)
            writer.write(connections[topic], nanos, data)
            size += len(data)
            heapq.heappush(due, (nanos + 10**9 // rate, index, number + 1))
    return folder / f'{folder.name}.mcap'


def measure(command: list[str], env: dict[str, str], output: Path) -> tuple[float, float]:
    """Run a program; return its seconds and CPU seconds, those of starting it included."""
    output.unlink(missing_ok=True)
    os.sync()  # what was written before must not slow this one down
    start = time.monotonic()
    pid = os.spawnve(os.P_NOWAIT, command[0], command, env)  # noqa: S606 - no shell wanted
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - start
    if status:
        msg = f'{" ".join(command)} failed with status {status}'
        raise SystemExit(msg)
    return round(seconds, 3), round(usage.ru_utime + usage.ru_stime, 3)


def compare(megabytes: int, rounds: int, *, is_compressed: bool, place: str | None) -> Any:
    """Measure both in turns."""
    bare = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    cli = os.environ.get('RERUN_CLI', str(REPO / '.venv-rerun' / 'bin' / 'rerun'))
    with tempfile.TemporaryDirectory(dir=place) as temporary:
        folder = Path(temporary)
        bag = write_bag(folder / 'bag', megabytes * 10**6, is_compressed=is_compressed)
        output = folder / 'out.rrd'
        tail = [str(bag), '-o', str(output)]
        ours = [sys.executable, '-m', 'rerun_bridge', 'bag2rrd', '--quiet', *tail]
        runs = {
            'rerun': ([cli, 'mcap', 'convert', *tail], {**bare, 'RUST_LOG': 'error'}),
            'ours': (ours, {**bare, 'PYTHONPATH': str(REPO)}),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        sizes: dict[str, float] = {}
        for _ in range(rounds):
            for name, (command, env) in runs.items():
                taken[name].append(measure(command, env, output))
                sizes[name] = round(output.stat().st_size / 1e6, 1)
    seconds = {name: [each for each, _ in pairs] for name, pairs in taken.items()}
    cpu = {name: [each for _, each in pairs] for name, pairs in taken.items()}
    return {
        'case': f'{megabytes} MB bag{" with zstd" if is_compressed else ""} to a recording',
        'seconds': seconds,
        'cpu_seconds': cpu,
        'megabytes': sizes,
        'ratio': round(median(seconds['ours']) / median(seconds['rerun']), 3),
        'ratio_cpu': round(median(cpu['ours']) / median(cpu['rerun']), 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--megabytes', type=int, default=1000)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--compressed', action='store_true', help='chunks compressed with zstd')
    parser.add_argument('--folder', help='where there is space for two bags')
    chosen = parser.parse_args()
    found = compare(
        chosen.megabytes,
        chosen.rounds,
        is_compressed=chosen.compressed,
        place=chosen.folder,
    )
    print(json.dumps(found))


if __name__ == '__main__':
    main()
