# SPDX-License-Identifier: Apache-2.0
"""
Runs the benchmarks: prints one table, writes JSON, fails where a bar is missed.

Usage: ``python -m test.benchmark.run [--rounds N] [--json FILE]``. Machines differ and are busy,
so every figure is a ratio to the peer in the same run: rounds alternate, medians are compared.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from statistics import median
import subprocess
import sys
import tempfile

HERE = Path(__file__).parent
REPO = HERE.parents[1]
WHEEL_VARIABLES = ('_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'LD_LIBRARY_PATH', 'PYTHONPATH')
MAX_RATIO = 1.0
"""The bar of today: a call costs its caller less than with rerun-sdk."""

Figures = dict[str, list[float]]


def main() -> int:
    """Run, print, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--json', type=Path, default=REPO / 'bench.json')
    options = parser.parse_args()
    runs: dict[str, list[Figures]] = {'rerun_bridge': [], 'rerun': []}
    for i in range(options.rounds):
        for module, figures in runs.items():
            print(f'== round {i + 1} of {options.rounds}: {module}', file=sys.stderr)
            figures.append(log_cost(module))
    rows = [row(name, runs) for name in runs['rerun'][0]]
    print_table(rows)
    options.json.write_text(json.dumps(rows, indent=1))
    missed = [str(each['case']) for each in rows if float(str(each['ratio_p50'])) >= MAX_RATIO]
    print(f'missed the bar of {MAX_RATIO}: {", ".join(missed)}' if missed else 'all bars are met')
    return 1 if missed else 0


def log_cost(module: str) -> Figures:
    """Measure one library once, in its own environment."""
    python = Path(sys.executable)
    env = {name: value for name, value in os.environ.items() if name not in WHEEL_VARIABLES}
    if module == 'rerun':
        default = REPO / '.venv-rerun' / 'bin' / 'python'
        python = Path(os.environ.get('RERUN_PYTHON', default))
    else:
        env['PYTHONPATH'] = str(REPO)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, HERE / 'log_cost.py', module, Path(folder) / 'bench.rrd'],
            env=env,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def row(name: str, runs: dict[str, list[Figures]]) -> dict[str, object]:
    """Compare one case."""
    ours, theirs = (
        [median(figures[name][i] for figures in runs[module]) for i in range(2)]
        for module in ('rerun_bridge', 'rerun')
    )
    return {
        'case': name,
        'ours_us': ours,
        'rerun_sdk_us': theirs,
        'ratio_p50': round(ours[0] / theirs[0], 3),
        'ratio_p99': round(ours[1] / theirs[1], 3),
    }


def print_table(rows: list[dict[str, object]]) -> None:
    """Print what a call costs its caller, as a ratio to rerun-sdk."""
    print(f'{"log() in the caller, ratio to rerun-sdk":42} {"p50":>7} {"p99":>7}')
    for each in rows:
        print(f'{each["case"]:42} {each["ratio_p50"]:7} {each["ratio_p99"]:7}')


if __name__ == '__main__':
    sys.exit(main())
