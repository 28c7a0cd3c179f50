# SPDX-License-Identifier: Apache-2.0
"""What is written stands in the file, whichever way it goes, and does not fill the cache."""

from __future__ import annotations

import errno
import os
import threading
import time
from typing import TYPE_CHECKING

from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st
import pytest

from rerun_bridge.log_encoding import Decoder
from rerun_bridge.sinks import FileSink
from rerun_bridge.sinks.disk_file import (
    _BLOCK_BYTES,
    _DIRECT,
    _DIRECT_BYTES,
    _KEPT_STEPS,
    _STEP_BYTES,
    DiskFile,
)
from test.unit.samples import blob_rows, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Calls = list[tuple[int, int]]

MODULE = 'rerun_bridge.sinks.disk_file'
HEAD = 1000
MESSAGE_BYTES = 100_000
WAIT_SEC = 30.0
BIG = bytes(range(256)) * (2 * _DIRECT_BYTES // 256)

has_direct = pytest.mark.skipif(not _DIRECT, reason='this system cannot write past its cache')
has_advice = pytest.mark.skipif(
    not hasattr(os, 'posix_fadvise'), reason='this system has no such advice'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'file'


@pytest.fixture
def file(path: Path) -> Iterator[DiskFile]:
    made = DiskFile(path)
    yield made
    made.close()


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Note what goes past the cache: where, and how many bytes."""
    calls: Calls = []
    write = os.pwrite

    def note(file: int, block: memoryview, offset: int) -> int:
        calls.append((offset, len(block)))
        return write(file, block, offset)

    monkeypatch.setattr(os, 'pwrite', note)
    return calls


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Note what the system is told to forget: where, and how long the file was then."""
    calls: Calls = []
    advise = os.posix_fadvise

    def note(file: int, offset: int, num_bytes: int, advice: int) -> None:
        assert (num_bytes, advice) == (_STEP_BYTES, os.POSIX_FADV_DONTNEED)
        calls.append((offset, os.fstat(file).st_size))
        advise(file, offset, num_bytes, advice)

    monkeypatch.setattr(os, 'posix_fadvise', note)
    return calls


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    writes=st.lists(
        st.lists(st.integers(0, 3 * _BLOCK_BYTES), min_size=1, max_size=5), min_size=1, max_size=6
    ),
    is_urgent=st.booleans(),
)
def test_all_ways_write_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, writes: list[list[int]], *, is_urgent: bool
) -> None:
    monkeypatch.setattr(f'{MODULE}._DIRECT_BYTES', _BLOCK_BYTES)
    monkeypatch.setattr(f'{MODULE}._BUFFER_BYTES', 2 * _BLOCK_BYTES)
    expected = b''
    file = DiskFile(path)
    for i, sizes in enumerate(writes):
        pieces = [bytes([1 + (i + j) % 255]) * size for j, size in enumerate(sizes)]
        file.write(pieces, len(expected), is_urgent=is_urgent)
        expected += b''.join(pieces)
        assert path.read_bytes() == expected
    file.close()


@has_direct
def test_whole_blocks_go_past_the_cache(path: Path, file: DiskFile, direct: Calls) -> None:
    file.write([bytes(HEAD)], 0)
    file.write([b'abc', BIG, b'xyz'], HEAD)
    assert path.read_bytes() == bytes(HEAD) + b'abc' + BIG + b'xyz'
    assert direct
    assert all(
        offset % _BLOCK_BYTES == num_bytes % _BLOCK_BYTES == 0 for offset, num_bytes in direct
    )
    assert len(BIG) - 2 * _BLOCK_BYTES < sum(num_bytes for _, num_bytes in direct) <= len(BIG)


def test_little_and_what_is_urgent_go_through_the_cache(
    path: Path, file: DiskFile, direct: Calls
) -> None:
    file.write([BIG[: _DIRECT_BYTES - 1]], 0)
    file.write([BIG], _DIRECT_BYTES - 1, is_urgent=True)
    assert path.read_bytes() == BIG[: _DIRECT_BYTES - 1] + BIG
    assert not direct


