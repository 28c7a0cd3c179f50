# SPDX-License-Identifier: Apache-2.0
"""
`doctor`: checks this machine, its ROS and the live graph, and says what to do.

It runs where libraries or ROS are missing or broken, so its modules import them as late as they
can, and what might crash or hang runs in a process of its own.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
import json
from typing import TYPE_CHECKING

from rerun_bridge.node.doctor.checks import checks, examine

if TYPE_CHECKING:
    from argparse import Namespace

    from rerun_bridge.node.doctor.findings import Finding

__all__ = ['main']

_MAX_SEC = 600.0


def main(argv: list[str] | None = None) -> int:
    """
    Run the command.

    Parameters
    ----------
    argv
        The command line without the program; default `sys.argv[1:]`.

    Returns
    -------
    int
        0, or 1 if there is a problem.

    """
    options = _parse(argv)
    levels: Counter[str] = Counter()
    for check, findings in examine(checks(options.seconds if options.graph else None)):
        levels.update(finding.level for finding in findings)
        if options.json:
            for finding in findings:
                print(json.dumps({'check': check.name, **finding._asdict()}), flush=True)
        else:
            print('\n'.join([check.name, *map(_line, findings)]), flush=True)
    if not options.json:
        print(f'\nproblems: {levels["problem"]}, warnings: {levels["warning"]}')
    return int(levels['problem'] > 0)


def _parse(argv: list[str] | None) -> Namespace:
    parser = ArgumentParser(
        'doctor',
        description='Check this machine, its ROS and the live graph, and say what to do.',
        epilog='Exit status: 0 no problem (warnings do not count), 1 problems, 2 wrong use.',
    )
    parser.add_argument(
        '--no-graph', dest='graph', action='store_false', help='do not look for nodes and topics'
    )
    parser.add_argument(
        '--seconds',
        type=_seconds,
        default=5.0,
        metavar='S',
        help='how long to look for nodes and topics (default: 5)',
    )
    parser.add_argument(
        '--json', action='store_true', help='for programs: an object of JSON per line'
    )
    return parser.parse_args(argv)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _MAX_SEC:
        msg = f'{text} is no time; give seconds, from above 0 to {_MAX_SEC:.0f}'
        raise ArgumentTypeError(msg)
    return seconds


def _line(finding: Finding) -> str:
    line = f'  {finding.level:9}{finding.fact}'
    return f'{line}\n  {"":9}-> {finding.fix}' if finding.fix else line
