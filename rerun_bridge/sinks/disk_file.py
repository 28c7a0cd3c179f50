# SPDX-License-Identifier: Apache-2.0
"""
Files that are written once, and cost the system's cache nothing.

A long recording would push everything else out of the cache, and fresh pages for it cost more than
copying into them. So much at once goes past the cache, out of one buffer. What goes through it,
ends and pieces and bursts, goes to the disk at once and leaves the cache.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
import errno
import fcntl
import mmap
import os
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rerun_bridge.encodings import Bytes

_MAX_PIECES = 512
_MODE = 0o644
_DIRECT = getattr(os, 'O_DIRECT', 0)
_BLOCK_BYTES = mmap.PAGESIZE
_BUFFER_BYTES = 4 << 20
_HUGE_PAGE_BYTES = 2 << 20
_DIRECT_BYTES = 1 << 20
_STEP_BYTES = 8 << 20
_KEPT_STEPS = 4
_STEP_SEC = 0.025


class DiskFile:
    """
    A file of one writer. All methods raise OSError if the disk is full or fails.

    Parameters
    ----------
    path
        Of the file.
    is_new
        Whether it is created or truncated; else it must be there.

    Raises
    ------
    OSError
        If it cannot be.

    """

    def __init__(self, path: Path, *, is_new: bool = True) -> None:
        flags = os.O_WRONLY | getattr(os, 'O_CLOEXEC', 0)
        self._file = os.open(path, flags | (os.O_CREAT | os.O_TRUNC if is_new else 0), _MODE)
        self._flags = fcntl.fcntl(self._file, fcntl.F_GETFL)
        self._can_be_direct = bool(_DIRECT)
        self._buffer = _huge_pages(_BUFFER_BYTES)
        self._num_steps, self._next_step_at = 0, 0.0

    def write(self, pieces: Iterable[Bytes], offset: int, *, is_urgent: bool = False) -> None:
        """
        Write pieces one after the other.

        Parameters
        ----------
        pieces
            Their bytes.
        offset
            Where the first one begins.
        is_urgent
            Whether more waits, or somebody: then it goes into the cache, which is faster than the
            disk.

        """
        rest = deque([memoryview(piece) for piece in pieces if piece])
        end = offset + sum(map(len, rest))
        if self._can_be_direct and not is_urgent and end - offset >= _DIRECT_BYTES:
            begin = offset + -offset % _BLOCK_BYTES
            self._write_cached(_take(rest, begin - offset), offset)
            offset = self._write_direct(rest, begin, end - end % _BLOCK_BYTES)
        self._write_cached(rest, offset)
        self._leave_cache(end)

    def truncate(self, num_bytes: int) -> None:
        """Cut the file."""
        os.ftruncate(self._file, num_bytes)

    def sync(self) -> None:
        """Wait until the disk has what was written."""
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file, if it is open."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _write_cached(self, pieces: deque[memoryview], offset: int) -> None:
        while pieces:
            some = [pieces[i] for i in range(min(len(pieces), _MAX_PIECES))]
            written = os.pwritev(self._file, some, offset)
            offset += written
            _take(pieces, written)

    def _write_direct(self, pieces: deque[memoryview], offset: int, end: int) -> int:
        """Write whole blocks past the cache, as far as that is possible; return how far."""
        while self._can_be_direct and offset < end:
            filled = self._fill_buffer(_take(pieces, min(end - offset, _BUFFER_BYTES)))
            written = self._write_past_cache(filled, offset)
            offset += written
            if written < len(filled):
                pieces.appendleft(filled[written:])
                break
        return offset

    def _fill_buffer(self, pieces: Iterable[memoryview]) -> memoryview:
        filled = 0
        for piece in pieces:
            self._buffer[filled : filled + len(piece)] = piece
            filled += len(piece)
        return self._buffer[:filled]

    def _write_past_cache(self, block: memoryview, offset: int) -> int:
        try:
            fcntl.fcntl(self._file, fcntl.F_SETFL, self._flags | _DIRECT)
            return os.pwrite(self._file, block, offset)
        except OSError as exc:
            if exc.errno != errno.EINVAL:
                raise
            self._can_be_direct = False  # on this file system
            return 0
        finally:
            fcntl.fcntl(self._file, fcntl.F_SETFL, self._flags)

    def _leave_cache(self, end: int) -> None:
        """Let the system forget all but the latest that was written, or a burst of it."""
        now = time.monotonic()
        if end < (self._num_steps + 1) * _STEP_BYTES or now < self._next_step_at:
            return
        # It forgets what the disk has: the first time it begins to write, the second it has.
        for step in (self._num_steps, self._num_steps - _KEPT_STEPS):
            if step >= 0:
                _forget(self._file, step * _STEP_BYTES, _STEP_BYTES)
        self._num_steps += 1
        self._next_step_at = now + _STEP_SEC


def _huge_pages(num_bytes: int) -> memoryview:
    """Allocate memory; the system looks up each of its pages with each write past the cache."""
    # Private, since what is shared counts as a file, which has small pages.
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    memory = mmap.mmap(-1, num_bytes + _HUGE_PAGE_BYTES, flags=flags)
    if hasattr(mmap, 'MADV_HUGEPAGE'):
        with suppress(OSError):  # a system that is built without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    begin = -np.frombuffer(memory, np.uint8).ctypes.data % _HUGE_PAGE_BYTES
    return memoryview(memory)[begin : begin + num_bytes]


def _take(pieces: deque[memoryview], num_bytes: int) -> deque[memoryview]:
    """Take so many bytes from the front."""
    taken: deque[memoryview] = deque()
    while num_bytes > 0:
        piece = pieces.popleft()
        if len(piece) > num_bytes:
            pieces.appendleft(piece[num_bytes:])
            piece = piece[:num_bytes]
        taken.append(piece)
        num_bytes -= len(piece)
    return taken


def _forget(file: int, offset: int, num_bytes: int) -> None:
    if hasattr(os, 'posix_fadvise'):
        with suppress(OSError):  # devices and some file systems have no cache
            os.posix_fadvise(file, offset, num_bytes, os.POSIX_FADV_DONTNEED)