def wait_until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; tell whether it does."""
    deadline = time.monotonic() + WAIT_SEC
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)
    return holds()


def refuse(*_: object) -> int:
    """Write nothing, as a file system that cannot."""
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def write_little(file: int, block: memoryview, offset: int) -> int:
    """Write but a part, as on a disk that is nearly full."""
    return os.pwritev(file, [bytes(block[:_BLOCK_BYTES])], offset)


@has_direct
@pytest.mark.parametrize('fault', [refuse, write_little])
def test_where_that_is_not_possible_the_cache_takes_it(
    path: Path, file: DiskFile, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., int]
) -> None:
    monkeypatch.setattr(f'{MODULE}.os.pwrite', fault)
    file.write([bytes(HEAD), BIG], 0)
    file.write([BIG], HEAD + len(BIG))
    assert path.read_bytes() == bytes(HEAD) + BIG + BIG


@has_direct
def test_faults_of_the_disk_are_raised(file: DiskFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(f'{MODULE}.os.pwrite', fail)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        file.write([BIG], 0)


def record(path: Path, num_messages: int) -> None:
    """Write messages of 1 MB."""
    sink = FileSink(path)
    sink.open(list)
    for i in range(num_messages):
        sink.send([message_of(blob_rows(bytes(1_000_000), i))])
    sink.close()


def test_who_is_behind_or_waited_for_is_in_a_hurry(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[tuple[bool, int]] = []
    gate = threading.Semaphore(0)
    write = DiskFile.write

    def note(self: DiskFile, pieces: list[bytes], offset: int, *, is_urgent: bool = False) -> None:
        num_bytes = sum(map(len, pieces))
        if num_bytes > MESSAGE_BYTES:
            assert gate.acquire(timeout=WAIT_SEC)
            batches.append((is_urgent, num_bytes // MESSAGE_BYTES))
        write(self, pieces, offset, is_urgent=is_urgent)

    def send_and_write(num_messages: int) -> None:
        before = sink.status().sent_messages
        for i in range(num_messages):
            sink.send([message_of(blob_rows(bytes(MESSAGE_BYTES), i))])
        gate.release(num_messages)
        assert wait_until(lambda: sink.status().sent_messages == before + num_messages)

    monkeypatch.setattr(DiskFile, 'write', note)
    monkeypatch.setattr('rerun_bridge.sinks.file._MAX_BATCH_BYTES', 1)
    monkeypatch.setattr('rerun_bridge.sinks.file._CALM_SEC', 3600.0)
    sink = FileSink(path, max_queue_bytes=8 * MESSAGE_BYTES)
    sink.open(list)
    send_and_write(1)
    assert batches == [(True, 1)], 'it may be the beginning of a burst'
    sink._calm_at = 0.0  # noqa: SLF001 - an hour later
    send_and_write(1)
    assert batches[1:] == [(False, 1)]
    send_and_write(6)
    assert batches[-1] == (True, 1), 'until nothing has waited for a while'
    assert len(batches) == 8
    sink._calm_at = 0.0  # noqa: SLF001
    sink.send([message_of(blob_rows(bytes(MESSAGE_BYTES), i)) for i in range(2)])
    flushing = threading.Thread(target=sink.flush, args=(WAIT_SEC,))
    flushing.start()
    assert wait_until(lambda: sink._num_flushing == 1)  # noqa: SLF001 - else it might not wait yet
    gate.release(2)
    flushing.join(WAIT_SEC)
    assert batches[-1] == (True, 1)
    sink.close()
    assert len(list(Decoder().feed(path.read_bytes()))) == 10


@has_advice
def test_all_but_the_latest_of_a_long_recording_is_forgotten(
    path: Path, forgotten: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f'{MODULE}._STEP_SEC', 0.0)
    num_steps = 100_000_000 // _STEP_BYTES
    record(path, 100)
    expected = list(range(num_steps))
    begun_first = [offset // _STEP_BYTES for offset, _ in forgotten]
    assert sorted(set(begun_first)) == expected
    for step in expected:
        # Once to begin to write, and again when the disk has had time.
        assert begun_first.count(step) == 1 + (step < num_steps - _KEPT_STEPS)
    assert all(offset + _STEP_BYTES <= length for offset, length in forgotten)
    messages = list(Decoder().feed(path.read_bytes()))
    assert len(messages) == 100


@has_advice
def test_a_short_recording_stays_in_the_cache(path: Path, forgotten: Calls) -> None:
    record(path, 5)
    assert not forgotten


@has_advice
def test_a_burst_may_fill_the_cache(
    path: Path, forgotten: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache is faster than the disk."""
    monkeypatch.setattr(f'{MODULE}._STEP_SEC', 3600.0)
    record(path, 50)
    assert len(forgotten) == 1
