# SPDX-License-Identifier: Apache-2.0
"""`repair`: makes a recording whole that a crash has left."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from contextlib import closing, suppress
from pathlib import Path
import shutil
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rerun_bridge.cli import COMMANDS
from rerun_bridge.cli.progress import ProgressBar
from rerun_bridge.cli.recording_file import RecordingFile
from rerun_bridge.cli.survey import add_to, survey
from rerun_bridge.cli.wording import plural, size
from rerun_bridge.errors import DecodeError, SinkError, UsageError
from rerun_bridge.log_encoding import Index
from rerun_bridge.log_encoding.rrd import MESSAGE_HEADER
from rerun_bridge.sinks.disk_file import DiskFile

if TYPE_CHECKING:
    from rerun_bridge.cli.survey import Survey
    from rerun_bridge.encodings import Bytes

__all__ = ['main']

NAME = 'repair'
_BATCH_BYTES = 4 << 20
_DESCRIPTION = """\
{summary}: keeps all whole messages, cuts off what is behind
the last one, and adds the footer that makes it open fast. Whatever interrupts this leaves a file
that can be repaired again. What is between messages can be left out in a copy only, which then
takes the place of the file."""
_EPILOG = """\
exit status:
  0  the recording is whole
  1  it could not be repaired and is as it was, or there was no room for its footer alone
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

    Raises
    ------
    RerunBridgeError
        If the file is no recording, is being written, or nothing can be written.

    """
    request = _parse(argv)
    output: Path | None = request.output
    if output:
        _check_output(request.file, output, may_replace=request.overwrite)
    progress = ProgressBar(is_wanted=True)
    with closing(RecordingFile(request.file)) as file:
        try:
            file.stream_header()
            file.check_unchanged()  # before hours are spent, and after them
            found = survey(file, progress)
            file.check_unchanged()
            print(_repair(file, found, output, progress))
        finally:
            progress.clear()
    return 0


def _parse(argv: list[str] | None) -> Namespace:
    parser = ArgumentParser(
        NAME,
        description=_DESCRIPTION.format(summary=COMMANDS[NAME].summary.capitalize()),
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument('file', type=Path, metavar='FILE.rrd', help='the recording')
    parser.add_argument(
        '-o',
        '--output',
        type=Path,
        metavar='OUT.rrd',
        help='write a copy, and leave FILE as it is',
    )
    parser.add_argument('--overwrite', action='store_true', help='replace OUT if it exists')
    request = parser.parse_args(argv)
    if request.overwrite and not request.output:
        parser.error('argument --overwrite: is for OUT alone; name that by -o')
    return request


def _check_output(path: Path, output: Path, *, may_replace: bool) -> None:
    if not output.exists():
        return
    if path.exists() and path.samefile(output):
        msg = f'{output} is the recording itself; leave out -o to repair it in place'
        raise UsageError(msg)
    if not may_replace or not output.is_file():
        msg = f'{output} exists; name another file by -o, or replace a file by --overwrite'
        raise UsageError(msg)


def _repair(file: RecordingFile, found: Survey, output: Path | None, progress: ProgressBar) -> str:
    """Do what is to be done; return what that was."""
    path = file.path
    if not found.num_messages and not found.is_whole:
        msg = f'{path} holds no whole message, so there is nothing to keep; delete it'
        raise DecodeError(msg)
    messages = plural(found.num_messages, 'message')
    if output is None and found.is_whole and (found.has_footer or not found.num_messages):
        return f'{path} is whole already and was left alone: {messages}'
    if output is None and found.end is not None:
        has_footer = _finish(path, found, found.end)
    else:
        has_footer = _rewrite(file, output or path.resolve(), progress)
    cut = f'{plural(file.num_lost_bytes, "byte")} cut off'
    if output and found.is_whole:
        return f'{output} is a copy of {path}, which is whole already: {messages}'
    footer = 'a footer added' if has_footer else 'no footer added, for which it is too long'
    return f'{output or path} is whole now: {messages} kept, {cut}, {footer}'


def _finish(path: Path, found: Survey, end: int) -> bool:
    """
    Make a file whole where it is.

    Killed at any point this leaves a file that ends at a whole message for all who read it, or
    with a hole, as `FileSink` does.
    """
    tail = found.places.end(end)
    try:
        file = DiskFile(path, is_new=False)
    except OSError as exc:
        msg = f'{path} cannot be changed ({exc.strerror}); make it writable, or name a copy by -o'
        raise SinkError(msg) from exc
    try:
        with closing(file):
            file.truncate(end)
            file.sync()
            for offset, header in found.holes:
                file.write([header], offset)
            file.sync()
            _write_end(file, tail, end)
    except OSError as exc:
        msg = (
            f'the footer could not be written ({exc.strerror}), without which {path} opens more '
            f'slowly; make room for {size(len(tail))} and repair it again'
        )
        raise SinkError(msg) from exc
    return bool(tail)


def _write_end(file: DiskFile, tail: bytes, end: int) -> None:
    """Write the header last; without it the file ends before it."""
    try:
        file.write([tail[MESSAGE_HEADER.size :]], end + MESSAGE_HEADER.size)
        file.sync()
        file.write([tail[: MESSAGE_HEADER.size]], end)
        file.sync()
    except OSError:
        with suppress(OSError):
            file.truncate(end)
        raise


def _rewrite(source: RecordingFile, target: Path, progress: ProgressBar) -> bool:
    """Write all whole messages to a new file, which then takes its place."""
    try:
        with TemporaryDirectory(dir=target.parent, prefix='.repair-') as name:
            path = Path(name) / target.name
            with closing(DiskFile(path)) as file:
                has_footer = _copy(source, file, progress)
                file.sync()
            source.check_unchanged()
            shutil.copymode(source.path, path)
            path.replace(target)
    except OSError as exc:
        msg = (
            f'the whole messages cannot be copied to {target.parent} ({exc.strerror}); make room '
            f'for {size(source.num_bytes)} there, or name a file elsewhere by -o'
        )
        raise SinkError(msg) from exc
    return has_footer


def _copy(source: RecordingFile, file: DiskFile, progress: ProgressBar) -> bool:
    index = Index()
    batch: list[Bytes] = [source.stream_header()]
    start, end = 0, len(batch[0])
    for found in source.messages():
        add_to(index, found, end + MESSAGE_HEADER.size)
        batch += (found.header, found.payload)
        end += MESSAGE_HEADER.size + len(found.payload)
        if end - start >= _BATCH_BYTES:
            file.write(batch, start)
            batch, start = [], end
        progress.update(found.end, source.num_bytes)
    tail = index.end(end)
    file.write([*batch, tail], start)
    return bool(tail)
