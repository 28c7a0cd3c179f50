# SPDX-License-Identifier: Apache-2.0
"""Rows, chunks and messages for the tests of the lower layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rerun_bridge.chunk import Chunk, encode_chunk, RowGroup, Rows
from rerun_bridge.encodings import Blob, Component, Layout, Primitive, Text, Vector
from rerun_bridge.log_encoding import arrow_msg, LogMsg, RrdEncoder
from rerun_bridge.log_types import (
    STATIC,
    StoreId,
    StoreKind,
    TimeKind,
    Timeline,
    TimelineSet,
    Tuid,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

STORE = StoreId(StoreKind.RECORDING, 'recording', 'application')
FRAME = Timeline('frame', TimeKind.SEQUENCE)
STAMP = Timeline('stamp', TimeKind.TIMESTAMP)
TIMELINES = TimelineSet.of([FRAME, STAMP])


def component(archetype: str, field: str, kind: str, encoding: object) -> Component:
    """Make a component by its short names."""
    return Component(
        f'{archetype}:{field}',
        f'rerun.archetypes.{archetype}',
        f'rerun.components.{kind}',
        encoding,  # type: ignore[arg-type]
    )


SCALARS = component('Scalars', 'scalars', 'Scalar', Primitive('<f8'))
POSITIONS = component('Points3D', 'positions', 'Position3D', Vector('<f4', 3))
LABELS = component('Points3D', 'labels', 'Text', Text())
IMAGE = component('EncodedImage', 'blob', 'Blob', Blob())


def scalar_rows(i: int, *, entity_path: str = '/scalar', static: bool = False) -> Rows:
    """Make one row with the number `i` at frame `i`."""
    return Rows(
        entity_path,
        STATIC if static else TIMELINES,
        () if static else (i, 1000 * i),
        Layout.of([SCALARS]),
        (SCALARS.encoding.coerce(float(i)),),
    )


def points_rows(count: int, frame: int = 0) -> Rows:
    """Make one row of points with labels."""
    positions = np.arange(3 * count, dtype='<f4').reshape(-1, 3)
    layout = Layout.of([POSITIONS, LABELS])
    datas = {POSITIONS: positions, LABELS: [f'p{i}'.encode() for i in range(count)]}
    ordered = tuple(datas[component] for component in layout.components)
    return Rows('/points', TIMELINES, (frame, 0), layout, ordered)


def blob_rows(blob: bytes, frame: int = 0, entity_path: str = '/image') -> Rows:
    """Make one row of a blob."""
    return Rows(entity_path, TIMELINES, (frame, 0), Layout.of([IMAGE]), ([blob],))


_counter = iter(range(1, 1 << 62))


def new_id() -> Tuid:
    """Make a fresh id."""
    return Tuid(1, next(_counter))


def group_of(*rows: Rows) -> RowGroup:
    """Put rows of one kind together."""
    return RowGroup([new_id().to_int() for _ in rows], rows)


def chunk_of(*rows: Rows) -> Chunk:
    """Encode rows of one kind as one chunk."""
    return encode_chunk(group_of(*rows), new_id())


def message_of(*rows: Rows, compress: bool = False, is_retained: bool = False) -> LogMsg:
    """Encode rows of one kind as one message."""
    return arrow_msg(STORE, chunk_of(*rows), compress=compress, is_retained=is_retained)


def stream_of(messages: Iterable[LogMsg], *, footer: bool = True) -> bytes:
    """Encode a whole stream."""
    encoder = RrdEncoder(write_footer=footer)
    pieces = [encoder.start()]
    for message in messages:
        pieces += [bytes(piece) for piece in encoder.add(message)]
    return b''.join((*pieces, encoder.end()))
