# SPDX-License-Identifier: Apache-2.0
"""
What the package costs while nothing happens.

Usage: ``python -m test.benchmark.idle [--seconds 15] [--rounds 5]``. Prints a JSON object: seconds
to import this package and rerun-sdk, and CPU seconds per second and megabytes of a node that hears
nothing.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
import json
import os
from pathlib import Path
from statistics import median
import subprocess
import sys
import time
from typing import Any

import psutil

from test.benchmark.node_cpu import bridge, cpu_seconds, environment, FOREIGN_VARIABLES, process

REPO = Path(__file__).parents[2]
START_SEC = 6.0
IMPORT = """
import time
start = time.perf_counter()
import {module}
{module}.log
print(time.perf_counter() - start)
"""


def import_seconds(module: str) -> float:
    """Import a package in a new process of its own environment."""
    python = Path(sys.executable)
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    if module == 'rerun':
        python = Path(os.environ.get('RERUN_PYTHON', REPO / '.venv-rerun' / 'bin' / 'python'))
    else:
        env['PYTHONPATH'] = str(REPO)
    done = subprocess.run(
        [python, '-c', IMPORT.format(module=module)],
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return float(done.stdout)


def idle_node(seconds: float) -> tuple[float, float]:
    """Run a bridge in an empty ROS domain; return CPU seconds per second, and megabytes."""
    command = [sys.executable, *bridge('serve:0').command]
    with ExitStack() as stack:
        env = environment(with_rerun_sdk=False)
        node = stack.enter_context(process(command, env, seconds + 60))
        time.sleep(START_SEC)
        (worker,) = psutil.Process(node.pid).children()
        before = cpu_seconds(worker)
        time.sleep(seconds)
        return (cpu_seconds(worker) - before) / seconds, worker.memory_info().rss / 1e6


def compare(seconds: float, rounds: int) -> dict[str, Any]:
    """Measure everything."""
    modules = ('rerun_bridge', 'rerun')
    taken: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(rounds):
        for module in modules:
            taken[module].append(import_seconds(module))
    cpu, megabytes = idle_node(seconds)
    return {
        'import': {module: round(median(times), 4) for module, times in taken.items()},
        'idle cpu': round(cpu, 4),
        'idle megabytes': round(megabytes, 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seconds', type=float, default=15)
    parser.add_argument('--rounds', type=int, default=5)
    chosen = parser.parse_args()
    print(json.dumps(compare(chosen.seconds, chosen.rounds)))


if __name__ == '__main__':
    main()
