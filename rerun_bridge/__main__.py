# SPDX-License-Identifier: Apache-2.0
"""
`python -m rerun_bridge COMMAND [arguments]`, and the same commands as programs.

Exit status: 0 done, 1 the command failed, 2 it was called wrongly, 130 interrupted.
"""

from __future__ import annotations

import gc
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
import sys
from typing import cast, TYPE_CHECKING
import xml.etree.ElementTree as ET

from rerun_bridge.cli import COMMANDS
from rerun_bridge.errors import RerunBridgeError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    'bag2rrd',
    'bridge',
    'ctl',
    'demo_robot',
    'doctor',
    'fetch_viewer',
    'main',
    'repair',
    'run',
    'verify',
    'version',
]

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
HELP = frozenset({'-h', '--help'})
NODE_USAGE = """\
usage: {name} [--ros-args ARGUMENTS]

{summary}

Arguments that every ROS 2 program takes, some of them:
  -p NAME:=VALUE        set a parameter (`ros2 param list` names them while it runs)
  --params-file FILE    set the parameters that a YAML file names
  -r FROM:=TO           rename a topic or a service; -r __node:=NAME the node itself
  --log-level LEVEL     debug, info, warn, error or fatal"""
ROS_MODULES = frozenset({'rclpy', 'rpyutils'})
ROS_SUFFIXES = ('_msgs', '_srvs', '_interfaces')


def version() -> str:
    """
    Tell the version of the package.

    Returns
    -------
    str
        As in package.xml, which a source checkout has beside the package.

    """
    manifest = Path(__file__).parents[1] / 'package.xml'
    if manifest.is_file():
        return str(ET.parse(manifest).getroot().findtext('version'))
    return metadata.version('rerun_bridge')


def usage() -> str:
    """Describe the command line with all its commands."""
    width = max(map(len, COMMANDS))
    rows = [f'  {name:{width}}  {command.summary}' for name, command in COMMANDS.items()]
    lines = [
        'usage: python -m rerun_bridge [--help | --version] COMMAND [arguments]',
        '',
        'commands:',
        *rows,
        '',
        '`python -m rerun_bridge COMMAND --help` tells more about one.',
    ]
    return '\n'.join(lines)


def run(name: str, argv: list[str]) -> int:
    """
    Run one command and turn its failures into a sentence on stderr.

    Parameters
    ----------
    name:
        A key of `rerun_bridge.cli.COMMANDS`.
    argv:
        What follows the name on the command line.

    Returns
    -------
    int
        The exit status.

    """
    command = COMMANDS[name]
    if command.is_node and argv and argv[0] in HELP:
        print(NODE_USAGE.format(name=name, summary=command.summary))
        return 0
    try:
        module = import_module(command.module)
        entry = cast('Callable[[list[str] | None], int]', module.main)
        return entry(argv)
    except RerunBridgeError as error:
        print(f'{name}: {error}', file=sys.stderr)
        return FAILED
    except ModuleNotFoundError as error:
        if not _is_ros(error.name):
            raise
        print(f'{name}: {_missing_ros(error)}', file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def main(argv: list[str] | None = None) -> int:
    """
    Run the command that the first argument names.

    Parameters
    ----------
    argv:
        The command line without the program; default `sys.argv[1:]`.

    Returns
    -------
    int
        The exit status.

    """
    arguments = sys.argv[1:] if argv is None else argv
    name, rest = (arguments[0], arguments[1:]) if arguments else ('', [])
    if name in COMMANDS:
        return run(name, rest)
    if name in HELP:
        print(usage())
        return 0
    if name in {'-V', '--version'}:
        print(f'rerun_bridge {version()}')
        return 0
    problem = f"there is no command '{name}'" if name else 'a command is missing'
    print(f'rerun_bridge: {problem}\n\n{usage()}', file=sys.stderr)
    return MISUSED


def bag2rrd() -> int:
    """Convert bags (console script)."""
    return _run_program('bag2rrd')


def bridge() -> int:
    """Run the node (console script)."""
    return _run_program('bridge')


def ctl() -> int:
    """Tell a running bridge what to do (console script)."""
    return _run_program('ctl')


def demo_robot() -> int:
    """Run the simulated robot (console script)."""
    return _run_program('demo_robot')


def doctor() -> int:
    """Check the machine (console script)."""
    return _run_program('doctor')


def fetch_viewer() -> int:
    """Fetch the web viewer (console script)."""
    return _run_program('fetch_viewer')


def repair() -> int:
    """Repair a recording (console script)."""
    return _run_program('repair')


def verify() -> int:
    """Verify recordings (console script)."""
    return _run_program('verify')


def _run_program(name: str) -> int:
    return _leave(run(name, sys.argv[1:]))


def _leave(status: int) -> int:
    """Keep the garbage collector from a last look at everything, a tenth of a second."""
    gc.freeze()
    return status


def _is_ros(module: str | None) -> bool:
    root = (module or '').partition('.')[0]
    return root in ROS_MODULES or root.endswith(ROS_SUFFIXES)


def _missing_ros(error: ModuleNotFoundError) -> str:
    if not str(error.name).startswith('rclpy') and find_spec('rclpy'):
        return (
            f"the ROS 2 package of the module '{error.name}' is missing: install it"
            ' (`apt-get install ros-DISTRO-PACKAGE`, or build it and source its workspace)'
        )
    python = f'{sys.version_info.major}.{sys.version_info.minor}'
    return (
        f"ROS 2 is not in reach of this Python {python} (no module named '{error.name}'): source"
        ' your ROS 2 installation (`source /opt/ros/DISTRO/setup.bash`), or install its wheels'
        ' (`pip install ros-kilted-rclpy ros-kilted-rmw-fastrtps-cpp'
        ' ros-kilted-common-interfaces`)'
    )


if __name__ == '__main__':
    sys.exit(_leave(main()))
