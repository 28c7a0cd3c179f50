# SPDX-License-Identifier: Apache-2.0
"""`fetch_viewer`: puts the official web viewer onto this machine."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from rerun_bridge.cli import COMMANDS
from rerun_bridge.sinks.web_viewer import fetch_web_viewer, look_up

__all__ = ['main']

NAME = 'fetch_viewer'


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
        The exit status.

    Raises
    ------
    WebViewerNotFoundError
        If the viewer cannot be had.

    """
    parser = ArgumentParser(
        NAME,
        description=f'{COMMANDS[NAME].summary.capitalize()}, for serve and for pages that hold a '
        'recording. It is the wheel rerun-notebook, 17 MB, which pip downloads and nothing '
        'installs; it is kept in the cache of the user.',
    )
    parser.add_argument('--wheel', type=Path, metavar='FILE', help='take this copy of the wheel')
    wheel = parser.parse_args(argv).wheel
    found = None if wheel else look_up()
    place = found.path if found else fetch_web_viewer(wheel)
    print(f'the web viewer is there: {place}')
    return 0
