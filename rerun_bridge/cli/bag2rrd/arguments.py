# SPDX-License-Identifier: Apache-2.0
"""The command line of `bag2rrd`."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from contextlib import suppress
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
import json
from pathlib import Path
import re
import textwrap
from typing import Any, NamedTuple

from rerun_bridge.bags import Window
from rerun_bridge.cli import COMMANDS
from rerun_bridge.converters import DEFAULT_MAPPINGS
from rerun_bridge.converters.options import check_option, OPTIONS
from rerun_bridge.converters.topic_filter import TopicFilter
from rerun_bridge.converters.value_checks import frame
from rerun_bridge.errors import ParameterError

NAME = 'bag2rrd'
APPLICATION_ID = 'rerun_bridge'
"""That of the node, so that recordings share its blueprint."""
_FIRST_DATE_SEC = 100_000_000
"""Smaller numbers are seconds from the start."""
_NANOS_PER_SEC = 1_000_000_000
_FRACTION = re.compile(r'(?<=:\d\d)\.(\d+)')
"""Older Pythons read no fractions of a second but those of three or six digits."""
_WORDS = {'true': True, 'yes': True, 'on': True, 'false': False, 'no': False, 'off': False}
_HELP_WIDTH = 79
_EPILOG = """\
options of topics, as the node's topic_options; of several that are given the most specific holds:
  --option /camera/left.resize=0.5                  a topic
  --option sensor_msgs/msg/Image.jpeg_quality=80    all topics of a type
  --option /camera/.max_rate=5                      all topics below /camera
  --option /.max_rate=10                            all topics

{options}

