# SPDX-License-Identifier: Apache-2.0
"""Rows wait in their order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rerun_bridge.chunk import Batcher, encode_group
from rerun_bridge.log_types import STATIC
from test.unit.chunk.reading import column, read
from test.unit.samples import blob_rows, new_id, scalar_rows


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(['/a', '/b']), st.booleans(), st.integers(0, 99))))
def test_never_loses_or_reorders_rows(logged: list[tuple[str, bool, int]]) -> None:
    batcher = Batcher()
    for path, static, i in logged:
        rows = scalar_rows(i, entity_path=path, static=static)
        batcher.append(new_id().to_int(), rows, rows.num_bytes())
    assert batcher.num_rows == len(logged)
    seen: dict[tuple[str, bool], list[float]] = {}
    for group in batcher.take():
        for chunk in encode_group(group, new_id):
            values = [row[0] for row in column(read(chunk), 'Scalars:scalars')]
            seen.setdefault((chunk.entity_path, chunk.timelines is STATIC), []).extend(values)
    for key, values in seen.items():
        assert values == [i for path, static, i in logged if (path, static) == key]
    assert sum(map(len, seen.values())) == len(logged)
    assert batcher.num_rows == 0
    assert batcher.take() == []


def test_big_groups_can_be_taken_alone() -> None:
    batcher = Batcher()
    images = [blob_rows(bytes(600), i) for i in range(2)]
    scalars = [scalar_rows(i) for i in range(3)]
    for i, rows in enumerate((*scalars, *images)):
        batcher.append(i, rows, rows.num_bytes())
    total = batcher.num_bytes
    big = batcher.split_big(1000)
    assert (big.num_rows, batcher.num_rows) == (2, 3)
    assert big.num_bytes + batcher.num_bytes == total
    assert [(group.row_ids, group.rows) for group in big.take()] == [([3, 4], images)]
    assert [(group.row_ids, group.rows) for group in batcher.take()] == [([0, 1, 2], scalars)]
