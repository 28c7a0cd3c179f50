# SPDX-License-Identifier: Apache-2.0
"""`bag2rrd`: converts recorded bags with the node's converters."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
import logging
import os
from pathlib import Path
import signal
import sys
import time
from typing import TYPE_CHECKING

from rerun_bridge.bags import BagReader, DefinitionFinder, identify, Window
from rerun_bridge.cli.bag2rrd.arguments import NAME, parse, Request
from rerun_bridge.cli.bag2rrd.conversion import Conversion
from rerun_bridge.cli.bag2rrd.summary import Outcome
from rerun_bridge.cli.progress import ProgressBar
from rerun_bridge.converters import load_mappings, load_plugins, Shared
from rerun_bridge.errors import RerunBridgeError, SinkError, UsageError
from rerun_bridge.memory import keep_big_buffers_on_heap
from rerun_bridge.sdk import FileSink, RecordingStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rerun_bridge.bags import RecordedTopic

__all__ = ['main']

_log = logging.getLogger('rerun_bridge.converters')
_INTERRUPTED = 130
_CHECK_EVERY = 256
_CHUNK_BYTES = 16 << 20
"""Nobody watches, so chunks may be bigger than live ones: fewer are faster to read."""


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
        The exit status, see `bag2rrd --help`.

    Raises
    ------
    RerunBridgeError
        If there is no bag, nothing in it can be converted, or the recording cannot be written.

    """
    request = parse(argv)
    keep_big_buffers_on_heap()
    definitions = DefinitionFinder(_workspaces(), request.definitions)
    with BagReader(request.bags) as reader:
        output = _output(request, reader)
        outcome = _convert(request, reader, definitions, output)
    for warning in outcome.warnings():
        print(f'{NAME}: {warning}', file=sys.stderr)
    if not outcome.num_logged and not outcome.is_interrupted:
        if output.is_file():  # and no device
            output.unlink()
        msg = _nothing(outcome)
        raise RerunBridgeError(msg)
    if outcome.is_interrupted:
        print(f'{NAME}: interrupted; what was converted so far is saved', file=sys.stderr)
    if not request.is_quiet:
        print(outcome.text(output))
    return _INTERRUPTED if outcome.is_interrupted else int(outcome.has_losses)


def _convert(
    request: Request, reader: BagReader, definitions: DefinitionFinder, output: Path
) -> Outcome:
    begin_sec = time.monotonic()
    window = request.window(reader.start_nanos)
    wishes = _Wishes(request)
    load_plugins()
    shared = Shared(mappings=load_mappings(request.mappings), fixed_frame=request.fixed_frame)
    recording, sink = _open_recording(request, reader, window, output)
    conversion = Conversion(recording, definitions, request.options, shared)
    progress = ProgressBar(is_wanted=not request.is_quiet)
    is_interrupted = False
    remarks = _Remarks()
    _log.addHandler(remarks)
    try:
        for number in conversion.run(reader.messages(wishes, window)):
            if not number % _CHECK_EVERY:
                progress.update(reader.num_bytes_read, reader.num_bytes)
                _check(sink)
    except KeyboardInterrupt:
        is_interrupted = True
    finally:
        with _undisturbed():
            if request.has_blueprint:
                recording.send_blueprint(conversion.overview.blueprint())
            recording.close()
            progress.clear()
            _log.removeHandler(remarks)
    _check(sink)
    recorded = reader.num_messages if window == Window() else None
    if recorded is not None:
        recorded = Counter({name: n for name, n in recorded.items() if wishes.accepts(name)})
    return Outcome(
        conversion.reports,
        len(wishes.left_out),
        wishes.num_hidden,
        reader.damages,
        recorded,
        time.monotonic() - begin_sec,
        is_interrupted,
        tuple(remarks.texts),
    )


class _Remarks(logging.Handler):
    """What converters have to say, kept until the progress bar is gone."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


class _Wishes:
    """The user's choice of topics, which remembers what it was asked for."""

    def __init__(self, request: Request) -> None:
        self._choice = request.choice
        self._answers: dict[str, bool] = {}

    def __call__(self, topic: RecordedTopic) -> bool:
        answer = self._answers.get(topic.name)
        if answer is None:
            answer = self._answers[topic.name] = self.accepts(topic.name)
        return answer

    def accepts(self, name: str) -> bool:
        """Tell whether a topic is wanted."""
        return self._choice.accepts(name)

    @property
    def left_out(self) -> list[str]:
        """Get the topics that were not wanted."""
        return [name for name, answer in self._answers.items() if not answer]

    @property
    def num_hidden(self) -> int:
        """How many of them would be wanted if they were not hidden."""
        choice = self._choice._replace(include_hidden=True)
        return sum(choice.accepts(name) for name in self.left_out)


def _open_recording(
    request: Request, reader: BagReader, window: Window, output: Path
) -> tuple[RecordingStream, FileSink]:
    files = [path for bag in reader.bags for path in bag.files]
    recording = RecordingStream(
        request.application_id,
        request.recording_id or identify(files),
        send_properties=False,
        flush_num_bytes=_CHUNK_BYTES,
    )
    if not recording.is_enabled:
        msg = 'the environment variable RERUN turns all recordings off; unset it'
        raise UsageError(msg)
    recording.send_recording_name(' + '.join(bag.name for bag in reader.bags))
    recording.send_recording_start_time_nanos(max(reader.start_nanos, window.start_nanos))
    sink = FileSink(output)
    recording.set_sinks(sink)
    return recording, sink


def _output(request: Request, reader: BagReader) -> Path:
    output = request.output or Path(f'{reader.bags[0].name}.rrd')
    if output.exists():
        if any(path.samefile(output) for bag in reader.bags for path in bag.files):
            msg = f'{output} is the bag itself; name another file by -o'
            raise UsageError(msg)
        if not request.overwrite:
            msg = f'{output} exists; name another file by -o, or replace it by --overwrite'
            raise UsageError(msg)
    return output


def _workspaces() -> list[Path]:
    prefixes = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    return [Path(prefix) for prefix in prefixes if prefix]


def _check(sink: FileSink) -> None:
    error = sink.status().error
    if error:
        raise SinkError(error)


def _nothing(outcome: Outcome) -> str:
    if any(topic.num_messages for topic in outcome.topics):
        return 'nothing could be converted, see above'
    if outcome.num_left_out:
        return 'no message is wanted; check --include, --exclude, --start and --end'
    return 'there are no messages that can be read'


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a second Ctrl-C not spoil the end of the file."""
    try:
        old = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread, which alone gets it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)
