# SPDX-License-Identifier: Apache-2.0
"""
The footer of an RRD file: where each chunk is and what times it covers.

Facts are collected as flat arrays, about a hundred bytes per chunk, and become tables only when
the file is closed. Columns follow ``re_log_encoding/src/rrd/footer``.
"""

from __future__ import annotations

from array import array
import hashlib
from typing import Any, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.chunk import component_field, component_metadata, time_type
from rerun_bridge.errors import DecodeError
from rerun_bridge.log_encoding.messages import encode_store_id
from rerun_bridge.log_encoding.protobuf import bytes_field, varint_field
from rerun_bridge.log_types import PROPERTIES_PATH

if TYPE_CHECKING:
    from rerun_bridge.chunk import Chunk
    from rerun_bridge.encodings import Component, Layout
    from rerun_bridge.log_types import StoreId, TimeKind, Timeline, TimelineSet

_SANITIZED = str.maketrans(dict.fromkeys(', -.\\', '_'))
_LZ4 = 2
_NUM_FACTS = 6
_PLACE = ('num_rows', 'byte_offset', 'byte_size')
_NAMESPACES = ('rerun.archetypes.', 'rerun.blueprint.archetypes.')


class Manifest:
    """
    Collects the chunks of one store.

    Parameters
    ----------
    store_id
        The recording or blueprint.

    """

    def __init__(self, store_id: StoreId) -> None:
        self._store_id = store_id
        self._entities: dict[str, int] = {}
        self._kinds: dict[tuple[TimelineSet, Layout], int] = {}
        self._ids = bytearray()
        # Per chunk: entity, kind, rows, offset, size, uncompressed size.
        self._facts = array('q')
        # Per chunk and timeline of its kind: start, end.
        self._ranges = array('q')

    def add(self, chunk: Chunk, offset: int, num_bytes: int) -> None:
        """
        Note a chunk that was written.

        Parameters
        ----------
        chunk
            Its facts.
        offset, num_bytes
            Where in the file the payload of its message starts, and how long that is.

        """
        entity = self._entities.setdefault(chunk.entity_path, len(self._entities))
        kind = self._kinds.setdefault((chunk.timelines, chunk.layout), len(self._kinds))
        self._ids += chunk.id.to_bytes()
        self._facts.extend((entity, kind, chunk.num_rows, offset, num_bytes, chunk.num_bytes))
        for start_end in chunk.time_ranges:
            self._ranges.extend(start_end)

    @property
    def ambiguous_timeline(self) -> str:
        """Get the name of a timeline of two kinds, which an index cannot hold; empty if none."""
        kinds: dict[str, TimeKind] = {}
        for timelines, _ in self._kinds:
            for timeline in timelines.timelines:
                if kinds.setdefault(timeline.name, timeline.kind) is not timeline.kind:
                    return timeline.name
        return ''

    @property
    def num_bytes(self) -> int:
        """Get about how much memory the table takes."""
        pairs = {
            (timeline.name, component.name)
            for timelines, layout in self._kinds
            for timeline in timelines.timelines
            for component in layout.components
        }
        num_timelines = len({timeline for timeline, _ in pairs})
        num_columns = _NUM_FACTS + 2 * num_timelines + 3 * len(pairs)
        return len(self._facts) // _NUM_FACTS * num_columns * 8

    def lists(self, table: pa.RecordBatch) -> bool:
        """
        Tell whether a table lists what was noted, each chunk where it is.

        Parameters
        ----------
        table
            Of a footer, see `read_table`.

        Raises
        ------
        DecodeError
            If it is no such table.

        """
        facts = np.array(self._facts, np.int64).reshape(-1, _NUM_FACTS)
        ids = np.frombuffer(self._ids, 'V16')
        try:
            columns = [
                np.asarray(table.column(f'chunk_{name}').cast(pa.int64())) for name in _PLACE
            ]
            their_ids = np.array(table.column('chunk_id').to_pylist(), 'V16')
        except (KeyError, pa.ArrowException, TypeError, ValueError) as exc:
            msg = f'the footer has no table of chunks: {exc}'
            raise DecodeError(msg) from exc
        order = np.argsort(columns[1])
        return bool(
            np.array_equal(facts[:, 2 : 2 + len(_PLACE)], np.stack(columns, 1)[order])
            and np.array_equal(ids, their_ids[order])
        )

    def encode(self) -> bytes:
        """
        Encode everything noted.

        Returns
        -------
        bytes
            An ``RrdManifest``.

        """
        table = self._table()
        size = pa.MockOutputStream()
        _write(table, size)
        raw = pa.allocate_buffer(size.size())  # at once, as it can be big
        _write(table, pa.FixedSizeBufferWriter(raw))
        del table
        schema = self._schema().serialize().to_pybytes()
        part = (
            varint_field(1, 1)
            + bytes_field(2, pa.Codec('lz4_raw').compress(raw, asbytes=True))
            + varint_field(3, _LZ4)
            + varint_field(4, raw.size)
        )
        return (
            bytes_field(1, encode_store_id(self._store_id))
            + bytes_field(2, bytes_field(1, schema))
            + bytes_field(3, hashlib.sha256(schema).digest())
            + bytes_field(4, part)
        )

    def _table(self) -> pa.RecordBatch:
        facts = np.array(self._facts, np.int64).reshape(-1, _NUM_FACTS)
        is_static = np.array([not timelines.timelines for timelines, _ in self._kinds])[
            facts[:, 1]
        ]
        table = _Table()
        entities = np.array(list(self._entities), object)[facts[:, 0]]
        table.add('chunk_entity_path', pa.array(entities, pa.utf8()))
        ids = pa.Array.from_buffers(
            pa.binary(16), len(facts), [None, pa.py_buffer(bytes(self._ids))]
        )
        table.add('chunk_id', ids)
        table.add('chunk_is_static', pa.array(is_static))
        names = (*_PLACE, 'byte_size_uncompressed')
        for i, name in enumerate(names):
            table.add(f'chunk_{name}', pa.array(facts[:, 2 + i].astype('u8')))
        self._add_indexes(table, facts, is_static)
        return table.batch()

    def _add_indexes(self, table: _Table, facts: Any, is_static: Any) -> None:  # noqa: ANN401
        kind_of = facts[:, 1]
        per_kind = [
            {component[:3] for component in layout.components} for _, layout in self._kinds
        ]
        components = {
            component: np.array([component[:3] in names for names in per_kind])[kind_of]
            for component in self._components()
        }
        for component, has in components.items():
            metadata = {**component_metadata(component), 'rerun:index': 'rerun:static'}
            name = f'{_full_name(component)}:has_static_data'
            table.add(name, pa.array(is_static & has), metadata)
        ranges = self._time_ranges(kind_of)
        for timeline, (start, end, on_timeline) in ranges.items():
            arrow_type, metadata = time_type(timeline), {'rerun:index': timeline.name}
            for suffix, times in (('start', start), ('end', end)):
                column = _masked(times, on_timeline, arrow_type)
                table.add(f'{timeline.name}:{suffix}', column, metadata, nullable=True)
        for timeline, (start, end, on_timeline) in ranges.items():
            arrow_type = time_type(timeline)
            for component, has in components.items():
                both = on_timeline & has
                if not both.any():
                    continue
                metadata = {**component_metadata(component), 'rerun:index': timeline.name}
                columns = {
                    'start': _masked(start, both, arrow_type),
                    'end': _masked(end, both, arrow_type),
                    'num_rows': pa.array(np.where(both, facts[:, 2], 0).astype('u8')),
                }
                for suffix, column in columns.items():
                    name = f'{timeline.name}:{_full_name(component)}:{suffix}'
                    table.add(name, column, metadata, nullable=True)

    def _time_ranges(self, kind_of: Any) -> dict[Timeline, tuple[Any, Any, Any]]:  # noqa: ANN401
        flat = np.array(self._ranges, np.int64)
        per_kind = [timelines.timelines for timelines, _ in self._kinds]
        counts = np.array([2 * len(timelines) for timelines in per_kind])[kind_of]
        first = np.cumsum(counts) - counts
        ranges = {}
        for timeline in sorted(
            {timeline for row in per_kind for timeline in row}, key=lambda timeline: timeline.name
        ):
            place = np.array([row.index(timeline) if timeline in row else -1 for row in per_kind])
            at = place[kind_of]
            on_timeline = at >= 0
            index = np.where(on_timeline, first + 2 * at, 0)
            ranges[timeline] = (flat[index], flat[index + 1], on_timeline)
        return ranges

    def _components(self) -> list[Component]:
        # One each: that of a user can have another type elsewhere.
        found = {
            component[:3]: component
            for _, layout in self._kinds
            for component in layout.components
        }
        return sorted(found.values(), key=lambda component: component.name)

    def _schema(self) -> pa.Schema:
        fields: dict[tuple[str, str], pa.Field] = {}
        facts = np.array(self._facts, np.int64).reshape(-1, _NUM_FACTS)
        kinds, entities = list(self._kinds), list(self._entities)
        for entity, kind in np.unique(facts[:, :2], axis=0):
            timelines, layout = kinds[kind]
            entity_path = entities[entity]
            for timeline in timelines.timelines:
                metadata = {'rerun:kind': 'index', 'rerun:index_name': timeline.name}
                field = pa.field(timeline.name, time_type(timeline), metadata=metadata)
                fields['', timeline.name] = field
            for component in layout.components:
                field = component_field(component)
                metadata = {
                    'rerun:kind': 'data',
                    'rerun:entity_path': entity_path,
                    **component_metadata(component),
                }
                if not timelines.timelines:
                    metadata['rerun:is_static'] = 'true'
                name = f'{_display_path(entity_path)}:{_full_name(component)}'
                fields[entity_path, component.name] = field.with_name(name).with_metadata(metadata)
        return pa.schema([fields[key] for key in sorted(fields)])


