# SPDX-License-Identifier: Apache-2.0
"""Messages of one entity in one: a viewer's work is per message, whatever its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rerun_bridge.chunk import Chunk, chunk_template
from rerun_bridge.chunk.template import END_OF_STREAM
from rerun_bridge.log_encoding.decoder import decode
from rerun_bridge.log_encoding.messages import arrow_msg, LogMsg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rerun_bridge.encodings import Bytes
    from rerun_bridge.log_types import Tuid

_ROW_ID_COLUMNS = 1


def merge_messages(messages: Sequence[LogMsg], chunk_id: Tuid) -> LogMsg:
    """
    Make one message of several.

    Parameters
    ----------
    messages
        Arrow messages of the same store, entity, timelines and components, in order.
    chunk_id
        For the new chunk.

    Returns
    -------
    LogMsg
        With the rows of all, not compressed.

    """
    first = messages[0].chunk
    assert first is not None  # noqa: S101 - Arrow messages have one
    batches = [decode(message.kind, b''.join(message.pieces)).batch() for message in messages]
    table = pa.Table.from_batches(
        [pa.RecordBatch.from_arrays(batch.columns, schema=batches[0].schema) for batch in batches]
    )
    (batch,) = table.combine_chunks().to_batches()
    ranges = []
    is_sorted = True
    for i in range(len(first.timelines.timelines)):
        times = np.asarray(batch.column(_ROW_ID_COLUMNS + i).cast(pa.int64()))
        is_sorted = is_sorted and bool((times[1:] >= times[:-1]).all())
        ranges.append((int(times.min()), int(times.max())))
    template = chunk_template(
        first.entity_path, first.timelines, first.layout, is_sorted=is_sorted
    )
    content = b''.join((template.after_id, batch.serialize(), END_OF_STREAM))
    pieces: list[Bytes] = [template.before_id, chunk_id.to_hex(), content]
    chunk = Chunk(
        chunk_id,
        first.entity_path,
        first.timelines,
        first.layout,
        batch.num_rows,
        tuple(ranges),
        pieces,
        sum(map(len, pieces)),
        len(template.before_id),
    )
    return arrow_msg(messages[0].store_id, chunk, compress=False)
