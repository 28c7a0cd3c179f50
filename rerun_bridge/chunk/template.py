# SPDX-License-Identifier: Apache-2.0
"""
The Arrow IPC stream of a chunk, made from templates.

All chunks of the same entity, timelines and components share their schema message but for the
32 hexadecimal digits of the chunk id, and their record batch metadata but for a few numbers.
Both are made once by pyarrow and patched for every chunk; the column buffers are never copied.
Format: ``re_sorbet`` (chunk schema) and Arrow's ``format/Message.fbs``.
"""

from __future__ import annotations

from functools import lru_cache
import struct
from typing import NamedTuple, TYPE_CHECKING

import pyarrow as pa

from rerun_bridge.encodings import read_batch_layout
from rerun_bridge.log_types import TimeKind, Timeline, TimelineSet, Tuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.encodings import Buffer, Bytes, Component, Layout

SORBET_VERSION = '0.1.4'
END_OF_STREAM = b'\xff\xff\xff\xff\x00\x00\x00\x00'
_SMALL_BYTES = 4096
_ALIGNMENT = 8
_PADDINGS = [bytes(size) for size in range(_ALIGNMENT)]
_ID_PLACEHOLDER = Tuid(0x1122334455667788, 0x8877665544332211)
_TIME_TYPES = {
    TimeKind.SEQUENCE: pa.int64(),
    TimeKind.TIMESTAMP: pa.timestamp('ns'),
    TimeKind.DURATION: pa.duration('ns'),
}
_ROW_ID_FIELD = pa.field(
    'rerun.controls.RowId',
    pa.binary(16),
    nullable=False,
    metadata={
        'rerun:kind': 'control',
        'ARROW:extension:name': 'rerun.datatypes.TUID',
        'ARROW:extension:metadata': '{"namespace":"row"}',
        'rerun:is_sorted': 'true',
    },
)


class ChunkTemplate(NamedTuple):
    """
    Everything of a chunk's IPC stream that does not change from chunk to chunk.

    Attributes
    ----------
    before_id, after_id
        The schema message around the digits of the chunk id.
    metadata
        The record batch message up to its body.
    body_length_at, num_rows_at
        Positions in `metadata`.
    nodes_at, nodes
        Position and struct of the field nodes.
    buffers_at, buffers
        Position and struct of the buffer descriptors.

    """

    before_id: bytes
    after_id: bytes
    metadata: bytes
    body_length_at: int
    num_rows_at: int
    nodes_at: int
    nodes: struct.Struct
    buffers_at: int
    buffers: struct.Struct

    def render(
        self, chunk_id: Tuid, num_rows: int, nodes: Sequence[int], buffers: Sequence[Buffer]
    ) -> tuple[list[Bytes], int]:
        """
        Make the IPC stream of one chunk.

        Parameters
        ----------
        chunk_id
            Written into the schema.
        num_rows
            Length of every column.
        nodes
            Length and null count of every array, flattened.
        buffers
            The columns' buffers.

        Returns
        -------
        pieces
            Bytes in order; the schema is that of the template, big buffers are the given objects.
        num_bytes
            Their total length.

        """
        body: list[Bytes] = []
        ranges: list[int] = []
        at = 0
        for buffer in buffers:
            if buffer is None:
                ranges += (at, 0)
                continue
            if isinstance(buffer, list):
                body += buffer
                size = sum(map(len, buffer))
            else:
                body.append(buffer)
                size = len(buffer)
            ranges += (at, size)
            at += size
            padding = -at % _ALIGNMENT
            if padding:
                body.append(_PADDINGS[padding])
                at += padding
        metadata = bytearray(self.metadata)
        struct.pack_into('<q', metadata, self.body_length_at, at)
        struct.pack_into('<q', metadata, self.num_rows_at, num_rows)
        self.nodes.pack_into(metadata, self.nodes_at, *nodes)
        self.buffers.pack_into(metadata, self.buffers_at, *ranges)
        schema = [self.before_id, chunk_id.to_hex(), self.after_id]
        num_bytes = sum(map(len, schema)) + len(metadata) + at + len(END_OF_STREAM)
        pieces = [bytes(metadata), *body, END_OF_STREAM]
        joined = [b''.join(pieces)] if at < _SMALL_BYTES else _joined(pieces)
        return [*schema, *joined], num_bytes

    @property
    def num_shared_bytes(self) -> int:
        """Get how many bytes all chunks of this template have in common."""
        return len(self.before_id) + len(self.after_id)


