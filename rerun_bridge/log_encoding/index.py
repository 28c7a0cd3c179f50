# SPDX-License-Identifier: Apache-2.0
"""The index of a whole file, which is its footer: a manifest per store."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding.decoder import decompress, read_store_id
from rerun_bridge.log_encoding.manifest import Manifest
from rerun_bridge.log_encoding.protobuf import bytes_field, content_of, fields, number_of
from rerun_bridge.log_encoding.rrd import end_of_stream
from rerun_bridge.memory import total_bytes

if TYPE_CHECKING:
    from rerun_bridge.chunk import Chunk
    from rerun_bridge.log_types import StoreId

_log = logging.getLogger('rerun_bridge.sinks')
_MAX_FOOTER_BYTES = 1 << 30
_FOOTER_SHARE = 8
"""Of all memory; making a footer takes twice of what its table takes."""


class Index:
    """Collects the chunks of a file."""

    def __init__(self) -> None:
        self._manifests: dict[StoreId, Manifest] = {}

    def add(self, store_id: StoreId, chunk: Chunk, offset: int, num_bytes: int) -> None:
        """
        Note a chunk.

        Parameters
        ----------
        store_id
            What it belongs to.
        chunk
            Its facts.
        offset, num_bytes
            Where in the file the payload of its message starts, and how long that is.

        """
        manifest = self._manifests.setdefault(store_id, Manifest(store_id))
        manifest.add(chunk, offset, num_bytes)

    def end(self, offset: int) -> bytes:
        """
        Make the end of the file.

        Parameters
        ----------
        offset
            Where it goes.

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
        return end_of_stream(b''.join(bytes_field(1, part.encode()) for part in manifests), offset)

    def check(self, footer: bytes) -> None:
        """
        Compare a footer with what was noted.

        Parameters
        ----------
        footer
            An encoded ``RrdFooter``.

        Raises
        ------
        DecodeError
            If it is none, or lists other chunks or other places.

        """
        tables: dict[StoreId, pa.RecordBatch] = {}
        for _, part in fields(footer):
            message = dict(fields(content_of({1: part}, 1)))
            store_id = read_store_id(bytes(content_of(message, 1)))
            if store_id in tables:
                msg = f'the footer has two tables of chunks of {store_id.recording_id}'
                raise DecodeError(msg)
            tables[store_id] = _read_table(content_of(message, 4))
        if tables.keys() != self._manifests.keys():
            msg = 'the footer lists other recordings than there are'
            raise DecodeError(msg)
        for store_id, manifest in self._manifests.items():
            if not manifest.lists(tables[store_id]):
                msg = 'the footer lists other chunks than there are'
                raise DecodeError(msg)


def _read_table(part: memoryview) -> pa.RecordBatch:
    message = dict(fields(part))
    content = decompress(content_of(message, 2), number_of(message, 3), number_of(message, 4))
    try:
        return pa.ipc.open_stream(content).read_next_batch()
    except (pa.ArrowException, StopIteration, OSError) as exc:
        msg = f'the footer has no table of chunks: {exc}'
        raise DecodeError(msg) from exc