class _Table:
    """Columns of the manifest in the order they are added."""

    def __init__(self) -> None:
        self._fields: list[pa.Field] = []
        self._columns: list[pa.Array] = []

    def add(
        self,
        name: str,
        column: pa.Array,
        metadata: dict[str, str] | None = None,
        *,
        nullable: bool = False,
    ) -> None:
        if metadata:
            name = name.translate(_SANITIZED).lstrip('_')
        self._fields.append(pa.field(name, column.type, nullable, metadata))
        self._columns.append(column)

    def batch(self) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(self._columns, schema=pa.schema(self._fields))


def _write(table: pa.RecordBatch, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_batch(table)


def _masked(times: Any, valid: Any, arrow_type: pa.DataType) -> pa.Array:  # noqa: ANN401
    return pa.array(times, pa.int64(), mask=~valid).cast(arrow_type)


def _display_path(entity_path: str) -> str:
    if entity_path == PROPERTIES_PATH:
        return 'property'
    prefix = PROPERTIES_PATH + '/'
    if entity_path.startswith(prefix):
        return f'property:{entity_path[len(prefix) :]}'
    return entity_path


def _full_name(component: Component) -> str:
    """Return the name of a component with its archetype, which its own name may leave out."""
    archetype = component.archetype
    if archetype is None:
        return component.name
    for namespace in _NAMESPACES:
        archetype = archetype.removeprefix(namespace)
    prefix = f'{archetype}:'
    return component.name if component.name.startswith(prefix) else prefix + component.name