def _joined(pieces: list[Bytes]) -> list[Bytes]:
    """Join small neighbours: a piece costs more than its few bytes."""
    joined: list[Bytes] = []
    small: list[Bytes] = []
    for piece in pieces:
        if len(piece) < _SMALL_BYTES:
            small.append(piece)
            continue
        joined += (b''.join(small), piece)
        small = []
    return [*joined, b''.join(small)]


@lru_cache(maxsize=8192)
def chunk_template(
    entity_path: str,
    timelines: TimelineSet,
    layout: Layout,
    *,
    is_sorted: bool,
) -> ChunkTemplate:
    """
    Return the template for chunks of one kind.

    Parameters
    ----------
    entity_path
        Of the chunk.
    timelines, layout
        Its columns.
    is_sorted
        Whether the rows ascend on every timeline.

    Returns
    -------
    ChunkTemplate
        Cached.

    """
    schema = pa.schema(
        [
            _ROW_ID_FIELD,
            *(_index_field(timeline, is_sorted=is_sorted) for timeline in timelines.timelines),
            *map(component_field, layout.components),
        ],
        {
            'rerun:id': b'chunk_' + _ID_PLACEHOLDER.to_hex(),
            'rerun:entity_path': entity_path,
            'sorbet:version': SORBET_VERSION,
        },
    )
    before_id, after_id = schema.serialize().to_pybytes().split(_ID_PLACEHOLDER.to_hex())
    # One row, since flatbuffers leave out numbers that are zero.
    row_ids = pa.array([bytes(16)], pa.binary(16))
    columns = [row_ids, *(pa.nulls(1, field.type) for field in list(schema)[1:])]
    batch = pa.RecordBatch.from_arrays(columns, schema=schema)
    message = batch.serialize().to_pybytes()
    at = read_batch_layout(message)
    return ChunkTemplate(
        before_id,
        after_id,
        message[: at.metadata_end],
        at.body_length_at,
        at.num_rows_at,
        at.nodes_at,
        struct.Struct(f'<{2 * at.num_nodes}q'),
        at.buffers_at,
        struct.Struct(f'<{2 * at.num_buffers}q'),
    )


def time_type(timeline: Timeline) -> pa.DataType:
    """
    Return the Arrow type of a timeline's column.

    Parameters
    ----------
    timeline
        Any timeline.

    Returns
    -------
    pyarrow.DataType
        One of int64, timestamp[ns], duration[ns].

    """
    return _TIME_TYPES[timeline.kind]


def component_metadata(component: Component) -> dict[str, str]:
    """
    Describe a component the way chunks and footers do.

    Parameters
    ----------
    component
        Any component.

    Returns
    -------
    dict
        Field metadata without ``rerun:kind``.

    """
    metadata = {'rerun:component': component.name}
    if component.archetype:
        metadata['rerun:archetype'] = component.archetype
    if component.component_type:
        metadata['rerun:component_type'] = component.component_type
    return metadata


def component_field(component: Component) -> pa.Field:
    """
    Return the column of a component: a list of instances per row.

    Parameters
    ----------
    component
        Any component.

    Returns
    -------
    pyarrow.Field
        With its metadata.

    """
    return pa.field(
        component.name,
        pa.list_(pa.field('item', component.encoding.arrow_type)),
        metadata={'rerun:kind': 'data', **component_metadata(component)},
    )


def _index_field(timeline: Timeline, *, is_sorted: bool) -> pa.Field:
    metadata = {'rerun:kind': 'index', 'rerun:index_name': timeline.name}
    if is_sorted:
        metadata['rerun:is_sorted'] = 'true'
    return pa.field(timeline.name, time_type(timeline), metadata=metadata)
