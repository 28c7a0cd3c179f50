# SPDX-License-Identifier: Apache-2.0
"""Writes RRD streams; no I/O. It keeps the state of one stream: how long it is, what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rerun_bridge.log_encoding.index import Index
from rerun_bridge.log_encoding.rrd import message_header, stream_header

if TYPE_CHECKING:
    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding.messages import LogMsg


class RrdEncoder:
    """
    Turns messages into a stream.

    Parameters
    ----------
    write_footer
        Whether `end` adds an index of all chunks.

    Attributes
    ----------
    num_bytes
        Length of everything returned so far.

    """

    def __init__(self, *, write_footer: bool) -> None:
        self._write_footer = write_footer
        self._index = Index()
        self.num_bytes = 0

    def start(self) -> bytes:
        """
        Begin the stream.

        Returns
        -------
        bytes
            The stream header.

        """
        header = stream_header()
        self.num_bytes += len(header)
        return header

    def add(self, message: LogMsg) -> list[Bytes]:
        """
        Frame a message.

        Parameters
        ----------
        message
            Any message.

        Returns
        -------
        list of bytes
            The message header, then the payload in pieces.

        """
        header = message_header(message)
        self.num_bytes += len(header)
        if message.chunk and self._write_footer:
            self._index.add(message.store_id, message.chunk, self.num_bytes, message.num_bytes)
        self.num_bytes += message.num_bytes
        return [header, *message.pieces]

    def end(self) -> bytes:
        """
        Finish the stream.

        Returns
        -------
        bytes
            The End message and the footer; nothing where the footer would take much memory, or
            cannot be. A stream may end like that, too.

        """
        end = self._index.end(self.num_bytes)
        self.num_bytes += len(end)
        return end
