# SPDX-License-Identifier: Apache-2.0
"""What is in a file that should be a recording: what `verify` tells and `repair` begins with."""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding import Index
from rerun_bridge.log_encoding.rrd import (
    MESSAGE_HEADER,
    STREAM_FOOTER,
    stream_footer,
    STREAM_HEADER_BYTES,
)

if TYPE_CHECKING:
    from rerun_bridge.cli.progress import ProgressBar
    from rerun_bridge.cli.recording_file import Found, RecordingFile


class Survey(NamedTuple):
    """
    What is in a file.

    Attributes
    ----------
    num_messages
        How many messages are whole.
    has_footer
        Whether it ends with a footer, which fits.
    is_whole
        Whether nothing is wrong with it; it needs no footer for that.
    holes
        Messages whose header is missing: where it goes, and what it is.
    end
        Where the last whole message ends; None if there is something between the messages.
    places
        Index of the messages where they are.

    """

    num_messages: int
    has_footer: bool
    is_whole: bool
    holes: list[tuple[int, bytes]]
    end: int | None
    places: Index


def survey(file: RecordingFile, progress: ProgressBar) -> Survey:
    """
    Read a whole file.

    Parameters
    ----------
    file
        To be read.
    progress
        Shows how far it is.

    Raises
    ------
    UsageError
        If it cannot be read, or is being written.
    DecodeError
        If it is no recording.

    """
    index = Index()
    num_messages = 0
    holes = []
    end: int | None = STREAM_HEADER_BYTES
    for found in file.messages():
        num_messages += 1
        add_to(index, found, found.payload_offset)
        if not found.has_header:
            holes.append((found.offset, found.header))
        end = found.end if end == found.offset else None
        progress.update(found.end, file.num_bytes)
    has_footer = _has_footer(file, index)
    return Survey(num_messages, has_footer, not file.num_problems, holes, end, index)


def add_to(index: Index, found: Found, offset: int) -> None:
    """
    Note a message in an index.

    Parameters
    ----------
    index
        Where it is noted, if it is an Arrow message.
    found
        The message.
    offset
        Where its payload starts.

    """
    if found.chunk:
        index.add(found.store_id, found.chunk, offset, len(found.payload))


def _has_footer(file: RecordingFile, index: Index) -> bool:
    """Tell whether a file without problems ends with a footer that fits; note if it does not."""
    if file.end_offset is None or file.num_problems:
        return False
    offset = file.end_offset + MESSAGE_HEADER.size
    if offset == file.num_bytes:
        return False
    num_bytes = file.num_bytes - offset - STREAM_FOOTER.size
    footer = file.read(offset, num_bytes)
    try:
        if file.read(offset + num_bytes, STREAM_FOOTER.size) != stream_footer(footer, offset):
            msg = 'the footer was changed or moved after it was written'
            raise DecodeError(msg)  # noqa: TRY301
        index.check(footer)
    except DecodeError as exc:
        file.note(file.end_offset, str(exc))
        return False
    return True
