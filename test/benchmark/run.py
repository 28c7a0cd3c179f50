# SPDX-License-Identifier: Apache-2.0
"""
Runs the benchmarks: prints one table, writes JSON, fails where a bar is missed.

Usage: ``python -m test.benchmark.run [--rounds N] [--json FILE] [--quick] [GROUP ...]``; the
groups are those of `GROUPS`. Machines differ and are busy, so nearly every figure is a ratio to a
peer in the same run: rounds alternate, medians are compared.
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
from typing import Any, NamedTuple, TYPE_CHECKING

from test.benchmark import bag2rrd, growth, idle, latency, node_cpu, serving, stalled
from test.benchmark.node_cpu import FOREIGN_VARIABLES, REPO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

HERE = Path(__file__).parent
Figures = dict[str, Any]
_EXECUTORS = ('single', 'events')
_BEARABLE_SCALE = 0.1
"""The share of the load that a node with rerun-sdk still follows, on two cores."""


class Row(NamedTuple):
    """
    One figure and its bar.

    Attributes
    ----------
    case
        What was measured.
    value
        A ratio, or a figure with the unit that `case` names.
    bar
        What it shall reach; None if it only tells.
    is_maximum
        Whether the bar is a maximum; else a minimum.

    """

    case: str
    value: float
    bar: float | None
    is_maximum: bool

    @property
    def is_met(self) -> bool:
        """Whether the bar is reached."""
        if self.bar is None:
            return True
        return self.value <= self.bar if self.is_maximum else self.value >= self.bar

    def as_line(self) -> str:
        """Return it for the table."""
        line = f'{self.case:76} {self.value:9.3f}'
        if self.bar is None:
            return line
        sign = '<=' if self.is_maximum else '>='
        return f'{line} {sign} {self.bar:6.3f}' + ('' if self.is_met else '  MISSED')


def at_most(case: str, value: float, bar: float) -> Row:
    """Make a row whose bar is a maximum."""
    return Row(case, value, bar, is_maximum=True)


def at_least(case: str, value: float, bar: float) -> Row:
    """Make a row whose bar is a minimum."""
    return Row(case, value, bar, is_maximum=False)


def figure(case: str, value: float) -> Row:
    """Make a row that only tells."""
    return Row(case, value, None, is_maximum=True)


class Plan(NamedTuple):
    """How thoroughly to measure."""

    rounds: int
    is_quick: bool


def in_turns(script: str, rounds: int) -> dict[str, list[Figures]]:
    """Run a script for both libraries, each in its own environment."""
    runs: dict[str, list[Figures]] = {'rerun_bridge': [], 'rerun': []}
    for i in range(rounds):
        for module, figures in runs.items():
            print(f'== {script}, round {i + 1} of {rounds}: {module}', file=sys.stderr)
            figures.append(_run(script, module))
    return runs


def _run(script: str, module: str) -> Figures:
    python = Path(sys.executable)
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    if module == 'rerun':
        default = REPO / '.venv-rerun' / 'bin' / 'python'
        python = Path(os.environ.get('RERUN_PYTHON', default))
    else:
        env['PYTHONPATH'] = str(REPO)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, HERE / script, module, folder],
            env=env,
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def log_rows(plan: Plan) -> Iterable[Row]:
    """Compare what a call costs its caller."""
    runs = in_turns('log_cost.py', plan.rounds)
    for name in runs['rerun'][0]:
        p50, p99 = (
            median(each[name][i] for each in runs['rerun_bridge'])
            / median(each[name][i] for each in runs['rerun'])
            for i in range(2)
        )
        is_big = 'points' in name or 'image' in name
        yield at_most(f'log() of {name}: p50 to rerun-sdk', p50, 0.5 if is_big else 0.2)
        if is_big:
            yield at_most(f'log() of {name}: p99 to rerun-sdk', p99, 0.1)


def throughput_rows(plan: Plan) -> Iterable[Row]:
    """Compare what gets into a file."""
    runs = in_turns('throughput.py', plan.rounds)
    ours, theirs = (
        {name: median(each[name] for each in runs[module]) for name in runs[module][0]}
        for module in ('rerun_bridge', 'rerun')
    )
    for name in ('scalars', 'transforms'):
        ratio = ours[name] / theirs[name]
        yield at_least(f'{name} per second into a file, to rerun-sdk', ratio, 5)
    for name in ('frames', 'clouds'):
        yield at_least(f'{name}: bytes into a file, to rerun-sdk', ours[name] / theirs[name], 3)
        yield at_least(f'{name}: bytes into a file, to write()', ours[name] / ours['write'], 0.6)


def node_rows(plan: Plan) -> Iterable[Row]:
    """Compare nodes under the load of a robot, and under one that all of them can bear."""
    seconds = 8.0 if plan.is_quick else 15.0
    found = node_cpu.compare(list(node_cpu.SUBJECTS), seconds, plan.rounds, 1.0)
    floor = found['throwaway']
    yield at_most(
        'node, bytes dropped: CPU to a subscriber that throws messages away',
        found['ours, dropped']['cpu'] / floor['cpu'],
        1.6,
    )
    for sink in ('file', 'gRPC'):
        ours, peers = found[f'ours, {sink}'], _peers(found, sink)
        yield at_most(f'node, {sink}: CPU to rerun-sdk', _ratio(ours, peers, 'cpu'), 1 / 3)
        if sink == 'file':
            share = ours['write'] / ours['cpu']
            yield figure('of which a bare write() of these bytes takes', share)
            peers_of_mcap = [found[f'foxglove-sdk {name}, file'] for name in _EXECUTORS]
            per_message = _ratio(ours, peers_of_mcap, 'per message')
            yield figure('node, file: CPU per message kept, to foxglove-sdk', per_message)
        lost = [each['lost'] / each['runs'][0]['sent'] for each in peers]
        yield figure('share of the messages that rerun-sdk loses meanwhile', min(lost))
        per_message = _ratio(ours, peers, 'per message')
        yield at_most(f'node, {sink}: CPU per message kept, to rerun-sdk', per_message, 1 / 3)
        more_lost = ours['lost'] - floor['lost']
        yield at_most(f'node, {sink}: messages lost beyond those of that subscriber', more_lost, 0)
    names = [name for name in node_cpu.SUBJECTS if 'ours' in name or 'rerun-sdk' in name]
    found = node_cpu.compare(names, seconds, plan.rounds, _BEARABLE_SCALE)
    for sink in ('file', 'gRPC'):
        cpu = _ratio(found[f'ours, {sink}'], _peers(found, sink), 'cpu')
        yield at_most(f'node, {sink}, {_BEARABLE_SCALE} of the load: CPU to rerun-sdk', cpu, 1 / 3)
    for sink in ('file', 'gRPC'):
        names = [f'rerun-sdk {executor}, {sink}' for executor in _EXECUTORS]
        loads = [node_cpu.highest_load(name, seconds / 2) for name in names]
        ours_bears = node_cpu.highest_load(f'ours, {sink}', seconds / 2)
        best = max(node_cpu.LOWEST_SCALE, *loads)  # who bears not even that is judged by it
        yield at_least(f'node, {sink}: load without loss, to rerun-sdk', ours_bears / best, 3)


def _peers(found: Figures, sink: str) -> list[Figures]:
    return [found[f'rerun-sdk {executor}, {sink}'] for executor in _EXECUTORS]


def _ratio(ours: Figures, peers: list[Figures], name: str) -> float:
    return float(ours[name] / min(each[name] for each in peers))


def latency_rows(plan: Plan) -> Iterable[Row]:
    """Compare how late data is."""
    seconds = 8.0 if plan.is_quick else 15.0
    found = latency.compare(list(latency.SUBJECTS), seconds, plan.rounds, 0.5)
    peers = _peers(found, 'gRPC')
    for name in ('ours, gRPC', 'ours, WebSocket'):
        for which, bar in (('small p50', 15), ('small p99', 50)):
            yield at_most(f'latency, {name}: {which} in ms', found[name][which], bar)
            ratio = _ratio(found[name], peers, which)
            yield at_most(f'latency, {name}: {which} to rerun-sdk', ratio, 1)
        for which in ('big p50', 'big p99'):
            ratio = _ratio(found[name], peers, which)
            yield at_most(f'latency, {name}: {which} to rerun-sdk', ratio, 1.5)


def bag_rows(plan: Plan) -> Iterable[Row]:
    """Compare the conversion of a bag."""
    megabytes = 200 if plan.is_quick else 1000
    found = bag2rrd.compare(megabytes, plan.rounds, is_compressed=False, place=None)
    yield at_most(f'bag2rrd of {megabytes} MB: time to rerun mcap convert', found['ratio'], 1)


def serving_rows(plan: Plan) -> Iterable[Row]:
    """Compare what a server sends, and whether a client that stands still disturbs."""
    found: Any = serving.compare(plan.rounds)
    yield at_least('1080p frames to a WebSocket, to a bare server', found['ratio'], 0.6)
    for kind in ('socket', 'browser'):
        ratios: Any = stalled.compare(kind, 10.0 if plan.is_quick else 60.0, plan.rounds)['ratios']
        for which, ratio in ratios.items():
            yield at_most(f'{which} with a {kind} that stands still, to without', ratio, 1.2)


def idle_rows(plan: Plan) -> Iterable[Row]:
    """Compare what nothing costs."""
    found = idle.compare(15.0, plan.rounds)
    seconds = found['import']
    yield at_most('import, to rerun-sdk', seconds['rerun_bridge'] / seconds['rerun'], 1)
    yield at_most('idle node: CPU in cores', found['idle cpu'], 0.01)
    yield at_most('idle node: memory in MB', found['idle megabytes'], 150)


def growth_rows(plan: Plan) -> Iterable[Row]:
    """Look whether anything grows."""
    found = growth.measure(500_000 if plan.is_quick else 10_000_000)
    micros, memory = found['microseconds per row'], found['megabytes']
    yield at_most('time per row: last half to first half', _halves(micros), 1.2)
    yield at_most('memory: last half to first half', _halves(memory), 1.1)


def _halves(steps: list[float]) -> float:
    middle = len(steps) // 2
    return median(steps[middle:]) / median(steps[:middle])


GROUPS: Mapping[str, Callable[[Plan], Iterable[Row]]] = {
    'log': log_rows,
    'throughput': throughput_rows,
    'nodes': node_rows,
    'latency': latency_rows,
    'bags': bag_rows,
    'serving': serving_rows,
    'idle': idle_rows,
    'growth': growth_rows,
}


def main() -> int:
    """Run, print, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('groups', nargs='*', choices=[*GROUPS, []], help='default: all')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--quick', action='store_true', help='shorter, to see that all of it runs')
    parser.add_argument('--json', type=Path, default=REPO / 'bench.json')
    options = parser.parse_args()
    plan = Plan(options.rounds, options.quick)
    rows: list[Row] = []
    for name in options.groups or GROUPS:
        for row in GROUPS[name](plan):
            rows.append(row)
            print(row.as_line(), flush=True)
    options.json.write_text(json.dumps([row._asdict() for row in rows], indent=1))
    missed, bars = sum(not row.is_met for row in rows), sum(row.bar is not None for row in rows)
    print(f'{missed} of {bars} bars are missed' if missed else f'all {bars} bars are met')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
