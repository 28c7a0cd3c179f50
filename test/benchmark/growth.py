# SPDX-License-Identifier: Apache-2.0
"""
Whether a row costs the same after many rows, and whether memory stays.

Usage: ``python -m test.benchmark.growth [--rows 10000000]``: logs rows into a file that nobody
keeps. Prints a JSON object: microseconds per row and megabytes of memory in steps of equal length.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
import time

import rerun_bridge as rr

STEPS = 10
ENTITIES = 20


def megabytes() -> float:
    """Return the memory of this process."""
    for line in Path('/proc/self/status').read_text(encoding='ascii').splitlines():
        if line.startswith('VmRSS'):
            return int(line.split()[1]) / 1e3
    raise SystemExit('this system does not tell the memory of a process')


def measure(num_rows: int) -> dict[str, list[float]]:
    """Log rows in equal steps."""
    recording = rr.RecordingStream('growth')
    recording.save('/dev/null')
    micros, memory = [], []
    per_step = num_rows // STEPS
    for step in range(STEPS):
        start = time.perf_counter()
        for i in range(per_step):
            recording.set_time('row', sequence=step * per_step + i)
            recording.log(f'/e{i % ENTITIES}', rr.Scalars(float(i)))
        recording.flush()
        micros.append(round((time.perf_counter() - start) / per_step * 1e6, 3))
        memory.append(round(megabytes(), 1))
    recording.disconnect()
    return {'microseconds per row': micros, 'megabytes': memory}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', type=int, default=10_000_000)
    print(json.dumps(measure(parser.parse_args().rows)))


if __name__ == '__main__':
    main()
