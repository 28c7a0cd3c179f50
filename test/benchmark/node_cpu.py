# SPDX-License-Identifier: Apache-2.0
"""
What a robot pays for being watched: CPU and lost messages of nodes under the same load.

Usage: ``python -m test.benchmark.node_cpu [--seconds 15] [--rounds 3] [--scale 1.0] [NAME ...]``.
Prints a JSON object: per node CPU seconds per second of load, those of a bare write of the bytes
that it wrote, messages sent and lost, and CPU seconds per message that was not lost.
"""

from __future__ import annotations

import argparse
from contextlib import closing, contextmanager, ExitStack
import json
import os
from pathlib import Path
import signal
import socket
from statistics import median
import subprocess
import sys
import tempfile
import time
from typing import Any, NamedTuple, TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).parent
REPO = HERE.parents[1]
RERUN_CLI = Path(os.environ.get('RERUN_CLI', REPO / '.venv-rerun' / 'bin' / 'rerun'))
FOREIGN_VARIABLES = (
    '_ROS_WHEELS_BOOTSTRAP_COMPLETE',
    'LD_LIBRARY_PATH',
    'PYTHONPATH',
    'PYTHONDONTWRITEBYTECODE',  # what is installed is compiled
)
STOP_SEC, SETTLE_SEC = 30.0, 3.0
LOWEST_SCALE, BEARABLE_LOSS = 0.05, 0.001
FIRST_LOAD_STEP, LOAD_STEP = 2.0, 1.25
_PIECE_BYTES = 1 << 20


class Subject(NamedTuple):
    """
    A node to measure.

    Attributes
    ----------
    command
        Arguments of Python; ``FILE`` and ``URL`` stand for where the data goes.
    uses_rerun_sdk
        Whether it needs the official libraries.
    received
        Reads the number of messages by topic off the last line that it prints.

    """

    command: list[str]
    uses_rerun_sdk: bool
    received: Callable[[Any], Mapping[str, int]]


def bridge(sink: str) -> Subject:
    """Run the bridge as users do."""
    parameters = [f"sinks:=['{sink}']", 'serve.ws_port:=0', 'save.overwrite:=true']
    parameters += ['status.print_on_exit:=true']
    arguments = [part for each in parameters for part in ('-p', each)]
    command = ['-m', 'rerun_bridge', 'bridge', '--ros-args', '--log-level', 'warn', *arguments]
    return Subject(
        command,
        uses_rerun_sdk=False,
        received=lambda status: {
            name: figures['received'] - figures['dropped'] - figures['failed']
            for name, figures in status['topics'].items()
        },
    )


def peer(module: str, *arguments: str) -> Subject:
    """Run one of the peers."""
    command = ['-m', f'test.benchmark.peers.{module}', *arguments]
    return Subject(command, uses_rerun_sdk=module != 'throwaway_node', received=dict)


SUBJECTS: Mapping[str, Subject] = {
    'throwaway': peer('throwaway_node'),
    'ours, dropped': bridge('save:/dev/null'),
    'ours, file': bridge('save:FILE'),
    'ours, gRPC': bridge('connect:URL'),
    'rerun-sdk single, file': peer('rerun_node', 'single', 'save:FILE'),
    'rerun-sdk events, file': peer('rerun_node', 'events', 'save:FILE'),
    'rerun-sdk single, gRPC': peer('rerun_node', 'single', 'connect:URL'),
    'rerun-sdk events, gRPC': peer('rerun_node', 'events', 'connect:URL'),
    'foxglove-sdk single, file': peer('foxglove_node', 'single', 'FILE'),
    'foxglove-sdk events, file': peer('foxglove_node', 'events', 'FILE'),
}


