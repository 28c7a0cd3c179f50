# SPDX-License-Identifier: Apache-2.0
"""Long recordings leave the system's cache to others; what they hold is tested with the SDK."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from rerun_bridge.log_encoding import Decoder
from rerun_bridge.sinks import FileSink
from rerun_bridge.sinks.file import _KEPT_STEPS, _STEP_BYTES
from test.unit.samples import blob_rows, message_of

if TYPE_CHECKING:
    from pathlib import Path

Calls = list[tuple[int, int]]

pytestmark = pytest.mark.skipif(
    not hasattr(os, 'posix_fadvise'), reason='this system has no such advice'
)


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


def write(path: Path, num_messages: int) -> None:
    """Write messages of 1 MB."""
    sink = FileSink(path)
    sink.open(list)
    for i in range(num_messages):
        sink.send([message_of(blob_rows(bytes(1_000_000), i))])
    sink.close()


def test_all_but_the_latest_of_a_long_recording_is_forgotten(
    tmp_path: Path, forgotten: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('rerun_bridge.sinks.file._STEP_SEC', 0.0)
    path = tmp_path / 'long.rrd'
    num_steps = 100_000_000 // _STEP_BYTES
    write(path, 100)
    expected = list(range(num_steps))
    begun_first = [offset // _STEP_BYTES for offset, _ in forgotten]
    assert sorted(set(begun_first)) == expected
    for step in expected:
        # Once to begin to write, and again when the disk has had time.
        assert begun_first.count(step) == 1 + (step < num_steps - _KEPT_STEPS)
    assert all(offset + _STEP_BYTES <= length for offset, length in forgotten)
    messages = list(Decoder().feed(path.read_bytes()))
    assert len(messages) == 100


def test_a_short_recording_stays_in_the_cache(tmp_path: Path, forgotten: Calls) -> None:
    write(tmp_path / 'short.rrd', 5)
    assert not forgotten


def test_a_burst_may_fill_the_cache(
    tmp_path: Path, forgotten: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache is faster than the disk."""
    monkeypatch.setattr('rerun_bridge.sinks.file._STEP_SEC', 3600.0)
    write(tmp_path / 'burst.rrd', 50)
    assert len(forgotten) == 1
