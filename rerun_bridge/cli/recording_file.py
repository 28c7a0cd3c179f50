# SPDX-License-Identifier: Apache-2.0
"""
Files that should be recordings, read message by message, whatever has become of them.

A crash leaves a file that ends anywhere. `FileSink` leaves 16 zeros where the header of the
message that was being written belongs, which read as an End marker. A loss of power leaves zeros
where the disk was to be written. So whatever is no message is passed over, up to the next message.
"""

from __future__ import annotations

from contextlib import suppress
import os
import re
import stat
from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.cli.open_files import writer_of
from rerun_bridge.errors import DecodeError, UsageError
from rerun_bridge.log_encoding import chunk_facts, decode, MessageKind
from rerun_bridge.log_encoding.protobuf import fields, length_prefix, varint_field
from rerun_bridge.log_encoding.rrd import (
    check_stream_header,
    FOURCC,
    MESSAGE_HEADER,
    read_message_header,
    STREAM_FOOTER,
    STREAM_HEADER_BYTES,
)
from rerun_bridge.log_types import StoreKind

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from rerun_bridge.chunk import Chunk
    from rerun_bridge.log_types import StoreId

_HEADER_BYTES = MESSAGE_HEADER.size
_HOLE = bytes(_HEADER_BYTES)
_MAX_HEADLESS_BYTES = 1 << 30
_WINDOW_BYTES = 1 << 20
# Kind and length of a message below 2**40 bytes, and the tag of the first field of all kinds.
_LIKE_A_MESSAGE = re.compile(rb'[\x01-\x03]\0{7}.{5}\0{3}\n', re.DOTALL)
_LIKE_A_MESSAGE_BYTES = _HEADER_BYTES + 1
_ARROW_FIELDS, _ACTIVATION_FIELDS = set(range(1, 8)), {1, 2, 3}
_INFO = 2
_CUT = 'it ends inside a message'


class Found(NamedTuple):
    """
    A whole message.

    Attributes
    ----------
    offset
        Where its header is, or should be.
    kind, store_id, payload
        What it is.
    chunk
        The facts of an Arrow message's chunk, else None.
    has_header
        Whether the header is there.

    """

    offset: int
    kind: MessageKind
    store_id: StoreId
    payload: bytes
    chunk: Chunk | None
    has_header: bool = True

    @property
    def header(self) -> bytes:
        """Make the header."""
        return MESSAGE_HEADER.pack(self.kind, len(self.payload))

    @property
    def payload_offset(self) -> int:
        """Get where the payload starts."""
        return self.offset + _HEADER_BYTES

    @property
    def end(self) -> int:
        """Get where the next message starts."""
        return self.payload_offset + len(self.payload)


class Problem(NamedTuple):
    """What is wrong with a file, and at which byte."""

    offset: int
    text: str