exit status:
  0    all of the bag that was asked for is in the recording; what has no definition or makes no
       sense is left out with a warning
  1    part of the bag could not be read, or nothing could be converted
  2    the command line is wrong
  130  interrupted; the recording is valid up to there"""


class Time(NamedTuple):
    """A time as a user gives it: since the start of the bags, or since the Unix epoch."""

    nanos: int
    is_relative: bool

    def after(self, start_nanos: int) -> int:
        """Return it as nanoseconds since the Unix epoch, for bags that start then."""
        return self.nanos + start_nanos if self.is_relative else self.nanos


class Request(NamedTuple):
    """What to do; see the help of the command."""

    bags: tuple[Path, ...]
    output: Path | None
    overwrite: bool
    choice: TopicFilter
    start: Time | None
    end: Time | None
    definitions: Path | None
    mappings: tuple[str, ...]
    fixed_frame: str
    options: dict[str, Any]
    application_id: str
    recording_id: str | None
    has_blueprint: bool
    is_quiet: bool

    def window(self, start_nanos: int) -> Window:
        """Return the wanted span of bags that start at a time."""
        window = Window()
        if self.start is not None:
            window = window._replace(start_nanos=self.start.after(start_nanos))
        if self.end is not None:
            window = window._replace(end_nanos=self.end.after(start_nanos))
        return window


def parse(argv: list[str] | None) -> Request:
    """
    Read the command line; ends the program if it is wrong.

    Parameters
    ----------
    argv
        Without the program; default `sys.argv[1:]`.

    """
    parser = _parser()
    found = parser.parse_intermixed_args(argv)
    if found.definitions is not None and not found.definitions.is_dir():
        parser.error(f'argument --definitions: there is no folder {found.definitions}')
    return Request(
        tuple(found.bags),
        found.output,
        found.overwrite,
        TopicFilter(
            tuple(found.include or ('.*',)),
            tuple(found.exclude),
            include_hidden=found.include_hidden,
        ),
        found.start,
        found.end,
        found.definitions,
        tuple(found.mappings or DEFAULT_MAPPINGS),
        found.fixed_frame,
        dict(found.option),
        found.application_id,
        found.recording_id,
        not found.no_blueprint,
        found.quiet,
    )


def _parser() -> ArgumentParser:
    summary = COMMANDS[NAME].summary
    parser = ArgumentParser(
        NAME,
        description=f'{summary[:1].upper()}{summary[1:]}. What is damaged is converted as far '
        'as it can be read.',
        epilog=_EPILOG.format(options=_options_help()),
        formatter_class=RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        'bags',
        nargs='+',
        type=Path,
        metavar='BAG',
        help='folder of a bag, or its .mcap or .db3 file; several are merged by time',
    )
    add('-o', '--output', type=Path, metavar='OUT.rrd', help='default: the name of the bag')
    add('--overwrite', action='store_true', help='replace the recording if it exists')
    add(
        '--include',
        action='append',
        type=_pattern,
        metavar='REGEX',
        help='convert topics whose whole name matches; can be given again',
    )
    add(
        '--exclude',
        action='append',
        default=[],
        type=_pattern,
        metavar='REGEX',
        help='leave these out, whatever is included; can be given again',
    )
    add(
        '--include-hidden',
        action='store_true',
        help='also topics with a name part that begins with an underscore',
    )
    times = 'seconds from the start of the bag, seconds since 1970, or 2026-07-31T12:00:00 (UTC)'
    add('--start', type=_time, metavar='TIME', help=f'leave out what is earlier: {times}')
    add('--end', type=_time, metavar='TIME', help='leave out what is at this time or later')
    add(
        '--definitions',
        type=Path,
        metavar='FOLDER',
        help='.msg files for messages that neither the bag nor a sourced workspace defines',
    )
    add(
        '--mappings',
        action='append',
        metavar='FILE',
        help="as the node's mappings: a file, a folder, or the name of a file of the package; can "
        f'be given again; default: {", ".join(DEFAULT_MAPPINGS)}',
    )
    add(
        '--fixed-frame',
        default='',
        type=_frame,
        metavar='FRAME',
        help='such as map: show data where their frame was in this one at their stamps, so that '
        'nothing judders',
    )
    add(
        '--option',
        action='append',
        default=[],
        type=_option,
        metavar='WHERE.OPTION=VALUE',
        help='an option of topics, see below; can be given again',
    )
    add('--application-id', default=APPLICATION_ID, metavar='ID', help='default: %(default)s')
    add('--recording-id', metavar='ID', help='default: the same for the same bag')
    add(
        '--no-blueprint',
        action='store_true',
        help='leave the arrangement of views to the viewer',
    )
    add('--quiet', action='store_true', help='print warnings and errors alone')
    return parser


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as exc:
        msg = f'{text!r} is no regular expression: {exc}'
        raise ArgumentTypeError(msg) from exc
    return text


def _frame(text: str) -> str:
    try:
        return frame(text)
    except ParameterError as exc:
        raise ArgumentTypeError(str(exc)) from exc


def _time(text: str) -> Time:
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        return Time(_date_nanos(text), is_relative=False)
    if not seconds.is_finite() or seconds < 0:
        msg = f'{text} is no time; write seconds from the start'
        raise ArgumentTypeError(msg)
    return Time(int(seconds * _NANOS_PER_SEC), is_relative=seconds < _FIRST_DATE_SEC)


def _date_nanos(text: str) -> int:
    fraction = _FRACTION.search(text)
    rest = _FRACTION.sub('', text)
    try:
        date = datetime.fromisoformat(f'{rest[:-1]}+00:00' if rest.endswith('Z') else rest)
    except ValueError as exc:
        msg = f'{text!r} is no time; write seconds, or a date as 2026-07-31T12:00:00'
        raise ArgumentTypeError(msg) from exc
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    since_epoch = date - datetime.fromtimestamp(0, timezone.utc)
    nanos = int(fraction[1].ljust(9, '0')[:9]) if fraction else 0
    return (since_epoch.days * 86_400 + since_epoch.seconds) * _NANOS_PER_SEC + nanos


def _option(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition('=')
    if not separator:
        msg = f'{text!r} should be WHERE.OPTION=VALUE'
        raise ArgumentTypeError(msg)
    try:
        return key, check_option(key, _value(value))
    except ParameterError as exc:
        msg = f'{key} {exc}'
        raise ArgumentTypeError(msg) from exc


def _value(text: str) -> object:
    """Read a value as the command line of ROS does: as a text, if it is nothing else."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for read in (int, float, json.loads):
        with suppress(ValueError):
            return read(text)
    return text


def _options_help() -> str:
    """Return the table of options."""
    lines = []
    for name, option in OPTIONS.items():
        whom = f' ({", ".join(option.kinds)})' if option.kinds else ''
        lines += textwrap.wrap(
            f'{option.meaning}{whom}',
            _HELP_WIDTH,
            initial_indent=f'  {name:14} ',
            subsequent_indent=' ' * 17,
        )
    return '\n'.join(lines)
