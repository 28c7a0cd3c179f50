# SPDX-License-Identifier: Apache-2.0
"""A file sink never hangs, counts what it cannot write, and leaves whole files."""

from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.errors import SinkError, SinkOpenError, UsageError
from rerun_bridge.log_encoding import Decoder, index
from rerun_bridge.sinks import FileSink, SinkState
from rerun_bridge.sinks.disk_file import DiskFile
from test.official import wait_for
from test.unit.samples import blob_rows, message_of, scalar_rows

if TYPE_CHECKING:
    from pathlib import Path

    from rerun_bridge.log_encoding import LogMsg

WAIT_SEC = 20.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'a.rrd'


def some(count: int, size: int = 10_000) -> list[LogMsg]:
    return [message_of(blob_rows(bytes(size), i)) for i in range(count)]


def num_messages(path: Path) -> int:
    return len(list(Decoder().feed(path.read_bytes())))


def test_more_at_once_than_the_queue_holds_is_written(path: Path) -> None:
    sink = FileSink(path, max_queue_bytes=50_000)
    sink.open(list)
    sending = threading.Thread(target=sink.send, args=(some(50),), daemon=True)
    sending.start()
    sending.join(WAIT_SEC)
    assert not sending.is_alive()
    sink.close()
    assert num_messages(path) == 50


def test_a_flush_does_not_wait_for_what_was_dropped(path: Path) -> None:
    sink = FileSink(path, max_queue_bytes=50_000, on_full='drop')
    sink.open(list)
    sink.send(some(1, 100_000))
    sink.flush(WAIT_SEC)
    assert sink.status().dropped_messages == 1
    sink.close()


def test_a_used_sink_is_refused_and_leaves_its_file_alone(path: Path) -> None:
    sink = FileSink(path)
    sink.open(list)
    sink.send(some(3))
    sink.close()
    written = path.read_bytes()
    with pytest.raises(UsageError, match='make a new one'):
        sink.open(list)
    assert path.read_bytes() == written


def test_what_could_not_be_opened_can_be_tried_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    sink = FileSink(path)
    with monkeypatch.context() as patch:
        patch.setattr(DiskFile, 'write', fail)
        with pytest.raises(SinkOpenError, match='No space'):
            sink.open(list)
    sink.open(list)
    sink.send(some(3))
    sink.close()
    assert num_messages(path) == 3


@pytest.mark.parametrize(
    'error', [OSError(errno.ENOSPC, 'No space left'), MemoryError(), RuntimeError('no')]
)
def test_whatever_ends_the_writing_is_told_and_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sink = FileSink(path)
    sink.open(list)
    sink.send(some(2))
    sink.flush(WAIT_SEC)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(DiskFile, 'write', fail)
    sink.send(some(3))
    with pytest.raises(SinkError, match='writing the recording failed'):
        sink.flush(WAIT_SEC)
    sink.send(some(1))
    status = sink.status()
    assert status.state is SinkState.FAILED
    assert (status.sent_messages, status.dropped_messages, status.queued_messages) == (2, 4, 0)
    sink.close()
    assert num_messages(path) == 2


def test_an_error_at_closing_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close = DiskFile.close

    def fail(self: DiskFile) -> None:
        close(self)
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    sink = FileSink(path)
    sink.open(list)
    sink.send(some(1))
    monkeypatch.setattr(DiskFile, 'close', fail)
    sink.close()
    assert sink.status().state is SinkState.FAILED
    assert 'quota' in sink.status().error


def test_a_flush_does_not_wait_for_what_comes_after_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = DiskFile.write
    may_write = threading.Semaphore(0)

    def slowly(self: DiskFile, *args: object, **kwargs: bool) -> None:
        may_write.acquire(timeout=WAIT_SEC)
        write(self, *args, **kwargs)  # type: ignore[arg-type]

    sink = FileSink(path)
    sink.open(list)
    monkeypatch.setattr(DiskFile, 'write', slowly)
    monkeypatch.setattr('rerun_bridge.sinks.file._MAX_BATCH_BYTES', 1)
    sink.send(some(2))
    flushing = threading.Thread(target=sink.flush, args=(None,), daemon=True)
    flushing.start()
    wait_for(lambda: sink._num_flushing == 1, WAIT_SEC)  # noqa: SLF001
    sink.send(some(2))
    may_write.release(4)  # two for each message
    flushing.join(WAIT_SEC)
    assert not flushing.is_alive()
    assert sink.status().sent_messages == 2
    may_write.release(100)
    sink.close()


@pytest.mark.parametrize('max_bytes', [0, 1 << 30])
def test_an_index_that_would_take_much_memory_is_left_out(
    path: Path, monkeypatch: pytest.MonkeyPatch, max_bytes: int
) -> None:
    monkeypatch.setattr(index, '_MAX_FOOTER_BYTES', max_bytes)
    sink = FileSink(path)
    sink.open(list)
    sink.send([message_of(scalar_rows(i)) for i in range(5)])
    sink.close()
    assert num_messages(path) == 5
    assert (b'FOOT' in path.read_bytes()) == (max_bytes > 0)