class RecordingFile:
    """
    Reads a file that should be a recording.

    Parameters
    ----------
    path
        Of the file.

    Attributes
    ----------
    num_bytes
        Its length when it was opened.
    first_problem, num_problems
        What is wrong, as far as it was read.
    num_lost_bytes
        How much of what was read is no message and no end of a recording.
    end_offset
        Where the End marker is that the file ends with; None if it does not.

    Raises
    ------
    UsageError
        If it cannot be read, or is being written.
    DecodeError
        If it is no recording.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # and do not wait for a pipe
                kind = 'folder' if path.is_dir() else 'device'
                msg = f'{path} is a {kind}; name a recording'
                raise UsageError(msg)
            self._file = path.open('rb')
        except OSError as exc:
            msg = f'{path} cannot be read ({exc.strerror}); check its name and who may read it'
            raise UsageError(msg) from exc
        self._state = self._look()
        self.num_bytes = self._state[0]
        self.first_problem: Problem | None = None
        self.num_problems = 0
        self.num_lost_bytes = 0
        self.end_offset: int | None = None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def check_unchanged(self) -> None:
        """
        Make sure that nobody writes to the file.

        Raises
        ------
        UsageError
            If somebody has it open for that, or has changed it since it was opened.

        """
        writer = writer_of(self.path)
        if writer or self._look() != self._state:
            msg = (
                f'{self.path} is being written{f" by {writer}" if writer else ""}; '
                'end that recording first'
            )
            raise UsageError(msg)

    def read(self, offset: int, num_bytes: int) -> bytes:
        """
        Read a part, which must be there.

        Parameters
        ----------
        offset, num_bytes
            Of the part.

        Raises
        ------
        UsageError
            If the file was cut meanwhile, or the disk fails.

        """
        try:
            self._file.seek(offset)
            content = self._file.read(num_bytes)
        except OSError as exc:
            msg = (
                f'{self.path} cannot be read at byte {offset} ({exc.strerror}); copy what can be '
                'read of it to another disk'
            )
            raise UsageError(msg) from exc
        if len(content) < num_bytes:
            msg = f'{self.path} was cut while it was read; end what writes to it first'
            raise UsageError(msg)
        return content

    def stream_header(self) -> bytes:
        """
        Read the start.

        Raises
        ------
        DecodeError
            If this is no recording.

        """
        problem = f'it has only {self.num_bytes} bytes' if self.num_bytes else 'it is empty'
        cause = None
        if self.num_bytes >= STREAM_HEADER_BYTES:
            header = self.read(0, STREAM_HEADER_BYTES)
            try:
                check_stream_header(header)
            except DecodeError as exc:
                problem, cause = str(exc), exc
            else:
                return header
        msg = f'{self.path} is no recording ({problem}); name an .rrd file'
        raise DecodeError(msg) from cause

    def messages(self) -> Iterator[Found]:
        """
        Read all messages that are whole.

        Yields
        ------
        Found
            In the order of the file.

        """
        self.first_problem, self.end_offset = None, None
        self.num_problems = self.num_lost_bytes = 0
        offset = len(self.stream_header())
        while offset < self.num_bytes:
            try:
                found = self._message(offset)
            except DecodeError as exc:
                offset = yield from self._pass_over(offset, str(exc))
                continue
            if found:
                yield found
                offset = found.end
            else:
                offset = yield from self._pass_end(offset)

    def note(self, offset: int, text: str) -> None:
        """
        Note a problem.

        Parameters
        ----------
        offset, text
            Where, and what.

        """
        self.first_problem = self.first_problem or Problem(offset, text)
        self.num_problems += 1

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def _message(self, offset: int) -> Found | None:
        """Read a message; None if it is an End marker."""
        if self.num_bytes - offset < _HEADER_BYTES:
            raise DecodeError(_CUT)
        kind, num_bytes = read_message_header(self.read(offset, _HEADER_BYTES))
        if kind is MessageKind.END:
            return None
        if offset + _HEADER_BYTES + num_bytes > self.num_bytes:
            raise DecodeError(_CUT)
        payload = self.read(offset + _HEADER_BYTES, num_bytes)
        try:
            return _found(offset, kind, payload)
        except DecodeError as exc:
            msg = f'a message cannot be decoded ({exc})'
            raise DecodeError(msg) from exc

    def _pass_end(self, offset: int) -> Generator[Found, None, int]:
        """Pass an End marker and its footer; return where to go on."""
        num_bytes: int = MESSAGE_HEADER.unpack(self.read(offset, _HEADER_BYTES))[1]
        end = offset + _HEADER_BYTES + num_bytes
        if num_bytes:
            start, end = end, end + STREAM_FOOTER.size
            if end > self.num_bytes:
                return (yield from self._pass_footer(offset, 'it ends inside its footer'))
            if self.read(start, STREAM_FOOTER.size)[20:28] != FOURCC + b'FOOT':
                return (yield from self._pass_footer(offset, 'the footer does not end as one'))
        if end == self.num_bytes:
            self.end_offset = offset
            return end
        if self._is_stream(end):
            self.note(offset, 'an End marker stands before the end, another recording behind it')
            return end + STREAM_HEADER_BYTES
        text = f'an End marker stands before the end, {self.num_bytes - end} bytes behind it'
        return (yield from self._pass_over(end if num_bytes else offset, text))

    def _pass_over(self, offset: int, text: str) -> Generator[Found, None, int]:
        """Pass what is no message; return where to go on."""
        self.note(offset, text)
        after = self._after(offset)
        if after is None:
            after = self._search(offset + 1)
        header = self.read(offset, min(_HEADER_BYTES, self.num_bytes - offset))
        if header == _HOLE:
            found = self._headless(offset, after)
            if found:
                yield found
                return found.end
        self.num_lost_bytes += after - offset
        return after

    def _pass_footer(self, offset: int, text: str) -> Generator[Found, None, int]:
        """Pass what should be a footer; that is no loss."""
        num_lost_bytes = self.num_lost_bytes
        after = yield from self._pass_over(offset, text)
        if after == self.num_bytes:
            self.num_lost_bytes = num_lost_bytes
        return after

    def _after(self, offset: int) -> int | None:
        """Return where a damaged message ends, as its header tells; None if that is not true."""
        try:
            kind, num_bytes = read_message_header(self.read(offset, _HEADER_BYTES))
            end = offset + _HEADER_BYTES + num_bytes
            if kind is MessageKind.END or end > self.num_bytes:
                return None
            if end < self.num_bytes:
                self._message(end)
        except (DecodeError, UsageError):
            return None
        return end

    def _search(self, start: int) -> int:
        """Return where the next message is, else the end."""
        while start < self.num_bytes:
            window = self.read(start, min(_WINDOW_BYTES, self.num_bytes - start))
            for match in _LIKE_A_MESSAGE.finditer(window):
                offset: int = start + match.start()
                try:
                    self._message(offset)
                except DecodeError:
                    continue
                return offset
            if start + len(window) == self.num_bytes:
                break
            start += len(window) - _LIKE_A_MESSAGE_BYTES + 1
        return self.num_bytes

    def _headless(self, offset: int, end: int) -> Found | None:
        """Read a message whose header was not written, and which ends before another one."""
        start = offset + _HEADER_BYTES
        if not 0 < end - start <= _MAX_HEADLESS_BYTES:
            return None
        payload = self.read(start, end - start)
        payload = payload[: _size(payload)]
        try:
            found = _found(offset, _kind(payload), payload)
        except DecodeError:
            return None
        return found._replace(has_header=False)

    def _is_stream(self, offset: int) -> bool:
        if self.num_bytes - offset < STREAM_HEADER_BYTES:
            return False
        try:
            check_stream_header(self.read(offset, STREAM_HEADER_BYTES))
        except DecodeError:
            return False
        return True


def _found(offset: int, kind: MessageKind, payload: bytes) -> Found:
    message = decode(kind, payload)
    chunk = chunk_facts(message) if kind is MessageKind.ARROW_MSG else None
    return Found(offset, kind, message.store_id, payload, chunk)


def _size(content: bytes) -> int:
    """Return how long the message is that something begins with: up to what is no field."""
    num_bytes = 0
    with suppress(DecodeError):  # a header begins with a field of number 0
        for number, value in fields(content):
            if isinstance(value, int):
                num_bytes += len(varint_field(number, value))
            else:
                num_bytes += len(length_prefix(number, len(value))) + len(value)
    return num_bytes


def _kind(payload: bytes) -> MessageKind:
    """Tell what a payload is by its fields, which must be all that we write."""
    message = dict(fields(payload))
    if set(message) == _ARROW_FIELDS:
        return MessageKind.ARROW_MSG
    if isinstance(message.get(_INFO), memoryview):
        return MessageKind.SET_STORE_INFO
    store = decode(MessageKind.BLUEPRINT_ACTIVATION, payload).store_id
    if set(message) != _ACTIVATION_FIELDS or store.kind is not StoreKind.BLUEPRINT:
        msg = 'this is no message'
        raise DecodeError(msg)
    return MessageKind.BLUEPRINT_ACTIVATION