def environment(*, with_rerun_sdk: bool) -> dict[str, str]:
    """
    Make the environment of a node: a ROS domain of its own, and the official libraries.

    The middleware has room for pictures; without it the load halts for seconds, whoever listens.
    """
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    version = f'python{sys.version_info[0]}.{sys.version_info[1]}'
    official = REPO / '.venv-rerun' / 'lib' / version / 'site-packages'
    if with_rerun_sdk and not official.is_dir():
        raise SystemExit(f'there is no rerun-sdk for this Python in {official}')
    paths = [str(REPO), *([str(official)] if with_rerun_sdk else [])]
    env['PYTHONPATH'] = os.pathsep.join(paths)
    env['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
    env['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    env['FASTDDS_DEFAULT_PROFILES_FILE'] = str(REPO / 'config' / 'fast_dds.xml')
    return env


@contextmanager
def process(command: list[str], env: dict[str, str], seconds: float) -> Iterator[Any]:
    """Run a program; it is killed when the block, or its time, ends."""
    bounded = ['timeout', '--foreground', '-s', 'KILL', str(int(seconds)), *command]
    with subprocess.Popen(bounded, env=env, stdout=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                for child in psutil.Process(started.pid).children(recursive=True):
                    child.kill()
                started.kill()


@contextmanager
def receiver() -> Iterator[str]:
    """Run the official server; give its address."""
    with closing(socket.socket()) as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    command = [str(RERUN_CLI), '--serve-grpc', '--port', str(port)]
    command += ['--server-memory-limit', '50MB']
    with process(command, {**env, 'RUST_LOG': 'error'}, 300):
        deadline = time.monotonic() + 20
        while not is_open(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f'rerun+http://127.0.0.1:{port}/proxy'


def is_open(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


class Loaded(NamedTuple):
    """
    What became of a node under load.

    Attributes
    ----------
    begin_sec
        When the load began, by the system's clock.
    cpu_seconds, megabytes
        What the node used meanwhile.
    sent, received
        Messages by topic.

    """

    begin_sec: float
    cpu_seconds: float
    megabytes: float
    sent: dict[str, int]
    received: Mapping[str, int]


def put_load_on(
    subject: Subject, places: Mapping[str, str], seconds: float, scale: float
) -> Loaded:
    """Run a node, whose command has places for addresses, and a robot."""
    limit = seconds + 90
    command = list(subject.command)
    for name, value in places.items():
        command = [part.replace(name, value) for part in command]
    load = ['-m', 'test.benchmark.robot_load', str(seconds), '--scale', str(scale)]
    with (
        process(
            [sys.executable, *command],
            environment(with_rerun_sdk=subject.uses_rerun_sdk),
            limit,
        ) as node,
        process([sys.executable, *load], environment(with_rerun_sdk=False), limit) as robot,
    ):
        assert robot.stdout.readline() == 'begin\n'
        begin = time.time()
        (worker,) = psutil.Process(node.pid).children()
        before = cpu_seconds(worker)
        assert robot.stdout.readline() == 'end\n'
        after = cpu_seconds(worker)
        sent = json.loads(robot.stdout.readline())
        time.sleep(SETTLE_SEC)
        memory = worker.memory_info().rss
        worker.send_signal(signal.SIGINT)
        output, _ = node.communicate(timeout=STOP_SEC)
    received = subject.received(json.loads(output.splitlines()[-1]))
    return Loaded(begin, after - before, memory / 1e6, sent, received)


def measure(subject: Subject, seconds: float, scale: float) -> dict[str, Any]:
    """Put the load on one node."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = {'FILE': str(folder / 'out')}
        if 'URL' in ''.join(subject.command):
            places['URL'] = stack.enter_context(receiver())
        found = put_load_on(subject, places, seconds, scale)
        write_seconds = bare_write(folder, sum(file.stat().st_size for file in folder.iterdir()))
    lost = {name: count - found.received.get(name, 0) for name, count in found.sent.items()}
    num_sent, num_lost = sum(found.sent.values()), sum(map(abs, lost.values()))
    return {
        'cpu': round(found.cpu_seconds / seconds, 3),
        'write': round(write_seconds / seconds, 3),
        'per message': found.cpu_seconds / max(1, num_sent - num_lost),
        'sent': num_sent,
        'lost': num_lost,
        'lost_by_topic': {name: count for name, count in lost.items() if count},
        'megabytes': round(found.megabytes),
    }


def bare_write(folder: Path, num_bytes: int) -> float:
    """Write so many bytes to a file in pieces; return the CPU seconds that it takes."""
    piece = os.urandom(_PIECE_BYTES)
    before = cpu_seconds(psutil.Process())
    with (folder / 'bare').open('wb', buffering=0) as file:
        for _ in range(num_bytes // len(piece)):
            file.write(piece)
    return cpu_seconds(psutil.Process()) - before


def cpu_seconds(worker: psutil.Process) -> float:
    """Return what a process has used so far."""
    times = worker.cpu_times()
    return float(times.user + times.system)


def compare(names: list[str], seconds: float, rounds: int, scale: float) -> dict[str, Any]:
    """Measure nodes in turns."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, results in runs.items():
            results.append(measure(SUBJECTS[name], seconds, scale))
            print(name, results[-1], file=sys.stderr, flush=True)
    return {
        name: {
            **{
                figure: median(each[figure] for each in results)
                for figure in ('cpu', 'write', 'per message', 'lost')
            },
            'runs': results,
        }
        for name, results in runs.items()
    }


def highest_load(name: str, seconds: float) -> float:
    """
    Return the highest load that a node loses less than a thousandth of, to a quarter.

    The robot runs on the same machine: it may be the first that cannot do more. So what counts is
    what it has sent.
    """
    held, num_held, scale, step = 0.0, 0, LOWEST_SCALE, FIRST_LOAD_STEP
    while True:
        tries = (measure(SUBJECTS[name], seconds, scale) for _ in range(2))
        kept = (each['sent'] for each in tries if each['lost'] <= each['sent'] * BEARABLE_LOSS)
        num_messages = next(kept, 0)
        print(f'{name}: {num_messages} messages kept at {scale:.2f}', file=sys.stderr, flush=True)
        if num_messages > num_held * (1 + LOAD_STEP) / 2:
            # The lowest load is one that the robot can put on.
            held = held * num_messages / num_held if num_held else scale
            num_held = num_messages
        elif not num_held or step == LOAD_STEP:
            return held
        else:
            step = LOAD_STEP
        scale = held * step


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('names', nargs='*', default=list(SUBJECTS))
    parser.add_argument('--seconds', type=float, default=15)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--scale', type=float, default=1.0)
    chosen = parser.parse_args()
    print(json.dumps(compare(chosen.names, chosen.seconds, chosen.rounds, chosen.scale)))


if __name__ == '__main__':
    main()
