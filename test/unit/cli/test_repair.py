# SPDX-License-Identifier: Apache-2.0
"""A repaired file is, byte by byte, the one that would have been closed after its messages."""

from __future__ import annotations

from contextlib import suppress
import errno
from itertools import accumulate
import os
import signal
import subprocess
import sys
import textwrap
from typing import Any, TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge import __main__ as program
from rerun_bridge.cli.progress import ProgressBar
from rerun_bridge.log_encoding import (
    blueprint_activation,
    index,
    MessageKind,
    set_store_info,
)
from rerun_bridge.log_encoding.rrd import MESSAGE_HEADER
from rerun_bridge.log_types import StoreId, StoreKind
from rerun_bridge.sinks.disk_file import DiskFile
from test.recordings import messages
from test.unit.samples import (
    blob_rows,
    message_of,
    new_id,
    points_rows,
    scalar_rows,
    STORE,
    stream_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rerun_bridge.log_encoding import LogMsg

WAIT_SEC = 20.0
BLUEPRINT = StoreId(StoreKind.BLUEPRINT, 'blueprint', 'application')
MESSAGES = [
    set_store_info(STORE, new_id()),
    message_of(*map(scalar_rows, range(200)), compress=True),
    message_of(scalar_rows(1, static=True)),
    blueprint_activation(BLUEPRINT, make_active=True, make_default=False),
    message_of(points_rows(20)),
    message_of(blob_rows(b'x' * 1500)),
]
WHOLE = stream_of(MESSAGES)
ENDS = list(accumulate((16 + message.num_bytes for message in MESSAGES), initial=12))
"""Where each message ends; the first entry is the start of the first one."""


def ends_well(content: bytes) -> bool:
    """Tell whether a reader of a file comes to an End marker, or to its end between messages."""
    at = 12
    while at + 16 <= len(content):
        kind, num_bytes = MESSAGE_HEADER.unpack_from(content, at)
        if kind == MessageKind.END:
            return True
        at += 16 + num_bytes
    return at <= len(content)


class Killed(BaseException):
    """Stands for what no program can catch."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'a.rrd'


@pytest.fixture(scope='module')
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file for all examples of a test."""
    return tmp_path_factory.mktemp('repair') / 'a.rrd'


def repair(*arguments: object) -> int:
    return program.main(['repair', *map(str, arguments)])


def refuses(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run the command; give its one line of complaint."""
    capsys.readouterr()
    assert repair(*arguments) == program.FAILED
    shown = capsys.readouterr()
    assert shown.out == ''
    assert shown.err.startswith('repair: ')
    assert shown.err.count('\n') == 1
    return shown.err


def num_whole(cut: int) -> int:
    return sum(end <= cut for end in ENDS) - 1


def expected(content: bytes | bytearray, kept: list[LogMsg]) -> bytes | bytearray:
    """Return what becomes of a file; what holds no message stays as it is."""
    return stream_of(kept) if kept else content


@settings(max_examples=120)
@example(12)
@example(len(WHOLE))
@given(st.one_of(st.integers(0, len(WHOLE)), st.sampled_from(ENDS)))
def test_cut_anywhere_it_keeps_exactly_the_whole_messages(place: Path, cut: int) -> None:
    place.write_bytes(WHOLE[:cut])
    kept = MESSAGES[: max(0, num_whole(cut))]
    assert repair(place) == (0 if kept or cut == 12 else program.FAILED)
    assert place.read_bytes() == expected(WHOLE[:cut], kept)


@settings(max_examples=120)
@given(st.integers(0, len(MESSAGES) - 1), st.integers(ENDS[1], ENDS[-1]))
def test_a_header_that_was_not_written_is_filled_in(place: Path, hole: int, cut: int) -> None:
    """FileSink writes the header of a batch last."""
    content = bytearray(WHOLE[:cut])
    content[ENDS[hole] : ENDS[hole] + 16] = bytes(len(content[ENDS[hole] : ENDS[hole] + 16]))
    place.write_bytes(content)
    kept = MESSAGES[: num_whole(cut)]
    assert repair(place) == 0
    assert place.read_bytes() == expected(content, kept)


@pytest.mark.parametrize('bad', range(len(MESSAGES)))
@pytest.mark.parametrize(('start', 'stop'), [(0, None), (0, 20), (16, None), (8, 16)])
@pytest.mark.parametrize('filling', [b'\0', b'\xff'])
def test_what_is_damaged_in_the_middle_costs_no_other_message(
    path: Path, bad: int, start: int, stop: int | None, filling: bytes
) -> None:
    """A loss of power leaves zeros where the disk was to be written."""
    first, end = ENDS[bad], ENDS[bad + 1]
    last = end if stop is None else first + stop
    content = bytearray(WHOLE[: ENDS[-1]])
    content[first + start : last] = filling * (last - first - start)
    path.write_bytes(content)
    path.chmod(0o640)
    assert repair(path) == 0
    assert path.read_bytes() == stream_of([*MESSAGES[:bad], *MESSAGES[bad + 1 :]])
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize('footer', [True, False])
def test_joined_recordings_become_one(path: Path, *, footer: bool) -> None:
    path.write_bytes(stream_of(MESSAGES[:3], footer=footer) + stream_of(MESSAGES[3:]))
    assert repair(path) == 0
    assert path.read_bytes() == WHOLE


def test_bytes_behind_the_footer_are_cut(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(WHOLE + bytes(5000))
    assert repair(path) == 0
    assert path.read_bytes() == WHOLE
    assert capsys.readouterr().out == (
        f'{path} is whole now: 6 messages kept, 5000 bytes cut off, a footer added\n'
    )


@pytest.mark.parametrize('at', [ENDS[-1] + 20, len(WHOLE) - 30, len(WHOLE) - 15, len(WHOLE) - 1])
def test_a_footer_that_does_not_fit_is_made_anew(path: Path, at: int) -> None:
    content = bytearray(WHOLE)
    content[at] ^= 1
    path.write_bytes(content)
    assert repair(path) == 0
    assert path.read_bytes() == WHOLE


def test_whole_files_are_left_alone(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(WHOLE)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert repair(path) == 0
    assert capsys.readouterr().out == f'{path} is whole already and was left alone: 6 messages\n'
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@pytest.mark.parametrize('cut', [ENDS[3] + 30, ENDS[-1], len(WHOLE)])
def test_a_copy_leaves_the_source_as_it_is(path: Path, cut: int) -> None:
    path.write_bytes(WHOLE[:cut])
    copy = path.with_name('copy.rrd')
    assert repair(path, '-o', copy) == 0
    assert copy.read_bytes() == stream_of(MESSAGES[: num_whole(cut)])
    assert path.read_bytes() == WHOLE[:cut]


def test_a_copy_replaces_nothing_unless_told_to(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(WHOLE[:-5])
    copy = path.with_name('copy.rrd')
    copy.write_bytes(b'dear')
    assert '--overwrite' in refuses(capsys, path, '-o', copy)
    assert copy.read_bytes() == b'dear'
    assert 'leave out -o' in refuses(capsys, path, '-o', path, '--overwrite')
    assert 'name another file' in refuses(capsys, path, '-o', path.parent, '--overwrite')
    assert 'No such file' in refuses(capsys, path, '-o', path.parent / 'no' / 'copy.rrd')
    assert repair(path, '-o', copy, '--overwrite') == 0
    assert copy.read_bytes() == WHOLE
    assert path.read_bytes() == WHOLE[:-5]


@pytest.mark.parametrize('content', [b'', b'RRF2', b'hello, this is none' * 100, bytes(99)])
def test_what_is_no_recording_is_refused(
    path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(content)
    assert f'{path} is no recording' in refuses(capsys, path)
    assert 'is no recording' in refuses(capsys, path, '-o', path.with_name('copy.rrd'))
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_files_that_are_none_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 'No such file' in refuses(capsys, tmp_path / 'absent.rrd')
    assert 'is a folder' in refuses(capsys, tmp_path)
    os.mkfifo(tmp_path / 'pipe')
    assert 'is a device' in refuses(capsys, tmp_path / 'pipe')


def test_wrong_use(path: Path) -> None:
    for arguments in ([], [path, path], [path, '--overwrite']):
        with pytest.raises(SystemExit) as caught:
            repair(*arguments)
        assert caught.value.code == program.MISUSED


def test_a_file_that_cannot_be_changed_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(WHOLE[:-5])
    opened: Any = os.open

    def deny(name: object, flags: int, *more: object, **named: object) -> object:
        if name == path and flags & os.O_WRONLY:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(name, flags, *more, **named)

    monkeypatch.setattr(os, 'open', deny)
    complaint = refuses(capsys, path)
    assert 'Permission denied' in complaint
    assert 'name a copy by -o' in complaint
    assert path.read_bytes() == WHOLE[:-5]


HOLED = bytearray(WHOLE[:-1])
HOLED[ENDS[3] : ENDS[3] + 16] = bytes(16)
DAMAGED = bytearray(WHOLE)
DAMAGED[ENDS[3] : ENDS[4]] = bytes(ENDS[4] - ENDS[3])
LEFT = {'cut': WHOLE[: ENDS[4] + 99], 'footer': WHOLE[:-1], 'hole': bytes(HOLED)}


def interrupt(
    monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException
) -> Callable[[], int]:
    """Let the n-th step of writing fail; give a function that tells how many there were."""
    steps = 0

    def counting(step: Callable[..., None]) -> Callable[..., None]:
        def do(*arguments: object, **more: object) -> None:
            nonlocal steps
            steps += 1
            if steps == number:
                raise error
            step(*arguments, **more)

        return do

    for name in ('write', 'truncate', 'sync'):
        monkeypatch.setattr(DiskFile, name, counting(getattr(DiskFile, name)))
    return lambda: steps


@pytest.mark.parametrize('content', LEFT.values(), ids=LEFT)
def test_killed_at_any_step_it_leaves_a_file_that_opens_and_can_be_repaired(
    path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(content)
    repair(path)
    goal = path.read_bytes()
    for number in range(1, 100):
        path.write_bytes(content)
        with monkeypatch.context() as patch:
            num_steps = interrupt(patch, number, Killed())
            with suppress(Killed):
                assert repair(path) == 0
        left = path.read_bytes()
        # The viewer refuses what ends inside a payload; an End marker before that is fine.
        if number > 1:
            assert ends_well(left)
        assert repair(path) == 0
        assert path.read_bytes() == goal
        if num_steps() < number:
            break
    assert number > 6


@pytest.mark.parametrize('content', LEFT.values(), ids=LEFT)
def test_a_full_disk_costs_the_footer_alone(
    path: Path,
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(1, 100):
        path.write_bytes(content)
        with monkeypatch.context() as patch:
            num_steps = interrupt(patch, number, OSError(errno.ENOSPC, 'No space left on device'))
            status = repair(path)
        if num_steps() < number:
            break
        assert status == program.FAILED
        assert 'No space left' in capsys.readouterr().err
        assert repair(path) == 0
        kept = 4 if len(content) < ENDS[5] else 6
        assert path.read_bytes() == stream_of(MESSAGES[:kept])
    assert number > 6


@pytest.mark.parametrize('error', [OSError(errno.ENOSPC, 'No space left'), Killed()])
def test_a_copy_in_its_place_comes_as_a_whole_or_not_at_all(
    path: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 100):
        path.write_bytes(DAMAGED)
        with monkeypatch.context() as patch:
            num_steps = interrupt(patch, number, error)
            with suppress(Killed):
                repair(path)
        if num_steps() < number:
            break
        assert path.read_bytes() == DAMAGED
        assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert number > 1
    assert path.read_bytes() == stream_of([*MESSAGES[:3], *MESSAGES[4:]])


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / 'link.rrd'
    link.symlink_to(path)
    path.write_bytes(DAMAGED)
    assert repair(link) == 0
    assert link.is_symlink()
    assert path.read_bytes() == stream_of([*MESSAGES[:3], *MESSAGES[4:]])


def test_a_recording_too_long_for_an_index_gets_none(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(index, '_MAX_FOOTER_BYTES', 0)
    path.write_bytes(WHOLE[: ENDS[4] + 99])
    assert repair(path) == 0
    assert path.read_bytes() == WHOLE[: ENDS[4]]
    assert 'no footer added, for which it is too long' in capsys.readouterr().out


def test_a_file_that_grows_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(WHOLE[:-5])

    def grow(*_: object) -> None:
        with path.open('ab') as file:
            file.write(b'x')

    monkeypatch.setattr(ProgressBar, 'update', grow)
    assert 'is being written; end that recording first' in refuses(capsys, path)
    assert path.read_bytes() == WHOLE[:-5] + 6 * b'x'


def test_a_file_that_another_process_writes_is_refused(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(WHOLE[:-5])
    code = 'import sys; file = open(sys.argv[1], "ab"); print(flush=True); input()'
    with subprocess.Popen(
        [sys.executable, '-c', code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        complaint = refuses(capsys, path)
        writer.communicate(b'\n', timeout=WAIT_SEC)
    assert f', process {writer.pid}; end that recording first' in complaint
    assert path.read_bytes() == WHOLE[:-5]
    assert repair(path) == 0


@pytest.mark.parametrize('num_bytes', [100, 3_000_000])
def test_what_a_killed_file_sink_leaves_is_repaired(path: Path, num_bytes: int) -> None:
    script = textwrap.dedent(f"""
        import itertools, sys
        from rerun_bridge.sinks import FileSink
        from test.unit.samples import blob_rows, message_of
        sink = FileSink(sys.argv[1])
        sink.open(list)
        for i in itertools.count():
            sink.send([message_of(blob_rows(bytes({num_bytes}), i))])
            if i == 5:
                sink.flush(None)
                print(flush=True)
    """)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, '-c', script, path], stdout=subprocess.PIPE
        ) as sink:
            assert sink.stdout
            sink.stdout.readline()
            os.kill(sink.pid, signal.SIGKILL)
        before = path.read_bytes()
        assert repair(path) == 0
        found = messages(path)
        frames = [message.batch().column('frame')[0].as_py() for message in found]
        assert frames == list(range(len(frames)))
        # No more than the last message and its frame were cut.
        last = message_of(blob_rows(bytes(num_bytes), 1000))
        num_kept = 12 + sum(16 + last.num_bytes for _ in frames)
        assert len(before) - num_kept < 16 + last.num_bytes + 8 * len(frames)
