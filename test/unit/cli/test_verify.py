# SPDX-License-Identifier: Apache-2.0
"""One line per file: whether it is whole, or what is wrong with it and where."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from rerun_bridge import __main__ as program
from rerun_bridge.cli.progress import ProgressBar
from rerun_bridge.cli.wording import size
from test.unit.cli.test_repair import DAMAGED, ENDS, HOLED, MESSAGES, WAIT_SEC, WHOLE
from test.unit.samples import stream_of

if TYPE_CHECKING:
    from pathlib import Path

BEHIND_HOLE = len(HOLED) - ENDS[3] - 16
ENCODED = bytearray(WHOLE)
ENCODED[ENDS[5] + 16 : ENDS[5] + 30] = bytes(14)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'a b.rrd'


def verify(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, list[str]]:
    """Run the command; give its exit status and what it says about each file."""
    status = program.main(['verify', *map(str, paths)])
    shown = capsys.readouterr()
    assert shown.err == ''
    lines = shown.out.splitlines()
    assert len(lines) == len(paths)
    assert all(line.startswith(str(path)) for line, path in zip(lines, paths, strict=True))
    return status, [line.removeprefix(str(path)) for line, path in zip(lines, paths, strict=True)]


@pytest.mark.parametrize(
    ('content', 'verdict'),
    [
        (WHOLE, f': whole: 6 messages, {size(len(WHOLE))}, footer'),
        (
            WHOLE[: ENDS[2]],
            f': whole: 2 messages, {size(ENDS[2])}, no footer, so it opens more slowly; to add',
        ),
        (
            WHOLE[: ENDS[2]] + bytes(16),
            f': whole: 2 messages, {size(ENDS[2] + 16)}, no footer, so it opens',
        ),
        (stream_of([]), ': whole: 0 messages, 28 bytes'),
    ],
    ids=['footer', 'no-end', 'no-footer', 'empty'],
)
def test_whole_files(
    path: Path, content: bytes, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(content)
    status, (line,) = verify(capsys, path)
    assert status == 0
    assert line.startswith(verdict)
    assert line.endswith(f"repair '{path}'") == ('opens' in verdict)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ('content', 'at', 'problem', 'num_messages'),
    [
        (WHOLE[: ENDS[3] - 1], ENDS[2], 'it ends inside a message', 2),
        (WHOLE[: ENDS[3] + 15], ENDS[3], 'it ends inside a message', 3),
        (WHOLE[:-1], ENDS[6], 'it ends inside its footer', 6),
        (HOLED, ENDS[3], f'an End marker stands before the end, {BEHIND_HOLE} bytes behind it', 6),
        (WHOLE + WHOLE, ENDS[6], 'an End marker stands before the end, another recording', 12),
        (DAMAGED, ENDS[3], 'an End marker stands before the end', 5),
        (ENCODED, ENDS[5], 'a message cannot be decoded (', 5),
        (WHOLE[: ENDS[1]] + b'\xff' * 99, ENDS[1], 'no message starts here', 1),
        (WHOLE[:-16] + bytes(16), ENDS[6], 'the footer does not end as one', 6),
        (WHOLE[:-32] + bytes(12) + WHOLE[-20:], ENDS[6], 'the footer was changed', 6),
        (
            WHOLE[: ENDS[6]] + stream_of(MESSAGES[:3])[ENDS[3] :],
            ENDS[6],
            'the footer was changed or moved',
            6,
        ),
    ],
    ids=range(11),
)
def test_what_is_wrong_and_where(  # noqa: PLR0913, PLR0917 - columns of the table
    path: Path,
    content: bytes,
    at: int,
    problem: str,
    num_messages: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path.write_bytes(content)
    status, (line,) = verify(capsys, path)
    assert status == 1
    assert line.startswith(f': damaged at byte {at}: {problem}')
    assert f'; to keep its {num_messages} messages, ' in line or num_messages == 1
    assert line.endswith(f": python -m rerun_bridge repair '{path}'")
    assert path.read_bytes() == content
    assert program.main(['repair', str(path)]) == 0
    assert capsys.readouterr().out
    assert verify(capsys, path)[0] == 0


def test_each_file_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ('whole', 'absent', 'empty', 'text', 'start', 'again')
    paths = dict(zip(names, (tmp_path / f'{name}.rrd' for name in names), strict=True))
    paths['whole'].write_bytes(WHOLE)
    paths['empty'].write_bytes(b'')
    paths['text'].write_bytes(b'hello, this is no recording')
    paths['start'].write_bytes(WHOLE[:40])
    paths['again'].write_bytes(WHOLE)
    status, lines = verify(capsys, *paths.values(), tmp_path)
    assert status == 1
    assert lines[0] == lines[5] == f': whole: 6 messages, {size(len(WHOLE))}, footer'
    assert 'No such file' in lines[1]
    assert lines[2] == ' is no recording (it is empty); name an .rrd file'
    assert 'is no recording (no RRD stream starts here' in lines[3]
    assert lines[4] == ': damaged at byte 12: it ends inside a message; no message is whole'
    assert 'is a folder' in lines[6]


def test_files_that_are_written_are_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(WHOLE)
    code = 'import sys; file = open(sys.argv[1], "ab"); print(flush=True); input()'
    with subprocess.Popen(
        [sys.executable, '-c', code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        status, (line,) = verify(capsys, path)
        writer.communicate(b'\n', timeout=WAIT_SEC)
    assert status == 1
    assert line.endswith(f', process {writer.pid}; end that recording first')

    def grow(*_: object) -> None:
        with path.open('ab') as file:
            file.write(b'x')

    monkeypatch.setattr(ProgressBar, 'update', grow)
    assert verify(capsys, path) == (1, [' is being written; end that recording first'])


def test_wrong_use() -> None:
    with pytest.raises(SystemExit) as caught:
        program.main(['verify'])
    assert caught.value.code == program.MISUSED
