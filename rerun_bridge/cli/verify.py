# SPDX-License-Identifier: Apache-2.0
"""`verify`: tells whether recordings are whole."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import closing
from pathlib import Path
import shlex
from typing import TYPE_CHECKING

from rerun_bridge.cli import COMMANDS
from rerun_bridge.cli.progress import ProgressBar
from rerun_bridge.cli.recording_file import RecordingFile
from rerun_bridge.cli.survey import survey
from rerun_bridge.cli.wording import plural, size
from rerun_bridge.errors import RerunBridgeError

if TYPE_CHECKING:
    from rerun_bridge.cli.survey import Survey

__all__ = ['main']

NAME = 'verify'
_DESCRIPTION = """\
{summary}, such as those of a program that was killed: every message is
decoded, and the footer compared with them. The files are not changed."""
_EPILOG = """\
exit status:
  0  all files are whole; one without a footer is, too, but opens more slowly
  1  one is not, or is no recording
  2  the command line is wrong"""


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

    """
    parser = ArgumentParser(
        NAME,
        description=_DESCRIPTION.format(summary=COMMANDS[NAME].summary.capitalize()),
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument('files', nargs='+', type=Path, metavar='FILE.rrd', help='recordings')
    are_whole = [_verify(path) for path in parser.parse_args(argv).files]
    return int(not all(are_whole))


def _verify(path: Path) -> bool:
    """Print what is with a file; return whether it is whole."""
    progress = ProgressBar(is_wanted=True)
    try:
        with closing(RecordingFile(path)) as file:
            try:
                found = survey(file, progress)
                file.check_unchanged()
            finally:
                progress.clear()
    except RerunBridgeError as error:
        print(error)
        return False
    print(f'{path}: {_verdict(file, found)}')
    return found.is_whole


def _verdict(file: RecordingFile, found: Survey) -> str:
    messages = f'{plural(found.num_messages, "message")}, {size(file.num_bytes)}'
    command = f'python -m rerun_bridge repair {shlex.quote(str(file.path))}'
    if not file.first_problem:
        if found.has_footer:
            return f'whole: {messages}, footer'
        if not found.num_messages:
            return f'whole: {messages}'
        return f'whole: {messages}, no footer, so it opens more slowly; to add one: {command}'
    offset, text = file.first_problem
    more = file.num_problems - 1
    others = f' (and {plural(more, "place")} behind it)' if more else ''
    advice = f'to keep its {messages}: {command}' if found.num_messages else 'no message is whole'
    return f'damaged at byte {offset}: {text}{others}; {advice}'
