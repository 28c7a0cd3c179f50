# SPDX-License-Identifier: Apache-2.0
"""
`python -m rerun_bridge COMMAND [arguments]`, and the same commands as programs.

Exit status: 0 done, 1 the command failed, 2 it was called wrongly, 130 interrupted.
"""

from __future__ import annotations

from importlib import import_module, metadata
from pathlib import Path
import sys
from typing import cast, TYPE_CHECKING
from xml.etree import ElementTree

from rerun_bridge.cli import COMMANDS
from rerun_bridge.errors import RerunBridgeError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ['bridge', 'demo_robot', 'main', 'run', 'version']

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
ROS_PREFIXES = ('rclpy', '_rclpy', 'rpyutils')
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
        return str(ElementTree.parse(manifest).getroot().findtext('version'))
    return metadata.version('rerun_bridge')


def usage() -> str:
    """Describe the command line with all its commands."""
    width = max(map(len, COMMANDS))
    rows = [f'  {name:{width}}  {command.summary}' for name, command in COMMANDS.items()]
    return '\n'.join([
        'usage: python -m rerun_bridge [--help | --version] COMMAND [arguments]',
        '',
        'commands:',
        *rows,
        '',
        '`python -m rerun_bridge COMMAND --help` tells more about one.',
    ])


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
    try:
        module = import_module(COMMANDS[name].module)
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
    if name in {'-h', '--help', 'help'}:
        print(usage())
        return 0
    if name in {'-V', '--version'}:
        print(f'rerun_bridge {version()}')
        return 0
    problem = f"there is no command '{name}'" if name else 'a command is missing'
    print(f'rerun_bridge: {problem}\n\n{usage()}', file=sys.stderr)
    return MISUSED


def bridge() -> int:
    """Run the node (console script)."""
    return run('bridge', sys.argv[1:])


def demo_robot() -> int:
    """Run the simulated robot (console script)."""
    return run('demo_robot', sys.argv[1:])


def _is_ros(module: str | None) -> bool:
    root = (module or '').partition('.')[0]
    return root.startswith(ROS_PREFIXES) or root.endswith(ROS_SUFFIXES)


def _missing_ros(error: ModuleNotFoundError) -> str:
    python = f'{sys.version_info.major}.{sys.version_info.minor}'
    return (
        f"ROS 2 is not in reach of this Python {python} (no module named '{error.name}'): source"
        ' your ROS 2 installation (`source /opt/ros/DISTRO/setup.bash`), or install its wheels'
        ' (`pip install ros-kilted-rclpy ros-kilted-rmw-fastrtps-cpp'
        ' ros-kilted-common-interfaces`)'
    )


if __name__ == '__main__':
    sys.exit(main())
