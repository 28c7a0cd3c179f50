# SPDX-License-Identifier: Apache-2.0
"""Writes RRD streams; no I/O. It keeps the state of one stream: how long it is, what is in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rerun_bridge.log_encoding.manifest import Manifest
from rerun_bridge.log_encoding.protobuf import bytes_field
from rerun_bridge.log_encoding.rrd import end_of_stream, message_header, stream_header
from rerun_bridge.memory import total_bytes

if TYPE_CHECKING:
    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_encoding.messages import LogMsg
    from rerun_bridge.log_types import StoreId

_log = logging.getLogger('rerun_bridge.sinks')
_MAX_FOOTER_BYTES = 1 << 30
_FOOTER_SHARE = 8
"""Of all memory; making a footer takes twice of what its table takes."""


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
        self._manifests: dict[StoreId, Manifest] = {}
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
            store_id = message.store_id
            manifest = self._manifests.setdefault(store_id, Manifest(store_id))
            manifest.add(message, message.chunk, self.num_bytes)
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
        manifests = self._manifests.values()
        num_bytes = sum(part.num_bytes for part in manifests)
        if num_bytes > min(_MAX_FOOTER_BYTES, total_bytes() // _FOOTER_SHARE):
            _log.warning(
                'the recording gets no index, which would take %d MiB of memory: it opens more '
                'slowly; record shorter ones',
                num_bytes >> 20,
            )
            return b''
        for name in filter(None, (part.ambiguous_timeline for part in manifests)):
            _log.warning(
                'the timeline %r is of two kinds, and viewers show one of them; give each a name '
                'of its own',
                name,
            )
            return b''
        footer = b''.join(bytes_field(1, part.encode()) for part in manifests)
        end = end_of_stream(footer, self.num_bytes)
        self.num_bytes += len(end)
        return end
